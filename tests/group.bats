#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-group: records with one key that stand together to one record, nothing lost.

bats_require_minimum_version 1.5.0
load helper

# group OPTION... with the records as lines on stdin.
group() {
	souk-group --by k --into rows "$@"
}

rows() {
	printf '%s\n' "$@" >in
}

@test "consecutive records with one key become one, to the byte" {
	rows '{"k":"1","n":1.10,"x":{ "z": [1, 2] }}' '{"n": 1e2 , "k":"1"}' '{"k":"2"}' '{"k":"1","\u0061":"\u0062"}'
	run group <in
	assert_success
	assert_output '{"k":"1","rows":[{"n":1.10,"x":{ "z": [1, 2] }},{"n":1e2}]}
{"k":"2","rows":[{}]}
{"k":"1","rows":[{"\u0061":"\u0062"}]}'
}

@test "keys of several members, compared decoded; numbers as spelled" {
	rows '{"a":"x","b":1}' '{"a":"\u0078","b":1}' '{"a":"x","b":1.0}' '{"a":"x","b":"1"}' '{"b":true,"a":"x"}' \
		'{"a":"xs","b":"y"}' '{"a":"x","b":"sy"}'
	run souk-group --by a,b --into rows <in
	assert_output '{"a":"x","b":1,"rows":[{},{}]}
{"a":"x","b":1.0,"rows":[{}]}
{"a":"x","b":"1","rows":[{}]}
{"a":"x","b":true,"rows":[{}]}
{"a":"xs","b":"y","rows":[{}]}
{"a":"x","b":"sy","rows":[{}]}'
}

@test "kept members: the first record's; what differs stays with its row" {
	rows '{"k":1,"t":"a","q":1}' '{"k":1,"q":2,"t":"a"}' '{"k":1,"t":"b","q":3}' '{"k":1,"q":4}' '{"k":2,"q":1}' '{"k":2,"t":"c"}'
	run group --keep t,u <in
	assert_output '{"k":1,"t":"a","rows":[{"q":1},{"q":2},{"t":"b","q":3},{"q":4,"t":null}]}
{"k":2,"rows":[{"q":1},{"t":"c"}]}'
}

@test "failed and waiting rows with the key fail their group, which keeps them" {
	rows '{"k":1}' '{"k":1,"error":{"by":"x","code":"y"}}' '{"k":2}' '{"k":3,"wait":{"by":"x"}}'
	run group <in
	assert_success
	assert_output '{"k":1,"rows":[{},{"error":{"by":"x","code":"y"}}],"error":{"by":"group","code":"bad_rows","message":"1 bad record in it or beside it, the first in line 2","from":1,"to":2,"bad":[2]}}
{"k":2,"rows":[{}]}
{"k":3,"rows":[{"wait":{"by":"x"}}],"error":{"by":"group","code":"bad_rows","message":"1 bad record in it or beside it, the first in line 4","from":4,"to":4,"bad":[4]}}'
	run group -e <in
	assert_failure 1
}

@test "a bad row within a group fails that group alone, and goes on itself" {
	rows '{"k":1}' '{"k":2}' '{"error":{"by":"csv","code":"ragged_row"}}' '{"k":2}' '{"k":3}'
	run group <in
	assert_output '{"k":1,"rows":[{}]}
{"error":{"by":"csv","code":"ragged_row"}}
{"k":2,"rows":[{},{}],"error":{"by":"group","code":"bad_rows","message":"1 bad record in it or beside it, the first in line 3","from":2,"to":4,"bad":[3]}}
{"k":3,"rows":[{}]}'
}

@test "a bad row between two groups fails both; first and last likewise" {
	rows '{"x":0}' '{"k":1}' 'not json' '{"k":2}' '{"k":3}' '{"k":null}'
	run --separate-stderr group <in
	assert_failure 1
	assert_equal "$(jq -c '[.k, .error.code, .error.bad]' <<<"$output")" '[null,"bad_record",null]
[null,"bad_record",null]
[1,"bad_rows",[1,3]]
[2,"bad_rows",[3]]
[null,"bad_record",null]
[3,"bad_rows",[6]]'
	assert_line --index 0 '{"x":0,"error":{"by":"group","code":"bad_record","message":"k is missing"}}'
	assert_line --index 4 '{"k":null,"error":{"by":"group","code":"bad_record","message":"k is missing"}}'
}

@test "keys that can't be one" {
	rows '{"k":[1]}' "{\"k\":\"$(printf 'x%.0s' {1..600})\"}" '{"k":"\ud800"}'
	run group <in
	assert_line --index 0 --partial '"message":"k: must be text, a number, true or false"'
	assert_line --index 1 --partial '"message":"the key is 602 bytes long, and 512 are allowed"'
	assert_line --index 2 --partial '"message":"k: has half of a surrogate pair, which is no character"'
}

@test "a group that is too long: its key and lines, and the next goes on" {
	for i in {1..40}; do echo '{"k":"a","t":1,"x":"0123456789012345678901234567890123456789"}'; done >in
	echo '{"k":"b","t":1}' >>in
	run group --keep t --max-record 1024 <in
	assert_output '{"k":"a","error":{"by":"group","code":"too_long","message":"its 40 records together are longer than 1024 bytes","from":1,"to":40}}
{"k":"b","t":1,"rows":[{}]}'
}

@test "a group of exactly --max-record fits, one byte more does not" {
	# {"k":1,"rows":[{"x":"..."}]} is 25 bytes and the text; the row alone is shorter.
	local text
	text=$(head -c 999 /dev/zero | tr '\0' x)
	rows "{\"k\":1,\"x\":\"$text\"}"
	run group --max-record 1024 <in
	assert_output "{\"k\":1,\"rows\":[{\"x\":\"$text\"}]}"
	assert_equal "${#output}" 1024
	rows "{\"k\":1,\"x\":\"${text}y\"}"
	run group --max-record 1024 <in
	assert_output --partial '"code":"too_long"'
}

