#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-pay's method credit: gift cards that are never below zero and never spent twice.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z

# issue ID AMOUNT [MORE]: a card; its code is SPRING- and the id, unless MORE says otherwise.
issue() {
	printf '{"id":"%s","currency":"GBP","amount":%s,"code":"SPRING-%s"%s}\n' "$1" "$2" "$1" "${3-}" |
		souk-pay issue --now $NOW -e
}

# order ID TOTAL PAY_WITH
order() {
	printf '{"id":"%s","currency":"GBP","total":{"total":%s},"pay_with":%s}\n' "$1" "$2" "$3"
}

# by_card ID TOTAL CODE
by_card() {
	order "$1" "$2" '[{"method":"credit","token":"'"$3"'"}]'
}

authorize() {
	souk-pay authorize --now $NOW
}

settle() {
	jq -c --arg state "$1" '.order = {state: $state} | del(.error)' | souk-pay settle --now $NOW
}

codes() {
	jq -r '.error.decline_code // .error.code // .wait.code // .pay.state'
}

# Of each card: id, balance, held, spent.
cards() {
	souk-pay cards | jq -r '"\(.card) \(.balance) \(.held) \(.spent)"'
}

# event VERB ID ORDER [AMOUNT]
event() {
	printf '{"id":"%s","order_id":"%s"%s}\n' "$2" "$3" "${4:+,\"amount\":$4}" | souk-pay "$1" --now $NOW
}

# No file of the shop holds the text.
nowhere() {
	run -1 grep -raiF -- "$1" "$SOUK_DB"
}

@test "issue: exact bytes; the same again; another under that id" {
	local card='{"id":"g1","currency":"GBP","amount":5000,"code":"spring 2026 gift","expires_at":"2027-01-01","customer":"c1"}'
	run souk-pay issue --now $NOW <<<"$card"
	assert_output "${card%\}},\"pay\":{\"state\":\"issued\",\"card\":\"g1\",\"last4\":\"G1FT\"}}"
	assert_equal "$(souk-pay issue <<<"$card")" "$output"
	run codes < <(souk-pay issue <<<"${card/5000/5001}")
	assert_output id_conflict
	run codes < <(souk-pay issue <<<"${card/spring/winter}")
	assert_output id_conflict
	run souk-pay cards
	assert_output '{"card":"g1","last4":"G1FT","currency":"GBP","amount":5000,"balance":5000,"held":0,"spent":0,"expires_at":"2027-01-01T00:00:00Z","customer":"c1","time":"2026-01-01T00:00:00Z"}'
	# The code, as it was typed or as it is compared, is nowhere.
	nowhere 'spring 2026 gift'
	nowhere SPRING2026G1FT
	run codes < <(souk-pay issue <<<'{"id":"g2","currency":"GBP","amount":1,"code":"SPRING-2026-GIFT"}')
	assert_output code_taken
}

@test "a code that is made: told once and again, guessed by nobody, stored nowhere" {
	for i in {1..50}; do echo '{"id":"g'"$i"'","currency":"GBP","amount":100}'; done >in
	souk-pay issue --now $NOW <in >first
	souk-pay issue --now $NOW <in | cmp - first
	assert_equal "$(jq -r .pay.code first | sort -u | grep -cE '^([A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{3}-?){4}$')" 50
	code=$(jq -r .pay.code first | head -1)
	nowhere "$code"
	nowhere "${code//-/}"
	assert_equal "$(stat -c %a "$SOUK_DB/pay-credit/key")" 600
	# Another shop makes others.
	mkdir other
	assert_equal "$(SOUK_DB=other souk-pay issue <in | jq -r .pay.code | sort - <(jq -r .pay.code first) | uniq -d)" ''
	# It is found as people type it.
	run codes < <(by_card o1 60 "$(tr 'A-Z01-' 'a-zOl ' <<<"$code")" | authorize)
	assert_output authorized
	# Without the key what was issued works, and the answer no longer tells the code.
	rm "$SOUK_DB/pay-credit/key"
	run jq -c .pay < <(head -1 in | souk-pay issue)
	assert_output '{"state":"issued","card":"g1","last4":"'"${code: -4}"'"}'
	run codes < <(by_card o2 40 "$code" | authorize)
	assert_output authorized
}

