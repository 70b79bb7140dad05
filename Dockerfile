# SPDX-License-Identifier: ISC
# An image of one function of the shop; deploy/images builds many. For docker, podman, buildah:
#   docker build --build-arg FUNCTION=tax -t souk-tax .
#   docker run -i --rm souk-tax <orders.ndjson
# FUNCTION=shop is the entry: the dispatcher with its pipelines.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM $BASE AS build
WORKDIR /souk
COPY deploy/packages deploy/packages
RUN deploy/packages build && rm -rf /var/lib/apt/lists /var/cache/apt /var/log
COPY . .
# TLS=1: services that reach beyond a private network.
ARG TLS=
RUN make -s -j"$(nproc)" STATIC=1 NO_TLS=$(test "$TLS" || echo 1) IMAGES=/images images && rm -rf build-*

FROM scratch
ARG FUNCTION
ARG VERSION
ARG SUMMARY
COPY --from=build /images/$FUNCTION /
# With where the source is, that is: --label org.opencontainers.image.source=URL
LABEL org.opencontainers.image.title="souk-$FUNCTION" \
	org.opencontainers.image.description="$SUMMARY" \
	org.opencontainers.image.version="$VERSION" \
	org.opencontainers.image.licenses="ISC"
USER 65532:65532
ENV SOUK_DB=/data
# /bin/souk is the function of the image, whichever that is.
ENTRYPOINT ["/bin/souk"]