@test "rows too deep for a group" {
	local open close
	open=$(printf '[%.0s' {1..509}) close=$(printf ']%.0s' {1..509})
	rows "{\"k\":1,\"x\":$open$close}"
	run group <in
	assert_output "{\"k\":1,\"rows\":[{\"x\":$open$close}]}"
	run bash -c 'souk-group --by k --into rows <in | souk-group --by k --into all'
	assert_output --partial '"code":"too_deep"'
	rows "{\"k\":1,\"x\":[$open$close]}"
	run group <in
	assert_output --partial '"code":"too_deep"'
}

@test "SIGTERM marks the group that was open as cut off" {
	mkfifo pipe
	souk-group --by k --into rows <pipe >out 3>&- &
	local pid=$!
	exec 7>pipe
	printf '{"k":1}\n{"k":2}\n' >&7
	for _ in {1..50}; do [ -s out ] && break; sleep 0.1; done
	assert_equal "$(cat out)" '{"k":1,"rows":[{}]}'
	kill -TERM $pid
	local state=0
	wait $pid || state=$?
	exec 7>&-
	assert_equal $state 0
	assert_equal "$(tail -n 1 out)" '{"k":2,"rows":[{}],"error":{"by":"group","code":"cut_off","message":"ended by SIGTERM before its last record was known","from":2,"to":2}}'
}

@test "several groups open: rows out of place find theirs, output in the order of closing" {
	rows '{"k":1,"n":1}' '{"k":2,"n":2}' '{"k":1,"n":3}' '{"k":3,"n":4}' '{"k":2,"n":5}' '{"k":1,"n":6}'
	run group --open 2 <in
	assert_success
	# 3 closes 2, whose last row is further back than 1's; then 2 begins anew and closes 1.
	assert_output '{"k":2,"rows":[{"n":2}]}
{"k":1,"rows":[{"n":1},{"n":3}]}
{"k":3,"rows":[{"n":4}]}
{"k":2,"rows":[{"n":5}]}
{"k":1,"rows":[{"n":6}]}'
	run group --open 3 <in
	assert_output '{"k":3,"rows":[{"n":4}]}
{"k":2,"rows":[{"n":2},{"n":5}]}
{"k":1,"rows":[{"n":1},{"n":3},{"n":6}]}'
	run group --open 0 <in
	assert_failure 2
	run group --open 65 <in
	assert_failure 2
}

@test "several groups open: a bad row fails all it may belong to" {
	# Closed before it: 0. Open: 1, 2. The bad row may have begun 3 or 4, too: after 3 it
	# would still have been open; after 3 and 4 not.
	rows '{"k":0}' '{"k":1}' '{"k":2}' '{"x":1}' '{"k":3}' '{"k":4}' '{"k":5}' '{"k":4}'
	run group --open 2 <in
	assert_equal "$(jq -c '[.k, .error.bad]' <<<"$output")" '[0,null]
[null,null]
[1,[4]]
[2,[4]]
[3,[4]]
[5,null]
[4,[4]]'
	# A row of 1 and one of 2 follow: it was one of theirs, or its group would be closed.
	rows '{"k":1}' '{"k":2}' '{"x":1}' '{"k":1}' '{"k":2}' '{"k":3}'
	run group --open 2 <in
	assert_equal "$(jq -c '[.k, .error.bad]' <<<"$output")" '[null,null]
[1,[3]]
[2,[3]]
[3,null]'
	# Nobody but 1 follows: what begins may be that of the bad row.
	rows '{"k":1}' '{"k":2}' '{"x":1}' '{"k":1}' '{"k":3}'
	run group --open 2 <in
	assert_equal "$(jq -c '[.k, .error.bad]' <<<"$output")" '[null,null]
[2,[3]]
[1,[3]]
[3,[3]]'
}

@test "names that make no sense are exit 2" {
	for options in '--by a' '--into a' '--by a --into a' '--by a,a --into b' '--by a --keep a --into b' '--by a, --into b' \
		'--by error --into b' '--by a --into wait' '--by a.b --into c' '--by a --into b c'; do
		run souk-group $options </dev/null
		assert_failure 2
	done
}

@test "no records, no groups; a full disk is exit 3" {
	run group </dev/null
	assert_success
	assert_output ''
	run bash -c 'echo "{\"k\":1}" | souk-group --by k --into rows >/dev/full'
	assert_failure 3
}

@test "many rows, many batches: nothing lost, memory flat" {
	awk 'BEGIN { for (i = 0; i < 60000; i++) printf "{\"k\":%d,\"n\":%d}\n", i / 7, i }' >in
	run bash -c 'souk-group --by k --into rows <in >out'
	assert_success
	assert_equal "$(jq -c '.rows[]' <out | wc -l)" 60000
	assert_equal "$(lines out)" 8572
	assert_equal "$(jq -s 'map(.rows[].n) | . == [range(60000)]' <out)" true
}

@test "real invoices: every row is in a group" {
	gzip -dc "$SOUK_DATA/orders-2010-12.csv.gz" | souk-csv >rows
	souk-group --by InvoiceNo --into lines <rows >groups
	assert_equal "$(souk-map --many '.lines[]' <groups | wc -l)" "$(lines rows)"
	run bash -c "souk-map --many '. as \$g | .lines[] | {InvoiceNo: \$g.InvoiceNo} + .' <groups | cmp - rows"
	assert_success
}
