#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The table of services, pipelines/up, and the other ways of starting them: socat, inetd, systemd.

bats_require_minimum_version 1.5.0
load helper

# A shop, ten orders, and what checkout makes of them without services.
setup_file() {
	export SOUK_DB="$BATS_FILE_TMPDIR/db"
	mkdir "$SOUK_DB"
	cd "$BATS_FILE_TMPDIR" || return
	printf '{"sku":"%s","title":"Mug"}\n' A B | souk-catalog put -e
	printf '{"sku":"%s","currency":"GBP","amount":250}\n' A B | souk-price put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	printf '{"id":"r%s","sku":"%s","qty":%d}\n' 1 A 50 2 B 6 | souk-stock receive -e
	for n in {1..10}; do
		echo '{"id":"o'$n'","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"A","qty":1},{"sku":"B","qty":1}],"pay_with":[{"method":"test","token":"pm_card_visa"}]}'
	done >orders
	cp -r "$SOUK_DB" here
	SOUK_DB=$PWD/here souk run checkout <orders >expected
	[ "$(jq -r '.order.state' expected | sort | uniq -c | tr -s '\n ' ' ')" = ' 6 placed 4 rejected ' ]
}

# Each test has a loopback address of its own, so that the ports of the table are free.
prepare() {
	cp -r "$BATS_FILE_TMPDIR"/{db,here,orders,expected} .
	address=127.$((1 + ($$ >> 16) % 254)).$((($$ >> 8) % 256)).$(($$ % 256))
	sed "s/127\.0\.0\.1/$address/" "$ROOT/pipelines/services" >table
	grep -v '^#\|^$' table | sed "s/  *127.*//" >stages
}

teardown() {
	local pid
	for pid in $(cat pids 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	wait
	# Whatever a failed test has left.
	[ -z "${address:-}" ] || for pid in $(at_address); do kill -9 "$pid" 2>/dev/null || true; done
}

# The processes that listen at the address of this test.
at_address() {
	ss -Hltnp "src $address" | grep -o 'pid=[0-9]*' | cut -d = -f 2 | sort -u
}

# started COMMAND...: in the background, its messages in `log`; ended by teardown.
started() {
	"$@" >out 2>log 3>&- &
	started=$!
	echo "$started" >>pids
}

# await SECONDS COMMAND...
await() {
	local tries=$(($1 * 20))
	shift
	until "$@"; do
		[ $((tries -= 1)) -gt 0 ] || fail "never: $*; $(cat out log 2>/dev/null)"
		sleep 0.05
	done
}

listens() {
	[ -n "$(ss -Hltn "src $address and sport = :$1")" ]
}

# All of the table's services listen.
all_listen() {
	[ "$(ss -Hltn "src $address and sport < :8000" | wc -l)" -eq "$(wc -l <stages)" ]
}

# Checkout through the table is what it is without services, on disk as well.
same_checkout() {
	run --separate-stderr souk run --services "${1:-table}" checkout <orders
	assert_success
	diff expected <(printf '%s\n' "${lines[@]}")
	diff <(SOUK_DB=$PWD/here souk-stock export | jq -c 'del(.. | .time?, .at?)') \
		<(souk-stock export | jq -c 'del(.. | .time?, .at?)')
}

# A line that is no record is answered by one line; a record after it as well.
bad_and_good() {
	run socat -t 10 - "$1" < <(printf 'x\n{"id":"a","price":{"subtotal":5},"tax":{"inclusive":false,"tax":1}}\n')
	assert_equal "${#lines[@]}" 2
	assert_equal "$(jq -r .error.code <<<"${lines[0]}")" bad_record
	assert_equal "$(jq -c .total.total <<<"${lines[1]}")" 6
}

# ---- The table ----

@test "the table has every function that has a filter, and every stage that handles orders" {
	for command in "$SOUK_BIN"/souk-*; do "$command" --describe; done |
		jq -r 'select(.kind == "filter") | "souk-\(.function) \(.verb // "")"' | sed 's/ $//' >filters
	[ -s filters ]
	for command in $(cut -d ' ' -f 1 filters | sort -u); do
		grep -q "^$command\( \|$\)" stages || fail "no service of $command in pipelines/services"
	done
	for pipeline in $(grep -lE 'souk-(order (check|open)|total)' "$ROOT"/pipelines/*); do
		[ "$(head -n 1 "$pipeline")" = '#!/usr/bin/env -S souk run' ] || continue
		sed 's/#.*//; s/"[^"]*"//g' "$pipeline" | tr '|\n' '\n ' | sed 's/  */ /g; s/^ //; s/ $//' >of_pipeline
		grep -q '^souk-' of_pipeline
		while read -r stage || [ -n "$stage" ]; do
			grep -qFx -- "$stage" stages || fail "$pipeline: no service of \"$stage\" in pipelines/services"
		done < <(sed '/./!d' of_pipeline)
	done
	while read -r command verb _; do
		case $verb in -*) verb= ;; esac
		grep -qFx "$command${verb:+ $verb}" filters || fail "$command $verb is no filter"
	done <stages
	assert_equal "$(sed -n 's/.*:\(7[0-9]*\)$/\1/p' table | sort | uniq -d)" ""
}

