#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-promo: what promotions take off, to the penny, and how often they may be used.

bats_require_minimum_version 1.5.0
load helper

# put RECORD...: promotions, one an argument; each must be taken.
put() {
	printf '%s\n' "$@" | souk-promo put -e >put.out || { cat put.out; return 1; }
}

# order [CHANGE]: an order of 3 A at 3.00, 2 B at 5.00 and 1 C at 9.99, priced; a jq change.
order() {
	jq -c "${1:-.}" <<'END'
{"id":"o1","time":"2026-03-10T12:00:00Z","currency":"GBP","customer":{"id":"c1","group":"trade","orders":2},"ship_to":{"country":"GB","postcode":"SW1Y 4JH"},"lines":[{"sku":"A","qty":3},{"sku":"B","qty":2},{"sku":"C","qty":1}],"catalog":{"lines":[{"tags":["red","new"],"category":"mugs"},{"category":"cups","flags":["fragile"]},{}]},"price":{"lines":[{"subtotal":900},{"subtotal":1000},{"subtotal":999}],"subtotal":2899}}
END
}

# promo [CHANGE] [OPTION...]: the stage's member, or its error.
promo() {
	order "${1:-.}" | souk-promo "${@:2}" | jq -c '.promo // .error'
}

# off [CHANGE]: the discount of each line, and the sum; nothing more.
off() {
	promo "$@" | jq -r '"\([.lines[]?.discount] | join(" ")) = \(.discount)"'
}

# refused CODE [CHANGE]: the reason given for a coupon.
refused() {
	promo ".coupons = [\"$1\"] | ${2:-.}" | jq -r '.refused[0].reason // "applied"'
}

# ---- What is taken off ----

@test "no promotion: a few bytes, the rest as it came" {
	run souk-promo <<<'{ "promo":1, "id":"o1","price":{"x":1.10},"coupons":[]}'
	assert_success
	assert_output '{ "id":"o1","price":{"x":1.10},"coupons":[],"promo":{"discount":0}}'
}

@test "percent off the order: one rounding, spread over the lines by largest remainder" {
	put '{"id":"ten","title":"Ten","kind":"percent","on":"order","percent":"10"}'
	# 10% of 28.99 is 2.899: 2.90, of which the lines get 90.03, 100.03 and 99.93.
	run promo
	assert_output '{"lines":[{"discount":90},{"discount":100},{"discount":100}],"discount":290,"applied":[{"id":"ten","title":"Ten","discount":290}]}'
	put '{"id":"ten","kind":"percent","on":"order","percent":"2.5"}'
	assert_equal "$(off '.price.lines |= [{subtotal: 20},{subtotal: 20},{subtotal: 20}]')" '1 1 0 = 2'
	assert_equal "$(off '.price.lines |= [{subtotal: 20},{subtotal: 0},{subtotal: 0}]')" '1 0 0 = 1'
	assert_equal "$(off '.price.lines |= [{subtotal: 20},{subtotal: 0},{subtotal: 0}]' --rounding half-even)" ' = 0'
}

@test "percent off items: each line by itself, only those that are listed" {
	put '{"id":"p","kind":"percent","on":"items","percent":"12.5"}'
	assert_equal "$(off)" '113 125 125 = 363'
	put '{"id":"p","kind":"percent","on":"items","percent":"12.5","skus":["B","X"]}'
	assert_equal "$(off)" '0 125 0 = 125'
	put '{"id":"p","kind":"percent","on":"items","percent":"100","tags":["new","fragile"]}'
	assert_equal "$(off)" '900 1000 0 = 1900'
	put '{"id":"p","kind":"percent","on":"items","percent":"50","categories":["mugs"],"skus":["C"]}'
	assert_equal "$(off)" '450 0 500 = 950'
	put '{"id":"p","kind":"percent","on":"items","percent":"50","categories":["Clothing > Hats","Home"]}'
	assert_equal "$(off '.catalog.lines = [{category: "Clothing > Hats > Caps"}, {category: ["Toys", "Home > Tea"]}, {category: "Homes"}]')" '450 500 0 = 950'
	put '{"id":"p","kind":"percent","on":"items","percent":"50","categories":["mugs"],"skus":["C"]}'
	# Without a catalogue no line has a category.
	assert_equal "$(off 'del(.catalog)')" '0 0 500 = 500'
}

@test "a fixed amount off the order, never more than it comes to" {
	put '{"id":"five","kind":"amount","amount":500,"currency":"GBP","on":"order"}'
	assert_equal "$(off)" '155 173 172 = 500'
	put '{"id":"five","kind":"amount","amount":5000,"currency":"GBP","on":"order"}'
	assert_equal "$(off)" '900 1000 999 = 2899'
	# Lists say what must be there; what is taken off is the order's.
	put '{"id":"five","kind":"amount","amount":500,"currency":"GBP","on":"order","skus":["C"]}'
	assert_equal "$(off)" '155 173 172 = 500'
	assert_equal "$(off '.lines[2].sku = "D"')" ' = 0'
}