@test "cards that make no sense are refused, and their code is not quoted" {
	{
		echo '{"id":"a","currency":"GBP","amount":0}'
		echo '{"id":"a","currency":"XXX","amount":1}'
		echo '{"id":"a","currency":"GBP","amount":1,"expires_at":"soon"}'
		echo '{"id":"a","currency":"GBP","amount":1,"code":"SECRET"}'
		echo '{"id":"a","currency":"GBP","amount":1,"code":"SECRET-SECRET!"}'
		echo '{"id":"a","currency":"GBP","amount":1,"code":"4242 4242 4242 4242"}'
		echo '{"currency":"GBP","amount":1}'
	} >in
	souk-pay issue <in >out
	assert_equal "$(codes <out | sort -u)" bad_record
	assert_equal "$(jq -r .error.message out | grep -c 'SECRET\|4242')" 0
	assert_equal "$(cards)" ''
}

@test "balance: by code or card, with its state" {
	issue g1 5000 ',"expires_at":"2027-01-01"'
	{
		echo '{"code":"spring-g1"}'
		echo '{"card":"g1"}'
		echo '{"card":"g2"}'
		echo '{"code":"SPRING-G2"}'
		echo '{"code":"no"}'
		echo '{"code":"SPRING-G1","card":"g1"}'
		echo '{}'
	} >in
	run codes < <(souk-pay balance --now $NOW <in)
	assert_output "$(printf '%s\n' usable usable unknown_card unknown_card unknown_card bad_record bad_record)"
	run jq -c .pay < <(head -1 in | souk-pay balance --now 2027-01-01)
	assert_output '{"state":"expired","card":"g1","last4":"NGG1","currency":"GBP","amount":5000,"balance":5000,"held":0,"spent":0,"expires_at":"2027-01-01T00:00:00Z","time":"2026-01-01T00:00:00Z"}'
	by_card o1 5000 SPRING-g1 | authorize >/dev/null
	run codes < <(head -1 in | souk-pay balance --now $NOW)
	assert_output empty
}

@test "authorize holds, capture takes, void gives back, refund raises" {
	issue g1 1000
	run jq -c .pay < <(by_card o1 600 SPRING-g1 | authorize)
	assert_output '{"state":"authorized","payments":[{"id":"1","method":"credit","amount":600,"state":"authorized","reference":"g1"}]}'
	assert_equal "$(cards)" 'g1 400 600 0'
	by_card o1 600 SPRING-g1 | authorize | settle placed >/dev/null
	event capture c1 o1 250 >/dev/null
	assert_equal "$(cards)" 'g1 400 350 250'
	event capture c1 o1 250 >/dev/null
	assert_equal "$(cards)" 'g1 400 350 250'
	event void v1 o1 >/dev/null
	assert_equal "$(cards)" 'g1 750 0 250'
	event void v1 o1 >/dev/null
	assert_equal "$(cards)" 'g1 750 0 250'
	event refund r1 o1 100 >/dev/null
	event refund r1 o1 100 >/dev/null
	assert_equal "$(cards)" 'g1 850 0 150'
	run codes < <(event refund r2 o1 151)
	assert_output over_refunded
	event refund r3 o1 >/dev/null
	assert_equal "$(cards)" 'g1 1000 0 0'
	run souk-pay statement
	assert_output '{"export":"pay.statement","provider":"credit","key":"authorize/o1/1","reference":"g1","currency":"GBP","authorized":600,"captured":250,"refunded":250,"voided":true}'
}

# forgetting COMMAND...: as if souk-pay had died after the card's books were committed and
# before its own were.
forgetting() {
	rm -rf before
	cp -r "$SOUK_DB/pay" before 2>/dev/null || mkdir before
	"$@" >/dev/null
	rm -rf "$SOUK_DB/pay"
	mv before "$SOUK_DB/pay"
}

