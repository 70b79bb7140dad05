#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Filters in one process: the same bytes come out, and the same is on disk, as if each had
# a process of its own.

bats_require_minimum_version 1.5.0
load helper
load orders

prepare() {
	small_shop 4000
	cp -r "$SOUK_DB" shop
}

# The stages of checkout, each with the same present.
checkout() {
	{
		echo '#!/usr/bin/env -S souk run'
		souk check -v checkout | awk '$2 ~ /^souk-/ { print $2, ($3 == "filter;" ? "" : $3), "--now 2026-01-01T00:00:00Z" }' | paste -sd'|'
	} >"$1"
	chmod +x "$1"
}

books() {
	souk-order export && souk-stock export && souk-pay export && souk-pay statement && souk-promo export
}

# booked NAME OPTION...: books orders.ndjson in a shop of its own.
booked() {
	local name=$1
	shift
	cp -r shop "db-$name"
	SOUK_DB=$PWD/db-$name souk run "$@" ./p <orders.ndjson >"$name.out" 2>"$name.err" || echo "exit $?" >>"$name.err"
	SOUK_DB=$PWD/db-$name books >"$name.books"
}

# fed COMMAND...: gives it the lines of each line, parted by ";", as a batch; the output is out.
fed() {
	local line wanted=0 waits
	rm -f fed
	mkfifo fed
	"$@" <fed >out 3>&- &
	exec 9>fed
	while IFS= read -r line; do
		tr ';' '\n' <<<"$line" >&9
		wanted=$((wanted + $(tr ';' '\n' <<<"$line" | wc -l))) waits=500
		until [ "$(lines out)" -ge "$wanted" ] || ! ((waits--)); do sleep 0.01; done
	done
	exec 9>&-
	wait $!
}

@test "a stage sees what another one of its function has just committed" {
	fed souk fuse souk-price put '|' souk-price '|' souk-catalog put '|' souk-catalog '|' souk-stock receive '|' \
		souk-stock reserve '|' souk-stock level <<'END'
{"id":"1","sku":"D","currency":"GBP","amount":300,"title":"Cup","qty":5,"lines":[{"sku":"D","qty":2}]}
{"id":"2","sku":"D","currency":"GBP","amount":310,"title":"Pot","qty":5,"lines":[{"sku":"D","qty":8}]}
{"id":"3","sku":"D","currency":"GBP","amount":310,"title":"Pot","qty":1,"lines":[{"sku":"D","qty":2}]}
END
	run jq -c '[.price.subtotal, .catalog.lines[0].title, .stock.available, .error.code]' out
	assert_output '[600,"Cup",3,null]
[2480,"Pot",0,null]
[620,"Pot",null,"out_of_stock"]'
}

@test "a stage that looked at nothing has not seen what another one committed meanwhile" {
	souk-promo put -e <<<'{"id":"p","kind":"percent","on":"order","percent":"20","codes":["A"],"usage_limit":5}'
	local i promo='"promo":{"lines":[{"discount":9}],"discount":9,"applied":[{"id":"p","code":"A","discount":9}]}'
	local rejected='"error":{"by":"x","code":"y"},"order":{"state":"rejected"}'
	{
		echo "{\"id\":\"o1\",$promo,\"order\":{\"state\":\"rejected\"}}"
		echo "{\"id\":\"o2\",$promo}"
		printf '%s' "{\"id\":\"o2\",$promo,$rejected}"
		# So many that no lock is taken before something is asked.
		for i in {3..30}; do printf ';%s' "{\"id\":\"o$i\",\"promo\":{\"state\":\"none\"},$rejected}"; done
		echo
	} | fed souk fuse souk-promo reserve '|' souk-promo settle
	assert_equal "$(lines out)" 31
	run jq -c 'select(.id == "o2") | .promo.state' out
	assert_output "$(printf '"%s"\n' held released)"
	souk-promo export | grep -q '"promotion":"p","taken":0,"limit":5'
}

@test "any record is handed on as it would be read again" {
	local seed=${SOUK_SEED:-$RANDOM} n=0 own now='--now 2026-02-01T00:00:00Z'
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	cp -r shop local
	orders "$seed" 100 >next
	souk check -v checkout | awk '$2 ~ /^souk-/ { print $2, ($3 == "filter;" ? "" : $3) }' >stages
	mapfile -t stages <stages
	# shellcheck disable=SC2086 # words of a command
	for n in "${!stages[@]}"; do
		local one="${stages[n]} $now" two="${stages[n + 1]:-souk-total} $now"
		own=${one%% *}
		"$BATS_TEST_DIRNAME/mutate" "$seed.$n" "${own#souk-}" <next >in
		SOUK_DB=$PWD/local $one --rejects bad1 <in 2>/dev/null | SOUK_DB=$PWD/local $two >expected || true
		souk fuse $one --rejects bad2 '|' $two <in >got 2>/dev/null || true
		cmp expected got || { echo "seed $seed, $one"; diff expected got | cut -c 1-2000 | head -4; return 1; }
		cmp bad1 bad2
		SOUK_DB=$PWD/local $one <next >after || true
		$one <next | cmp - after
		mv after next
	done
}