@test "a fixed amount off each piece, never more than its line" {
	put '{"id":"each","kind":"amount","amount":70,"currency":"GBP","on":"items"}'
	assert_equal "$(off)" '210 140 70 = 420'
	put '{"id":"each","kind":"amount","amount":400,"currency":"GBP","on":"items","skus":["A","B"]}'
	assert_equal "$(off)" '900 800 0 = 1700'
	put '{"id":"each","kind":"amount","amount":9223372036854775807,"currency":"GBP","on":"items"}'
	assert_equal "$(off)" '900 1000 999 = 2899'
}

@test "buy some, get some: the cheapest pieces of each full set" {
	put '{"id":"three","kind":"buy_get","buy":2,"get":1}'
	# Six pieces, two sets: two A are free.
	assert_equal "$(off)" '600 0 0 = 600'
	put '{"id":"three","kind":"buy_get","buy":1,"get":1}'
	assert_equal "$(off)" '900 0 0 = 900'
	put '{"id":"three","kind":"buy_get","buy":1,"get":2}'
	assert_equal "$(off)" '900 500 0 = 1400'
	put '{"id":"three","kind":"buy_get","buy":6,"get":1}'
	assert_equal "$(off)" ' = 0'
	put '{"id":"three","kind":"buy_get","buy":2,"get":1,"percent":"50","skus":["B","C"]}'
	assert_equal "$(off)" '0 250 0 = 250'
	# A piece of a line that does not divide is its share: 2 of 3 at 1.00 are 67.
	put '{"id":"three","kind":"buy_get","buy":1,"get":2,"skus":["A"]}'
	assert_equal "$(off '.price.lines[0].subtotal = 100')" '67 0 0 = 67'
}

@test "buy some, get some of others" {
	put '{"id":"gift","kind":"buy_get","buy":2,"get":1,"get_skus":["C","D"]}'
	# Five of A and B are bought: two sets, but there is only one C.
	assert_equal "$(off)" '0 0 999 = 999'
	assert_equal "$(off '.lines[2].qty = 3')" '0 0 666 = 666'
	put '{"id":"gift","kind":"buy_get","buy":2,"get":1,"percent":"50","skus":["B","C"],"get_skus":["A"]}'
	assert_equal "$(off)" '150 0 0 = 150'
	assert_equal "$(off '.lines[1].qty = 1000000000 | .lines[0].qty = 1000000000')" '225 0 0 = 225'
	assert_equal "$(off '.lines = [.lines[0]] | .price.lines = [.price.lines[0]] | .catalog.lines = [{}]')" ' = 0'
}

@test "a cap holds the sum, and each line keeps its share" {
	put '{"id":"p","kind":"percent","on":"order","percent":"50","cap":100,"currency":"GBP"}'
	assert_equal "$(off)" '31 35 34 = 100'
	put '{"id":"p","kind":"percent","on":"items","percent":"50","cap":100,"currency":"GBP","skus":["A","B"]}'
	assert_equal "$(off)" '47 53 0 = 100'
	put '{"id":"p","kind":"buy_get","buy":1,"get":1,"cap":100,"currency":"GBP"}'
	assert_equal "$(off)" '100 0 0 = 100'
}

@test "shipping: grants for souk-ship, nothing off the lines" {
	put '{"id":"a","kind":"free_shipping"}' '{"id":"b","kind":"percent","on":"shipping","percent":"25.0"}' \
		'{"id":"c","kind":"amount","amount":200,"currency":"GBP","on":"shipping","priority":1}'
	run promo
	assert_output '{"discount":0,"shipping":[{"id":"c","amount":200},{"id":"a","percent":"100"},{"id":"b","percent":"25"}],"applied":[{"id":"c","discount":0},{"id":"a","discount":0},{"id":"b","discount":0}]}'
}

@test "items before the order before shipping; by priority, then by id" {
	put '{"id":"b","kind":"percent","on":"order","percent":"10","priority":9}' \
		'{"id":"c","kind":"percent","on":"items","percent":"50","skus":["A"]}' \
		'{"id":"a","kind":"amount","amount":100,"currency":"GBP","on":"order"}'
	# 450 off A leaves 450, 1000, 999; of these 24.49: 245; of the rest 1.00.
	run promo
	assert_output '{"lines":[{"discount":513},{"discount":141},{"discount":141}],"discount":795,"applied":[{"id":"c","discount":450},{"id":"b","discount":245},{"id":"a","discount":100}]}'
	# What comes too late takes nothing, and is not told of.
	put '{"id":"c","kind":"percent","on":"items","percent":"100"}'
	run promo
	assert_output '{"lines":[{"discount":900},{"discount":1000},{"discount":999}],"discount":2899,"applied":[{"id":"c","discount":2899}]}'
}

