#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A filter that is somewhere else: what is sent, what is taken, and what happens when it is gone.

bats_require_minimum_version 1.5.0
load helper
load orders

prepare() {
	small_shop 50000
	cp -r "$SOUK_DB" shop
}

teardown() {
	local pid
	for pid in $(cat pids 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	wait
}

# serve NAME PROGRAM...: a service at the socket NAME.
serve() {
	local name=$1
	shift
	souk-serve -l "unix:$PWD/$name" -- "$@" 2>"$name.log" 3>&- &
	echo $! | tee "$name.pid" >>pids
	for _ in {1..200}; do
		[ -S "$name" ] && return
		sleep 0.05
	done
	cat "$name.log"
	return 1
}

@test "a service sees of a record what its stage declares, and can change nothing else" {
	echo '{"id":"o1","secret":"s","customer":{"id":"c1","email":"a@b"},"currency":"GBP","ship_to":{"name":"Ann","country":"GB","line1":"1 High Street"},"lines":[{"sku":"A","qty":2}],"wrap":{"note":"hush","charges":[{"label":"wrap","amount":100,"tax_class":"standard"}]}}' >order
	souk-catalog <order | souk-price >priced
	serve tax sh -c 'tee sent | jq -c --unbuffered ".currency=\"USD\" | .price.subtotal=1 | .extra=1" | souk-tax'
	run souk-call -s souk-tax unix:tax <priced
	assert_success
	assert_output "$(souk-tax <priced | sed 's/"net":[0-9]*/"net":600/')"
	assert_equal "$(jq -c 'keys' sent)" '["catalog","customer","id","lines","price","ship_to","wrap"]'
	assert_equal "$(jq -c '[.customer,.ship_to,.wrap]' sent)" '[{},{"country":"GB"},{"charges":[{"label":"wrap","amount":100,"tax_class":"standard"}]}]'
}

@test "checkout through services: the same bytes, and the same on disk, as by processes" {
	local seed=${SOUK_SEED:-$RANDOM} n=0 stage
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	orders "$seed" 1200 | grep -v '"qty":5000' | once_if_undecided >orders.ndjson
	sed -i -e '700i no record' -e '701i {"id":"twice","id":"twice"}' orders.ndjson
	cp -r shop local
	SOUK_DB=$PWD/local souk run checkout <orders.ndjson >local.out || true
	souk check -v checkout | awk '$2 ~ /^souk-/ { print $2, ($3 == "filter;" ? "" : $3) }' >stages
	assert_equal "$(lines stages)" 15
	while read -r stage; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words of a command
		serve "s$n" $stage
		echo "$stage unix:$PWD/s$n # its place" >>services
	done <stages
	run --separate-stderr souk run --services services checkout <orders.ndjson
	# There were bad records.
	assert_failure 1
	printf '%s\n' "${lines[@]}" | sed 's/"until":"[^"]*"//' >far.out
	sed -i 's/"until":"[^"]*"//' local.out
	cmp local.out far.out || { echo "seed $seed"; diff local.out far.out | cut -c 1-2000 | head -4; return 1; }
	for books in order stock pay promo; do
		# When it was noted is all that may differ.
		cmp <(SOUK_DB=$PWD/local "souk-$books" export | sed 's/"20[0-9-]*T[0-9:]*Z"//g') \
			<("souk-$books" export | sed 's/"20[0-9-]*T[0-9:]*Z"//g')
	done
	for code in declined id_conflict unknown_sku; do grep -q "\"code\":\"$code\"" far.out; done
}

@test "it also calls what socat or a foreign program serves" {
	socat "UNIX-LISTEN:$PWD/plain,fork" EXEC:souk-total 3>&- &
	echo $! >>pids
	until [ -S plain ]; do sleep 0.05; done
	orders 1 300 | grep -v none | souk-catalog | souk-price | souk-tax >taxed
	cmp <(souk-total <taxed) <(souk-call -s souk-total unix:plain <taxed)
	serve wrap jq -c --unbuffered '.wrap={charges:[{label:"wrap",amount:.lines|length}]}'
	cmp <(head -n 50 taxed | jq -c '.wrap={charges:[{label:"wrap",amount:.lines|length}]}') \
		<(head -n 50 taxed | souk-call --reads lines --writes wrap unix:wrap)
	cmp <(head -n 50 taxed | jq -c '.wrap={charges:[{label:"wrap",amount:.lines|length}]}') \
		<(head -n 50 taxed | souk-call unix:wrap)
}

@test "with nobody there records wait, for the stage, and a replay takes them up" {
	orders 1 40 | grep -v none | souk-catalog | souk-price >priced
	run --separate-stderr souk-call --timeout 1s -s souk-tax unix:nobody <priced
	assert_success
	assert_equal "${#lines[@]}" "$(lines priced)"
	[[ $stderr == 'souk-call: unix:nobody is away: No such file or directory; it is tried again' ]] || fail "$stderr"
	for line in "${lines[@]}"; do [[ $line == *'"wait":{"by":"tax","code":"unavailable",'* ]] || fail "$line"; done
	printf '%s\n' "${lines[@]}" >waiting
	serve nobody souk-tax
	cmp <(souk-tax <priced) <(souk-call -s souk-tax unix:nobody <waiting)
	# What has failed is not the service's to see.
	sed 's/}$/,"error":{"by":"x","code":"y"}}/' priced >failed
	cmp failed <(souk-call --timeout 1s -s souk-tax unix:none <failed)
}

@test "of two instances one is killed under load, and comes again: nothing is lost or doubled" {
	awk 'BEGIN { for (i = 1; i <= 30000; i++) printf "{\"id\":\"o%d\",\"lines\":[{\"sku\":\"A\",\"qty\":1}]}\n", i }' >in
	serve a souk-stock reserve
	serve b souk-stock reserve
	(for _ in 1 2 3; do
		sleep 0.15
		kill -9 "$(cat a.pid)"
		rm -f a
		serve a souk-stock reserve
	done) 3>&- &
	local killer=$!
	souk-call -s 'souk-stock reserve' "unix:$PWD/a" "unix:$PWD/b" <in >out 2>log
	wait "$killer"
	cmp <(sed 's/}$/,"stock":{"state":"held"}}/' in) out
	run souk-stock level <<<'{"sku":"A"}'
	assert_output --partial '"reserved":30000,'
}

@test "an instance that answers another record, a stray line, or no JSON, is not believed" {
	orders 1 20 | grep -v none | souk-catalog | souk-price | souk-tax >taxed
	local program
	for program in 'sed -u "s/\"id\":\"[^\"]*\"/\"id\":\"else\"/"' 'echo "{\"id\":\"stray\"}"; exec souk-total' 'sed -u s/.*/what/' 'exec cat >/dev/null'; do
		rm -f wrong plain.pid
		socat "UNIX-LISTEN:$PWD/wrong,fork" "SYSTEM:'$program'" 3>&- 2>/dev/null &
		echo $! >>pids
		until [ -S wrong ]; do sleep 0.05; done
		run --separate-stderr souk-call --timeout 1s -s souk-total "unix:$PWD/wrong" <taxed
		assert_success
		assert_equal "${#lines[@]}" "$(lines taxed)"
		[[ ${lines[0]} == *'"wait":{"by":"total","code":"unavailable",'* ]] || fail "$program: ${lines[0]}"
		[[ $stderr == *'is away: '* ]] || fail "$program: $stderr"
		kill "$(tail -n 1 pids)"
	done
}

@test "one that only takes connections is away too: what there is does not wait longer than --timeout" {
	socat "UNIX-LISTEN:$PWD/closes,fork" EXEC:false 3>&- 2>/dev/null &
	echo $! >>pids
	until [ -S closes ]; do sleep 0.05; done
	orders 1 60 | grep -v none | souk-catalog | souk-price | souk-tax >taxed
	run --separate-stderr timeout -k 1 20 souk-call --timeout 6s -s souk-total "unix:$PWD/closes" <taxed
	assert_success
	assert_equal "$(jq -r .wait.code <<<"$output" | sort | uniq -c | xargs)" "$(lines taxed) unavailable"
}

@test "a request that must not be sent twice is answered as unknown when the connection breaks" {
	socat "UNIX-LISTEN:$PWD/once,fork" "SYSTEM:'read line; sleep 0.2; exit'" 3>&- 2>/dev/null &
	echo $! >>pids
	until [ -S once ]; do sleep 0.05; done
	run --separate-stderr souk-call --timeout 5s --reads id --writes x "unix:$PWD/once" <<<'{"id":"1"}'
	assert_success
	assert_output --partial '"wait":{"by":"x","code":"unknown"'
}

@test "--by sends what belongs together to one instance" {
	for name in a b c; do serve "$name" sh -c "tee seen-$name"; done
	awk 'BEGIN { for (i = 1; i <= 900; i++) printf "{\"id\":\"%d\",\"customer\":\"c%d\"}\n", i, i % 30 }' >in
	souk-call --by customer "unix:$PWD/a" "unix:$PWD/b" "unix:$PWD/c" <in | cmp in
	for name in a b c; do jq -r .customer "seen-$name" | sort -u >"of-$name"; done
	assert_equal "$(cat of-a of-b of-c | wc -l)" 30
	assert_equal "$(cat of-a of-b of-c | sort -u | wc -l)" 30
	[ -s of-a ] && [ -s of-b ] && [ -s of-c ]
}

@test "bad lines are answered here, and no card number leaves" {
	serve pay sh -c 'tee sent | souk-pay authorize'
	printf '%s\n' 'none' '{"id":"o1","currency":"GBP","total":{"total":1},"pay_with":[{"method":"test","token":"4242 4242 4242 4242"}]}' >in
	run --separate-stderr souk-call --rejects bad -s 'souk-pay authorize' "unix:$PWD/pay" <in
	assert_failure 1
	assert_equal "$(cat bad)" none
	[[ ${lines[0]} == '{"error":{"by":"pay","code":"bad_record",'* ]] || fail "${lines[0]}"
	[[ ${lines[1]} == '{"id":"o1","error":{"by":"pay","code":"card_number",'* ]] || fail "${lines[1]}"
	assert_equal "$(cat sent)" ''
	[[ $output != *4242* ]]
}

@test "any record through a service is what the filter makes of it, byte for byte" {
	local seed=${SOUK_SEED:-$RANDOM} n=0 stage own now='--now 2026-02-01T00:00:00Z'
	echo "seed $seed (repeat with SOUK_SEED=$seed)"
	cp -r shop local
	orders "$seed" 100 >next
	souk check -v checkout | awk '$2 ~ /^souk-/ { print $2, ($3 == "filter;" ? "" : $3) }' >stages
	# shellcheck disable=SC2086 # words of a command
	while read -r stage; do
		n=$((n + 1))
		own=${stage%% *}
		"$BATS_TEST_DIRNAME/mutate" "$seed.$n" "${own#souk-}" <next >in
		serve "s$n" $stage $now
		SOUK_DB=$PWD/local $stage $now <in >expected 2>/dev/null || true
		souk-call -s "$stage" "unix:$PWD/s$n" <in >got 2>/dev/null || true
		cmp expected got || { echo "seed $seed, $stage"; diff expected got | cut -c 1-2000 | head -4; return 1; }
		# The next one gets them as they were.
		SOUK_DB=$PWD/local $stage $now <next >after || true
		$stage $now <next | cmp - after
		mv after next
	done <stages
}

@test "what the service need not see decides nothing, and what it refuses loses nothing" {
	serve tax sh -c 'tee sent | souk-tax'
	cat >odd <<'END'
{"id":"1","x":1}
{"id":"2","x":1,"tax":{"old":1},"wait":{"by":"tax","code":"unavailable"},"y":2}
{"id":"3","ship_to":{"country":"GB","n\u0061me":"Ann"},"currency":"GBP","wrap":{"charges":[],"charges":[]},"price":{"subtotal":1,"lines":[{"subtotal":1}]},"lines":[{"sku":"A","qty":1}]}
{"id":"4","lines":7,"wait":true}
END
	cmp <(souk-tax <odd) <(souk-call -s souk-tax unix:tax <odd)
	run cat sent
	assert_equal "${#lines[@]}" 3
	refute_output --partial Ann
	# A settling stage takes up records that wait, however they do so.
	serve stock souk-stock settle
	printf '%s\n' '{"id":"1","order":{"state":"placed"},"wait":true}' '{"id":"2","order":{"state":"placed"},"error":"no"}' >odd
	run --separate-stderr souk-call -s 'souk-stock settle' unix:stock <odd
	assert_output "$(souk-stock settle <odd)"
	assert_equal "$stderr" ''
}

@test "a service that breaks before it answers is given up like one that is gone" {
	socat "UNIX-LISTEN:$PWD/broken,fork" EXEC:true 3>&- 2>/dev/null &
	echo $! >>pids
	until [ -S broken ]; do sleep 0.05; done
	awk 'BEGIN { for (i = 0; i < 20; i++) printf "{\"id\":\"%d\"}\n", i }' >in
	run --separate-stderr timeout -s KILL 20 souk-call --idempotent --timeout 6s unix:broken <in
	assert_success
	assert_equal "${#lines[@]}" 20
	[[ ${lines[19]} == '{"id":"19","wait":{"by":"call","code":"unavailable","message":"no instance '* ]] || fail "${lines[19]}"
}

@test "who reads slowly makes no instance late" {
	printf '#!/bin/sh\nwhile read -r line; do sleep 0.05; printf "%%s\\n" "$line"; done\n' >slow
	chmod +x slow
	socat "UNIX-LISTEN:$PWD/s,fork" EXEC:./slow 3>&- &
	echo $! >>pids
	until [ -S s ]; do sleep 0.05; done
	{ for i in {0..14}; do printf '{"id":"%d","x":"%100000s"}\n' "$i" ''; done; for i in {15..50}; do echo "{\"id\":\"$i\"}"; sleep 0.1; done; } |
		souk-call --timeout 3s --outstanding 1 unix:s 2>log | { sleep 7; cat; } >out
	assert_equal "$(cat log)" ''
	assert_equal "$(lines out)" 51
	run ! grep -q '"wait"' out
}

@test "memory does not grow with the stream" {
	serve same cat
	awk 'BEGIN { x = sprintf("%7000s", ""); for (i = 0; i < 20000; i++) printf "{\"id\":\"%d\",\"x\":\"%s\"}\n", i, x }' >in
	command time -o kilobytes -f %M souk-call "unix:$PWD/same" <in | cmp in
	# A sanitizer keeps what is freed for a while.
	[ -n "${ASAN_OPTIONS:-}" ] || [ "$(cat kilobytes)" -lt 100000 ] || fail "$(cat kilobytes) KiB"
}

@test "an answer may end in CR LF, and is no longer than a record" {
	printf '#!/bin/sh\nexec sed -u -e "s/$/\\r/" -e "s/long/$(printf "%%01100d" 1)/"\n' >crlf
	chmod +x crlf
	socat "UNIX-LISTEN:$PWD/s,fork" EXEC:./crlf 3>&- &
	echo $! >>pids
	until [ -S s ]; do sleep 0.05; done
	run souk-call --max-record 1024 unix:s <<<'{"id":"1","x":"short"}'
	assert_output '{"id":"1","x":"short"}'
	run souk-call --max-record 1024 unix:s <<<'{"id":"1","x":"long"}'
	assert_output '{"id":"1","error":{"by":"call","code":"too_long","message":"the record with its answer is too long: only this is left of it"}}'
}

@test "SIGTERM: what was read is answered, exit 0" {
	serve slow sh -c 'while read -r line; do sleep 0.05; printf "%s\n" "$line"; done'
	mkfifo fifo
	souk-call "unix:$PWD/slow" <fifo >out 3>&- &
	local pid=$!
	exec 9>fifo
	for i in {1..10}; do echo "{\"id\":\"$i\"}"; done >&9
	sleep 0.3
	kill -TERM "$pid"
	wait "$pid"
	exec 9>&-
	assert_equal "$(lines out)" 10
}

@test "wrong usage is told, with what is allowed" {
	while IFS='|' read -r arguments message; do
		eval "set -- $arguments"
		run souk-call "$@" </dev/null
		assert_failure 2
		assert_output --partial "$message"
	done <<'END'
|an address is needed: HOST:PORT
nowhere|nowhere: must be HOST:PORT, :PORT, [V6]:PORT or unix:PATH
--stage souk-nothing unix:s|--stage souk-nothing: souk-nothing declares nothing
--stage "souk-stock export" unix:s|souk-stock declares no such filter
--reads lines unix:s|--reads and --writes belong together
--stage souk-tax --reads lines unix:s|do not go with it
--timeout soon unix:s|must be a length of time
END
}

@test "a file of services that is wrong is told, with file and line" {
	echo 'souk-tax' >services
	run souk run --services services quote </dev/null
	assert_failure 2
	assert_output --partial 'services:1: must be a stage and where it is'
	printf '# none of the pipeline\n\nsouk-stock reserve :7001\n' >services
	run souk run --services services quote </dev/null
	assert_failure 2
	assert_output --partial 'no stage of the pipeline is named there'
	printf 'souk-tax :7001\nsouk-total :7002\nsouk-tax :7003\n' >services
	run souk run --services services quote </dev/null
	assert_failure 2
	assert_output --partial 'services:3: souk-tax has a line already'
	run souk run --services nofile quote </dev/null
	assert_failure 2
	while IFS='|' read -r line message; do
		printf 'souk-tax :7001\n%s :7002\n' "$line" >services
		run -2 souk run --services services quote </dev/null
		assert_output --partial "services:2: $message"
		run -2 souk check --services services quote
		assert_output --partial "services:2: $message"
	done <<'END'
souk-tux|souk-tux: no command that declares itself, neither built in nor on PATH
cat|cat: no command that declares itself
souk-stock reserv|souk-stock reserv: souk-stock has no such verb
souk-stock|souk-stock: souk-stock has no such verb
souk-receipt give|souk-receipt give: souk-receipt has no such verb
souk-stock list --sku A|souk-stock list --sku A: is no filter
souk-ledger book|souk-ledger book:
END
}

@test "a service has the options it was started with: the line with the very same is the one, in whatever order" {
	printf '#!/usr/bin/env -S souk run\nsouk-catalog | souk-stock level --max-record 2000\n' >a
	printf '#!/usr/bin/env -S souk run\nsouk-catalog | souk-stock level "$@"\n' >level
	printf 'souk-stock level %s\n' ':1' '--max-record 2000 :2' '-v :3 :4 --timeout 1s' >services
	run -0 souk check --services services a
	assert_line '  2 souk-stock level --max-record 2000 at :2'
	run -0 souk check --services services level -v
	assert_line '  2 souk-stock level -v          at :3 :4 --timeout 1s'
	run -0 souk check --services services level
	assert_line '  1 souk-catalog                 here'
	assert_line '  2 souk-stock level             at :1'
	assert_line --partial 'level: 2 stages, good'
	# Never with others, and never here.
	for options in '-e' '--max-record 2001' '--max-record=2000' '--max-record 2000 -v'; do
		# shellcheck disable=SC2086
		run -2 souk run --services services level $options </dev/null
		assert_output --partial "level:2: souk-stock level $options is no service: services:1 names souk-stock level, whose options are others"
	done
	# Its operation is what counts, also where only options tell the lines apart.
	serve plain souk-stock level
	printf 'souk-stock level unix:plain\nsouk-stock level --max-record 2000 unix:nobody --timeout 1s\n' >services
	run -0 souk run --services services level <<<'{"id":"1","sku":"A","lines":[{"sku":"A","qty":1}]}'
	assert_equal "$(jq -c .stock.on_hand <<<"$output")" 50000
	run souk run --services services a <<<'{"id":"1","sku":"A","lines":[{"sku":"A","qty":1}]}'
	assert_output --partial '"unavailable"'
}

@test "a stage that is built in needs no command on PATH, and is sent to a service all the same" {
	mkdir alone
	cp "$SOUK_BIN/souk" alone
	cp "$ROOT/pipelines/quote" "$SOUK_BIN/souk-call" alone
	echo '{"id":"o1","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"A","qty":1}]}' >order
	souk run quote <order >expected
	serve tax souk-tax
	echo "souk-tax unix:$PWD/tax" >services
	PATH=/usr/bin:/bin
	run -1 command -v souk-tax
	run -0 alone/souk check -v alone/quote
	assert_line --partial '  5 souk-tax                     filter; reads'
	for how in '' --fused; do
		# shellcheck disable=SC2086
		run -0 alone/souk run $how alone/quote <order
		assert_output "$(cat expected)"
	done
	run -0 alone/souk check --services services alone/quote
	assert_line "  5 souk-tax                     at unix:$PWD/tax"
	# As in an image: one binary has all that is called.
	cp "$ROOT/bin/souk-tax" alone
	run -0 alone/souk run --services services alone/quote <order
	assert_output "$(cat expected)"
}

# A network of its own, in which the names of shop.test are those of the file `zone`; with a
# file `mute` nobody answers for them. Runs the file `inside` there.
in_own_network() {
	cat >dns.py <<'PYTHON'
import os, socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
open("ready", "w").close()
while True:
    query, client = server.recvfrom(512)
    end = query.index(b"\0", 12) + 5
    addresses = open("zone").read().split() if query[end - 4:end - 2] == b"\0\1" else []
    answers = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(a) for a in addresses)
    if not os.path.exists("mute"):
        server.sendto(query[:2] + b"\x81\x80\0\1" + len(addresses).to_bytes(2, "big") + b"\0\0\0\0" + query[12:end] + answers, client)
PYTHON
	cat - inside >script <<'SH'
ip link set lo up
echo nameserver 127.0.0.1 >resolv.conf
echo 'hosts: files dns' >nsswitch.conf
mount --bind resolv.conf /etc/resolv.conf
mount --bind nsswitch.conf /etc/nsswitch.conf
python3 dns.py &
until [ -e ready ]; do sleep 0.05; done
instance() {
	souk-serve --unchecked -l "127.0.1.$1:7000" --metrics "unix:metrics$1" -- jq -c --unbuffered ".at = $1" 7>&- &
	until [ -S "metrics$1" ]; do sleep 0.05; done
}
SH
	run timeout -s KILL 90 unshare -rmnpf --kill-child bash -eu script 3>&-
}