@test "what was answered and forgotten is asked again, and done once" {
	issue g1 1000
	by_card o1 600 SPRING-g1 >in
	authorize <in >/dev/null
	rm -rf "$SOUK_DB/pay"
	authorize <in | settle placed >/dev/null
	assert_equal "$(cards)" 'g1 400 600 0'
	forgetting event capture c1 o1 250
	assert_equal "$(event capture c1 o1 250 | codes)" captured
	assert_equal "$(cards)" 'g1 400 350 250'
	forgetting event void v1 o1
	assert_equal "$(event void v1 o1 | codes)" voided
	assert_equal "$(cards)" 'g1 750 0 250'
	forgetting event refund r1 o1 100
	assert_equal "$(event refund r1 o1 100 | codes)" refunded
	assert_equal "$(cards)" 'g1 850 0 150'
	# The same key for something else is refused by the card's books.
	forgetting event refund r2 o1 50
	run codes < <(event refund r2 o1 51)
	assert_output idempotency_error
	assert_equal "$(cards)" 'g1 900 0 100'
	# A decline too is repeated, whatever is on the card by now.
	by_card o2 901 SPRING-g1 >in
	forgetting authorize <in
	event refund r3 o1 100 >/dev/null
	run codes < <(authorize <in)
	assert_output insufficient_funds
}

@test "what declines: too little, expired, unknown, another currency; for good" {
	issue g1 1234
	issue g2 1000 ',"expires_at":"2025-12-31"'
	echo '{"id":"g3","currency":"KWD","amount":1234,"code":"SPRING-g3"}' | souk-pay issue -e >/dev/null
	{
		by_card o1 1235 SPRING-g1
		by_card o2 1 SPRING-g2
		by_card o3 1 SPRING-g3
		by_card o4 1 SPRING-g4
		by_card o5 1 '?'
		order o6 1 '[{"method":"credit"}]'
	} >in
	authorize <in >first
	run codes <first
	assert_output "$(printf '%s\n' insufficient_funds expired_card currency_mismatch unknown_card unknown_card unknown_card)"
	run jq -c .error first
	assert_line --index 0 '{"by":"pay","code":"declined","message":"payment 1 was declined: the balance is 12.34 GBP","payment":"1","decline_code":"insufficient_funds"}'
	assert_line --index 1 --partial 'the card expired on 2025-12-31T00:00:00Z'
	assert_line --index 2 --partial 'the card is for KWD'
	authorize <in | cmp - first
	# Another attempt is another order.
	run codes < <(by_card o7 1234 SPRING-g1 | authorize)
	assert_output authorized
	assert_equal "$(souk-pay statement | jq -r .key)" authorize/o7/1
}

@test "a token pays one order, and only that; the code is then in no book of the shop" {
	issue g1 1000
	token=$(echo '{"code":"spring g1","order_id":"o1"}' | souk-pay balance | jq -r .pay.token)
	[[ $token =~ ^g1\.[a-p]{32}$ ]]
	# Who knows only the card's id gets none.
	run jq .pay.token < <(echo '{"card":"g1","order_id":"o1"}' | souk-pay balance)
	assert_output null
	run codes < <(by_card o2 600 "$token" | authorize)
	assert_output unknown_card
	run codes < <(by_card o1 600 "${token%?}q" | authorize)
	assert_output unknown_card
	by_card o1a 600 "${token/g1/g2}" >in
	by_card o1/1 600 "$token" >>in
	run codes < <(authorize <in)
	assert_output "$(printf 'unknown_card\nunknown_card')"
	token=$(echo '{"code":"spring g1","order_id":"o/3"}' | souk-pay balance | jq -r .pay.token)
	by_card o/3 600 "$token" >in
	jq -c '. + {lines: [{sku: "A", qty: 1}]}' in | souk-order open | authorize >out
	run codes <out
	assert_output authorized
	authorize <in | jq -c .pay | cmp - <(jq -c .pay out)
	assert_equal "$(cards)" 'g1 400 600 0'
	nowhere 'spring'
	run codes < <(by_card o/3 600 SPRING-g1 | authorize)
	assert_output id_conflict
}