@test "exclusive: alone or not at all" {
	put '{"id":"a","kind":"percent","on":"order","percent":"10","exclusive":true,"priority":1}' \
		'{"id":"b","kind":"amount","amount":100,"currency":"GBP","on":"items","priority":2,"groups":["retail"]}' \
		'{"id":"c","kind":"amount","amount":10,"currency":"GBP","on":"order","codes":["C"]}'
	assert_equal "$(promo | jq -c '[.applied[].id]')" '["a"]'
	assert_equal "$(promo '.coupons = ["C"]' | jq -c '[.applied[].id], .refused')" \
		"$(printf '%s\n' '["a"]' '[{"code":"C","reason":"excluded"}]')"
	# b comes first where it applies, and a is not alone then.
	assert_equal "$(promo '.customer.group = "retail" | .coupons = ["C"]' | jq -c '[.applied[].id]')" '["b","c"]'
	# What would take nothing off excludes nobody.
	put '{"id":"a","kind":"buy_get","buy":99,"get":1,"exclusive":true,"priority":1}'
	assert_equal "$(promo '.coupons = ["C"]' | jq -c '[.applied[].id]')" '["c"]'
}

# ---- To whom ----

@test "who, where and when: each reason" {
	put '{"id":"p","codes":["p"],"kind":"percent","on":"order","percent":"10","groups":["trade","staff"],"countries":["GB","IE"],"nth_order":3,"starts_at":"2026-03-01","ends_at":"2026-04-01","currency":"GBP","min_amount":2000,"min_qty":4,"skus":["A","B"]}'
	assert_equal "$(refused p '.price.lines[0].subtotal = 1000')" applied
	assert_equal "$(refused p)" below_minimum # A and B are 19.00
	while IFS='~' read -r change reason; do
		assert_equal "$(refused p ".price.lines[0].subtotal = 1000 | $change")" "$reason"
	done <<-'END'
	.time = "2026-02-28T23:59:59Z"~not_started
	.time = "2026-03-01T00:00:00Z"~applied
	.time = "2026-04-01T01:00:00+01:00"~expired
	.time = "2026-03-31T23:59:59Z"~applied
	.currency = "EUR"~wrong_currency
	.customer.group = "retail"~wrong_customer
	.customer.group = "staff"~applied
	del(.customer)~wrong_customer
	.customer.orders = 3~wrong_customer
	del(.customer.orders)~wrong_customer
	.ship_to.country = "FR"~wrong_country
	.ship_to.country = "IE"~applied
	del(.ship_to)~wrong_country
	.lines[0].sku = "X" | .lines[1].sku = "Y"~not_in_order
	.lines[0].qty = 1~below_minimum
	.price.lines[0].subtotal = 999~below_minimum
	.price.lines[].subtotal = 0~below_minimum
	END
	# An order of no time is one of now.
	run jq -r '.promo.refused[0].reason' < <(order 'del(.time) | .coupons = ["p"]' | souk-promo --now 2027-01-01T00:00:00Z)
	assert_output expired
}

@test "codes: any letters, patterns, one promotion once, unknown ones told" {
	put '{"id":"p","codes":["Spring","ONE-TWO"],"kind":"percent","on":"order","percent":"10"}' \
		'{"id":"v","codes":["VIP-*","X?Z"],"kind":"amount","amount":1,"currency":"GBP","on":"order"}'
	run promo '.coupons = ["sPRING"]'
	assert_output --partial '"applied":[{"id":"p","code":"sPRING","discount":290}]}'
	local code
	for code in one-two vip- VIP-abc xyz; do assert_equal "$(refused "$code")" applied; done
	for code in springs 'vip' 'xyyz' 'VIP-*Z' 'Spring ' X; do
		case $code in VIP*) continue ;; esac
		assert_equal "$(refused "$code")" unknown
	done
	run promo '.coupons = ["nope","SPRING","one-two","vip-1","VIP-2"]'
	assert_output '{"lines":[{"discount":90},{"discount":101},{"discount":100}],"discount":291,"applied":[{"id":"p","code":"SPRING","discount":290},{"id":"v","code":"vip-1","discount":1}],"refused":[{"code":"nope","reason":"unknown"},{"code":"one-two","reason":"duplicate"},{"code":"VIP-2","reason":"duplicate"}]}'
	# Only refused ones: no lines.
	run promo '.coupons = ["nope"]'
	assert_output '{"discount":0,"refused":[{"code":"nope","reason":"unknown"}]}'
}

