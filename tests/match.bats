#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-order match: which orders a cancellation takes back, and that no piece is given back twice.

bats_require_minimum_version 1.5.0
load helper

# order ID TIME SKU QTY PRICE...: an order of customer c1 with a line for each three.
order() {
	local id=$1 time=$2 n=0 lines='' prices=''
	shift 2
	while [ $# -gt 0 ]; do
		lines+="${lines:+,}{\"id\":\"$((++n))\",\"sku\":\"$1\",\"qty\":$2}"
		case $3 in
		*.*) prices+="${prices:+,}{\"unit_price_decimal\":\"$3\"}" ;;
		*) prices+="${prices:+,}{\"unit_price\":$3}" ;;
		esac
		shift 3
	done
	printf '{"id":"%s","time":"%s","currency":"GBP","customer":{"id":"c1"},"lines":[%s],"price":{"lines":[%s]},"total":{"total":1000}}\n' \
		"$id" "$time" "$lines" "$prices"
}

# back ID TIME SKU QTY PRICE...: a cancellation likewise; a price of - leaves it out.
back() {
	local id=$1 time=$2 lines='' price
	shift 2
	while [ $# -gt 0 ]; do
		case $3 in
		-) price='' ;;
		*.*) price=",\"agreed\":{\"unit_price_decimal\":\"$3\"}" ;;
		*) price=",\"agreed\":{\"unit_price\":$3}" ;;
		esac
		lines+="${lines:+,}{\"sku\":\"$1\",\"qty\":$2$price}"
		shift 3
	done
	printf '{"id":"%s","time":"%s","currency":"GBP","customer":{"id":"c1"},"lines":[%s]}\n' "$id" "$time" "$lines"
}

book() { souk-order open | souk-order place >>booked; }

# For each line "match order/line:qty... rest".
says() {
	jq -r 'if .error then "\(.error.code): \(.error.message)" else .order.lines[]
		| "\(.match)\([.of[] | " \(.order_id)/\(.line):\(.qty)"] | join("")) \(.rest)" end'
}

D1=2011-01-01T10:00:00Z D2=2011-01-02T10:00:00Z D3=2011-01-03T10:00:00Z D4=2011-01-04T10:00:00Z

@test "exact: the member to the byte; again the same bytes, with other content a conflict" {
	order o1 $D1 A 6 255 B 1 100 | book
	back c1 $D2 A 2 255 >in
	run souk-order match <in
	assert_success
	assert_output "$(sed 's/}$/,"order":{"lines":[{"match":"exact","of":[{"order_id":"o1","line":"1","qty":2}],"rest":0}]}}/' in)"
	first=$output
	run souk-order match <in
	assert_output "$first"
	# The output is an input as good as any.
	run souk-order match <<<"$first"
	assert_output "$first"
	for other in 's/"qty":2/"qty":3/' 's/255/256/' 's/GBP/EUR/' 's/01-02T/01-03T/' 's/"c1"},"lines/"c2"},"lines/' 's/"sku":"A"/"sku":"B"/'; do
		run says < <(sed "$other" in | souk-order match)
		assert_output 'id_conflict: another cancellation has this id'
	done
	# Four pieces are left.
	run says < <(back c2 $D2 A 6 255 | souk-order match)
	assert_output 'guessed o1/1:4 2'
}

@test "guessed: of several the latest, at one time the one that was opened last" {
	{ order o1 $D3 A 1 100; order o2 $D1 A 1 100; order o3 $D3 A 1 100; } | book
	for expected in 'guessed o3/1:1 0' 'guessed o1/1:1 0' 'exact o2/1:1 0' 'none 1'; do
		run says < <(back "c$expected" $D3 A 1 100 | souk-order match)
		assert_output "$expected"
	done
}

@test "two lines of one order are exact: there is just one order" {
	order o1 $D1 A 3 100 A 4 100 | book
	run says < <(back c1 $D2 A 3 100 A 3 100 A 2 100 | souk-order match)
	assert_output $'exact o1/2:3 0\nexact o1/1:3 0\nguessed o1/2:1 1'
}

