#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-pay: payments, and the test provider's books beside them.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z

# order ID TOTAL PAY_WITH: a record that is ready to be paid.
order() {
	printf '{"id":"%s","currency":"GBP","total":{"total":%s},"pay_with":%s}\n' "$1" "$2" "$3"
}

# card ID TOTAL TOKEN: the same for one card of the test provider.
card() {
	order "$1" "$2" '[{"method":"test","token":"'"$3"'"}]'
}

authorize() {
	souk-pay authorize --now $NOW
}

# What came of each record: the state, or the code of its error or wait.
codes() {
	jq -r '.error.decline_code // .error.code // .wait.code // .pay.state'
}

# decided STATE: records with that decision.
decided() {
	jq -c --arg state "$1" '.order = {state: $state}'
}

sql() {
	sqlite3 "$SOUK_DB/pay/pay.db" "$1"
}

# Payments by state as stored.
states() {
	sql "SELECT group_concat(order_id || '/' || position || ' ' || state, ', ')
		FROM (SELECT * FROM payment ORDER BY order_id, position)"
}

statement() {
	souk-pay statement | jq -r '[.key, .authorized, .captured, .refunded, .voided] | @text'
}

# placed ID TOTAL TOKEN: an order that is paid and settled.
placed() {
	card "$1" "$2" "$3" | authorize | decided placed | souk-pay settle >/dev/null
}

# ---- authorize ----

@test "one card: the member, the row and the provider's books" {
	run authorize < <(card o1 1836 pm_card_visa)
	assert_success
	assert_output '{"id":"o1","currency":"GBP","total":{"total":1836},"pay_with":[{"method":"test","token":"pm_card_visa"}],"pay":{"state":"authorized","payments":[{"id":"1","method":"test","amount":1836,"state":"authorized","reference":"test_'"$(reference o1)"'"}]}}'
	run souk-pay statement
	assert_output '{"export":"pay.statement","provider":"test","key":"authorize/o1/1","reference":"test_'"$(reference o1)"'","currency":"GBP","authorized":1836,"captured":0,"refunded":0,"voided":false}'
	run souk-pay export
	assert_output '{"export":"pay.payment","order_id":"o1","id":"1","method":"test","currency":"GBP","amount":1836,"state":"authorized","settled":false,"authorized":1836,"captured":0,"refunded":0,"key":"authorize/o1/1","reference":"test_'"$(reference o1)"'"}'
}

# The reference that the test provider gives to the first payment of an order.
reference() {
	printf 'authorize/%s/1' "$1" | python3 -c 'import hashlib, sys
print(hashlib.blake2b(sys.stdin.buffer.read(), digest_size=16).hexdigest()[:16])'
}

@test "several means: amounts, the remainder, invoice beside a card" {
	order o1 100 '[{"id":"i","method":"invoice","amount":30},{"method":"test","token":"pm_card_visa"}]' >in
	run jq -c .pay < <(authorize <in)
	assert_output --partial '"payments":[{"id":"i","method":"invoice","amount":30,"state":"authorized"},{"id":"2","method":"test","amount":70,"state":"authorized","reference":"test_'
	assert_equal "$(statement)" '["authorize/o1/2",70,0,0,false]'
	assert_equal "$(authorize <in)" "$(authorize <in)"
}

@test "invoice asks nobody: authorized with the intent" {
	run jq -c .pay < <(order o1 100 '[{"method":"invoice"}]' | authorize)
	assert_output '{"state":"authorized","payments":[{"id":"1","method":"invoice","amount":100,"state":"authorized"}]}'
	assert [ ! -e "$SOUK_DB/pay-test/pay-test.db" ]
}

@test "amounts that do not make up the total" {
	{
		order a 100 '[{"method":"test","token":"t","amount":99}]'
		order b 100 '[{"method":"test","token":"t","amount":60},{"method":"test","token":"t","amount":41}]'
		order c 100 '[{"method":"test","token":"t"},{"method":"invoice"}]'
		order d 100 '[{"method":"test","token":"t","amount":100},{"method":"invoice"}]'
		order e 9223372036854775807 '[{"method":"invoice","amount":9223372036854775807},{"method":"invoice","amount":1}]'
	} >in
	run codes < <(authorize <in)
	assert_output "$(printf 'pay_mismatch\n%.0s' 1 2 3 4 5)"
	run jq -c '[.error.sum, .error.total]' < <(authorize <in | head -1)
	assert_output '[99,100]'
	assert_equal "$(sql 'SELECT count(*) FROM payment')" 0
}