@test "coupons that make no sense" {
	local long
	long=$(printf 'x%.0s' {1..201})
	while IFS='~' read -r change message; do
		run promo "$change"
		assert_output "{\"by\":\"promo\",\"code\":\"bad_record\",\"message\":\"$message\"}"
	done <<-END
	.coupons = "A"~coupons: must be an array
	.coupons = [1]~coupons[0]: must be a string of 1 to 200 bytes
	.coupons = ["a",""]~coupons[1]: must be a string of 1 to 200 bytes
	.coupons = ["$long"]~coupons[0]: must be a string of 1 to 200 bytes
	.coupons = [range(51) | tostring]~coupons: must hold 50 codes at most
	del(.price)~price is missing: souk-price has to run before souk-promo
	.coupons = ["a"] | .price.lines = []~price.lines: must be as long as lines
	.coupons = ["a"] | del(.currency)~currency is missing
	END
	run souk-promo <<<'{"currency":"GBP","coupons":["a"],"lines":[{"sku":"A","qty":1},{"sku":"A","qty":1}],"price":{"lines":[{"subtotal":9223372036854775807},{"subtotal":1}]}}'
	assert_output --partial '"code":"overflow"'
}

# ---- Conditions ----

@test "conditions: jq over the order, at its own time" {
	put '{"id":"p","codes":["p"],"kind":"percent","on":"order","percent":"10","condition":"any(.lines[]; .sku == \"C\") and (.ship_to.postcode | startswith(\"SW\")) # a comment"}' \
		'{"id":"q","codes":["q"],"kind":"percent","on":"order","percent":"10","condition":"now | gmtime | strftime(\"%A\") == \"Tuesday\""}' \
		'{"id":"e","codes":["e"],"kind":"percent","on":"order","percent":"10","condition":"empty"}' \
		'{"id":"h","codes":["h"],"kind":"percent","on":"order","percent":"10","condition":"[$ENV, env] == [{},{}] and (has(\"lines\") | not)"}' \
		'{"id":"m","codes":["m"],"kind":"percent","on":"order","percent":"10","condition":".meta.channel == \"app\""}'
	assert_equal "$(refused p)" applied
	assert_equal "$(refused p '.ship_to.postcode = "N1"')" condition_not_met
	assert_equal "$(refused p '.lines[2].sku = "D"')" condition_not_met
	assert_equal "$(refused q)" applied
	assert_equal "$(refused q '.time = "2026-03-11T12:00:00Z"')" condition_not_met
	assert_equal "$(refused e)" condition_not_met
	assert_equal "$(refused m)" condition_not_met
	assert_equal "$(refused m '.meta.channel = "app"')" applied
	# Nothing of the environment, and no member that is not named ("lines" is).
	assert_equal "$(refused h)" condition_not_met
}

@test "a condition finds nothing of \"\", whatever an order names" {
	put '{"id":"p","codes":["p"],"kind":"percent","on":"order","percent":"10","condition":".customer.id | index(.[3:]) != null"}'
	run timeout 10 bash -c "$(declare -f order promo refused); refused p '.customer.id = \"vipvip\"'; refused p '.customer.id = \"vip\"'"
	assert_output "applied"$'\n'"condition_not_met"
}

@test "a condition that fails makes the promotion not apply, and is told" {
	put '{"id":"p","kind":"percent","on":"order","percent":"10","condition":".lines + 1"}'
	run promo
	assert_output '{"discount":0,"refused":[{"id":"p","reason":"condition_failed","message":"array ([{\"sku\":\"A\"...) and number (1) cannot be added"}]}'
	put '{"id":"p","kind":"percent","on":"order","percent":"10","codes":["p"],"condition":"input"}'
	run promo '.coupons = ["p"]'
	assert_output '{"discount":0,"refused":[{"code":"p","reason":"condition_failed","message":"input: a condition has none"}]}'
}

@test "a condition that does not compile is refused with jq's message" {
	while IFS='~' read -r condition message; do
		jq -nc --arg c "$condition" '{id: "p", kind: "percent", on: "order", percent: "10", condition: $c}' >in
		run jq -r '.error | .code, .message' < <(souk-promo put <in)
		assert_output "$(printf 'bad_condition\ncondition: jq says: %s' "$message")"
	done <<-'END'
	.lines ==~syntax error, unexpected $end
	total > 5~total/0 is not defined
	1) or (2~syntax error, unexpected INVALID_CHARACTER, expecting $end
	def f: 1;~syntax error, unexpected $end
	1] or [2~syntax error, unexpected INVALID_CHARACTER, expecting $end
	1); def g: (2~syntax error, unexpected INVALID_CHARACTER, expecting $end
	.lines as $x~syntax error, unexpected $end, expecting '|'
	END
	run souk-promo list
	assert_output ''
	# With its own line of a comment, and beside others, each means what it says.
	put '{"id":"a","codes":["a"],"kind":"percent","on":"order","percent":"1","condition":"false # )"}' \
		'{"id":"b","codes":["b"],"kind":"percent","on":"order","percent":"1","condition":"def f: true; f"}' \
		'{"id":"c","codes":["c"],"kind":"percent","on":"order","percent":"1","condition":"true, false"}' \
		'{"id":"d","codes":["d"],"kind":"percent","on":"order","percent":"1","condition":".id as $x | $x == \"o1\""}'
	assert_equal "$(refused a) $(refused b) $(refused c) $(refused d)" 'condition_not_met applied applied applied'
}

