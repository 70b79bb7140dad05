#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-conform against a filter that keeps the contract and against filters that
# each break one rule of it, those that ../conform.bats leaves out.
bats_require_minimum_version 1.5.0
load ../helper

prepare() {
	broken="$BATS_TEST_DIRNAME/../broken"
}

# `breaks NAMES PROGRAM [OPTION...]`: exactly these checks are broken, in the order
# of --list. The check of memory takes longest and is made where it matters.
breaks() {
	local names=$1 program=$2 told
	shift 2
	run --separate-stderr souk-conform --skip memory "$@" -- "$broken/$program" ${effects+--effects}
	assert_equal "$status" 1
	# shellcheck disable=SC2154 # bats sets it
	assert_equal "$stderr" ""
	told=$(sed -n 's/^broken  \([a-z0-9-]*\), rule.*/\1/p' <<<"$output" | paste -sd ' ')
	assert_equal "$told" "$names"
}

@test "one with effects passes too, and all checks are made" {
	run souk-conform --effects -- "$broken/good.py" --effects
	assert_success
	assert_output "souk-conform: 34 kept, 0 broken, 0 skipped"
}

@test "an answer under another id is told" {
	breaks "identity" other-id.py
	assert_line --partial "answer 10 carries an id that was not sent"
}

@test "blank lines that are answered are told" {
	breaks "blank" counts-blank.py
}

@test "a CR that is kept is told" {
	breaks "crlf" keeps-cr.py
}

@test "a number spelt otherwise in the last member is told" {
	echo '{"id":"o1","weight":1.10}' >samples
	run souk-conform --input samples --check pass -- sed -u s/1.10/1.1/
	assert_failure 1
	assert_line --partial '"weight":1.10 became "weight":1.1'
	run souk-conform --input samples --check pass -- sed -u 's/:1.10}/:1.1}/'
	assert_failure 1
	assert_line --partial '"x-odd":1.10 became "x-odd":1.1'
}

@test "escapes that are decoded are told" {
	breaks "pass failed" decodes.py
	assert_line --partial '"note":"\u0022gift\u0022 \/ red"}] became'
}

@test "members in another order are told" {
	breaks "long pass failed" reorders.py
	assert_line --partial "member 'currency' stands where 'id' was"
}

@test "two members are told" {
	breaks "member" two-members.py
	assert_line --partial "two members were added, 'seen' and 'also'"
}

@test "a member of another name is told" {
	breaks "member older" other-name.py
	assert_line --partial "added 'seen' here, 'other' elsewhere"
}

@test "a member that is not last is told" {
	breaks "member" in-front.py
	assert_line --partial "member 'seen' was not appended last"
}

@test "an older member left beside the new one is told" {
	breaks "older" keeps-older.py
}

@test "a failed record that is worked on is told" {
	breaks "failed growth" changes-failed.py
}

@test "an error record that grows is told" {
	breaks "growth" wraps-again.py
}

@test "duplicate names compared as they are spelt are told" {
	breaks "duplicate" passes-escaped.py
	assert_line --partial 'sent    {"id":"b1","price":1,"lines":[],"pr\u0069ce":1}'
}

@test "error records without digest and input are told" {
	breaks "bad-json bad-utf8 deep duplicate not-object partial too-long" forgets-input.py
	assert_line --partial "error.sha256 is not the SHA-256 of the line"
}

@test "bad lines that pass are told, each kind" {
	local stream="blank crlf last-line pieces" process="full-disk sigterm"

	breaks "$stream bad-json bad-utf8 duplicate not-object partial too-long $process" copies.sh
	assert_line --partial 'sent    {"s":"caf\xe9"}'
}

@test "lines that look wrong and are lost are told" {
	breaks "bad-json bad-utf8 duplicate not-object partial too-long" collects.awk \
		--check bad-json,bad-utf8,duplicate,not-object,partial,too-long
}