@test "a name is looked up aside: records go on where it can be reached" {
	touch mute zone
	cat >inside <<'SH'
export RES_OPTIONS='timeout:30 attempts:5'
# The thread that still asks ends with the process, and frees nothing.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
instance 1
seq 20 | jq -c '{id: "\(.)"}' | souk-call --idempotent tax.shop.test:7000 127.0.1.1:7000
SH
	in_own_network
	assert_success
	assert_equal "$(jq -c .at <<<"$output" | sort | uniq -c | xargs)" '20 1'
}

@test "a name that stands for several addresses is as many instances, and is looked up again when one is gone" {
	echo 127.0.1.1 127.0.1.2 127.0.1.2 >zone
	cat >inside <<'SH'
instance 1
instance 2
mkfifo records
souk-call --idempotent --timeout 20s tax.shop.test:7000 <records >out 2>told &
call=$!
exec 7>records
answered() { until [ "$(wc -l <out)" -eq "$1" ]; do sleep 0.05; done; }
seq 200 | jq -c '{id: "\(.)"}' >&7
answered 200
[ "$(jq -c .at out | sort -u | xargs)" = '1 2' ]
# The one is gone; a third has come, which takes its place.
instance 3
echo 127.0.1.2 127.0.1.3 >zone
kill -9 %2
until grep -q away told; do sleep 0.05; done
seq 201 1000 | jq -c '{id: "\(.)"}' >&7
answered 1000
sleep 0.3
seq 1001 2000 | jq -c '{id: "\(.)"}' >&7
exec 7>&-
wait "$call"
[ "$(jq -r .id out | sort -n | uniq | wc -l)" -eq 2000 ]
tail -n 1000 out | jq -c .at | sort -u | xargs
cat told
SH
	in_own_network
	assert_success
	assert_line '2 3'
	assert_output --partial 'souk-call: tax.shop.test:7000 (127.0.1.1) is away: '
	refute_output --partial '127.0.1.2) is away'
}