# try CONDITION...: what put says of each, all in one batch.
try() {
	jq -nc '$ARGS.positional | to_entries[] | {id: "t\(.key)", codes: ["t\(.key)"], kind: "percent",
		on: "order", percent: "10", condition: .value}' --args "$@" | souk-promo put | jq -r '.error.message // .promo.state'
}

@test "a condition that never ends, or that crashes jq, is refused; its neighbours are not" {
	run try 'true' 'def f: f; f' '.id == "o1"' 'last(repeat(1))' '[range(infinite)] | length > 1' \
		'.lines | until(false; .)' '.oops |' '"a" * 1e9 | length > 5' 'false'
	assert_output "$(cat <<'END'
stored
condition: it takes longer than 200 ms
stored
condition: it takes longer than 200 ms
condition: it takes longer than 200 ms
condition: it takes longer than 200 ms
condition: jq says: syntax error, unexpected $end
condition: it takes longer than 200 ms
stored
END
	)"
	# Freeing what is so deep takes more stack than there is; a sanitizer says so at length.
	run --separate-stderr try 'reduce range(300000) as $i (1; [.]) | 1'
	assert_output --regexp '^condition: (jq crashes over it|it takes longer than 200 ms)$'
	assert_equal "$(refused t0) $(refused t2) $(refused t8)" 'applied applied condition_not_met'
}

@test "a condition that does not end for one order fails for that one" {
	put '{"id":"p","kind":"percent","on":"order","percent":"10","condition":"last(range(.meta.n // 1)) >= 0"}' \
		'{"id":"q","kind":"percent","on":"order","percent":"10"}'
	{ order; order '.meta.n = 1e15'; order '.meta.n = 5'; } >in
	timeout 20 souk-promo <in >out
	run jq -c '[.promo | .applied[].id, .refused[]?]' out
	assert_output "$(printf '%s\n' '["p","q"]' \
		'["q",{"id":"p","reason":"condition_failed","message":"it took longer than 200 ms"}]' '["p","q"]')"
}

@test "while conditions are tried, others write" {
	seq 12 | jq -c '{id: "p\(.)", kind: "percent", on: "order", percent: "10", condition: "def f: \(.), f; last(f)"}' >endless
	souk-promo put <endless >endless.out &
	for i in 1 2 3 4 5 6; do put "{\"id\":\"q$i\",\"kind\":\"percent\",\"on\":\"order\",\"percent\":\"10\"}"; done
	kill -0 $! # it still tries
	wait $!
	assert_equal "$(jq -r .error.code endless.out | sort | uniq -c | tr -s ' ')" ' 12 bad_condition'
	# Records of a batch are stored in their order, whether they are new to it or not.
	put '{"id":"z","kind":"percent","on":"order","percent":"10"}' \
		'{"id":"z","kind":"percent","on":"order","percent":"20","condition":".a == 1"}' \
		'{"id":"z","kind":"percent","on":"order","percent":"30"}'
	assert_equal "$(souk-promo list | jq -r 'select(.id == "z").percent')" 30
}

@test "more conditions than jq takes in one program" {
	for i in {1..250}; do
		printf '{"id":"p%s","codes":["p%s"],"kind":"percent","on":"order","percent":"10","condition":"' $i $i
		for k in {1..6}; do printf '(.ship_to.postcode != \\"X%s\\") and (.currency == \\"GBP\\" or .meta.a == %s) and ' $k $i; done
		printf '%s > 7"}\n' $i
	done >many
	souk-promo put -e <many >/dev/null
	assert_equal "$(refused p1) $(refused p7) $(refused p8) $(refused p250)" 'condition_not_met condition_not_met applied applied'
}

@test "jq is not started where no promotion that could apply has a condition" {
	put '{"id":"a","codes":["a"],"kind":"percent","on":"order","percent":"1","condition":"true"}' \
		'{"id":"b","kind":"percent","on":"order","percent":"1","condition":"true","groups":["staff"]}' \
		'{"id":"c","kind":"percent","on":"order","percent":"1"}'
	mkfifo in out
	souk-promo <in >out &
	exec 5>in 6<out
	# What jq makes of its own library takes a megabyte of memory.
	peak() { order "$1" >&5; read -r line <&6; awk '/^VmHWM/ { print $2 }' "/proc/$!/status"; }
	peak . >/dev/null
	without=$(peak .) with=$(peak '.coupons = ["a"]')
	echo "without $without, with $with"
	exec 5>&- 6<&-
	[ $((with - without)) -gt 500 ]
}

# ---- Putting ----

