#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# ../batch.bats with as many orders as two batches hold.
load ../helper

@test "batches are booked as their records would be, one by one: 250 orders" {
	SOUK_ORDERS=250 run bats --tap -f 'as its records would be' "$ROOT/tests/batch.bats"
	echo "$output"
	assert_success
	assert_equal "$(grep -c '^ok' <<<"$output")" 2
}
