#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# From the till to the ledger, while stages of checkout, ship and return are killed.

bats_require_minimum_version 1.5.0
load ../helper

@test "a month of real orders and returns under kill -9: every sum as the invoices say" {
	seed=${CRASH_SEED:-$RANDOM}
	echo "# seed $seed (repeat with CRASH_SEED=$seed)" >&3
	SOUK_UCI_CRASH=$seed run -0 "$ROOT/bench/books" ${SOUK_UCI:+"$SOUK_UCI"}
	assert_output --regexp '[0-9]+ figures, each as the invoices say'
	assert_output --partial '"verdict":"consistent"'
	[ "$(grep -c 'killed souk-' <<<"$output")" -ge 45 ]
}