@test "put: stored, replaced, listed as it was; codes of others are refused" {
	run souk-promo put <<<'{"promo":1,"id":"p","kind":"percent", "on":"order","percent":"10","codes":["A","b"],"note":"\u0041"}'
	assert_output '{"id":"p","kind":"percent", "on":"order","percent":"10","codes":["A","b"],"note":"\u0041","promo":{"state":"stored"}}'
	run jq -c .error < <(souk-promo put <<<'{"id":"q","kind":"percent","on":"order","percent":"10","codes":["B"]}')
	assert_output '{"by":"promo","code":"code_taken","message":"the code B is one of promotion p"}'
	put '{"id":"p","kind":"percent","on":"order","percent":"20","codes":["A"],"usage_limit":5}' \
		'{"id":"q","kind":"percent","on":"order","percent":"10","codes":["B"]}'
	run souk-promo list
	assert_output "$(printf '%s\n' '{"id":"p","kind":"percent","on":"order","percent":"20","codes":["A"],"usage_limit":5,"promo":{"used":0}}' \
		'{"id":"q","kind":"percent","on":"order","percent":"10","codes":["B"]}')"
	# What list says can be put.
	souk-promo list >listed
	souk-promo put -e <listed >/dev/null
	souk-promo list | cmp - listed
}

@test "put: what makes no sense is refused by name" {
	while IFS='~' read -r change message; do
		jq -c "{id: \"p\", kind: \"percent\", on: \"order\", percent: \"10\"} | $change" <<<null >in
		run jq -r .error.message < <(souk-promo put <in)
		assert_output "$message"
	done <<-'END'
	del(.id)~id is missing
	.kind = "half"~kind: must be one of percent, amount, buy_get, free_shipping
	del(.on)~on is missing
	.on = "line"~on: must be one of items, order, shipping
	.percent = "0"~percent: must be a decimal above 0 and at most 100, such as "12.5"
	.percent = "100.01"~percent: must be a decimal above 0 and at most 100, such as "12.5"
	.percent = 10~percent: must be a string
	.amount = 5~amount: has no meaning for a promotion of this kind
	.kind = "amount"~amount is missing
	.kind = "amount" | .amount = 0~amount: must be a whole number from 1 to 9223372036854775807
	.kind = "amount" | .amount = 1~percent: has no meaning for a promotion of this kind
	.kind = "buy_get" | del(.on) | .buy = 1~get is missing
	.get_skus = ["A"]~get_skus: has no meaning for a promotion of this kind
	.kind = "free_shipping"~on: has no meaning for a promotion of this kind
	.cap = 5~currency is missing: amount, min_amount and cap are of one currency
	.min_amount = 5~currency is missing: amount, min_amount and cap are of one currency
	.currency = "XXX"~currency: XXX is no currency of ISO 4217 in use
	.on = "shipping" | .cap = 5 | .currency = "GBP"~cap: has no meaning for a promotion of this kind
	.codes = []~codes: must hold 1 to 10000 words; leave it out to ask for none
	.codes = ["a b"]~codes: a b: a code is letters, digits and signs of ASCII, without spaces and [
	.per_code_limit = 1~per_code_limit: has no meaning for a promotion of this kind
	.starts_at = "2026-01-02" | .ends_at = "2026-01-02"~ends_at must be later than starts_at: at it the promotion ends
	.ends_at = "soon"~ends_at: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01
	.min_ammount = 5~min_ammount: did you mean min_amount?
	.code = "A"~code: did you mean codes?
	.conditions = "true"~conditions: did you mean condition?
	.expires_at = "2026-01-02"~expires_at: a promotion has no such member: what is only kept belongs in meta
	.max = 5~max: a promotion has no such member: what is only kept belongs in meta
	.nth_order = 0~nth_order: must be a whole number from 1 to 1000000000
	END
	run souk-promo list
	assert_output ''
}

@test "a promotion that another process changes is seen by the next batch" {
	put '{"id":"p","kind":"percent","on":"order","percent":"10","condition":".id == \"o1\""}'
	mkfifo in out
	souk-promo <in >out &
	exec 5>in 6<out
	ask() { order >&5; read -r line <&6; jq -c '[.promo.discount, (.promo.applied // [])[].id]' <<<"$line"; }
	assert_equal "$(ask)" '[290,"p"]'
	put '{"id":"p","kind":"percent","on":"order","percent":"50","condition":".id != \"o1\""}'
	assert_equal "$(ask)" '[0]'
	put '{"id":"p","kind":"percent","on":"order","percent":"50"}' \
		'{"id":"q","kind":"percent","on":"order","percent":"50","condition":".currency == \"GBP\""}'
	assert_equal "$(ask)" '[2175,"p","q"]'
	exec 5>&- 6<&-
	wait $!
}

# ---- Limits ----

LIMITED='{"id":"l","codes":["L","one-*"],"kind":"percent","on":"order","percent":"10"}'

# quoted ID CUSTOMER [CODE]: an order that went through the stage.
quoted() {
	order ".id = \"$1\" | .customer.id = \"$2\" | .coupons = [\"${3:-L}\"]" | souk-promo
}
reserve() {
	quoted "$@" | souk-promo reserve
}
settle() {
	printf '{"id":"%s","order":{"state":"%s"}}\n' "$@" | souk-promo settle | jq -r .promo.state
}
states() {
	jq -r '.error.code // .promo.state // "no state"'
}
used() {
	souk-promo export | jq -r 'select(.export == "promo.use") | "\(.promotion) \(.customer // .code // "") \(.taken)"'
}

@test "reserve: exact bytes; without limits nothing is written" {
	put "$LIMITED"
	run souk-promo reserve <<<'{"id":"o1","promo":{"discount":0},"x":1.0}'
	assert_output '{"id":"o1","x":1.0,"promo":{"discount":0,"state":"none"}}'
	run souk-promo reserve <<<'{"id":"o1","x":1.0}'
	assert_output '{"id":"o1","x":1.0}'
	run states < <(reserve o1 c1)
	assert_output none
	run souk-promo export
	assert_output ''
	put "$(jq -c '.usage_limit = 5' <<<"$LIMITED")"
	run souk-promo reserve <<<'{"id":"o1","customer":{"id":"c1"},"promo":{"lines":[ {"discount":9}],"discount":9,"applied":[{"id":"l","code":"L","discount":9}]}}'
	assert_output '{"id":"o1","customer":{"id":"c1"},"promo":{"lines":[ {"discount":9}],"discount":9,"applied":[{"id":"l","code":"L","discount":9}],"state":"held"}}'
	run souk-promo export
	assert_output "$(printf '%s\n' '{"export":"promo.hold","id":"o1","state":"held","uses":[{"promotion":"l"}]}' \
		'{"export":"promo.use","promotion":"l","taken":1,"limit":5}')"
	# The widest limit under which one was taken, whatever it is now.
	put "$(jq -c '.usage_limit = 1' <<<"$LIMITED")"
	assert_equal "$(souk-promo export | jq -c 'select(.taken) | [.taken, .limit]')" '[1,5]'
	put "$(jq -c '.usage_limit = 7' <<<"$LIMITED")"
	reserve o2 c2 >/dev/null
	assert_equal "$(souk-promo export | jq -c 'select(.taken) | [.taken, .limit]')" '[2,7]'
}

@test "limits in all, per customer, per code; all or nothing" {
	put "$(jq -c '.usage_limit = 3 | .per_customer_limit = 2 | .per_code_limit = 2' <<<"$LIMITED")"
	# All are quoted before any is held: the quote is only a look.
	{ quoted o1 c1; quoted o2 c1; quoted o3 c1; quoted o4 c2; quoted o5 c2 one-X; quoted o6 c3 ONE-x; } >in
	souk-promo reserve <in >out
	run jq -c '.promo.state // .error' out
	assert_output "$(cat <<'END'
"held"
"held"
{"by":"promo","code":"promotion_used_up","message":"promotion l is used up: 2 of 2 uses by this customer","promotion":"l","per":"customer","limit":2}
{"by":"promo","code":"promotion_used_up","message":"promotion l is used up: 2 of 2 uses with this code","promotion":"l","per":"code","limit":2}
"held"
{"by":"promo","code":"promotion_used_up","message":"promotion l is used up: 3 of 3 uses in all","promotion":"l","limit":3}
END
	)"
	assert_equal "$(used)" "$(printf '%s\n' 'l  3' 'l l 2' 'l one-x 1' 'l c1 2' 'l c2 1')"
	# Guests have no name that it could be counted by.
	assert_equal "$(refused L 'del(.customer)')" wrong_customer
}

