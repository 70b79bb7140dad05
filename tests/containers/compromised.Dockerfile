# SPDX-License-Identifier: ISC
# The image of a filter that somebody has taken over: compromised.c stands where souk-tax was.
ARG FILTER
FROM $FILTER AS filter
FROM scratch
COPY --from=filter /bin/souk-tax /bin/souk-serve
COPY --from=filter /data /data
COPY compromised /bin/souk-tax
USER 65532:65532
ENTRYPOINT ["/bin/souk-tax"]