@test "a total of 0 needs no payment and stores none" {
	run jq -c .pay < <(order o1 0 '[]' | authorize)
	assert_output '{"state":"none"}'
	assert_equal "$(sql 'SELECT count(*) FROM payment')" 0
}

@test "what is missing, unknown or wrong is refused before anything is stored" {
	{
		echo '{"id":"a","currency":"GBP","total":{"total":5}}'
		order b 5 '[]'
		order c 5 '[{"method":"cash"}]'
		order d -1 '[]'
		order e 5 '{}'
		order f 5 '[7]'
		order g 5 '[{"token":"pm_card_visa"}]'
		order h 5 '[{"method":"test","token":"pm_card_visa","amount":0}]'
		order i 5 '[{"id":"2","method":"invoice","amount":1},{"method":"invoice"}]'
		echo '{"id":"j","currency":"XXX","total":{"total":5}}'
		echo '{"id":"k","currency":"GBP"}'
		echo '{"currency":"GBP","total":{"total":5}}'
		order l 17 "[$(printf '{"method":"invoice","amount":1},%.0s' {1..16}){\"method\":\"invoice\"}]"
	} >in
	run codes < <(authorize <in)
	assert_output 'payment_missing
payment_missing
unknown_method
bad_record
bad_record
bad_record
bad_record
bad_record
bad_record
bad_record
bad_record
bad_record
bad_record'
	run jq -r 'select(.id == "c").error.message' < <(authorize <in)
	assert_output 'there is no method of payment cash: it must be one of credit, invoice, test'
	assert_equal "$(sql 'SELECT count(*) FROM payment')" 0
}

@test "declined cards say why, again too" {
	for t in chargeDeclined chargeDeclinedInsufficientFunds chargeDeclinedLostCard \
		chargeDeclinedStolenCard chargeDeclinedExpiredCard chargeDeclinedIncorrectCvc \
		chargeDeclinedProcessingError nonsense; do
		card "o-$t" 10 "pm_card_$t"
	done >in
	authorize <in >first
	run codes <first
	assert_output 'card_declined
insufficient_funds
lost_card
stolen_card
expired_card
incorrect_cvc
processing_error
invalid_token'
	run jq -c .error first
	assert_line --index 1 '{"by":"pay","code":"declined","message":"payment 1 was declined: the card has insufficient funds","payment":"1","decline_code":"insufficient_funds"}'
	authorize <in | cmp - first
	assert_equal "$(statement)" ''
}

@test "all or nothing: what one of two means authorized is voided by settle" {
	order o1 100 '[{"method":"test","token":"pm_card_visa","amount":60},{"method":"test","token":"pm_card_chargeDeclined"}]' >in
	authorize <in >out
	assert_equal "$(codes <out)" card_declined
	assert_equal "$(states)" 'o1/1 authorized, o1/2 declined'
	decided rejected <out | souk-pay settle >settled
	run jq -c '[.error.code, .pay.state, [.pay.payments[] | .state], .pay.settled]' settled
	assert_output '["declined","voided",["voided","declined"],true]'
	assert_equal "$(states)" 'o1/1 voided, o1/2 declined'
	assert_equal "$(statement)" '["authorize/o1/1",60,0,0,true]'
}

@test "the same order again: the same bytes, and the provider is not asked" {
	card o1 10 pm_card_visa >in
	authorize <in >first
	rm -r "$SOUK_DB/pay-test"
	authorize <in | cmp - first
	assert [ ! -e "$SOUK_DB/pay-test/pay-test.db" ]
	# Twice in one batch, too.
	cat in in | authorize | sort -u | cmp - first
}

