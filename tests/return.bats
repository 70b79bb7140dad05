#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-return: what comes back, and exactly what was paid for it.

bats_require_minimum_version 1.5.0
load helper

# A placed order of three globes (paid 10.00, 1.00 off, 20 % on it: 10.80), two pens
# (no id; 0.99, 5 %: 1.04) and postage.
prepare() {
	tr -d '\n\t' >order <<-'END'
		{"id":"o1","currency":"GBP","lines":[{"id":"g","sku":"globe","qty":3},{"sku":"pen","qty":2}],
		"price":{"lines":[{"unit_price_decimal":"333.3","subtotal":1000},{"unit_price_decimal":"49.5","subtotal":99}],"subtotal":1099},
		"promo":{"lines":[{"discount":100},{"discount":0}],"discount":100},
		"ship":{"charges":[{"label":"post","amount":500}]},
		"tax":{"inclusive":false,"lines":[{"rate":"20","tax":180},{"rate":"5","tax":5}],"charges":[{"tax":100}],"tax":285},
		"total":{"total":1784}}
	END
	souk-order open <order | souk-order place | souk-order close >/dev/null
	echo '{"id":"s1","order_id":"o1","event":"ship","lines":[{"id":"g","qty":3},{"id":"2","qty":1}]}' |
		souk-order event >/dev/null
}

request() { souk-order lookup | souk-return request; }
steps() { request | souk-return receive | souk-return inspect | souk-return refund; }
says() { jq -rc 'if .error then .error.code else .return end'; }

# returned ID LINES: all steps at once; its amount.
returned() {
	printf '{"id":"%s","order_id":"o1","lines":%s}\n' "$1" "$2" | steps | jq -rc '.return.amount // .error.code'
}

@test "step by step: the member to the byte, the rest as it came" {
	echo '{"id":"r1","n": 1.10,"order_id":"o1","reason":"too many","lines":[{"id":"g","qty":2,"reason":"chipped"},{"id":"2","qty":1}]}' >in
	souk-order lookup <in >looked
	souk-return request <looked >out
	assert_equal "$(cat out)" "$(sed 's/}$/,"return":{"state":"requested","lines":[{"id":"g","sku":"globe","qty":2,"reason":"chipped"},{"id":"2","sku":"pen","qty":1}]}}/' looked)"
	echo '{"id":"r1b","return_id":"r1","actor":"ann","lines":[{"id":"g"}]}' >in
	run -0 souk-return receive <in
	assert_output '{"id":"r1b","return_id":"r1","actor":"ann","lines":[{"id":"g"}],"return":{"state":"received","id":"r1","lines":[{"id":"g","sku":"globe","qty":2,"reason":"chipped"},{"id":"2","sku":"pen","qty":0}]}}'
	echo '{"id":"r1c","return_id":"r1","lines":[{"id":"g","reject":1,"write_off":1}]}' >in
	run -0 souk-return inspect <in
	assert_output '{"id":"r1c","return_id":"r1","lines":[{"id":"g","reject":1,"write_off":1}],"return":{"state":"inspected","id":"r1","lines":[{"id":"g","sku":"globe","qty":1,"rejected":1,"restock":0,"write_off":1,"reason":"chipped"},{"id":"2","sku":"pen","qty":0,"rejected":0,"restock":0,"write_off":0}]}}'
	echo '{"id":"r1d","return_id":"r1","order_id":"o1"}' >in
	run -0 souk-return refund <in
	assert_output '{"id":"r1d","return_id":"r1","order_id":"o1","return":{"state":"refunded","id":"r1","currency":"GBP","amount":360,"lines":[{"id":"g","sku":"globe","qty":1,"rejected":1,"restock":0,"write_off":1,"amount":360,"reason":"chipped"},{"id":"2","sku":"pen","qty":0,"rejected":0,"restock":0,"write_off":0,"amount":0}]}}'
	run -0 souk-return list --order o1 --state refunded
	assert_equal "$(jq -c '[.id, .order_id, .return.reason, .return.amount, [.return.lines[] | [.requested, .received, .accepted, .restock]]]' <<<"$output")" \
		'["r1","o1","too many",360,[[2,2,1,0],[1,0,0,0]]]'
	assert_equal "$(souk-return list --state requested)" ''
	assert_equal "$(souk-return export | jq -r '[.export, .verb, .id, .return_id, .actor] | map(. // "") | join(" ")')" \
		"$(printf '%s\n' 'return  r1  ' 'return.step inspect r1c r1 ' 'return.step receive r1b r1 ann' 'return.step refund r1d r1 ' 'return.step request r1 r1 ')"
}