@test "of several means one is declined: the card's part is given back" {
	issue g1 1000
	order o1 2500 '[{"method":"credit","token":"SPRING-g1","amount":1000},{"method":"test","token":"pm_card_chargeDeclined"}]' >in
	authorize <in >out
	run codes <out
	assert_output card_declined
	assert_equal "$(cards)" 'g1 0 1000 0'
	run jq -c '.pay | [.state, .settled, (.payments[] | [.method, .state])]' < <(settle rejected <out)
	assert_output '["voided",true,["credit","voided"],["test","declined"]]'
	assert_equal "$(cards)" 'g1 1000 0 0'
	# And the other way round: the bank card's part is voided.
	order o2 2500 '[{"method":"credit","token":"SPRING-g1","amount":1001},{"method":"test","token":"pm_card_visa"}]' >in
	authorize <in | settle rejected >/dev/null
	assert_equal "$(cards)" 'g1 1000 0 0'
	run jq -c '[.provider, .authorized, .voided]' < <(souk-pay statement)
	assert_output "$(printf '["credit",1000,true]\n["test",1499,true]')"
	# Both pay: both are kept.
	order o3 2500 '[{"method":"credit","token":"SPRING-g1","amount":1000},{"method":"test","token":"pm_card_visa"}]' >in
	run codes < <(authorize <in | settle placed)
	assert_output authorized
	assert_equal "$(cards)" 'g1 0 1000 0'
}

@test "an order that was rejected before it was paid holds nothing later" {
	issue g1 1000
	by_card o1 600 SPRING-g1 >in
	settle rejected <in >/dev/null
	run codes < <(authorize <in)
	assert_output voided
	assert_equal "$(cards)" 'g1 1000 0 0'
}

@test "the books of pay and of the cards hold no code, and agree on their keys" {
	issue g1 1000
	by_card o1 600 SPRING-g1 | authorize | settle placed >/dev/null
	nowhere SPRING-g1
	nowhere SPR1NGG1
	{ souk-pay export; souk-pay statement; souk-pay cards; } >exports
	run -1 grep -iE 'SPR[I1]NG' exports
	run jq -s -r '[.[] | select(.export == "pay.payment" or .export == "pay.statement") | .key] | unique[]' exports
	assert_output authorize/o1/1
}

# ---- Many at once ----

checkout() {
	sh "$ROOT/pipelines/checkout"
}

# kill_checkout PID: the whole pipeline, whose group is there once setsid(1) has come so far.
kill_checkout() {
	local i
	for ((i = 0; i < 100; i++)); do
		! kill -9 -- "-$1" 2>/dev/null || return 0
		sleep 0.01
	done
	fail "there is no checkout $1 to kill"
}

shop() {
	echo '{"sku":"A","title":"Mug"}' | souk-catalog put -e
	echo '{"sku":"A","currency":"GBP","amount":250}' | souk-price put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	echo '{"id":"r1","sku":"A","qty":100000}' | souk-stock receive -e
	issue g1 30000
}

# orders PREFIX COUNT: for a piece each, 300 with tax, all paid by the one card.
orders() {
	awk -v prefix="$1" -v count="$2" 'BEGIN { for (i = 1; i <= count; i++)
		printf("{\"id\":\"%s-%03d\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"pay_with\":[{\"method\":\"credit\",\"token\":\"SPRING-g1\"}]}\n",
		prefix, i) }'
}

@test "a gift card spent from 8 checkouts at once, kill -9 among them: each penny once" {
	local i round pids
	shop >/dev/null
	for i in {1..8}; do orders "$i" 50 >"in$i"; done
	# Twice some are killed in the middle, whole pipelines, and all begin again.
	for round in 1 2; do
		pids=()
		for i in {1..8}; do
			setsid sh "$ROOT/pipelines/checkout" < <(while read -r line; do echo "$line"; sleep 0.004; done <"in$i") \
				>"out$i.$round" 2>/dev/null &
			pids+=($!)
		done
		sleep "0.0$((RANDOM % 9 + 1))"
		for i in 0 2 4 6; do
			sleep 0.02
			kill_checkout "${pids[i]}"
		done
		wait "${pids[@]}" 2>/dev/null || true
		assert_equal "$(souk-pay cards | jq 'select(.balance < 0 or .held + .spent > .amount)')" ''
	done
	pids=()
	for i in {1..8}; do
		checkout <"in$i" >"last$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	run jq -r '.error.decline_code // .order.state' last?
	assert_equal "$(sort <<<"$output" | uniq -c | awk '{ print $1, $2 }')" "$(printf '300 insufficient_funds\n100 placed')"
	assert_equal "$(cards)" 'g1 0 30000 0'
	# The same hundred in the books of all; nothing is left open.
	jq -r 'select(.order.state == "placed").id' last? | sort >sold
	souk-order export | jq -r 'select(.state == "placed" and .closed).id' | sort | cmp - sold
	souk-pay statement | jq -r 'select(.voided | not).key | split("/")[1]' | sort | cmp - sold
	assert_equal "$(souk-order list --open)" ''
	run bash -c '{ souk-order export; souk-stock export; souk-pay export; souk-pay statement; } | souk-audit'
	assert_success
	assert_output --partial reconciled
}