@test "an order again: held once, the same bytes, a refusal is final; other content is id_conflict" {
	put "$(jq -c '.usage_limit = 1' <<<"$LIMITED")"
	{ quoted o1 c1; quoted o2 c2; } >in
	souk-promo reserve <in >first
	run states <first
	assert_output "$(printf 'held\npromotion_used_up')"
	souk-promo reserve <in | cmp - first
	assert_equal "$(settle o1 rejected)" released
	souk-promo reserve <in >second
	run states <second
	assert_output "$(printf 'released\npromotion_used_up')"
	assert_equal "$(used)" 'l  0'
	run states < <(reserve o3 c3)
	assert_output held
	run states < <(reserve o3 c4; jq -c 'select(.id == "o2") | .promo.discount = 1' in | souk-promo reserve)
	assert_output "$(printf 'id_conflict\nid_conflict')"
	run states < <(reserve o4 c4)
	assert_output none # the quote saw that it is used up: it is not applied
}

@test "the quote of an order says the same again, whatever was used since" {
	put "$(jq -c '.usage_limit = 1' <<<"$LIMITED")"
	quoted o1 c1 | tee first | souk-promo reserve >/dev/null
	quoted o2 c2 >refused
	run jq -c .promo refused
	assert_output '{"discount":0,"refused":[{"code":"L","reason":"used_up"}]}'
	run states < <(souk-promo reserve <refused)
	assert_output none
	quoted o1 c1 | cmp - first
	settle o1 rejected
	quoted o1 c1 | cmp - first
	# o2 was told that it is used up, and reserved on that.
	quoted o2 c2 | cmp - refused
	run jq -c '.promo.applied[].id' < <(quoted o3 c3)
	assert_output '"l"'
}