@test "every pipeline that the table is for finds its stages there" {
	for pipeline in quote book checkout ship fulfil deliver cancel return refund; do
		run -0 souk run --services table "$pipeline" </dev/null
	done
}

@test "what is written from the table in deploy/ is up to date" {
	for kind in inetd socat; do
		file=$ROOT/deploy/$kind
		[ -e "$file" ] || file=$file.conf
		run diff "$file" <(env -u BINDIR -u STATEDIR -u RUN_AS "$ROOT/deploy/services" "$kind")
		assert_success
		assert_equal "$(grep -vc '^#' "$file")" "$(wc -l <stages)"
	done
	# Each has a name of its own.
	assert_equal "$("$ROOT/deploy/services" names | sort -u | wc -l)" "$(wc -l <stages)"
	run -2 "$ROOT/deploy/services" nonsense
	assert_output --partial 'Usage: services inetd|socat'
}

# ---- pipelines/up ----

# on_terminal TABLE: up on a terminal of its own, until there is a file `enough`: ctrl-C.
on_terminal() {
	cat >terminal.py <<'PYTHON'
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
    # The shell lets background jobs ignore it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"Ctrl-C" not in seen:
    seen += os.read(terminal, 4096)
open("screen", "wb").write(seen)
while not os.path.exists("enough"):
    time.sleep(0.05)
os.write(terminal, b"\x03")
open("ended", "w").write(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
PYTHON
	started python3 terminal.py "$ROOT/pipelines/up" "$1"
	await 60 [ -s screen ]
	tr -d '\r' <screen >lines
}

@test "up: says on one screen where all are, serves checkout, and ends on ctrl-C with nothing left" {
	on_terminal "$PWD/table"
	assert_equal "$(grep -c " metrics $address:8" lines)" "$(wc -l <stages)"
	grep -q "^souk-stock reserve  *$address:7109  *metrics $address:8109$" lines
	assert_equal "$(tail -n 2 lines)" "Now: souk run --services $PWD/table checkout
$(wc -l <stages) services are healthy. Ctrl-C ends them."
	[ "$(awk 'length > 80 && !/^Now/' lines)" = "" ]
	same_checkout
	curl -s "http://$address:8109/metrics" | grep -q '^souk_serve_requests_total 10$'
	workers=$(for pid in $(at_address); do pgrep -P "$pid"; done)
	assert_equal "$(wc -w <<<"$workers")" "$(wc -l <stages)"
	touch enough
	await 20 [ -s ended ]
	assert_equal "$(cat ended)" 0
	assert_equal "$(at_address)" ""
	for pid in $workers; do [ ! -e "/proc/$pid" ] || fail "$pid is left: $(tr '\0' ' ' <"/proc/$pid/cmdline")"; done
}

@test "up: what has come before ctrl-C is answered" {
	printf '#!/bin/sh\nwhile read -r line; do sleep 2; echo "$line"; done\n' >slow
	chmod +x slow
	echo "slow $address:7001" >table
	PATH=$PWD:$PATH on_terminal "$PWD/table"
	exec 7<>"/dev/tcp/$address/7001"
	echo '{"id":"late"}' >&7
	sleep 0.3
	touch enough
	read -r -t 10 answer <&7
	exec 7<&-
	assert_equal "$answer" '{"id":"late"}'
	await 20 [ -s ended ]
	assert_equal "$(cat ended)" 0
}

@test "up: a service that ends is told, the others go on, and the exit state says so" {
	head -n 12 table >few
	started "$ROOT/pipelines/up" few
	await 20 grep -q healthy out
	port=$(sed -n 's/^souk-tax .*:\(7[0-9]*\)$/\1/p' few)
	kill -9 "$(ss -Hltnp "src $address and sport = :$port" | grep -o 'pid=[0-9]*' | head -n 1 | cut -d = -f 2)"
	await 10 grep -q "^up: souk-tax at $address:$port ended with exit state 137; the others go on$" log
	bad_and_good "TCP:$address:7106"
	kill -TERM "$started"
	state=0
	wait "$started" || state=$?
	assert_equal "$state" 3
	assert_equal "$(at_address)" ""
}

@test "up: a port that is taken is told, with who has it, and nothing is left running" {
	started socat "TCP-LISTEN:7104,bind=$address,fork" EXEC:cat
	await 5 listens 7104
	run "$ROOT/pipelines/up" table 3>&-
	assert_failure 3
	assert_output --partial "souk-ship at $address:7104 does not run"
	assert_output --partial "$address:7104 is taken by socat, process $started: end it, or give another port in table"
	assert_equal "$(at_address)" "$started"
}

@test "up: twice is once" {
	head -n 12 table >few
	started "$ROOT/pipelines/up" few
	await 20 grep -q healthy out
	run "$ROOT/pipelines/up" few
	assert_failure 3
	assert_output --partial "souk-catalog at $address:7101: something answers at $address:8101 already; is it up?"
	# The first one goes on.
	bad_and_good "TCP:$address:7106"
}

@test "up: says what to do without SOUK_DB, its folder, or a table" {
	up=$ROOT/pipelines/up
	run -2 env -u SOUK_DB "$up" table
	assert_output "up: SOUK_DB is not set: the folder of the shop's tables: mkdir shop; export SOUK_DB=\$PWD/shop"
	run -2 env SOUK_DB="$PWD/none" "$up" table
	assert_output "up: SOUK_DB is $PWD/none, which is no folder: make it with mkdir"
	run -2 "$up" none
	assert_output "up: none: no such table of services"
	echo '# souk-tax :7001' >table
	run -2 "$up" table
	assert_output "up: table: no service is named there"
	printf '\n%s:7001\n' "$address" >table
	run -2 "$up" table
	assert_output "up: table:2: no stage before $address:7001"
	printf 'souk-tux %s:7001\n' "$address" >table
	run -3 "$up" table 3>&-
	assert_output --partial "souk-tux at $address:7001 does not run"
}

@test "up: socket files and several instances of a service" {
	printf 'souk-tax unix:%s/a unix:%s/b # two\nsouk-total %s:7106' "$PWD" "$PWD" "$address" >table
	started "$ROOT/pipelines/up" table
	await 20 grep -q '^3 services are healthy' out
	curl -s --unix-socket b.metrics http://souk/healthz | grep -qx ok
	run souk run --services table quote <orders
	assert_success
	assert_equal "$(jq -c .total "expected" | head -n 1)" "$(jq -c .total <<<"${lines[0]}")"
	kill "$started"
	wait "$started"
	[ ! -e a ] && [ ! -e b ]
}

# ---- socat, inetd, systemd ----

@test "socat serves every function by the lines in deploy/socat, and checkout runs through them" {
	"$ROOT/deploy/services" socat table >lines
	(. ./lines) >out 2>log 3>&-
	await 10 all_listen
	at_address >pids
	same_checkout
	# The filter ends with 1 then: no reason to drop its answers.
	for _ in {1..20}; do bad_and_good "TCP:$address:7106"; done
}

@test "inetd serves every function by deploy/inetd.conf, and checkout runs through it" {
	RUN_AS=$(id -un) BINDIR=$SOUK_BIN STATEDIR=$SOUK_DB "$ROOT/deploy/services" inetd table >inetd.conf
	PATH=$PATH:/usr/sbin started env -u SOUK_DB inetd -i "$PWD/inetd.conf"
	await 10 all_listen
	assert_equal "$(at_address)" "$started"
	same_checkout
	# A message is not taken for an answer.
	bad_and_good "TCP:$address:7106"
	# Without souk-call, by the shell alone.
	exec 7<>"/dev/tcp/$address/7105"
	head -n 1 expected | jq -c 'del(.tax)' >&7
	read -r -t 10 answer <&7
	exec 7<&-
	assert_equal "$(jq -c .tax <<<"$answer")" "$(head -n 1 expected | jq -c .tax)"
}

@test "inetd lets souk-serve stay, with wait" {
	# As the first lines of inetd.conf say.
	grep '^souk-total ' table >one
	RUN_AS=$(id -un) BINDIR=$SOUK_BIN STATEDIR=$SOUK_DB "$ROOT/deploy/services" inetd one |
		sed "s#nowait.10000#wait#; s# $SOUK_BIN/souk-total# $SOUK_BIN/souk-serve --inetd --&#" >inetd.conf
	PATH=$PATH:/usr/sbin started env -u SOUK_DB inetd -i "$PWD/inetd.conf"
	await 10 listens 7106
	bad_and_good "TCP:$address:7106"
	first=$(pgrep -P "$started")
	bad_and_good "TCP:$address:7106"
	assert_equal "$(pgrep -P "$started")" "$first"
	kill "$first"
}

@test "the units of systemd are verified, and locked in" {
	mkdir units
	# Where the commands will be is not where they are now.
	for unit in "$ROOT"/deploy/systemd/*.s*; do
		sed "s#^ExecStart=souk-serve#ExecStart=$SOUK_BIN/souk-serve#" "$unit" >"units/${unit##*/}"
	done
	cd units
	run systemd-analyze verify --man=no ./*
	assert_success
	assert_output ""
	for unit in *.service; do
		run systemd-analyze security --offline=yes --threshold=20 "./$unit"
		assert_success
	done
}

# exec_start UNIT NAME: what systemd runs, from the unit and its files of the environment.
exec_start() {
	(
		# shellcheck disable=SC2034 # the unit speaks of it
		FILTER=souk-$2
		# Values go to the line's end, and need no quotes there.
		[ ! -e "etc/souk-$2" ] || eval "$(sed "s/=\(.*\)/='\1'/" "etc/souk-$2")"
		eval "echo $(sed -n 's/^ExecStart=//p' "$ROOT/deploy/systemd/$1")"
	)
}

@test "systemd starts every stage of checkout by its socket, and checkout runs through them" {
	"$ROOT/deploy/services" systemd table etc
	assert_equal "$(cat etc/souk-pay-refund-if-any)" "$(printf 'FILTER=souk-pay refund --if-any\nOPTIONS=--metrics %s:8133' "$address")"
	assert_equal "$(find etc -name 'souk-*' | wc -l)" "$(wc -l <stages)"
	mkdir run
	sed "s#/run/souk/#$PWD/run/#" etc/services >services
	for name in $("$ROOT/deploy/services" names table | head -n 15); do
		# shellcheck disable=SC2046 # words of a command, as systemd splits them
		started systemd-socket-activate -E SOUK_DB -l "$PWD/run/$name" $(exec_start souk@.service "$name")
		await 5 [ -S "run/$name" ]
	done
	assert_equal "$(at_address)" ""
	same_checkout services
	# Only now do they run.
	curl -s "http://$address:8109/healthz" | grep -qx ok
	bad_and_good "UNIX:run/total"
	state=0
	kill "$started" && wait "$started" || state=$?
	assert_equal "$state" 0
}

@test "systemd starts a process for each connection" {
	# shellcheck disable=SC2046 # words of a command
	started systemd-socket-activate --accept --inetd -l "$PWD/socket" $(exec_start souk-receipt@.service total)
	await 5 [ -S socket ]
	bad_and_good UNIX:socket
	bad_and_good UNIX:socket
	assert_equal "$(jq -c 'select(.error | not) | del(.total)' expected | souk-call -s souk-total "unix:$PWD/socket" | jq -c .total)" \
		"$(jq -c 'select(.error | not).total' expected)"
}
