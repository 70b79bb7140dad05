#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The tutorial of HACKING.md, followed to the letter in a copy of the tree.

bats_require_minimum_version 1.5.0
load ../helper

teardown() {
	local pid
	pid=$(cat "$BATS_TEST_TMPDIR/tree/pid" 2>/dev/null) || return 0
	# The program of that time: it is ended where the tutorial did not come so far.
	grep -qsz souk-serve "/proc/$pid/cmdline" && kill "$pid"
	return 0
}

@test "the tutorial of HACKING.md does what it says" {
	mkdir tree
	# With what is built: only what is new is compiled.
	(cd "$ROOT" && cp -a Makefile NEWS HACKING.md cmd lib man tests pipelines maps data deploy examples "$BATS_TEST_TMPDIR/tree")
	for built in build bin; do
		[ ! -e "$ROOT/$built" ] || cp -a "$ROOT/$built" tree
	done
	run env -C tree PATH="$BATS_TEST_TMPDIR/tree/bin:$PATH" MAKEFLAGS="" MAKELEVEL="" SOUK_BIN="$BATS_TEST_TMPDIR/tree/bin" \
		SOUK_DB="$SOUK_DB" tests/examples HACKING.md
	echo "$output"
	assert_success
}