@test "one that crashes on long lines is told, in C" {
	cc -o crashes "$broken/crashes.c"
	broken=. breaks "deep too-long" crashes --check deep,too-long,count,order,flush
	assert_line --partial "a record nested 100,000 deep: signal 6 (Aborted)"
}

@test "exit 0 in spite of bad lines is told" {
	breaks "bad-json bad-utf8 duplicate not-object partial too-long" always-zero.py
	assert_line --partial "a stream with bad lines: exit 0 instead of exit 1"
}

@test "one that keeps what it read in memory is told" {
	run souk-conform --check memory -- "$broken/hoards.py"
	assert_failure 1
	assert_line --partial "broken  memory, rule 7"
}

@test "answers by chance are told" {
	breaks "twice repeat" guesses.py
}

@test "chatter on stderr is told" {
	breaks "quiet" chatters.py
	assert_line --partial 'stderr  answered'
}

@test "a line cut short by SIGTERM is told" {
	breaks "sigterm" cuts-on-term.py
	assert_line --partial "the last answer is cut short"
}

@test "one that outlives its reader is told" {
	breaks "sigpipe" lives-on.py
}

@test "an effect without id is told" {
	effects=1 breaks "no-id" needs-no-id.py --effects
}

@test "an event known by its bytes is told" {
	effects=1 breaks "same-event" by-bytes.py --effects
}

@test "one that hangs is killed, and nothing is left of it" {
	PID_FILE=$PWD/pid breaks "exit" hangs.sh --timeout 1s
	assert_line --partial "no end within 1 s instead of exit 0"
	run kill -0 "$(cat pid)"
	assert_failure
}

@test "one that writes without end is killed" {
	breaks "exit" floods.sh
	assert_line --partial "output without end instead of exit 0"
}

@test "a hang is told whatever was asked for" {
	breaks "exit" hangs.sh --timeout 1s --check order
}

@test "records of one's own are sent under new ids" {
	printf '%s\n' '{"n":1}' '{"id":"a\u0062","n":2}' '{}' >samples
	cat >spy <<-'SPY'
		#!/bin/sh
		exec tee -a "$(dirname "$0")/seen"
	SPY
	chmod +x spy
	run souk-conform --input samples --check count -- ./spy
	assert_success
	run grep -o '^{.*-burst-[0-4]\|^{.*"burst-[0-4]"' seen
	assert_line '{"id":"burst-0"'
	assert_line '{"id":"a\u0062-burst-1'
	assert_line '{"id":"burst-2"'
}

@test "an older member of the program in the samples may be replaced" {
	echo '{"id":"o1","seen":{"lines":9},"lines":[1,2]}' >samples
	run souk-conform --input samples --check pass,member,older -v -- "$broken/good.py"
	assert_success
	assert_line --partial "the records of --input have a member 'seen' already"
	run souk-conform --input samples --check pass,member -- "$broken/keeps-older.py"
	assert_failure 1
}

@test "maps and many are held to less" {
	cat >map <<-'MAP'
		#!/bin/sh
		exec sed -u 's/^{/{"new":1,/'
	MAP
	cat >many <<-'MANY'
		#!/bin/sh
		exec sed -u 'p;p'
	MANY
	chmod +x map many
	run souk-conform --check pass,count,order --kind map -- ./map
	assert_success
	assert_output "souk-conform: 2 kept, 0 broken, 1 skipped"
	run souk-conform --check count,order --kind many -- ./many
	assert_success
	assert_output "souk-conform: 1 kept, 0 broken, 1 skipped"
	run souk-conform --check count,order -- ./many
	assert_failure 1
	assert_output --partial "line 1 was answered more than once"
}

@test "--settles lets failed records be worked on" {
	run souk-conform --settles --check failed -v -- "$broken/changes-failed.py"
	assert_success
	assert_line "skipped failed, rule 3: failed and waiting records pass untouched"
	assert_line "        not with --settles"
}