@test "SIGTERM: what the service does not answer in time is undecided, and no record is lost" {
	for way in hang close trickle; do
		cat >service.py <<'PYTHON'
import os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
while True:
    client, _ = server.accept()
    if sys.argv[1] == "close":
        client.recv(100)
        client.close()
        continue
    for line in client.makefile():
        while sys.argv[1] == "hang":
            time.sleep(1)
        time.sleep(0.7)
        client.send(line.encode())
PYTHON
		python3 service.py "$way" 3>&- &
		echo $! >>pids
		until [ -S "$way" ]; do sleep 0.05; done
		for idempotent in '' --idempotent; do
			rm -f records
			mkfifo records
			# shellcheck disable=SC2086
			timeout -s KILL 60 souk-call --timeout 3s --outstanding 20 $idempotent "unix:$way" <records >out 2>log 3>&- &
			call=$!
			exec 7>records
			for n in {1..100}; do echo "{\"id\":\"$n\"}"; done >&7
			sleep 0.5
			kill -TERM "$(pgrep -P "$call")"
			state=0
			wait "$call" || state=$?
			exec 7>&-
			assert_equal "$way $state" "$way 0"
			assert_equal "$(jq -r .id out | xargs)" "$(seq -s ' ' 100)"
			[ "$(jq -c 'select(.wait) | .id' out | wc -l)" -gt 20 ]
			# What may be sent again was not done, for all that it matters; of the rest it is not known.
			codes=$(jq -r '.wait.code // empty' out | sort -u | xargs)
			if [ -n "$idempotent" ]; then assert_equal "$codes" unavailable; else [[ $codes == *unknown ]]; fi
		done
	done
}

@test "memory is bounded also where the service is slower than its caller" {
	serve slow sh -c 'exec jq -c --unbuffered .seen=true'
	jq -nc 'range(40000) | {id: "o\(.)", note: ("x" * 1000)}' >many
	/usr/bin/time -f %M -o peak souk-call --reads note --writes seen --idempotent unix:slow <many | tail -n 1 >last
	assert_equal "$(jq -c '[.id, .seen]' last)" '["o39999",true]'
	# Of the 40 MB that were sent. What sanitizers keep is another matter.
	[[ $SOUK_BIN == *sanitize* ]] || [ "$(cat peak)" -lt 50000 ]
}
