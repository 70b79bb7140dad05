# SPDX-License-Identifier: ISC
# sale.jq: an exported order to what it adds to the sales of its day; nothing if it was
# not placed. Members stand in the order that a sort of the lines goes by.
#
#     souk-order export | souk-map --many -f maps/sale.jq
#
# Pieces are goods: what has no stock (postage, fees) is a line but no piece.

select(.export == "order" and .state == "placed")
| .record as $order
| {
	day: ($order.time // .opened)[0:10],
	country: ($order.ship_to.country // "ZZ"),
	currency,
	lines: ($order.lines | length),
	pieces: ([range($order.lines | length)
		| select($order.catalog.lines[.].manage_stock != false) | $order.lines[.].qty] | add // 0),
	vat: ($order.total.tax // 0),
	gross: .total
}