@test "fused, in one process or in three, orders are booked as by one process a stage" {
	local seed=${SOUK_SEED:-$RANDOM} name
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	checkout p
	assert_equal "$(grep -o souk- p | wc -l)" 15
	# Where orders compete for the last piece who gets it may differ: so none do.
	echo '{"id":"most","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"C","qty":4001}]}' >orders.ndjson
	orders "$seed" 2500 | grep -v '"qty":5000' | once_if_undecided >>orders.ndjson
	# Lines that are none stand among them, a blank one, and one that is too long.
	sed -i -e '700i no record' -e '701i \ ' -e '900i {"id":"twice","id":"twice"}' -e '1200i {"id":"deep","x":{"a":[1, 2]},"error":{"by":"you"}}' orders.ndjson
	head -c 1100000 /dev/zero | tr '\0' x >>orders.ndjson
	booked processes
	booked fused --fused
	booked three --fused --processes 3
	for name in fused three; do
		cmp processes.out "$name.out" || { echo "seed $seed"; diff processes.out "$name.out" | cut -c 1-2000 | head -4; return 1; }
		cmp processes.books "$name.books"
		diff <(grep -v ' stage ' processes.err) <(grep -v ' stage ' "$name.err")
	done
	assert_equal "$(grep -c 'no record\|bad_record\|too_long' processes.out)" 3
	grep -q '^exit 1$' fused.err
	for code in out_of_stock declined id_conflict unknown_sku; do grep -q "\"code\":\"$code\"" fused.out; done
	grep -q '"closed":true' fused.out
}

@test "what is said names the filter that says it" {
	echo '{"id":"o1","currency":"GBP","lines":[{"sku":"none","qty":1}]}' >order
	run --separate-stderr souk fuse souk-catalog -v '|' souk-price -v <order
	assert_success
	assert_equal "${stderr_lines[0]%%:*}" souk-catalog
	assert_equal "${#stderr_lines[@]}" 1
	run souk fuse souk-catalog '|' souk-price -e <order
	assert_success
	run souk fuse souk-catalog -e '|' souk-price <order
	assert_failure 1
}

@test "a stage of one's own runs as a process, and stands in for ours" {
	mkdir own
	printf '#!/bin/sh\nexec jq -c --unbuffered ".wrap={charges:[]}"\n' >own/souk-wrap
	printf '#!/bin/sh\nexec jq -c --unbuffered ".tax={tax:7}"\n' >own/souk-tax
	chmod +x own/*
	printf '%s\n' '#!/usr/bin/env -S souk run' 'souk-catalog | souk-price | souk-wrap | souk-tax | souk-total' >p
	chmod +x p
	orders 1 50 | grep -v none >orders.ndjson
	PATH=$PWD/own:$PATH souk run p <orders.ndjson >processes.out
	PATH=$PWD/own:$PATH souk run --fused p <orders.ndjson >fused.out
	cmp processes.out fused.out
	grep -q '"wrap":{"charges":\[\]},"tax":{"tax":7}' fused.out
}

@test "what does not fit the stages beside it runs as a process" {
	printf '%s\n' '#!/usr/bin/env -S souk run' 'souk-catalog search mug | souk-total --max-record 2048 | souk-tax | souk-total' >p
	souk run p </dev/null >processes.out
	[ -s processes.out ]
	souk run --fused p </dev/null >fused.out
	cmp processes.out fused.out
}

@test "fuse wants filters that are built in, with one longest record" {
	run souk fuse
	assert_failure 2
	assert_output --partial 'filters are needed'
	run souk fuse souk-price '|' souk-nothing
	assert_failure 2
	assert_output --partial 'souk-nothing : is no filter that is built in'
	run souk fuse souk-order list --open '|' souk-total
	assert_failure 2
	assert_output --partial 'souk-order list: is no filter'
	run souk fuse souk-price '|' '|' souk-total
	assert_failure 2
	assert_output --partial 'before and after each |'
	run souk fuse souk-price '|' souk-total --max-record 2048
	assert_failure 2
	assert_output --partial 'one --max-record'
	run souk run --processes 2 checkout
	assert_failure 2
	assert_output --partial '--processes goes with --fused'
}

@test "fused processes are killed at random, recovered, and lose and double nothing" {
	orders 7 1500 | grep -v 'authenticationRequired\|timeout' >orders.ndjson
	souk run checkout <orders.ndjson >whole.out
	rm -rf "$SOUK_DB"
	cp -r shop "$SOUK_DB"
	souk run --fused --processes 2 --crash 5 --kills 6 checkout <orders.ndjson >crashed.out
	# Who gets the last piece may differ; that each order has one end may not.
	assert_equal "$(lines crashed.out)" "$(lines whole.out)"
	{ souk-order export; souk-stock export; souk-pay export; } >books
	run souk-audit books
	assert_success
	assert_output --partial consistent
}

@test "called by a filter's name, souk is that filter" {
	ln -s "$(command -v souk)" souk-total
	./souk-total --version | grep -q '^souk-total '
	cmp <(./souk-total --describe) <(souk-total --describe)
	run ./souk-total nothing
	assert_failure 2
	assert_output --partial 'souk-total has no verbs'
}
