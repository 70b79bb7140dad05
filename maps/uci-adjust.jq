# SPDX-License-Identifier: ISC
# uci-adjust.jq: the rows of one invoice to the corrections of the stock among them.
#
# Those are the row of an invoice that has but this one, at price 0 and without
# customer, and on any invoice the rows with a negative quantity at price 0.
#
#     souk-map --many -f maps/uci-adjust.jq

def corrects_stock:
	(.lines | length) == 1 and .customer == null and .lines[0].agreed.unit_price == 0;

select(.kind == "invoice")
| corrects_stock as $all
| range(.lines | length) as $i
| .lines[$i] as $line
| select($all or ($line.qty < 0 and $line.agreed.unit_price == 0))
| { id: "uci-\(.InvoiceNo)-\($i + 1)", time, sku: $line.sku, qty: $line.qty,
	reason: (if $line.qty < 0 then "write_off" else "found" end) }
+ if $line.note then { note: $line.note } else {} end
