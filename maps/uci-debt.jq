# SPDX-License-Identifier: ISC
# uci-debt.jq: the rows of an invoice that begins with A to the bad-debt entry they are.
#
# They move money but no goods. The demo shop has none; the whole data set has three.
#
#     souk-map --many -f maps/uci-debt.jq

select(.kind == "bad_debt")
| { id: ("uci-" + .InvoiceNo), time, currency: "GBP" }
+ (if .customer then { customer: { id: .customer } } else {} end)
+ { lines: [range(.lines | length) as $i | .lines[$i] | { id: "\($i + 1)", sku, qty, agreed }] }
