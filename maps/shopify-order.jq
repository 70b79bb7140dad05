# SPDX-License-Identifier: ISC
# shopify-order.jq: the rows of one Shopify order to the order it is.
#
# Lines carry the price that was paid: discounts (what the lines add up to less Subtotal)
# are spread over them by what they cost, and a line that then can't be priced in whole minor
# units becomes two. What was charged for shipping and tax stays in meta. Orders that were
# cancelled, refunded or voided are named as errors, for they are no sales.
#
#     souk-map --many -f shopify-order.jq

def given($name; $value): if $value == null or $value == "" or $value == {} then . else .[$name] = $value end;

# qty pieces for an amount, in at most two lines.
def priced($sku; $qty; $amount):
	($amount / $qty | floor) as $unit
	| ($amount - $unit * $qty) as $dearer
	| (if $qty > $dearer then { sku: $sku, qty: ($qty - $dearer), agreed: { unit_price: $unit } } else empty end),
	  (if $dearer > 0 then { sku: $sku, qty: $dearer, agreed: { unit_price: ($unit + 1) } } else empty end);

. as $order
| .rows[0] as $first
| $first.head as $head
| if any(.rows[]; .failed) then
	([.rows[] | select(.failed) | .failed]) as $failed
	| ($failed[], ($order | { id: "shopify-\(.order | ltrimstr("#"))", order, rows,
		error: { by: "map", code: "map_error", message: "line \($failed[0].line) of the file: \($failed[0].error.message)" } }))
  elif $head == null then
	error("line \($first.line): the order does not begin with a row that says its currency")
  elif $head.cancelled_at != "" then
	$head + { order: .order, rows, error: { by: "map", code: "cancelled", message: "cancelled at \($head.cancelled_at)", line: $first.line } }
  elif $head.financial | IN("refunded", "voided") then
	$head + { order: .order, rows, error: { by: "map", code: "refunded", message: "its money went back: \($head.financial)", line: $first.line } }
  else
	[.rows[].item | .amount = (.price | minor($head.currency))] as $items
	| if any($items[]; .amount | type != "number") then
		error("a price is finer than \($head.currency) has decimals")
	  else . end
	| [$items[] | .amount * .qty] as $gross
	| ($gross | add) as $sum
	| (if $head.subtotal == "" then $sum else $head.subtotal | minor($head.currency) end) as $subtotal
	| ($sum - $subtotal) as $discount
	| if $discount < 0 then error("the lines add up to \($sum), less than Subtotal: \($subtotal)") else . end
	# Each line's share is what is due up to it less what is due before it.
	| [foreach $gross[] as $one ({ upto: 0, due: 0 };
		.before = .due | .upto += $one
		| .due = (if $sum == 0 then 0 else $discount * .upto / $sum | floor end);
		$one - (.due - .before))] as $paid
	| [range($items | length) as $i | priced($items[$i].sku; $items[$i].qty; $paid[$i])] as $lines
	| { id: $head.id, time: $head.time, currency: $head.currency }
	| given("customer"; {} | given("email"; $head.email))
	| given("ship_to"; $head.ship_to)
	| .lines = [range($lines | length) as $i | { id: "\($i + 1)" } + $lines[$i]]
	| .pay_with = [{ id: ($head.id + "-p1"), method: "invoice" }]
	| .meta = ($first.meta + $head.zips + { name: $order.order, billing: $head.billing }
		+ if $discount > 0 then { discount: ($discount | major($head.currency)) } else {} end)
	| if $order.rows | length > 1 then .meta.lines = [$order.rows[].meta] else . end
  end
