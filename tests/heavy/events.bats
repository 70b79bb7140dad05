#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Random sequences of events of orders, by the thousand.

bats_require_minimum_version 1.5.0
load ../helper

@test "1,000 random sequences of events: money and stock balance after each" {
	seed=${EVENTS_SEED:-$RANDOM}
	echo "EVENTS_SEED=$seed"
	echo "# seed $seed (repeat with EVENTS_SEED=$seed)" >&3
	run -0 python3 "$ROOT/tests/reference/events.py" "$seed" 1000 12 "$ROOT/pipelines"
	assert_equal "$(jq -c '[.seed, .orders]' <<<"$output")" "[$seed,1000]"
}

@test "a return whose pieces are worth a penny less on their own invoice than on another" {
	run -0 python3 "$ROOT/tests/reference/events.py" 1411 1000 12 "$ROOT/pipelines"
}
