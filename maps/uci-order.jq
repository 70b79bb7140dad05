# SPDX-License-Identifier: ISC
# uci-order.jq: the rows of one invoice to the order they are; nothing for other invoices.
#
# An invoice of a single row at price 0 without customer is no sale but a
# correction of the stock (uci-adjust.jq). Else each row with a positive
# quantity is a line, those at price 0 (gifts, replacements) too.
#
#     souk-map --many -f maps/uci-order.jq

def corrects_stock:
	(.lines | length) == 1 and .customer == null and .lines[0].agreed.unit_price == 0;

select(.kind == "invoice" and (corrects_stock | not))
| [.lines[] | select(.qty > 0)] as $sold
| select($sold | length > 0)
| ("uci-" + .InvoiceNo) as $id
| { id: $id, time, currency: "GBP" }
+ (if .customer then { customer: { id: .customer } } else {} end)
+ {
	ship_to: { country },
	lines: [range($sold | length) as $i | $sold[$i] | { id: "\($i + 1)", sku, qty, agreed }],
	pay_with: [{ id: ($id + "-p1"), method: "invoice" }]
}
