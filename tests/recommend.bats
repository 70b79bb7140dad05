#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-recommend: pairs counted to the order, and what is made of them.

load helper

# order ID SKU...: a placed order.
order() {
	local lines
	lines=$(printf ',{"sku":"%s","qty":1}' "${@:2}")
	printf '{"id":"%s","lines":[%s],"order":{"state":"placed"}}\n' "$1" "${lines#,}"
}

# What was counted, by sku and by pair.
counted() {
	souk-recommend list
	souk-recommend list | jq -r .sku | while read -r sku; do
		souk-recommend list "$sku" | jq -c --arg with "$sku" '[$with, .sku, .count]'
	done
}

# suggest RECORD OPTION...: "SKU SCORE COUNT" of each.
suggest() {
	local record=$1
	shift
	souk-recommend "$@" <<<"$record" | jq -r '.recommend.items[] | "\(.sku) \(.score) \(.count)"'
}

# Five orders: a has 4, b 3, c 3, d 1.
few() {
	{ order o1 a b c; order o2 a b; order o3 a b c a; order o4 c; order o5 d a; } | souk-recommend learn
}

@test "learn: exact bytes, pairs of each order counted once" {
	run few
	assert_success
	assert_line -n 0 '{"id":"o1","lines":[{"sku":"a","qty":1},{"sku":"b","qty":1},{"sku":"c","qty":1}],"order":{"state":"placed"},"recommend":{"state":"learned","skus":3}}'
	assert_equal "$(jq -c .recommend.skus <<<"$output" | tr '\n' ' ')" '3 2 3 1 2 '
	run counted
	assert_output '{"sku":"a","orders":4}
{"sku":"b","orders":3}
{"sku":"c","orders":3}
{"sku":"d","orders":1}
["a","b",3]
["a","c",2]
["a","d",1]
["b","a",3]
["b","c",2]
["c","a",2]
["c","b",2]
["d","a",1]'
	run souk-recommend list a
	assert_output '{"sku":"b","count":3,"orders":3,"confidence":"0.75","lift":"1.25"}
{"sku":"c","count":2,"orders":3,"confidence":"0.5","lift":"0.8333"}
{"sku":"d","count":1,"orders":1,"confidence":"0.25","lift":"1.25"}'
	run souk-recommend list never
	assert_success
	assert_output ''
	run souk-recommend list a b
	assert_failure 2
}

@test "an order counts once, in whatever batches it comes" {
	few >first
	counted >before
	few | cmp - first
	counted | cmp - before
	rm -rf "$SOUK_DB/recommend"
	while IFS= read -r line; do souk-recommend learn <<<"$line"; done <first >alone
	cmp alone first
	# New skus are numbered as they come: what is listed does not show it.
	counted | cmp - before
}

@test "an id that was learned with other lines is a conflict, and counts nothing" {
	few >first
	counted >before
	run souk-recommend learn < <(order o2 a c)
	assert_output --partial '"error":{"by":"recommend","code":"id_conflict","message":"this id was learned with other lines"}'
	run jq -c .error.code < <(order o2 a b | jq -c '.lines[0].qty = 9' | souk-recommend learn)
	assert_output '"id_conflict"'
	run jq -c .recommend < <(order o2 a b | jq -c '.lines[0].title = "A" | .note = 1' | souk-recommend learn)
	assert_output '{"state":"learned","skus":2}'
	counted | cmp - before
}

@test "only placed orders are learned" {
	for record in '{"id":"o1","lines":[{"sku":"a","qty":1}]}' '{"id":"o1","lines":[{"sku":"a","qty":1}],"order":{"state":"open"}}' \
		'{"id":"o1","order":{"state":"rejected"},"error":{"by":"stock","code":"out_of_stock"}}' '{"id":"o1","wait":{"by":"pay"}}'; do
		run souk-recommend learn <<<"$record"
		assert_output "$record"
	done
	run counted
	assert_output ''
	while IFS='|' read -r record message; do
		run jq -rc .error.message < <(souk-recommend learn <<<"$record")
		assert_output "$message"
	done <<-'END'
	{"lines":[{"sku":"a","qty":1}],"order":{"state":"placed"}}|id is missing
	{"id":"o1","order":{"state":"placed"}}|lines is missing
	{"id":"o1","lines":[],"order":{"state":"placed"}}|lines: must hold at least one line
	{"id":"o1","lines":[{"qty":1}],"order":{"state":"placed"}}|lines[0].sku is missing
	{"id":"o1","lines":[{"sku":"a","qty":1}],"order":"placed"}|order: must be an object
	END
}

@test "what is not kept in stock, postage and fees, is not learned" {
	souk-recommend learn <<<'{"id":"o1","lines":[{"sku":"a","qty":1},{"sku":"POST","qty":1},{"sku":"b","qty":1}],"catalog":{"lines":[{},{"manage_stock":false},{"manage_stock":true}]},"order":{"state":"placed"}}' >/dev/null
	run counted
	assert_output '{"sku":"a","orders":1}
{"sku":"b","orders":1}
["a","b",1]
["b","a",1]'
}

