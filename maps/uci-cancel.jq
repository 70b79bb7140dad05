# SPDX-License-Identifier: ISC
# uci-cancel.jq: the rows of one invoice to the cancellation they are, quantities positive.
#
# Those are the invoices that begin with C, and on ordinary invoices the rows with
# a negative quantity and a price. A cancellation does not name the order it cancels.
#
#     souk-map --many -f maps/uci-cancel.jq

select(.kind != "bad_debt")
| (.kind == "cancellation") as $all
| if $all and any(.lines[]; .qty >= 0)
	then error("cancellation \(.InvoiceNo) has a quantity that is not negative") else . end
| [.lines[] | select($all or (.qty < 0 and .agreed.unit_price != 0))] as $back
| select($back | length > 0)
| { id: ("uci-" + .InvoiceNo + if $all then "" else "-c" end), time, currency: "GBP" }
+ (if .customer then { customer: { id: .customer } } else {} end)
+ {
	ship_to: { country },
	lines: [range($back | length) as $i | $back[$i] | { id: "\($i + 1)", sku, qty: (-.qty), agreed }]
}