@test "the same id with other content" {
	card o1 10 pm_card_visa | authorize >/dev/null
	{
		card o1 11 pm_card_visa
		card o1 10 pm_card_mastercard
		order o1 10 '[{"method":"invoice"}]'
		order o1 10 '[{"id":"x","method":"test","token":"pm_card_visa"}]'
		card o1 10 pm_card_visa | sed s/GBP/EUR/
	} >in
	run codes < <(authorize <in)
	assert_output "$(printf 'id_conflict\n%.0s' 1 2 3 4 5)"
	# Spelled otherwise it is the same.
	run codes < <(echo '{"pay_with":[{"token":"pm_c\u0061rd_visa","method":"test","amount":10}],"total":{"total":10},"currency":"GBP","id":"o1"}' | authorize)
	assert_output authorized
}

@test "lost answers wait and are asked again under the same key" {
	card o1 10 pm_card_timeout >in
	card o2 20 pm_card_timeout_before >>in
	card o3 30 pm_card_error >>in
	authorize <in >first
	run jq -c '[.wait.by, .wait.code, .wait.payment, .pay]' first
	assert_output '["pay","unknown","1",null]
["pay","unknown","1",null]
["pay","unknown","1",null]'
	# The charge of the first was done; the second never arrived.
	assert_equal "$(statement)" '["authorize/o1/1",10,0,0,false]'
	assert_equal "$(states)" 'o1/1 intended, o2/1 intended, o3/1 intended'
	# The waiting records themselves are taken up.
	authorize <first >second
	assert_equal "$(codes <second)" $'authorized\nauthorized\nunknown'
	assert_equal "$(jq -c .wait second)" "$(printf 'null\nnull\n'; jq -c .wait first | tail -1)"
	assert_equal "$(statement)" '["authorize/o1/1",10,0,0,false]
["authorize/o2/1",20,0,0,false]'
}

@test "action required: the customer confirms, the replay goes on" {
	card o1 10 pm_card_authenticationRequired >in
	authorize <in >first
	run jq -c .wait first
	assert_output '{"by":"pay","code":"action_required","message":"the customer has to confirm payment 1","payment":"1","url":"https://test.invalid/authenticate/test_'"$(reference o1)"'","until":"2026-01-01T00:15:00Z"}'
	# Not confirmed: the same answer, whatever time it is.
	souk-pay authorize --now 2026-01-02T00:00:00Z <in | cmp - first
	assert_equal "$(statement)" ''
	run souk-pay confirm <<<'{"id":"o1"}'
	assert_output '{"id":"o1","pay":{"state":"confirmed"}}'
	run souk-pay confirm <<<'{"id":"o1"}'
	assert_output '{"id":"o1","pay":{"state":"confirmed"}}'
	assert_equal "$(authorize <in | codes)" authorized
	assert_equal "$(statement)" '["authorize/o1/1",10,0,0,false]'
	assert_equal "$(souk-pay confirm <<<'{"id":"none"}' | codes)" nothing_to_confirm
	# A voided one is not confirmed behind the shop's back.
	card o2 10 pm_card_authenticationRequired | authorize | decided rejected | souk-pay settle >/dev/null
	assert_equal "$(souk-pay confirm <<<'{"id":"o2"}' | codes)" nothing_to_confirm
}

@test "failed records and those that wait for others pass untouched" {
	cat >in <<-'END'
		{"id":"a", "error":{"by":"stock","code":"out_of_stock"}, "total":{"total":5}}
		{"id":"b", "wait":{"by":"stock","code":"away"}, "total":{"total":5}}
	END
	authorize <in | cmp - in
}

# ---- Card numbers ----

