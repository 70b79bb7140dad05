#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How many records come at once changes nothing: the same bytes come out, and the same
# is on disk, as if each had come alone.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z

prepare() {
	printf '{"sku":"%s","title":"Mug"}\n' A B C | souk-catalog put -e
	printf '{"sku":"%s","currency":"GBP","amount":250}\n' A B C | souk-price put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	# Of C there is too little.
	printf '{"id":"r%s","sku":"%s","qty":%d}\n' 1 A 5000 2 B 5000 3 C 40 | souk-stock receive -e --now "$NOW"
	mkdir "$BATS_TEST_TMPDIR/once" "$BATS_TEST_TMPDIR/each"
	cp -r "$SOUK_DB" "$BATS_TEST_TMPDIR/once/db"
	cp -r "$SOUK_DB" "$BATS_TEST_TMPDIR/each/db"
}

# orders SEED COUNT: with ids in order for a while, then in none; some come again, some
# with another content under the same id; some can't be sold or paid.
orders() {
	awk -v seed="$1" -v count="$2" '
	function chance(percent) { return rand() * 100 < percent }
	function line(id,  sku, token, means) {
		sku = chance(15) ? "C" : chance(50) ? "A" : "B"
		if (chance(2)) sku = "none"
		token = chance(6) ? "pm_card_chargeDeclined" : chance(3) ? "pm_card_authenticationRequired" : chance(2) ? "pm_card_timeout" : "pm_card_visa"
		means = "{\"method\":\"test\",\"token\":\"" token "\"}"
		if (chance(15)) means = "{\"id\":\"a\",\"method\":\"test\",\"token\":\"pm_card_visa\",\"amount\":100},{\"id\":\"b\",\"method\":\"test\",\"token\":\"" token "\"}"
		return sprintf("{\"id\":\"%s\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"%s\",\"qty\":%d}],\"pay_with\":[%s]}",
			id, sku, 1 + int(rand() * 4), means)
	}
	BEGIN {
		srand(seed)
		ordered = 1
		for (i = 1; i <= count; i++) {
			if (chance(2)) ordered = !ordered
			if (made && chance(4)) { print lines[1 + int(rand() * made)]; continue }
			if (made && chance(2)) { print line(ids[1 + int(rand() * made)]); continue }
			made++
			ids[made] = ordered ? sprintf("o%06d", i) : sprintf("r%06d%d", int(rand() * 1000000), i)
			# An escape in an id is no other id.
			if (chance(1)) ids[made] = "\\u006f" substr(ids[made], 2)
			print lines[made] = line(ids[made])
		}
	}'
}

stages='open|souk-order
reserve|souk-stock
authorize|souk-pay
place|souk-order
settle|souk-stock
settle|souk-pay
close|souk-order'

# book_once IN OUT: stage by stage, each gets all at once.
book_once() {
	local verb command in=$1
	while IFS='|' read -r verb command; do
		"$command" "$verb" --now "$NOW" <"$in" >"$2.$command-$verb"
		in=$2.$command-$verb
	done <<<"$stages"
	cp "$in" "$2"
}

# book_each IN OUT: each record gets a process of its own.
book_each() {
	local verb command line in=$1
	while IFS='|' read -r verb command; do
		while IFS= read -r line; do
			printf '%s\n' "$line" | "$command" "$verb" --now "$NOW"
		done <"$in" >"$2.$command-$verb"
		in=$2.$command-$verb
	done <<<"$stages"
	cp "$in" "$2"
}

books() {
	souk-order export && souk-stock export && souk-pay export && souk-pay statement
}

same() {
	local seed=$1 count=$2
	orders "$seed" "$count" >orders.ndjson
	sh "$ROOT/pipelines/quote" <orders.ndjson >quoted.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/once/db book_once quoted.ndjson once.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/each/db book_each quoted.ndjson each.ndjson
	cmp once.ndjson each.ndjson || { echo "seed $seed"; diff once.ndjson each.ndjson | head -4; return 1; }
	SOUK_DB=$BATS_TEST_TMPDIR/once/db books >once.books
	SOUK_DB=$BATS_TEST_TMPDIR/each/db books >each.books
	cmp once.books each.books || { echo "seed $seed"; diff once.books each.books | head -4; return 1; }
}

@test "a batch is booked as its records would be, one by one" {
	local seed=${SOUK_SEED:-$RANDOM}
	echo "# seed $seed (repeat with SOUK_SEED=$seed)" >&3
	same "$seed" 250
	# What the property is about was there.
	for code in out_of_stock declined id_conflict unknown_sku; do grep -q "\"code\":\"$code\"" once.ndjson; done
	grep -q '"closed":true' once.ndjson
}

@test "a batch of which half was booked before is booked as its records would be" {
	local seed=${SOUK_SEED:-$RANDOM}
	echo "# seed $seed (repeat with SOUK_SEED=$seed)" >&3
	same "$seed" 120
	head -n 60 orders.ndjson >again.ndjson
	orders $((seed + 1)) 60 | sed 's/"id":"\([or\\]\)/"id":"\1x/' >>again.ndjson
	sh "$ROOT/pipelines/quote" <again.ndjson >quoted.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/once/db book_once quoted.ndjson once.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/each/db book_each quoted.ndjson each.ndjson
	cmp once.ndjson each.ndjson
	cmp <(SOUK_DB=$BATS_TEST_TMPDIR/once/db books) <(SOUK_DB=$BATS_TEST_TMPDIR/each/db books)
}

@test "orders of two shops assistants at once, their ids interleaved, are all booked" {
	orders 1 600 | awk 'NR % 2' | grep -v authenticationRequired >odd.ndjson
	orders 1 600 | awk 'NR % 2 == 0' | grep -v authenticationRequired >even.ndjson
	sh "$ROOT/pipelines/checkout" <odd.ndjson >odd.out &
	sh "$ROOT/pipelines/checkout" <even.ndjson >even.out
	wait $!
	assert_equal "$(lines odd.out) $(lines even.out)" "$(lines odd.ndjson) $(lines even.ndjson)"
	books >books.ndjson
	run -0 souk-audit books.ndjson
}
