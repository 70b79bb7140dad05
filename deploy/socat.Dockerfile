# SPDX-License-Identifier: ISC
# The image of a filter, with socat in place of souk-serve: a process for each connection.
#   docker build -f deploy/socat.Dockerfile --build-arg FILTER=souk-tax -t souk-tax-socat deploy
ARG BASE=docker.io/library/debian:bookworm-slim
ARG FILTER
FROM $BASE AS build
RUN apt-get update -q && apt-get install -y -q --no-install-recommends socat
RUN mkdir /image && cp -L --parents /usr/bin/socat $(ldd /usr/bin/socat | grep -o '/[^ ]*') /image

FROM $FILTER
COPY --from=build /image /