@test "no order from after the cancellation, of another customer, sku or currency, or a guest" {
	{
		order later 2011-01-02T10:00:01Z A 1 100
		order customer $D1 A 1 100 | sed 's/"c1"/"c2"/'
		order currency $D1 A 1 100 | sed 's/GBP/EUR/'
		order guest $D1 A 1 100 | sed 's/"customer":{"id":"c1"},//'
		order sku $D1 a 1 100
		order free $D1 A 1 0
	} | book
	run says < <(back c1 $D2 A 1 100 | souk-order match)
	assert_output 'none 1'
	run says < <(back c2 $D2 A 1 100 | sed 's/"customer":{"id":"c1"},//' | souk-order match)
	assert_output 'none 1'
	# At the same second it is not after; +01:00 is an hour earlier in UTC.
	run says < <(back c3 2011-01-02T11:00:01+01:00 A 1 100 | souk-order match)
	assert_output 'exact later/1:1 0'
}

@test "none has enough: the same price is used up first, then others, latest first" {
	{ order o1 $D1 A 2 100; order o2 $D2 A 2 120; order o3 $D3 A 2 100; order o4 $D3 A 2 110; } | book
	run says < <(back c1 $D4 A 7 100 | souk-order match)
	assert_output 'guessed o3/1:2 o1/1:2 o4/1:2 o2/1:1 0'
	run says < <(back c2 $D4 A 7 100 | souk-order match)
	assert_output 'guessed o2/1:1 6'
	run says < <(back c3 $D4 A 7 100 | souk-order match)
	assert_output 'none 7'
}

@test "one that has enough is taken before those that have not, though they are later" {
	{ order o1 $D1 A 9 100; order o2 $D2 A 2 100; order o3 $D3 A 9 110; } | book
	run says < <(back c1 $D4 A 5 100 | souk-order match)
	assert_output 'exact o1/1:5 0'
	# Another price is no match while it is not needed, even alone.
	run says < <(back c2 $D4 A 4 110 | souk-order match)
	assert_output 'exact o3/1:4 0'
}

@test "prices compare as numbers; a line without one takes any" {
	{ order o1 $D1 A 1 25.50; order o2 $D2 A 1 30; } | book
	run says < <(back c1 $D3 A 1 25.5 | souk-order match)
	assert_output 'exact o1/1:1 0'
	run says < <(back c2 $D3 A 1 30.0 | souk-order match)
	assert_output 'exact o2/1:1 0'
	order o3 $D3 A 1 7 | book
	run says < <(back c3 $D3 A 1 - | souk-order match)
	assert_output 'exact o3/1:1 0'
}

@test "only placed orders, whatever the order of the decisions" {
	{ order o1 $D1 A 1 100; order o2 $D1 A 1 100; order o3 $D1 A 1 100; } | souk-order open >opened
	sed -n 2p opened | souk-order place >booked
	run says < <(back c1 $D2 A 1 100 | souk-order match)
	assert_output 'exact o2/1:1 0'
	run says < <(back c2 $D2 A 1 100 | souk-order match)
	assert_output 'none 1'
	sed -n 1p opened | souk-order place >booked
	sed -n 3p opened | sed 's/}$/,"error":{"by":"stock","code":"out_of_stock","message":"m"}}/' | souk-order place >booked
	order o4 $D1 B 1 100 | book
	# What was not found stays so; a new cancellation sees the new order.
	run says < <(back c2 $D2 A 1 100 | souk-order match)
	assert_output 'none 1'
	run says < <(back c3 $D2 A 1 100 B 1 100 A 1 100 | souk-order match)
	assert_output $'exact o1/1:1 0\nexact o4/1:1 0\nnone 1'
}

@test "an order without time has that of its arrival; one without prices is passed over" {
	order o1 x A 1 100 | sed 's/"time":"x",//' | souk-order open --now $D2 | souk-order place >booked
	order o2 $D1 A 1 100 | sed 's/"price":[^]]*]},//' | book
	order o3 $D1 '\u0041' 1 100 | sed 's/"id":"1",//' | book
	run says < <(back c1 $D1 A 2 100 | souk-order match)
	assert_output 'guessed o3/0:1 1'
	run says < <(back c2 x A 2 100 | sed 's/"time":"x",//' | souk-order match --now $D2)
	assert_output 'guessed o1/1:1 1'
	# Nor is the time part of a cancellation that has none.
	run says < <(back c2 x A 2 100 | sed 's/"time":"x",//' | souk-order match --now $D4)
	assert_output 'guessed o1/1:1 1'
}