@test "card numbers are refused and redacted" {
	local n=0
	for means in '"4242424242424242"' '4242424242424242' '"4242 4242 4242 4242"' '"4242-4242-4242-4242"' \
		'[{"method":"test","token":"4242424242424242"}]' '[{"number":4242424242424242}]' \
		'[{"4242424242424242":1}]' '[{"a":[{"b":"mine is 5555 5555-5555 4444, thanks"}]}]' \
		'"378282246310005"' '"30569309025904"' '"x4222222222222x"' '"6304000000000000000"' \
		'4.242424242424242e15' '4242424242424242.0' '"\u0034242424242424242"' \
		'"4242\u00a04242\u20094242 4242"' '"\ud8004242424242424242"' '"4242  4242 4242 4242 12 28 123"'; do
		n=$((n + 1))
		printf '{"id":"o%s","currency":"GBP","secret":1,"total":{"total":5},"pay_with":%s}\n' $n "$means"
	done >in
	souk-pay authorize -v --rejects rejects <in >out 2>err
	assert_equal "$(lines out)" $n
	run jq -rc '[.error.code, (keys | join(" "))] | @text' out
	assert_output "$(for _ in $(seq $n); do echo '["card_number","error id"]'; done)"
	assert_equal "$(head -1 out)" '{"id":"o1","error":{"by":"pay","code":"card_number","message":"the payment holds a card number, which is never taken: send a token of the payment provider; of this record only the id was kept"}}'
	run ! grep -rqE '4242|5555|3782|3056|4222|6304' out err rejects "$SOUK_DB"
	assert_equal "$(sql 'SELECT count(*) FROM payment')" 0
	# With -e it counts as failed.
	run souk-pay authorize -e <in
	assert_failure 1
}

@test "other numbers are no card numbers" {
	for token in 4242424242424241 424242424242 42424242424242424242 0000000000000000 pm_1J9fKq4242 \
		2026-01-01T08:26:00Z 4242,4242,4242,4242 12345678901234567890123; do
		card "o-$token" 5 "$token"
	done >in
	run codes < <(authorize <in)
	assert_output "$(printf 'invalid_token\n%.0s' 1 2 3 4 5 6 7 8)"
}

@test "a card number comes before every other refusal" {
	{
		echo '{"pay_with":"4242424242424242"}'
		echo '{"id":7,"pay_with":"4242424242424242"}'
		echo '{"id":"o1","pay_with":"4242424242424242","pad":"'"$(printf '%02000d' 0)"'"}'
	} >in
	run souk-pay authorize --max-record 4096 <in
	refute_output --partial 4242
	assert_equal "$(jq -rc '[.id, .error.code] | @text' <<<"$output")" '[null,"card_number"]
[null,"card_number"]
["o1","card_number"]'
}

# ---- settle ----

@test "settle keeps what a placed order authorized, without a call" {
	card o1 10 pm_card_visa | authorize | decided placed >in
	rm -r "$SOUK_DB/pay-test"
	souk-pay settle <in >first
	assert_equal "$(jq -c '[.order, .pay.state, .pay.settled]' first)" '[{"state":"placed"},"authorized",true]'
	assert [ ! -e "$SOUK_DB/pay-test/pay-test.db" ]
	assert_equal "$(sql 'SELECT state, settled FROM payment')" 'authorized|1'
	souk-pay settle <in | cmp - first
	souk-pay settle <first | cmp - first
	# Told without the member, it is built from the tables.
	run souk-pay settle <<<'{"id":"o1","order":{"state":"placed"}}'
	assert_output '{"id":"o1","order":{"state":"placed"},"pay":{"state":"authorized","payments":[{"id":"1","method":"test","amount":10,"state":"authorized","reference":"test_'"$(reference o1)"'"}],"settled":true}}'
}

@test "settle voids whatever a rejected order has at the provider" {
	{
		card a 10 pm_card_visa
		card b 10 pm_card_timeout
		card c 10 pm_card_timeout_before
		card d 10 pm_card_authenticationRequired
		card e 10 pm_card_error
		card f 10 pm_card_chargeDeclined
		order g 10 '[{"method":"invoice"}]'
	} >in
	authorize <in >out
	decided rejected <out >rejected
	souk-pay settle <rejected >first
	run jq -rc '[.id, .pay.state, .pay.settled, .wait] | @text' first
	assert_output '["a","voided",true,null]
["b","voided",true,null]
["c","voided",true,null]
["d","voided",true,null]
["e","voided",true,null]
["f","declined",true,null]
["g","voided",true,null]'
	assert_equal "$(statement)" '["authorize/a/1",10,0,0,true]
["authorize/b/1",10,0,0,true]'
	souk-pay settle <rejected | cmp - first
	# The request that was lost on its way comes late: it is not charged.
	assert_equal "$(authorize <in | codes | sort -u)" $'card_declined\nvoided'
	assert_equal "$(statement)" '["authorize/a/1",10,0,0,true]
["authorize/b/1",10,0,0,true]'
}

