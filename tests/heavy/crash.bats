#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Stages of the checkout killed at random moments, then recovery: no order is lost
# or doubled, nobody charged twice, and the stock is exact (tests/crash says more).

bats_require_minimum_version 1.5.0
load ../helper

@test "kill -9 amid the checkout, recovery, and the same input again" {
	run "$ROOT/tests/crash" --rounds "${CRASH_ROUNDS:-60}" ${CRASH_SEED:+--seed "$CRASH_SEED"}
	echo "$output"
	assert_success
	# A driver that never hit anything would prove nothing.
	local hits
	hits=$(sed -n 's/.* rounds, \([0-9]*\) hit by a kill.*/\1/p' <<<"$output")
	assert [ "$hits" -ge $((${CRASH_ROUNDS:-60} / 3)) ]
}
