#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is not kept for ever: what is remembered of rejected orders, the words of mails,
# lines that were no records.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z

shop() {
	echo '{"sku":"A","title":"Thing"}' | souk-catalog put
	echo '{"sku":"A","currency":"GBP","amount":100}' | souk-price put
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put
	echo '{"id":"r1","sku":"A","qty":10}' | souk-stock receive
	echo '{"id":"first","codes":["FIRST"],"kind":"percent","on":"order","percent":"10","usage_limit":4}' | souk-promo put
} >/dev/null

# order ID QTY TOKEN: with a code that four may use.
order() {
	printf '{"id":"%s","time":"%s","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"A","qty":%s}],"coupons":["FIRST"],"pay_with":[{"method":"test","token":"%s"}]}\n' \
		"$1" $NOW "$2" "$3"
}

holds() {
	{ souk-stock export; souk-promo export; } | jq -r 'select(.export | endswith(".hold")) | "\(.export) \(.id) \(.state)"'
}

books() {
	souk-order export && souk-stock export && souk-pay export && souk-pay statement
}

@test "of rejected orders the holds are let go; the same orders again have the same answers, and hold nothing" {
	shop
	{
		order o1 1 pm_card_visa
		order o2 1 pm_card_chargeDeclined # declined: released
		order o3 99 pm_card_visa          # out of stock: refused
		order o4 1 pm_card_visa
		order o5 1 pm_card_visa           # the code is used up
	} | sed 's/ *#.*//' >in
	souk run "$ROOT/pipelines/checkout" <in >first
	assert_equal "$(jq -r '.order.state' first | xargs)" 'placed rejected rejected placed rejected'
	order o6 1 pm_card_visa | souk run "$ROOT/pipelines/quote" | souk-order open | souk-stock reserve >/dev/null
	assert_equal "$(holds | wc -l)" "$(holds | sort -u | wc -l)"
	holds | grep -q 'stock.hold o2 released'
	levels=$(souk-stock list)
	used=$(souk-promo export | grep promo.use)
	# Not those of later orders, of which somebody may still be at work.
	souk run "$ROOT/pipelines/forget" --until 2000-01-01 >out
	assert_equal "$(wc -l <out)" 0
	holds | grep -q 'stock.hold o2 released'
	run -0 souk check "$ROOT/pipelines/forget"
	souk run "$ROOT/pipelines/forget" >out
	assert_equal "$(jq -r '"\(.id) \(.stock.state) \(.promo.state)"' out | sort | xargs)" \
		'o2 forgotten forgotten o3 forgotten forgotten o5 forgotten forgotten'
	assert_equal "$(holds | sort | xargs)" \
		'promo.hold o1 committed promo.hold o4 committed stock.hold o1 committed stock.hold o4 committed stock.hold o6 held'
	souk run "$ROOT/pipelines/forget" | cmp - out
	assert_equal "$(souk-stock list)" "$levels"
	assert_equal "$(souk-promo export | grep promo.use)" "$used"
	run bash -c "$(declare -f books); books | souk-audit"
	assert_success
	souk run "$ROOT/pipelines/checkout" <in | jq -cS 'del(.stock, .promo, .pay)' >again
	jq -cS 'del(.stock, .promo, .pay)' first | cmp - again
	assert_equal "$(souk-stock list)" "$levels"
	assert_equal "$(souk-promo export | grep promo.use)" "$used"
	assert_equal "$(souk-pay statement | jq -s 'map(select(.voided | not)) | length')" 2
}

@test "forget leaves alone what is placed, open, or held, whatever the record says" {
	shop
	order o1 1 pm_card_visa | souk run "$ROOT/pipelines/checkout" >/dev/null
	order o2 1 pm_card_visa | souk run "$ROOT/pipelines/quote" | souk-promo reserve | souk-stock reserve >/dev/null
	before=$(holds)
	for id in o1 o2; do
		for order in '{"state":"placed","closed":true}' '{"state":"rejected"}' '{"state":"open"}' '{"state":"rejected","closed":true}'; do
			echo '{"id":"'$id'","order":'"$order"'}'
		done
	done | souk-promo forget | souk-stock forget | jq -r '.stock.state // "passed"' >out
	assert_equal "$(xargs <out)" 'passed passed passed forgotten passed passed passed forgotten'
	assert_equal "$(holds)" "$before"
	run jq -r .error.message < <(echo '{"id":"o1","order":{"state":"rejected","closed":1}}' | souk-stock forget)
	assert_output --partial 'order.closed'
}

@test "mails: words and addresses go, that they were sent stays" {
	mail() { # ID [FILTER]
		jq -nc --arg id "$1" '{id: $id, currency: "GBP", customer: {email: "anna@secret.example", name: "Anna Secret"},
			lines: [{sku: "A", qty: 1}], price: {lines: [{subtotal: 1}]}, total: {total: 1}, order: {state: "placed"}}'
	}
	for id in o1 o2 o3; do mail $id; done | souk-notify send --now $NOW >first
	sqlite3 db/notify/notify.db "UPDATE mail SET state = 'sent' WHERE id = 'o1'; UPDATE mail SET state = 'unknown' WHERE id = 'o2'"
	run -0 souk-notify forget --after 30d --now 2026-01-30T00:00:00Z
	assert_output '{"forgotten":0}'
	run -0 souk-notify forget --after 30d --now 2026-02-01T00:00:00Z
	assert_output '{"forgotten":2}'
	run -0 souk-notify forget --after 30d --now 2026-02-01T00:00:00Z
	assert_output '{"forgotten":0}'
	# What was not sent yet is kept.
	assert_equal "$(sqlite3 db/notify/notify.db "SELECT group_concat(id) FROM mail WHERE recipient <> '' OR message <> ''")" o3
	# It is known, not sent again, and another one under its id is told.
	run jq -r '.notify.state' < <(mail o1 | souk-notify send --now 2026-02-01T00:00:00Z)
	assert_output sent
	run jq -r '.error.code' < <(mail o1 | jq -c '.total.total = 2' | souk-notify send)
	assert_output id_conflict
	souk-notify retry --unknown --smtp smtp://127.0.0.1:1 --now 2026-01-02T00:00:00Z >told
	assert_equal "$(jq -r .id told)" o3
	# Nothing of it is left in the file.
	sqlite3 db/notify/notify.db "DELETE FROM mail WHERE id = 'o3'; PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	run -2 souk-notify forget
	assert_output --partial '--after'
}

@test "a rejects file does not fill the disk" {
	truncate -s $(((1 << 30) - 1)) rejects
	printf '%s\n' '{no record' '{"id":"x"}' '{nor this' >in
	run --separate-stderr souk-notify send --rejects rejects <in
	assert_equal "$status" 1
	assert_equal "$(wc -l <<<"$output")" 3
	[[ $stderr == *'the rejects file is full, at 1073741833 bytes: move it away, or truncate it'* ]]
	assert_equal "$(stat -c %s rejects)" $(((1 << 30) + 9))
	assert_equal "$(tail -c 10 rejects)" '{no record'
	printf 'a,b\n1\n' >in.csv
	run souk-csv --rejects rejects in.csv
	assert_equal "$(stat -c %s rejects)" $(((1 << 30) + 9))
	# One that was truncated is written on.
	truncate -s 0 rejects
	run souk-csv --rejects rejects in.csv
	assert_equal "$(cat rejects)" 1
}
