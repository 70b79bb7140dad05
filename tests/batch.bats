#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How many records come at once changes nothing: the same bytes come out, and the same
# is on disk, as if each had come alone.

bats_require_minimum_version 1.5.0
load helper
load orders

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
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	# heavy/batch.bats takes more of them.
	same "$seed" "${SOUK_ORDERS:-90}"
	# What the property is about was there.
	for code in out_of_stock declined id_conflict unknown_sku; do grep -q "\"code\":\"$code\"" once.ndjson; done
	grep -q '"closed":true' once.ndjson
}

@test "a batch of which half was booked before is booked as its records would be" {
	local seed=${SOUK_SEED:-$RANDOM}
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	local half=$((${SOUK_ORDERS:-90} / 2))
	same "$seed" "$half"
	head -n "$((half / 2))" orders.ndjson >again.ndjson
	orders $((seed + 1)) "$((half / 2))" | sed 's/"id":"\([or\\]\)/"id":"\1x/' >>again.ndjson
	sh "$ROOT/pipelines/quote" <again.ndjson >quoted.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/once/db book_once quoted.ndjson once.ndjson
	SOUK_DB=$BATS_TEST_TMPDIR/each/db book_each quoted.ndjson each.ndjson
	cmp once.ndjson each.ndjson
	cmp <(SOUK_DB=$BATS_TEST_TMPDIR/once/db books) <(SOUK_DB=$BATS_TEST_TMPDIR/each/db books)
}

@test "orders of two shop assistants at once, their ids interleaved, are all booked" {
	orders 1 600 | awk 'NR % 2' | grep -v authenticationRequired >odd.ndjson
	orders 1 600 | awk 'NR % 2 == 0' | grep -v authenticationRequired >even.ndjson
	sh "$ROOT/pipelines/checkout" <odd.ndjson >odd.out &
	sh "$ROOT/pipelines/checkout" <even.ndjson >even.out
	wait $!
	assert_equal "$(lines odd.out) $(lines even.out)" "$(lines odd.ndjson) $(lines even.ndjson)"
	books >books.ndjson
	run -0 souk-audit books.ndjson
}

@test "orders that are paid by sixteen means each: all are authorized and settled" {
	awk 'BEGIN { for (i = 1; i <= 300; i++) {
		means = ""
		for (n = 1; n <= 15; n++) means = means sprintf("{\"id\":\"m%d\",\"method\":\"test\",\"token\":\"pm_card_visa\",\"amount\":1},", n)
		printf "{\"id\":\"o%04d\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"pay_with\":[%s{\"method\":\"test\",\"token\":\"pm_card_visa\"}]}\n", i, means } }' >orders.ndjson
	sh "$ROOT/pipelines/checkout" <orders.ndjson >booked.ndjson
	assert_equal "$(grep -c '"order":{"state":"placed","closed":true}' booked.ndjson)" 300
	assert_equal "$(souk-pay export | grep -c '"state":"authorized","settled":true')" 4800
}

@test "what can not begin or be written midway leaves nothing done, and is not told as done" {
	orders 7 60 | sed 's/"id":"r/"id":"x/' >orders.ndjson
	sh "$ROOT/pipelines/quote" <orders.ndjson | souk-order open >opened.ndjson
	grep '"order":{"state":"open"}}$' opened.ndjson | head -n 30 >good.ndjson
	# The last one failed: it is rejected by a statement of its own.
	sed '$s/}$/,"error":{"by":"stock","code":"out_of_stock"}}/' good.ndjson >in.ndjson
	# Another program holds the database for longer than the store waits.
	python3 - "$SOUK_DB/order/order.db" <<-'END' 3>&- &
	import os, sqlite3, sys, time
	db = sqlite3.connect(sys.argv[1], isolation_level=None)
	db.execute("BEGIN IMMEDIATE")
	open("held", "w").close()
	while os.path.exists("held"):
	    time.sleep(0.05)
	END
	while [ ! -e held ]; do sleep 0.05; done
	run -3 souk-order place <in.ndjson
	rm held
	wait
	refute_output --partial placed
	assert_equal "$(sqlite3 "$SOUK_DB/order/order.db" 'SELECT count(*) FROM orders WHERE state <> 0')" 0
}

@test "of a batch that was undone and run again, only the last attempt is told and counted" {
	awk 'BEGIN { for (i = 1; i <= 17; i++) printf "{\"id\":\"o%02d\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"A\",\"qty\":1}]}\n", i }' >orders.ndjson
	sh "$ROOT/pipelines/quote" <orders.ndjson >quoted.ndjson
	# One id again with other content: nothing is wrong until the batch is run.
	head -n 1 quoted.ndjson | sed 's/"currency":"GBP"/"currency":"EUR"/' >>quoted.ndjson
	run -1 --separate-stderr souk-order open -e -v <quoted.ndjson
	assert_equal "$(grep -c id_conflict <<<"$output")" 1
	assert_equal "$(grep -c id_conflict <<<"$stderr")" 1
	# The pieces that are there are asked for twice, by the same orders.
	echo '{"id":"r9","sku":"D","qty":20}' | souk-stock receive -e
	awk 'BEGIN { for (k = 0; k < 2; k++) for (i = 1; i <= 20; i++) printf "{\"id\":\"d%d\",\"lines\":[{\"sku\":\"D\",\"qty\":1}]}\n", i }' >twice.ndjson
	run -0 --separate-stderr souk-stock reserve -e -v <twice.ndjson
	assert_equal "$(grep -c '"state":"held"' <<<"$output") $stderr" '40 '
}
