#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Services of a checkout killed at random under load; tests/heavy/chaos.bats does it for a minute.

bats_require_minimum_version 1.5.0
load helper

@test "kill -9 of workers, services and instances: no answer is lost, doubled or misdelivered" {
	run timeout 300 "$ROOT/tests/heavy/chaos" --seconds 4 --clients 3 ${CHAOS_SEED:+--seed "$CHAOS_SEED"}
	echo "$output"
	assert_success
	# A driver that never hit anything would prove nothing.
	assert [ "$(sed -n 's/ kills: .*//p' <<<"$output")" -ge 10 ]
	assert_output --partial '"verdict": "reconciled"'
}