@test "a void whose answer is lost waits, also in a failed record, and is repeated" {
	card o1 10 pm_card_timeout_void | authorize | jq -c '.error = {by: "order", code: "expired"}' |
		decided rejected >in
	souk-pay settle <in >first
	run jq -c '[.error.code, .wait.by, .wait.code, .pay.state, .pay.settled]' first
	assert_output '["expired","pay","unknown","voiding",null]'
	assert_equal "$(states)" 'o1/1 voiding'
	souk-pay settle <in >second
	run jq -c '[.error.code, .wait, .pay.state, .pay.settled]' second
	assert_output '["expired",null,"voided",true]'
	# The waiting record taken up leads to the same.
	souk-pay settle <first | jq -S . | cmp - <(jq -S . second)
	souk-pay settle <in | cmp - second
}

@test "settle leaves undecided records as they are" {
	card o1 10 pm_card_authenticationRequired | authorize >in
	echo '{"id":"x", "error":{"by":"stock","code":"out_of_stock"}}' >>in
	echo '{"id":"y", "order":{"state":"open"}}' >>in
	souk-pay settle <in | cmp - in
}

@test "an order rejected before it was paid can't be paid late" {
	run souk-pay settle <<<'{"id":"o1","error":{"by":"order","code":"expired"},"order":{"state":"rejected"}}'
	assert_output '{"id":"o1","error":{"by":"order","code":"expired"},"order":{"state":"rejected"},"pay":{"state":"none","settled":true}}'
	assert_equal "$(card o1 10 pm_card_visa | authorize | codes)" voided
	assert_equal "$(statement)" ''
	assert_equal "$(souk-pay export)" ''
	run souk-pay settle <<<'{"id":"o1","error":{"by":"order","code":"expired"},"order":{"state":"rejected"}}'
	assert_output --partial '"pay":{"state":"none","settled":true}}'
}

@test "a settled order is not voided by a record that says it was rejected" {
	placed o1 10 pm_card_visa
	souk-pay settle <<<'{"id":"o1","order":{"state":"rejected"}}' >/dev/null
	assert_equal "$(statement)" '["authorize/o1/1",10,0,0,false]'
}

# ---- capture, void, refund ----

@test "capture: a part, then the rest, never more" {
	placed o1 100 pm_card_visa
	{
		echo '{"id":"c1","order_id":"o1","amount":30}'
		echo '{"id":"c2","order_id":"o1","amount":71}'
		echo '{"id":"c3","order_id":"o1"}'
		echo '{"id":"c4","order_id":"o1"}'
	} >in
	souk-pay capture <in >first
	run cat first
	assert_output '{"id":"c1","order_id":"o1","amount":30,"pay":{"state":"captured","amount":30,"payments":[{"id":"1","amount":30,"state":"captured"}]}}
{"id":"c2","order_id":"o1","amount":71,"error":{"by":"pay","code":"over_captured","message":"of order o1 70 are left to capture","left":70}}
{"id":"c3","order_id":"o1","pay":{"state":"captured","amount":70,"payments":[{"id":"1","amount":70,"state":"captured"}]}}
{"id":"c4","order_id":"o1","error":{"by":"pay","code":"nothing_left","message":"of order o1 there is nothing left to capture","left":0}}'
	# Again: what was done has its stored answer, and nothing is done twice.
	souk-pay capture <in | jq -c 'select(.pay)' | cmp - <(jq -c 'select(.pay)' first)
	assert_equal "$(statement)" '["authorize/o1/1",100,100,0,false]'
	run souk-pay capture <<<'{"id":"c1","order_id":"o1","amount":31}'
	assert_output --partial '"code":"id_conflict"'
	run jq -rc 'select(.export == "pay.event") | [.verb, .id, .order_id, .payment, .amount, .state] | @text' < <(souk-pay export)
	assert_output '["capture","c1","o1","1",30,"done"]
["capture","c3","o1","1",70,"done"]'
}

