# SPDX-License-Identifier: ISC
# ecb-rates.jq: a row of the ECB's reference rates to a record for souk-fx put.
#
# The header ends with a comma, which names a column nothing: take it off first.
#
#     sed 's/,$//' eurofxref-hist.csv | souk-csv | souk-map -f ecb-rates.jq | souk-fx put

{ date: .Date, rates: (del(.Date) | with_entries(select(.value != "N/A" and .value != ""))) }
