#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The sandbox: a filter in which somebody else has taken over gets nowhere, on this kernel and
# on older ones, and the same attempts succeed where it is left out.

# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0
load helper

: "${SOUK_BIN:=$ROOT/bin}"
case $SOUK_BIN in
*build-*) PROGRAMS=$(dirname "$SOUK_BIN")/tests/sandbox ;;
*) PROGRAMS=$ROOT/build/tests/sandbox ;;
esac

prepare() {
	mkdir commands
	ln -s "$PROGRAMS/compromised" commands/souk-compromised
	ln -s "$PROGRAMS/compromised" commands/souk-compromised-store
	PATH=$PWD/commands:$PATH
	mkdir "$SOUK_DB/stock"
	echo secret >"$SOUK_DB/stock/stock.db"
	echo mine >outside
	HERE=$PWD
}

teardown() {
	[ -z "${AWAY:-}" ] || rm -rf "$AWAY"
}

# missing WHAT: in CI it has to be there.
missing() {
	[ -z "${CI:-}" ] || fail "$1"
	skip "$1"
}

landlock() {
	"$PROGRAMS/kernel" 0 true 2>/dev/null || missing "no seccomp here that could act as another kernel"
	"$PROGRAMS/compromised" -v </dev/null 2>said || true
	! grep -q 'no Landlock here' said || missing "this kernel has no Landlock"
}

# What a sanitizer needs is not refused.
plain() {
	! grep -q __asan_init "$PROGRAMS/compromised" || skip "a build with sanitizers may start what tells of its findings"
}

root() {
	[ "$(id -u)" -eq 0 ] || skip "only root has rights to lose"
}