@test "refund: never more than was captured" {
	placed o1 100 pm_card_visa
	assert_equal "$(souk-pay refund <<<'{"id":"r0","order_id":"o1"}' | codes)" nothing_left
	souk-pay capture <<<'{"id":"c1","order_id":"o1","amount":50}' >/dev/null
	run codes < <(souk-pay refund <<'END'
{"id":"r1","order_id":"o1","amount":51}
{"id":"r2","order_id":"o1","amount":20}
{"id":"r2","order_id":"o1","amount":20}
{"id":"r3","order_id":"o1"}
END
)
	assert_output $'over_refunded\nrefunded\nrefunded\nrefunded'
	assert_equal "$(statement)" '["authorize/o1/1",100,50,50,false]'
	assert_equal "$(sql 'SELECT captured, refunded, capturing, refunding FROM payment')" '50|50|0|0'
}

@test "void releases what is not captured; what was authorized stays told" {
	placed o1 100 pm_card_visa
	souk-pay capture <<<'{"id":"c1","order_id":"o1","amount":40}' >/dev/null
	assert_equal "$(souk-pay void <<<'{"id":"v0","order_id":"o1","amount":59}' | codes)" partial_void
	run souk-pay void <<<'{"id":"v1","order_id":"o1"}'
	assert_output '{"id":"v1","order_id":"o1","pay":{"state":"voided","amount":60,"payments":[{"id":"1","amount":60,"state":"voided"}]}}'
	assert_equal "$(souk-pay void <<<'{"id":"v1","order_id":"o1"}')" "$output"
	assert_equal "$(souk-pay capture <<<'{"id":"c2","order_id":"o1"}' | codes)" nothing_left
	assert_equal "$(souk-pay refund <<<'{"id":"r1","order_id":"o1"}' | codes)" refunded
	assert_equal "$(statement)" '["authorize/o1/1",100,40,40,true]'
	# The order's own records answer as they did.
	assert_equal "$(card o1 100 pm_card_visa | authorize | codes)" authorized
	assert_equal "$(souk-pay settle <<<'{"id":"o1","order":{"state":"placed"}}' | codes)" authorized
}

@test "only a placed order is captured" {
	card o1 10 pm_card_visa | authorize >out
	run codes < <(souk-pay capture <<'END'
{"id":"c1","order_id":"o1"}
{"id":"c2","order_id":"o2"}
{"id":"c3","order_id":"o1","payment":"9"}
END
)
	assert_output $'not_settled\nunknown_order\nunknown_payment'
	decided rejected <out | souk-pay settle >/dev/null
	assert_equal "$(souk-pay capture <<<'{"id":"c1","order_id":"o1"}' | codes)" not_settled
	# A refusal was no effect: the id is free when the order is placed.
	placed o3 10 pm_card_visa
	assert_equal "$(souk-pay capture <<<'{"id":"c1","order_id":"o3"}' | codes)" captured
	assert_equal "$(statement)" '["authorize/o1/1",10,0,0,true]
["authorize/o3/1",10,10,0,false]'
}

@test "events over several payments, or one of them" {
	order o1 100 '[{"id":"a","method":"invoice","amount":30},{"id":"b","method":"test","token":"pm_card_visa"}]' |
		authorize | decided placed | souk-pay settle >/dev/null
	run jq -c .pay < <(souk-pay capture <<<'{"id":"c1","order_id":"o1","amount":50}')
	assert_output '{"state":"captured","amount":50,"payments":[{"id":"a","amount":30,"state":"captured"},{"id":"b","amount":20,"state":"captured"}]}'
	run jq -c .pay < <(souk-pay refund <<<'{"id":"r1","order_id":"o1","payment":"b"}')
	assert_output '{"state":"refunded","amount":20,"payments":[{"id":"b","amount":20,"state":"refunded"}]}'
	run jq -c .pay < <(souk-pay void <<<'{"id":"v1","order_id":"o1"}')
	assert_output '{"state":"voided","amount":50,"payments":[{"id":"b","amount":50,"state":"voided"}]}'
}

