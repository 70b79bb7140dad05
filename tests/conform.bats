#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-conform against a filter that keeps the contract and against filters that
# each break one rule of it: the right check must tell, and no other. The rest of
# them are in heavy/conform.bats.
bats_require_minimum_version 1.5.0
load helper

prepare() {
	broken="$BATS_TEST_DIRNAME/broken"
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

@test "a filter that keeps the contract passes" {
	run --separate-stderr souk-conform -- "$broken/good.py"
	assert_success
	assert_output "souk-conform: 31 kept, 0 broken, 3 skipped"
	assert_equal "$stderr" ""
}

@test "a dropped line is told, with the line" {
	breaks "count" drops.py --skip memory,bad-json,bad-utf8,duplicate,not-object
	assert_line --partial "line 7 was not answered; 5000 lines were sent, 4286 came back"
	assert_line --partial 'sent    {"id":"o1-burst-6"'
}

@test "a doubled answer is told" {
	breaks "count" doubles.py
	assert_line --partial "line 100 was answered more than once; 5000 lines were sent, 5050 came back"
}

@test "swapped lines are told" {
	breaks "order" swaps.py --skip memory,bad-json,bad-utf8
	assert_line --partial "line 5 was answered after line 6"
	assert_line --partial 'late    {"id":"o2-burst-4"'
	assert_line --regexp 'early   .*"id":"o3-burst-5"'
}

@test "one that dies in the middle is told, and how it ended" {
	breaks "count" dies.py
	assert_line --partial "and then: signal 6 (Aborted) instead of exit 0"
}

@test "a number spelt otherwise is told" {
	breaks "older pass failed" rounds.py
	assert_line --partial '"x-odd":1.10 became "x-odd":1.1'
}

@test "space behind a record that is dropped is told" {
	breaks "pass" trims.py
	assert_line --partial "space behind the record was changed"
}

@test "one that buffers is told" {
	breaks "flush" buffers.py --timeout 8s
	assert_line --partial "line 1 was not answered within 8 s while the input stayed open"
}

@test "one that ignores SIGTERM is told" {
	breaks "sigterm" ignores-term.py --timeout 8s
	assert_line --partial "SIGTERM: no end within 8 s instead of exit 0"
}

@test "a failed write that is ignored is told" {
	breaks "full-disk" ignores-full.py
	assert_line --partial "writing to /dev/full: exit 0 instead of exit 3"
}

@test "an id taken twice for other content is told" {
	effects=1 breaks "conflict" overwrites.py --effects
	assert_line --partial "an id that came with other content got another answer, not id_conflict"
}

@test "--list names every check once, by rule" {
	run souk-conform --list
	assert_success
	assert_line "order         rule 1  answers come in the order of the lines"
	assert_equal "$(awk '{ print $1 }' <<<"$output" | sort -u | wc -l)" "${#lines[@]}"
	assert_equal "$(awk '{ print $3 }' <<<"$output")" "$(awk '{ print $3 }' <<<"$output" | sort -n)"
}

@test "wrong use is exit 2 and says what is wrong" {
	run souk-conform
	assert_failure 2
	assert_output --partial "no program given"
	run souk-conform -- ./nothing-here
	assert_failure 2
	assert_output --partial "cannot run './nothing-here': No such file or directory"
	run souk-conform --check order,cuont -- cat
	assert_failure 2
	assert_output --partial "no check is named 'cuont'"
	echo 'not json' >samples
	run souk-conform --input samples -- cat
	assert_failure 2
	assert_output --partial "samples: line 1: byte 1: "
	: >samples
	run souk-conform --input samples -- cat
	assert_failure 2
	assert_output --partial "samples: holds no record"
	run souk-conform --input ./missing -- cat
	assert_failure 2
	assert_output --partial "cannot read './missing'"
}

@test "a report that can't be written is exit 3" {
	run bash -c 'souk-conform --list >/dev/full'
	assert_failure 3
	assert_output --partial "cannot write"
}