# came COMMAND... TRY [PATH]: what came of it
came() {
	local arguments=("$@") path=none
	case ${arguments[-1]} in /*) path=${arguments[-1]}; unset 'arguments[-1]' ;; esac
	local try=${arguments[-1]}
	unset 'arguments[-1]'
	printf '{"try":"%s","path":"%s"}\n' "$try" "$path" |
		timeout 20 "${arguments[@]}" 9</bin/sh 2>messages | tee line | grep -oE '"came":"\w+"|a shell runs' |
		sed 's/.*:"//; s/"//'
}

# refused COMMAND... TRY [PATH]: with an error of rights, and not for another reason
refused() {
	run came "$@"
	[[ $output = EPERM || $output = EACCES ]] || fail "$*: $output, $(cat messages line)"
}

done_() {
	run came "$@"
	[[ $output = 'done' || $output = 'a shell runs' ]] || fail "$*: $output, $(cat messages line)"
}

@test "nothing that a filter declared is tried: every attempt fails, and succeeds without the sandbox" {
	plain
	python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind("log")'
	chmod 777 log
	attempts=(socket unix "pair $HERE/log" connect accept exec exec_memory fork ptrace spy kill limit slow own queue ring
		"watch $HERE"
		"read /etc/passwd" "read $SOUK_DB/stock/stock.db" "list /" "write $HERE/new"
		"truncate $HERE/outside" "mode $HERE/outside" "link $HERE/link" "remove $SOUK_DB/stock/stock.db")
	for attempt in "${attempts[@]}"; do
		for filter in souk-compromised "souk-compromised opens" souk-compromised-store; do
			refused $filter $attempt
			[ ! -s messages ]
		done
	done
	[ "$(cat outside "$SOUK_DB/stock/stock.db")" = $'mine\nsecret' ]
	for attempt in "${attempts[@]}"; do
		done_ souk-compromised --no-sandbox $attempt
		assert_equal "$(cat messages)" "souk-compromised: running without its sandbox"
	done
	[ ! -e "$SOUK_DB/stock/stock.db" ] && [ ! -s outside ]
}

@test "nothing is typed into a terminal, and no namespace made in which it would be root" {
	plain
	for filter in souk-compromised "souk-compromised opens" "souk-compromised network" "souk-compromised forks" souk-compromised-store; do
		for attempt in type unshare clone_user; do refused $filter $attempt; done
	done
	# Which is no terminal here. Namespaces not every kernel lets others make.
	assert_equal "$(came souk-compromised --no-sandbox type)" ENOTTY
}

@test "clone3 is as if it were not there, and a signal to itself is not refused" {
	plain
	for filter in souk-compromised "souk-compromised forks"; do assert_equal "$(came $filter clone3)" ENOSYS; done
	assert_equal "$(came souk-compromised --no-sandbox clone3)" "done"
	assert_equal "$(came souk-compromised signal_itself)" "done"
}

@test "what is declared is allowed, and nothing else" {
	plain
	for attempt in socket unix connect accept; do done_ souk-compromised network $attempt; done
	for attempt in exec exec_memory fork ptrace kill limit own; do refused souk-compromised network $attempt; done
	done_ souk-compromised forks fork
	for attempt in exec socket "read /etc/passwd"; do refused souk-compromised forks $attempt; done
}

@test "its own stores and files that are named are open, all others closed" {
	landlock
	plain
	export COMPROMISED=$PWD/named
	mkdir named
	echo x | tee named/allowed named/other >named/third
	done_ souk-compromised opens read "$PWD/named/allowed"
	refused souk-compromised opens read "$PWD/named/other"
	refused souk-compromised opens write "$PWD/named/allowed"
	done_ souk-compromised-store write "$SOUK_DB/compromised-store/new"
	done_ souk-compromised-store remove "$SOUK_DB/compromised-store/new"
	done_ souk-compromised-store write "$SOUK_DB/compromised-more/new"
	done_ souk-compromised-store list "$SOUK_DB/compromised-store"
	refused souk-compromised-store write "$SOUK_DB/new"
	refused souk-compromised-store list "$SOUK_DB"
	refused souk-compromised network read "$PWD/outside"
	done_ souk-compromised network read /etc/hosts
	refused souk-compromised network write /etc/hosts
	# Root's own keys are there too.
	refused souk-compromised network read /etc/passwd
}

@test "older kernels: each version of Landlock keeps what it knows, and what it can't is said with -v" {
	landlock
	plain
	for version in 1 2 3 4 5 6; do
		kernel=("$PROGRAMS/kernel" "$version")
		refused "${kernel[@]}" souk-compromised-store read "$SOUK_DB/stock/stock.db"
		refused "${kernel[@]}" souk-compromised-store write "$HERE/new"
		refused "${kernel[@]}" souk-compromised-store socket
		done_ "${kernel[@]}" souk-compromised-store write "$SOUK_DB/compromised-store/new"
		echo '{"country":"GB","class":"standard","rate":"'"$version"'"}' >rate
		run -0 "${kernel[@]}" souk-tax put -v <rate
		refute_output --partial "Landlock"
	done
	# Without seccomp.
	for attempt in "read /etc/passwd" "write $HERE/new" exec; do
		refused "$PROGRAMS/kernel" 4 no-seccomp souk-compromised $attempt
	done
	refused "$PROGRAMS/kernel" 4 no-seccomp souk-compromised connect
	done_ "$PROGRAMS/kernel" 3 no-seccomp souk-compromised connect
	run -0 --separate-stderr "$PROGRAMS/kernel" 3 no-seccomp souk-tax put -v <rate
	assert_equal "$stderr" "souk-tax: no filter of calls here: this program may make all that its user may: Function not implemented"
}

@test "without Landlock a filter that opens nothing still opens nothing" {
	plain
	kernel=("$PROGRAMS/kernel" 0)
	"${kernel[@]}" true || missing "no seccomp here that could act as another kernel"
	for attempt in socket connect exec exec_memory fork ptrace kill "read /etc/passwd" "write $HERE/new"; do
		refused "${kernel[@]}" souk-compromised $attempt
	done
	for attempt in socket exec fork "mode $HERE/outside"; do refused "${kernel[@]}" souk-compromised-store $attempt; done
	done_ "${kernel[@]}" souk-compromised-store read "$HERE/outside"
	echo '{"country":"GB","class":"standard","rate":"7"}' >rate
	run -0 "${kernel[@]}" souk-tax put <rate
	refute_output --partial "Landlock"
	run -0 --separate-stderr "${kernel[@]}" souk-tax put -v <rate
	assert_equal "$stderr" "souk-tax: no Landlock here: files are kept from this program only as from its user: Function not implemented"
}

@test "root has no capability left, none that could come back, and nothing to do with other users" {
	root
	for filter in souk-compromised souk-compromised-store "souk-compromised network"; do
		refused $filter capability
		refused $filter other_user
	done
	refused souk-compromised root
	done_ souk-compromised --no-sandbox capability
	done_ souk-compromised --no-sandbox other_user
	mkfifo in
	souk-compromised-store <in >/dev/null 3>&- &
	exec 8>in
	for ((i = 0; i < 200; i++)); do
		grep -q '^NoNewPrivs:.*1' /proc/$!/status && break
		sleep 0.02
	done
	run grep -E '^Cap|^NoNew' /proc/$!/status
	exec 8>&-
	wait
	assert_output "$(printf '%s\n' CapInh: CapPrm: CapEff: CapBnd: CapAmb: | sed 's/$/\t0000000000000000/'; printf 'NoNewPrivs:\t1')"
}

@test "root becomes the owner of the shop, and leaves files that are the owner's" {
	root
	# Folders of bats are closed to other users.
	AWAY=$(mktemp -d)
	chmod 755 "$AWAY"
	cd "$AWAY"
	mkdir shop
	chown 4711:4712 shop
	export SOUK_DB=$PWD/shop
	assert_equal "$(came souk-compromised-store signal_itself)" "done"
	grep -q '"user":4711' line
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put
	run -0 find shop ! \( -uid 4711 -gid 4712 \)
	assert_output ""
	# What is told by name belongs to whoever told it.
	install -d -m 700 roots
	run -1 souk-tax put --rejects roots/rejects <<<nonsense
	assert_equal "$(cat roots/rejects)" nonsense
	assert_equal "$(stat -c %u roots/rejects)" 0
	# The owner of a function's own folder, where that is another.
	chown -R 4713 shop/tax
	echo '{"country":"DE","class":"standard","rate":"19"}' | souk-tax put
	run -0 find shop/tax ! -uid 4713
	assert_output ""
	run -2 souk fuse souk-price '|' souk-tax </dev/null
	assert_output --partial "belong to different users"
	run -0 --separate-stderr souk fuse souk-price '|' souk-tax --no-sandbox </dev/null
	assert_equal "$stderr" "souk-tax: running without its sandbox"
}

@test "a shop that its owner can't reach is named as such" {
	root
	mkdir -p closed/shop
	chown 4711 closed/shop
	chmod 700 closed
	SOUK_DB=$PWD/closed/shop run -3 souk-tax put </dev/null
	assert_output "souk-tax: $PWD/closed/shop/tax: root opens it as its owner, user 4711, who can't reach it: Permission denied"
}

@test "root stays root with what is root's, nobody where nothing is opened" {
	root
	came souk-compromised-store signal_itself
	grep -q '"user":0' line
	came souk-compromised signal_itself
	grep -q '"user":65534' line
}

@test "stages in one process get what they need together" {
	landlock
	echo '{"sku":"mug","currency":"GBP","amount":255}' | souk-price put
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put
	mkfifo in
	souk fuse souk-price '|' souk-tax '|' souk-total <in >out 3>&- &
	pid=$!
	exec 8>in
	echo '{"id":"o1","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"mug","qty":1}]}' >&8
	for ((i = 0; i < 200; i++)); do [ ! -s out ] || break; sleep 0.02; done
	run -0 grep -E '^Seccomp:|^NoNewPrivs:' /proc/$pid/status
	exec 8>&-
	wait $pid
	assert_output $'NoNewPrivs:\t1\nSeccomp:\t2'
	assert_equal "$(jq -r .total.total out)" 306
}

@test "sources and maps are locked in, and say when they are not" {
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put
	for command in "souk-tax list" "souk-map ." "souk-csv write" "souk-csv" "souk-group --by a --into b" "souk past"; do
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 strace -f -e trace=seccomp -o calls $command </dev/null >/dev/null 2>&1 || missing "no strace"
		grep -q 'SECCOMP_SET_MODE_FILTER.*= 0' calls || fail "$command"
		run --separate-stderr $command --no-sandbox </dev/null
		[[ $stderr = *': running without its sandbox' ]] || fail "$command: $stderr"
	done
}

@test "mails go out from within: the helper is started from outside, again when it died" {
	load smtp.bash
	mail_server
	mkdir bin
	# A helper that dies over its first mail.
	cat >bin/souk-smtp <<-END
		#!/bin/sh
		[ -e died ] || { : >died; exit 1; }
		exec "$SOUK_BIN/souk-smtp" "\$@"
	END
	chmod +x bin/souk-smtp
	cp "$SOUK_BIN/souk-notify" bin
	for id in o1 o2; do
		echo '{"id":"'$id'","currency":"GBP","customer":{"email":"a@example.com"},"lines":[],"total":{"total":0},"order":{"state":"placed"}}'
	done >orders
	run bin/souk-notify send <orders
	[ -e died ] || { mail_server_stop; fail "$output"; }
	run bin/souk-notify retry --now 2099-01-01T00:00:00Z
	mail_server_stop
	[ "$(accepted)" -ge 1 ] || fail "$output"
}