@test "declined and partly declined events" {
	placed o1 10 pm_card_captureDeclined
	run souk-pay capture <<<'{"id":"c1","order_id":"o1"}'
	assert_output '{"id":"c1","order_id":"o1","error":{"by":"pay","code":"declined","message":"payment 1 was declined: the provider declined it","payment":"1","decline_code":"capture_declined"}}'
	assert_equal "$(souk-pay capture <<<'{"id":"c1","order_id":"o1"}')" "$output"
	assert_equal "$(sql 'SELECT captured, capturing FROM payment')" '0|0'
	order o2 100 '[{"id":"a","method":"invoice","amount":30},{"id":"b","method":"test","token":"pm_card_captureDeclined"}]' |
		authorize | decided placed | souk-pay settle >/dev/null
	run jq -c .pay < <(souk-pay capture <<<'{"id":"c2","order_id":"o2"}')
	assert_output '{"state":"partly_captured","amount":30,"payments":[{"id":"a","amount":30,"state":"captured"},{"id":"b","amount":70,"state":"declined","decline_code":"capture_declined"}]}'
}

@test "events whose answer is lost: nothing twice, nothing more meanwhile" {
	for verb in capture void refund; do
		placed "o-$verb" 10 "pm_card_timeout_$verb"
	done
	souk-pay capture <<<'{"id":"c0","order_id":"o-refund"}' >/dev/null
	for verb in capture void refund; do
		echo "{\"id\":\"e\",\"order_id\":\"o-$verb\"}" >in
		assert_equal "$(souk-pay $verb <in | codes)" unknown
		assert_equal "$(jq -c '.id = "other"' in | souk-pay $verb | codes)" nothing_left
		run souk-pay $verb <in
		assert_output --partial '"amount":10'
	done
	assert_equal "$(souk-pay void <<<'{"id":"e","order_id":"o-capture"}' | codes)" id_conflict
	assert_equal "$(statement)" '["authorize/o-capture/1",10,10,0,false]
["authorize/o-refund/1",10,10,10,false]
["authorize/o-void/1",10,0,0,true]'
}

# ---- list ----

@test "list: all, of one order, by state" {
	card a 10 pm_card_visa | authorize >/dev/null
	card b 20 pm_card_chargeDeclined | authorize >/dev/null
	run souk-pay list --order a
	assert_output '{"order_id":"a","payment":"1","method":"test","currency":"GBP","amount":10,"state":"authorized","settled":false,"authorized":10,"captured":0,"refunded":0,"reference":"test_'"$(reference a)"'"}'
	assert_equal "$(souk-pay list | jq -r .order_id)" $'a\nb'
	assert_equal "$(souk-pay list --state declined | jq -r '.order_id + .decline_code')" bcard_declined
	assert_equal "$(souk-pay list --state voided)" ''
	run souk-pay list --state paid
	assert_failure 2
}

# ---- Beside others, and killed ----

@test "the same orders authorized by eight at once are charged once" {
	for i in $(seq 300); do card "o$i" 10 pm_card_visa; done >in
	for i in 1 2 3 4 5 6 7 8; do authorize <in >"out$i" & done
	wait
	for i in 2 3 4 5 6 7 8; do cmp "out$i" out1; done
	assert_equal "$(statement | wc -l)" 300
	assert_equal "$(sql "SELECT count(*) FROM payment WHERE state = 'authorized'")" 300
}

@test "eight captures at once take no more than is there" {
	placed o1 100 pm_card_visa
	for i in 1 2 3 4 5 6 7 8; do
		for j in $(seq 10); do echo "{\"id\":\"c$i-$j\",\"order_id\":\"o1\",\"amount\":7}"; done |
			souk-pay capture >"out$i" &
	done
	wait
	assert_equal "$(cat out? | jq -r 'select(.pay).id' | wc -l)" 14
	assert_equal "$(statement)" '["authorize/o1/1",100,98,0,false]'
}

# killed AFTER COMMAND...: runs it on `in` and kills it after so many seconds.
killed() {
	local after=$1 pid
	shift
	"$@" <in >/dev/null 2>&1 &
	pid=$!
	sleep "$after"
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
}

