# SPDX-License-Identifier: ISC
# uci-return.jq: a matched cancellation to the returns that it is, one for each order that
# it takes pieces of; for what can't be returned a failed record that says so.
#
# Pieces that no earlier order has fail as no_order, as nobody knows what was paid for
# them; postage, fees and the like as no_goods, as nothing of them was sent.
#
#     souk-order match | souk-catalog | souk-map --many -f maps/uci-return.jq

# The pieces of each line of an order, once each.
def by_line:
	reduce .[] as $piece ({};
		.[$piece.line | tojson] |= { id: $piece.line, qty: ((.qty // 0) + $piece.qty) })
	| [.[]];

def refuse($what; $code; $message):
	if length > 0 then
		{ id: "\($what.id)/\($code)", time: $what.time, customer: $what.customer, lines: .,
		  error: { by: "map", code: $code, message: $message } }
		| if .customer == null then del(.customer) else . end
	else empty end;

. as $cancellation
| [range(.lines | length) as $i
	| { line: .lines[$i], match: .order.lines[$i], goods: (.catalog.lines[$i].manage_stock != false) }] as $lines
| ([$lines[] | select(.goods).match.of[]] | group_by(.order_id)[]
	| { id: "\($cancellation.id)/\(.[0].order_id)", time: $cancellation.time, order_id: .[0].order_id,
	    event: "return", reason: $cancellation.id, lines: by_line }),
  ([$lines[] | select(.goods | not) | select(.match.of | length > 0)
	| .line + { of: .match.of, qty: ([.match.of[].qty] | add) }]
	| refuse($cancellation; "no_goods"; "nothing of these was sent that could come back")),
  ([$lines[] | select(.match.rest > 0) | .line + { qty: .match.rest }]
	| refuse($cancellation; "no_order"; "no earlier order of this customer has these pieces"))
