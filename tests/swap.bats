#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk swap: the filter of a service that runs is replaced.

bats_require_minimum_version 1.5.0
load helper
load serve.bash

teardown() {
	serve_teardown
}

RECORD='{"id":"1","price":{"subtotal":1000},"tax":{"inclusive":false,"tax":200}}'

@test "another filter under load, with options, and the old one back: no request fails" {
	serve --control unix:control -- souk-total
	send_on "${RECORD/1/@}" 3>&- &
	local client=$!
	await_answer '"total":1200'
	run --separate-stderr souk swap unix:control -- jq -c --unbuffered --argjson n 7 '.total = $n'
	assert_success
	assert_equal "$output$stderr" ''
	await_answer '"total":7}'
	run souk swap ./control -- souk-total
	assert_success
	await_answer '"total":1200'
	touch enough
	wait "$client"
	jq -r .id sent | cmp - <(jq -r .id out)
	assert_equal "$(jq -c '.total.total? // .total' out | uniq | xargs)" '1200 7 1200'
	assert_equal "$(jq -c 'select(.error or .wait)' out)" ''
}

@test "without a filter the service's own is started anew, from the program as it is now" {
	printf '#!/bin/sh\nexec jq -c --unbuffered .a=1\n' >filter
	chmod +x filter
	serve --unchecked --control unix:control -- ./filter
	assert_equal "$(ask <<<'{}')" '{"a":1}'
	sed -i s/a=1/a=2/ filter
	run souk swap unix:control
	assert_success
	assert_equal "$(ask <<<'{}')" '{"a":2}'
	# What was put in its place is what is started anew.
	souk swap unix:control -- jq -c --unbuffered '.a="ü \" '$'\t''"'
	souk swap unix:control
	assert_equal "$(ask <<<'{}')" '{"a":"ü \" \t"}'
}

@test "a filter that does not run is refused, and the old one stays" {
	serve --control unix:control -- souk-total
	run -3 souk swap unix:control -- ./none
	assert_output 'souk: unix:control: cannot run ./none: No such file or directory'
	run -3 souk swap unix:control -- false
	assert_output --partial 'souk: unix:control: a new worker ended at once'
	run -3 souk swap unix:socket
	# A record that is no order is answered by a filter, which says neither.
	assert_output --partial 'souk: unix:socket: neither done nor refused: it is no control socket'
	assert_equal "$(ask <<<"$RECORD" | jq .total.total)" 1200
}

@test "a filter that fails at its first record: those from before go on, and no request fails" {
	cat >once.py <<'PYTHON'
import sys, time
for line in sys.stdin:
    if sys.argv[1] == "exit":
        sys.exit(1)
    if sys.argv[1] == "other":
        print('{"id":"another"}', flush=True)
    if sys.argv[1] == "hang":
        time.sleep(60)
PYTHON
	for workers in 1 3; do
		serve -w "$workers" --timeout 2s --idempotent --control unix:control -- jq -c --unbuffered .v=1
		for fault in exit other hang; do
			clients=''
			for client in 1 2 3 4 5; do
				for i in {1..60}; do
					echo "{\"id\":\"$client-$i\"}"
					sleep 0.02
				done | ask >"out$client" &
				clients="$clients $!"
			done
			sleep 0.2
			run -3 souk swap unix:control -- python3 once.py "$fault"
			assert_output 'souk: unix:control: the new filter failed at its first record'
			# shellcheck disable=SC2086
			wait $clients
			for client in 1 2 3 4 5; do
				diff <(seq -f "{\"id\":\"$client-%g\",\"v\":1}" 60) "out$client"
			done
		done
		assert_equal "$(grep -c 'the new filter .* at its first record: the workers from before go on' log)" 3
		# Another is tried as before.
		run -0 souk swap unix:control -- jq -c --unbuffered .v=2
		assert_equal "$(ask <<<'{"id":"1"}')" '{"id":"1","v":2}'
		assert_equal "$(metric workers)" "$workers"
		end_serve
	done
}

@test "without a record nothing proves a filter: those from before are kept until it has answered" {
	printf '#!/bin/sh\nexec jq -c --unbuffered .v=1\n' >filter
	chmod +x filter
	serve --idempotent --control unix:control -- ./filter
	for way in swap hangup; do
		printf '#!/bin/sh\nread -r line; exit 1\n' >new
		chmod +x new
		# The program itself is another, so it is of no use to start it again.
		if [ "$way" = swap ]; then
			run -0 souk swap unix:control -- ./new
			# One that has proven nothing takes nobody's place.
			run -0 souk swap unix:control -- ./new
		else
			mv new filter
			run -0 souk swap unix:control
		fi
		assert_equal "$(pgrep -c -P "$SERVE")" 2
		assert_equal "$(metric workers)" 1
		assert_equal "$(ask <<<'{"id":"1"}')" '{"id":"1","v":1}'
		assert_equal "$(seq 3 | jq -c '{id: .}' | ask)" "$(seq 3 | jq -c '{id: ., v: 1}')"
		assert_equal "$(grep -c 'at its first record' log)" 1
		: >log
	done
	# What may not be sent again is undecided, once.
	end_serve
	serve --control unix:control -- jq -c --unbuffered .v=1
	run -0 souk swap unix:control -- sh -c 'read -r line; exit 1'
	assert_equal "$(ask <<<'{"id":"1"}' | jq -c .wait.code)" '"unavailable"'
	assert_equal "$(ask <<<'{"id":"1"}')" '{"id":"1","v":1}'
	# Ended in the middle of a trial.
	run -0 souk swap unix:control -- sh -c 'read -r line; exit 1'
	end_serve
}

@test "one that has had no record yet is replaced, and answers its first meanwhile: the next takes over" {
	serve --control unix:control -- jq -c --unbuffered .v=1
	souk swap unix:control -- jq -c --unbuffered .v=2
	souk swap unix:control -- jq -c --unbuffered .v=3 3>&- &
	local swap=$!
	# While the third has yet to stay alive.
	while ! pgrep -P "$SERVE" -f v=3 >/dev/null; do sleep 0.01; done
	ask <<<'{"id":"1"}'
	wait "$swap"
	assert_equal "$(ask <<<'{"id":"2"}')" '{"id":"2","v":3}'
}

@test "an order that is too long is refused on both sides" {
	serve --control unix:control -- souk-total
	local long
	long=$(printf '%070000d' 0)
	run -2 souk swap unix:control -- souk-total "$long"
	assert_output --partial "the filter's command line is longer than 65536 bytes"
	run timeout 10 socat -t 8 - UNIX:control <<<"{\"swap\":[\"$long\"]}"
	assert_output '{"error":"an order is at most 65536 bytes long"}'
	run souk swap unix:control
	assert_success
}

@test "wrong usage, and nobody there" {
	run -2 souk swap
	assert_output --partial 'a service is needed: souk swap unix:PATH -- souk-tax'
	run -2 souk swap unix:control --
	assert_output --partial 'a filter is needed behind --'
	run -2 souk swap localhost:7000 -- souk-total
	assert_output --partial 'localhost:7000: must be unix:PATH'
	run -2 souk swap unix:control -- souk-total $'\xff'
	assert_output --partial 'argument 1 of the filter is not UTF-8'
	run -3 souk swap unix:control -- souk-total
	assert_output 'souk: unix:control: no service can be reached there: No such file or directory'
	socat UNIX-LISTEN:gone EXEC:true 3>&- &
	await_socket gone
	run -3 souk swap unix:gone
	assert_output --partial 'souk: unix:gone: '
	wait
}