@test "killed at any moment: no double charge, nothing left authorized of rejected orders" {
	local tokens=(pm_card_slow pm_card_timeout pm_card_timeout_before pm_card_visa
		pm_card_timeout_void pm_card_chargeDeclined pm_card_authenticationRequired pm_card_error)
	local i state
	for i in $(seq 0 1199); do card "o$i" $((i + 1)) "${tokens[i % 8]}"; done >orders
	cp orders in
	for i in 1 2 3 4 5 6; do killed "0.00$((i * 13 % 10))$i" souk-pay authorize; done
	killed 0.03 souk-pay authorize
	killed 0.07 souk-pay authorize
	# Every other order is rejected, wherever it stands.
	for i in $(seq 0 1199); do
		state=placed
		[ $((i / 8 % 2)) = 0 ] || state=rejected
		echo "{\"id\":\"o$i\",\"order\":{\"state\":\"$state\"}}"
	done >decisions
	grep rejected decisions >in
	for i in 1 2 3 4 5 6; do killed "0.00$((i * 17 % 10))$i" souk-pay settle; done
	souk-pay settle <in >/dev/null # lost answers of voids
	souk-pay settle <in >settled
	assert_equal "$(jq -r .pay.settled settled | sort | uniq -c | tr -s ' ')" ' 600 true'
	# The others go on to the end, and the rejected ones come late.
	for i in 1 2 3; do authorize <orders >"out$i"; done
	assert_equal "$(jq -c 'select(.pay)' out3 | wc -l)" 375
	grep placed decisions | souk-pay settle >/dev/null
	souk-pay statement >books
	souk-pay export >payments
	# Each key once; the charge of each placed order stands, of each rejected one is void.
	assert_equal "$(jq -r .key books | sort | uniq -d)" ''
	run jq -s '[.[] | (.key | split("/")[1][1:] | tonumber) as $n
		| select(.authorized != $n + 1 or .captured != 0 or .voided != (($n / 8 | floor) % 2 == 1))] | length' books
	assert_output 0
	assert_equal "$(jq -s 'map(select(.voided | not)) | length' books)" 375
	# Both books agree.
	jq -r 'select(.authorized > 0) | [.key, .reference, .authorized, .state == "voided"] | @text' payments |
		sed 's/"test_[0-9a-f]*"/null/' | sort >ours
	jq -r '[.key, null, .authorized, .voided] | @text' books | sort >theirs
	cmp <(sed 's/null//' ours) <(sed 's/null//' theirs)
}

@test "the intent is stored before the call" {
	card o0 10 pm_card_visa | souk-pay authorize -e >first
	# Nobody gets to the provider's books.
	exec 8>>"$SOUK_DB/pay-test/lock"
	flock 8
	card o1 10 pm_card_visa | souk-pay authorize >out 8>&- &
	for _ in {1..500}; do
		states | grep -q 'o1/1 intended' && break
		sleep 0.02
	done
	states >seen
	[ ! -s out ]
	exec 8>&-
	wait
	assert_equal "$(cat seen)" 'o0/1 authorized, o1/1 intended'
	assert_equal "$(codes <out)" authorized
}

# syncs N: how many times authorize has the disk written for N orders.
syncs() {
	for i in $(seq "$1"); do card "$1-$i" 10 pm_card_visa; done >in
	strace -f -e trace=fsync,fdatasync -o trace souk-pay authorize <in >/dev/null
	grep -c sync trace
}

@test "a batch has three commits: the intent, the provider's, the answer" {
	export ASAN_OPTIONS=detect_leaks=0 # it can't be traced
	syncs 1                            # makes the tables
	assert_equal $(($(syncs 3000) - $(syncs 1000))) 6
}

@test "a card number in an event goes no further, not even to stderr" {
	run souk-pay capture -v <<<'{"id":"e1","order_id":"o1","payment":"4111 1111 1111 1111"}'
	refute_output --partial 1111
	assert_output --partial '{"id":"e1","error":{"by":"pay","code":"card_number"'
}