@test "pieces that come back one by one give back what was paid, and not a penny more" {
	assert_equal "$(returned r1 '[{"id":"g","qty":1}]')" 360
	assert_equal "$(returned r2 '[{"id":"g","qty":1},{"id":"2","qty":1}]')" 412
	assert_equal "$(returned r3 '[{"id":"g","qty":1}]')" 360
	assert_equal "$(returned r4 '[{"id":"g","qty":1}]')" over_returned
	# Of two pens one was sent: the other can't come back yet.
	assert_equal "$(returned r5 '[{"id":"2","qty":1}]')" over_returned
	echo '{"id":"s2","order_id":"o1","event":"ship"}' | souk-order event >/dev/null
	assert_equal "$(returned r6 '[{"id":"2","qty":1}]')" 52
	assert_equal "$(souk-return list | jq -s 'map(.return.amount) | add')" $((1080 + 104))
}

@test "shares that do not come out even add up, in any parts" {
	for parts in '1 1 1 1 1 1 1' '3 4' '2 2 3' '6 1' '1 5 1' '7'; do
		rm -rf "$SOUK_DB"/*
		sed 's/"qty":3/"qty":7/' order | souk-order open | souk-order place >/dev/null
		echo '{"id":"s1","order_id":"o1","event":"ship"}' | souk-order event >/dev/null
		sum=0 n=0
		for qty in $parts; do
			n=$((n + 1))
			amount=$(returned "r$n" "[{\"id\":\"g\",\"qty\":$qty}]")
			# Never further from the exact share than a penny.
			[ $((amount * 7)) -gt $((1080 * qty - 7)) ] && [ $((amount * 7)) -lt $((1080 * qty + 7)) ] ||
				fail "$qty of 7 for $amount"
			assert_equal "$(souk-return list | jq -s length)" "$n"
			sum=$((sum + amount))
		done
		assert_equal "$parts: $sum" "$parts: 1080"
	done
}

@test "tax that is in the price is not given back twice" {
	rm -rf "$SOUK_DB"/*
	sed 's/"inclusive":false/"inclusive":true/' order | souk-order open | souk-order place >/dev/null
	echo '{"id":"s1","order_id":"o1","event":"ship"}' | souk-order event >/dev/null
	assert_equal "$(returned r1 '[{"id":"g","qty":3}]')" 900
}

@test "without lines: all that was shipped and is not on its way back" {
	assert_equal "$(returned r1 '[{"id":"g","qty":2}]')" 720
	echo '{"id":"r2","order_id":"o1"}' >in
	assert_equal "$(steps <in | jq -c '[.return.lines[] | [.id, .qty, .amount]]')" '[["g",1,360],["2",1,52]]'
	echo '{"id":"r3","order_id":"o1"}' | request >out
	assert_equal "$(says <out)" nothing_left
}

@test "the same records again: the same answers, and nothing twice" {
	echo '{"id":"r1","order_id":"o1","lines":[{"id":"g","qty":1}]}' >in
	echo '{"id":"r2","order_id":"o1","lines":[{"id":"g","qty":1,"reject":1}]}' >>in
	steps <in >first
	assert_equal "$(jq -c .return.amount first)" $'360\n0'
	souk-return export >before
	steps <in | cmp - first
	souk-return export | cmp - before
	# Another request, receipt or inspection under an id that was used.
	sed 's/"qty":1/"qty":2/' in | request >out
	assert_equal "$(jq -r .error.code out)" $'id_conflict\nid_conflict'
	for verb in receive inspect refund; do
		sed 's/"order_id":"o1",//' in | souk-return "$verb" >out
		assert_equal "$(jq -r .error.code out)" $'id_conflict\nid_conflict'
	done
	souk-return export | cmp - before
}

@test "what was rejected or did not come can be asked for again" {
	assert_equal "$(returned r1 '[{"id":"g","qty":3,"reject":2}]')" 360
	echo '{"id":"r2","order_id":"o1","lines":[{"id":"g","qty":2}]}' | request >/dev/null
	assert_equal "$(returned r3 '[{"id":"g","qty":1}]')" over_returned
	echo '{"id":"r2b","return_id":"r2","lines":[{"id":"g","qty":0}]}' | souk-return receive >/dev/null
	assert_equal "$(returned r4 '[{"id":"g","qty":2}]')" 720
	# What never came is given nothing for.
	for verb in inspect refund; do echo '{"id":"r2c","return_id":"r2"}' | souk-return $verb >out; done
	assert_equal "$(jq .return.amount out)" 0
}

@test "steps are taken in their order, once" {
	echo '{"id":"r1","order_id":"o1"}' | request >/dev/null
	step() { echo "{\"id\":\"$2\",\"return_id\":\"r1\"}" | souk-return "$1" | jq -rc '.return.state // (.error | [.code, .from, .event] | join(" "))'; }
	assert_equal "$(step inspect a)" 'illegal_move requested inspect'
	assert_equal "$(step refund a)" 'illegal_move requested refund'
	assert_equal "$(step receive a)" received
	assert_equal "$(step receive b)" 'illegal_move received receive'
	assert_equal "$(step inspect a)" inspected
	assert_equal "$(step refund a)" refunded
	assert_equal "$(step refund a)" refunded
	assert_equal "$(step refund b)" 'illegal_move refunded refund'
	echo '{"id":"a","return_id":"r9"}' | souk-return receive >out
	assert_equal "$(says <out)" id_conflict
	echo '{"id":"z","return_id":"r9"}' | souk-return receive >out
	assert_equal "$(says <out)" unknown_return
	echo '{"id":"z","return_id":"r1","order_id":"o2"}' | souk-return receive >out
	assert_equal "$(says <out)" other_order
	echo '{"id":"z","return_id":"r1","order_id":"o1"}' | request >out
	assert_equal "$(says <out)" illegal_move
}

@test "what is wrong is refused, and says where" {
	check() { printf '{"id":"x","order_id":"o1","lines":%s}\n' "$1" | ${2:-request} | jq -r .error.message; }
	assert_equal "$(check '[{"id":"q","qty":1}]')" 'the order has no line q'
	assert_equal "$(check '[{"id":"1","qty":1}]')" 'the order has no line 1'
	assert_equal "$(check '[{"id":"g","qty":4}]')" 'of line g there are 3 to return, not 4'
	assert_equal "$(check '[{"id":"g","qty":0}]')" 'lines[0]: qty must be 1 or more, or left out for all'
	assert_equal "$(check '[{"id":"g"},{"id":"g"}]')" 'lines[1]: the line stands twice'
	assert_equal "$(check '[{"qty":1}]')" 'lines[0].id is missing'
	assert_equal "$(check '[5]')" 'lines[0]: must be an object'
	assert_equal "$(check '[]')" 'of order o1 there is nothing left to return'
	assert_equal "$(check '[{"id":"g"}]' 'souk-return request')" 'order is missing: souk-order lookup has to run before'
	echo '{"id":"r1","order_id":"o1","lines":[{"id":"g","qty":2}]}' | request | souk-return receive >/dev/null
	seen() { printf '{"id":"y","return_id":"r1","lines":%s}\n' "$1" | souk-return inspect | jq -r .error.message; }
	assert_equal "$(seen '[{"id":"g","reject":3}]')" 'of line g there are 2 to reject, not 3'
	assert_equal "$(seen '[{"id":"g","reject":1,"write_off":2}]')" 'of line g there are 1 to write off, not 2'
	assert_equal "$(seen '[{"id":"2"}]')" 'the return has no line 2'
	# An order of a shop that does not price with Souk.
	jq -c 'del(.price) | .id = "o2"' order | souk-order open | souk-order place >/dev/null
	echo '{"id":"s3","order_id":"o2","event":"ship"}' | souk-order event >/dev/null
	echo '{"id":"r2","order_id":"o2"}' | request >out
	assert_equal "$(says <out)" not_priced
}

@test "pipelines/return: money back, goods to the shelf; pipelines/refund after the steps" {
	rm -rf "$SOUK_DB"/*
	printf '{"id":"in%s","sku":"%s","qty":9}\n' 1 globe 2 pen | souk-stock receive >/dev/null
	jq -c '.pay_with = [{method: "test", token: "pm_card_visa"}]' order | "$ROOT/pipelines/book" >/dev/null
	echo '{"id":"s1","order_id":"o1","event":"ship"}' | souk-order lookup | souk-ship ship | souk-stock ship |
		souk-pay capture | souk-order event >out
	assert_equal "$(jq -c '[.order.state, .pay.amount]' out)" '["shipped",1784]'
	echo '{"id":"r1","order_id":"o1","event":"return","lines":[{"id":"g","qty":2,"write_off":1},{"id":"2","qty":1,"reject":1}]}' >in
	"$ROOT/pipelines/return" <in >first
	assert_equal "$(jq -c '[.return.amount, .stock.lines, .pay.state, .pay.amount, .order.state]' first)" \
		'[720,[{"sku":"globe","qty":1,"on_hand":7}],"refunded",720,"partially_returned"]'
	"$ROOT/pipelines/return" <in | cmp - first
	# All that came is rejected: nothing is given back.
	echo '{"id":"r2","order_id":"o1","event":"return","lines":[{"id":"2","qty":1,"reject":1}]}' | "$ROOT/pipelines/return" >out
	assert_equal "$(jq -c '[.return.amount, .stock.state, .pay.state, .order.state]' out)" '[0,"none","none","partially_returned"]'
	# Step by step.
	echo '{"id":"r3","order_id":"o1"}' | request >/dev/null
	echo '{"id":"r3b","return_id":"r3"}' | souk-return receive >/dev/null
	echo '{"id":"r3c","return_id":"r3","lines":[{"id":"2","reject":1}]}' | souk-return inspect >/dev/null
	echo '{"id":"r3d","return_id":"r3","order_id":"o1","event":"return"}' | "$ROOT/pipelines/refund" >out
	assert_equal "$(jq -c '[.return.amount, .pay.amount, .order.state]' out)" '[412,412,"partially_returned"]'
	souk-order export | grep '"r3d"' >out
	assert_equal "$(jq -c '[.amount, .lines]' out)" '[412,[{"id":"g","sku":"globe","qty":1},{"id":"2","sku":"pen","qty":1}]]'
	{ souk-stock export; souk-pay export; } >books
	assert_equal "$(jq -c 'select(.export == "stock.level") | [.sku, .on_hand, .taken]' books)" $'["globe",8,0]\n["pen",8,0]'
	assert_equal "$(jq -c 'select(.export == "pay.payment") | [.captured, .refunded]' books)" '[1784,1132]'
	for pipeline in cancel return refund; do run -0 souk check "$ROOT/pipelines/$pipeline"; done
}