@test "a huge order is counted up to a limit, and says so" {
	mapfile -t skus < <(seq -f s%03g 500)
	order big "${skus[@]}" >order.ndjson
	run jq -c .recommend < <(souk-recommend learn <order.ndjson)
	assert_output '{"state":"learned","skus":100,"left_out":400}'
	assert_equal "$(souk-recommend list | jq -rs 'length, .[-1].sku' | xargs)" '100 s100'
	assert_equal "$(sqlite3 "$SOUK_DB/recommend/recommend.db" 'SELECT count(*), sum(orders) FROM pair')" '4950|4950'
	# What was counted stays counted, whatever the limit is the next time.
	run jq -c .recommend < <(souk-recommend learn --max-skus 1000 <order.ndjson)
	assert_output '{"state":"learned","skus":100,"left_out":400}'
	run jq -c .recommend < <(jq -c '.id = "big2"' order.ndjson | souk-recommend learn --max-skus 3)
	assert_output '{"state":"learned","skus":3,"left_out":497}'
	# More pairs than are kept in memory at once.
	for i in 1 2 3; do jq -c ".id = \"h$i\" | .lines[].sku += \"-$((i % 2))\"" order.ndjson; done |
		souk-recommend learn --max-skus 500 >/dev/null
	assert_equal "$(sqlite3 "$SOUK_DB/recommend/recommend.db" 'SELECT count(*), sum(orders) FROM pair')" '254450|379203'
}

@test "suggestions: by confidence or lift, from a count on, the best first" {
	few >/dev/null
	run suggest '{"sku":"a"}' --min-count 1
	assert_output 'b 0.75 3
c 0.5 2
d 0.25 1'
	run suggest '{"sku":"a"}'
	assert_output 'b 0.75 3'
	run suggest '{"sku":"a"}' --min-count 2 --top 1
	assert_output 'b 0.75 3'
	# b and d are as much more likely with a; b was bought more often.
	run suggest '{"sku":"a"}' --min-count 1 --by lift
	assert_output 'b 1.25 3
d 1.25 1
c 0.8333 2'
	run souk-recommend <<<'{"sku":"never","recommend":{"old":1}}'
	assert_output '{"sku":"never","recommend":{"by":"confidence","items":[]}}'
	run souk-recommend -n 2 --min-count 2 <<<'{"id":"x","sku":"b"}'
	assert_output '{"id":"x","sku":"b","recommend":{"by":"confidence","items":[{"sku":"a","score":"1","count":3},{"sku":"c","score":"0.6667","count":2}]}}'
}

@test "of an order the best for any of its lines, without what it has" {
	few >/dev/null
	run suggest '{"lines":[{"sku":"b","qty":1},{"sku":"c","qty":5},{"sku":"x","qty":1}],"sku":"ignored"}' --min-count 1
	assert_output 'a 1 3'
	run suggest '{"lines":[{"sku":"d","qty":1},{"sku":"b","qty":1}]}' --min-count 1
	assert_output 'a 1 3
c 0.6667 2'
	run suggest '{"lines":[{"sku":"a","qty":1},{"sku":"b","qty":1},{"sku":"c","qty":1},{"sku":"d","qty":1}]}' --min-count 1
	assert_output ''
	run jq -c .error.message < <(printf '%s\n' '{}' '{"sku":7}' '{"lines":[]}' | souk-recommend)
	assert_output '"sku is missing, and there are no lines"
"sku: must be a string"
"lines: must hold at least one line"'
}

@test "what another process learned is seen in the next batch" {
	few >/dev/null
	mkfifo in out
	souk-recommend --min-count 1 <in >out 3>&- &
	exec 7>in 8<out
	echo '{"sku":"d"}' >&7
	read -r -t 5 first <&8
	order o6 d e | souk-recommend learn >/dev/null
	echo '{"sku":"d"}' >&7
	read -r -t 5 second <&8
	exec 7>&-
	wait
	assert_equal "$(jq -c '[.recommend.items[].sku]' <<<"$first$second" | tr '\n' ' ')" '["a"] ["a","e"] '
}

@test "four that learn at once count each order once" {
	jq -nc 'range(1; 401) | {id: "o\(.)", lines: [. % (7, 11, 13) | {sku: "s\(.)", qty: 1}], order: {state: "placed"}}' >orders.ndjson
	for i in 1 2 3 4; do
		sort -R --random-source=<(yes $i) orders.ndjson | souk-recommend learn >/dev/null 3>&- &
	done
	wait
	counted >together
	rm -rf "$SOUK_DB/recommend"
	souk-recommend learn <orders.ndjson >/dev/null
	counted | cmp - together
}

# ---- The real orders of December 2010 ----