@test "card and bank card for each order, 8 checkouts, kill -9 among them: both pay or neither" {
	local i pids=()
	shop >/dev/null
	echo '{"id":"g2","currency":"GBP","amount":10000,"code":"SPRING-g2"}' | souk-pay issue -e >/dev/null
	for i in {1..8}; do
		orders "$i" 25 | jq -c '.pay_with = [{id: "gift", method: "credit", token: "SPRING-g2", amount: 200},
			{id: "bank", method: "test", token: (if .id[-1:] | tonumber % 3 == 0 then "pm_card_chargeDeclined" else "pm_card_visa" end)}]' >"in$i"
	done
	for i in {1..8}; do
		setsid sh "$ROOT/pipelines/checkout" < <(while read -r line; do echo "$line"; sleep 0.03; done <"in$i") \
			>"out$i" 2>/dev/null &
		pids+=($!)
	done
	sleep 0.2
	for i in 1 3 5 7; do
		sleep 0.05
		kill_checkout "${pids[i]}"
	done
	wait "${pids[@]}" 2>/dev/null || true
	pids=()
	for i in {1..8}; do
		checkout <"in$i" >"last$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	assert_equal "$(souk-order list --open)" ''
	placed=$(souk-order export | jq -r 'select(.state == "placed").id' | sort | tee placed | wc -l)
	[ "$placed" -gt 0 ]
	# Of each order all is authorized, or nothing is.
	souk-pay export | jq -r 'select(.export == "pay.payment" and .state == "authorized") | "\(.order_id) \(.id) \(.amount)"' | sort >held
	while read -r id; do printf '%s bank 100\n%s gift 200\n' "$id" "$id"; done <placed | cmp - held
	assert_equal "$(cards | grep g2)" "g2 $((10000 - 200 * placed)) $((200 * placed)) 0"
	assert_equal "$(souk-pay statement | jq -s 'map(select(.voided | not).authorized) | add')" $((300 * placed))
	run bash -c '{ souk-order export; souk-stock export; souk-pay export; souk-pay statement; } | souk-audit --closed'
	assert_success
}

@test "a refund goes back in the order of the means, each as far as it was captured" {
	issue g1 1000
	order o1 1500 '[{"id":"gift","method":"credit","token":"SPRING-g1","amount":600},{"id":"bank","method":"test","token":"pm_card_visa"}]' |
		authorize | settle placed >/dev/null
	run jq -c '[.pay.payments[] | [.id, .amount]]' < <(event capture c1 o1 1200)
	assert_output '[["gift",600],["bank",600]]'
	run jq -c '[.pay.payments[] | [.id, .amount]]' < <(event refund f1 o1 700)
	assert_output '[["gift",600],["bank",100]]'
	assert_equal "$(cards)" 'g1 1000 0 0'
	event refund f1 o1 700 >/dev/null
	assert_equal "$(cards)" 'g1 1000 0 0'
	run jq -c '.error | [.code, .left]' < <(event refund f2 o1 501)
	assert_output '["over_refunded",500]'
	run jq -c '[.pay.payments[] | [.id, .amount]]' < <(event refund f3 o1)
	assert_output '[["bank",500]]'
	# To one of them only, where the event says so.
	run jq -c '.error.code' < <(echo '{"id":"f4","order_id":"o1","payment":"gift","amount":1}' | souk-pay refund)
	assert_output '"nothing_left"'
}