@test "an answer that would be too long is refused, and nothing is taken" {
	order o1 $D1 A 200 100 | book
	for i in {1..100}; do printf ' A 1 100'; done >many
	back c1 $D2 $(cat many) >in
	run says < <(souk-order match --max-record 10240 <in)
	assert_output 'too_long: the record with its answer would be too long'
	run says < <(back c2 $D2 A 200 100 | souk-order match)
	assert_output 'exact o1/1:200 0'
}

@test "bad cancellations are refused, and nothing is stored" {
	while IFS='|' read -r edit expected; do
		run says < <(back c1 $D1 A 1 100 | sed "$edit" | souk-order match)
		assert_output --partial "$expected"
	done <<-'END'
		s/"id":"c1",//|bad_record: id is missing
		s/"currency":"GBP",//|bad_record: currency is missing
		s/"qty":1/"qty":-1/|bad_record: lines[0].qty
		s/"unit_price":100/"unit_price":-1/|bad_record: lines[0].agreed.unit_price
		s/"unit_price":100/"x":1/|bad_record: lines[0].agreed: must have either unit_price or unit_price_decimal
		s/"unit_price":100/"unit_price_decimal":"1e2"/|bad_record: lines[0].agreed.unit_price_decimal
		s/2011-01/2011-13/|bad_record: time
		s/"lines":.*]/"lines":[]/|bad_record: lines
	END
	run souk-order export
	assert_output ''
}

@test "thousands of orders: all are found, those after the first catching up too" {
	seq -f 'o%04.0f' 2600 | sed "s/.*/$(order '&' 2011-01-01T10:00:00Z A 1 100)/" >list
	some() { sed -n "$1" list | book; }
	some 1,2500p
	run says < <(back c1 $D2 A 2500 100 | souk-order match)
	assert_output --regexp '^guessed o2500/1:1 o2499/1:1 .* o0001/1:1 0$'
	some 2501,2600p
	run says < <(back c2 $D2 A 101 100 | souk-order match)
	assert_output --regexp '^guessed o2600/1:1 .* o2501/1:1 1$'
}

@test "matched at once by several: each piece once" {
	order o1 $D1 A 1000 100 | book
	for p in 1 2 3 4; do
		seq 300 | sed "s/.*/$(back "c$p-&" $D2 A 1 100)/" >in$p
	done
	for p in 1 2 3 4; do souk-order match <in$p >out$p & done
	wait
	assert_equal "$(cat out? | jq '.order.lines[0].of[0].qty // 0' | awk '{ n += $1 } END { print n }')" 1000
	assert_equal "$(cat out? | jq '.order.lines[0].rest' | awk '{ n += $1 } END { print n }')" 200
	for p in 1 2 3 4; do souk-order match <in$p | cmp - out$p; done
}

@test "export: cancellations after the orders, with their records" {
	order o1 $D1 A 1 100 | book
	{ back c2 $D2 A 1 100; back c1 $D2 A 1 100 | sed 's/"customer":{"id":"c1"},//'; } >in
	souk-order match <in >out
	run -0 bash -c 'souk-order export | tail -n +2'
	assert_output "{\"export\":\"order.cancellation\",\"id\":\"c1\",\"time\":\"$D2\",\"currency\":\"GBP\",\"order\":{\"lines\":[{\"match\":\"none\",\"of\":[],\"rest\":1}]},\"record\":$(sed -n 2p in)}
{\"export\":\"order.cancellation\",\"id\":\"c2\",\"time\":\"$D2\",\"currency\":\"GBP\",\"customer\":\"c1\",\"order\":{\"lines\":[{\"match\":\"exact\",\"of\":[{\"order_id\":\"o1\",\"line\":\"1\",\"qty\":1}],\"rest\":0}]},\"record\":$(sed -n 1p in)}"
	run bash -c 'souk-order export | head -n 1 | jq -r .export'
	assert_output order
}
