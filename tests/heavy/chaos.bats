#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A minute of a checkout through services that are killed at random, then the audit
# (tests/heavy/chaos says more).

bats_require_minimum_version 1.5.0
load ../helper

@test "kill -9 of workers, services and instances for a minute: the books are reconciled" {
	run timeout 900 "$ROOT/tests/heavy/chaos" --seconds "${CHAOS_SECONDS:-60}" ${CHAOS_SEED:+--seed "$CHAOS_SEED"}
	echo "$output"
	assert_success
	assert [ "$(sed -n 's/ kills: .*//p' <<<"$output")" -ge $((${CHAOS_SECONDS:-60} * 2)) ]
	assert_output --partial '"verdict": "reconciled"'
}