@test "settle: commits, gives back, bars what comes late" {
	put "$(jq -c '.usage_limit = 2 | .per_customer_limit = 1' <<<"$LIMITED")"
	{ quoted o1 c1; quoted o2 c2; quoted o3 c3; } >in
	souk-promo reserve <in >/dev/null
	assert_equal "$(settle o1 placed)" committed
	assert_equal "$(settle o2 rejected)" released
	assert_equal "$(settle o3 rejected)" none
	assert_equal "$(settle o4 rejected)" none
	assert_equal "$(settle o1 rejected) $(settle o2 placed) $(settle o4 rejected)" 'committed released none'
	assert_equal "$(used)" "$(printf '%s\n' 'l  1' 'l c1 1' 'l c2 0')"
	run states < <(reserve o4 c4)
	assert_output released
	local record='{"id":"o1","order":{"state":"open"},"promo":{"discount":0}}'
	run souk-promo settle <<<"$record"
	assert_output "$record"
	# What had nothing that is limited is not looked up, nor barred.
	run souk-promo settle <<<'{"id":"o9","error":{"by":"pay","code":"declined"},"promo":{"discount":0,"state":"none"},"order":{"state":"rejected"}}'
	assert_output '{"id":"o9","error":{"by":"pay","code":"declined"},"order":{"state":"rejected"},"promo":{"discount":0,"state":"none"}}'
	run jq -r .id < <(souk-promo export | grep promo.hold)
	assert_output "$(printf 'o1\no2\no3\no4')"
}

@test "a limit that is taken away: holds of that time are still settled" {
	put "$(jq -c '.usage_limit = 2' <<<"$LIMITED")"
	reserve o1 c1 >held
	put "$LIMITED"
	jq -c '.order.state = "placed"' held | souk-promo settle >settled
	run jq -r .promo.state settled
	assert_output committed
}

@test "many orders in one batch, with and without the coupon: to the last use, twice the same bytes" {
	put "$(jq -c '.usage_limit = 100' <<<"$LIMITED")"
	python3 - "$(quoted oX c1)" "$(order | souk-promo)" >in <<-'END'
	import sys
	for n in range(2500):
	    print(sys.argv[1 + n % 2].replace('"oX"' if n % 2 == 0 else '"o1"', f'"o{n:05}"'))
	END
	souk-promo reserve <in >first
	souk-promo reserve <in | cmp - first
	run sort < <(states <first | sort | uniq -c | awk '{ print $1, $2 }')
	assert_output "$(printf '%s\n' '100 held' '1150 promotion_used_up' '1250 none')"
	jq -c 'select(.error | not) | .order.state = "placed"' first | souk-promo settle >settled
	assert_equal "$(states <settled | sort | uniq -c | tr -s ' ')" "$(printf ' 100 committed\n 1250 none')"
	assert_equal "$(used)" 'l  100'
}

@test "all at once and each by itself: the same bytes, the same books" {
	put "$(jq -c '.usage_limit = 60 | .per_customer_limit = 2' <<<"$LIMITED")"
	python3 - "$(quoted oX cX)" "$(order '.id = "oX" | .coupons = []' | souk-promo)" >in <<-'END'
	import random, sys
	rng = random.Random(7)
	ids = [f"o{n:03}" for n in range(150)]
	for n in range(220):
	    at = n if n < 100 else rng.randrange(150)
	    print(sys.argv[1 + (rng.random() < 0.3)].replace('"oX"', f'"{ids[at]}"').replace('"cX"', f'"c{at % 40}"'))
	END
	cp -r "$SOUK_DB" each
	decide() { jq -c '.order.state = (if .error then "rejected" elif .id < "o1" then "placed" else "rejected" end)'; }
	souk-promo reserve <in >once.out
	decide <once.out | souk-promo settle >once.settled
	souk-promo export >once.export
	while read -r line; do SOUK_DB=each souk-promo reserve <<<"$line"; done <in >each.out
	cmp once.out each.out
	decide <each.out | while read -r line; do SOUK_DB=each souk-promo settle <<<"$line"; done >each.settled
	cmp once.settled each.settled
	SOUK_DB=each souk-promo export | cmp - once.export
}

@test "a thousand random promotions and orders: never more than the subtotal, sums exact" {
	run python3 "$ROOT/tests/reference/promo.py" "${PROMO_SEED:-$RANDOM}"
	echo "$output"
	assert_success
	assert_line --regexp '^[0-9]+ orders as expected'
}

@test "a coupon for 100, eight checkouts at once, kill -9 among them: used exactly 100 times" {
	run python3 "$ROOT/tests/reference/promo_race.py" "${PROMO_SEED:-$RANDOM}"
	echo "$output"
	assert_success
	assert_line --regexp '^100 orders placed with the coupon'
}
