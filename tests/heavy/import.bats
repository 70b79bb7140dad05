#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Whole months of real invoices, imported and booked into one shop; ../import.bats looks
# closer at one of them.

bats_require_minimum_version 1.5.0
load ../helper

# SOUK_UCI names a folder of more months (YYYY-MM.csv.gz); without it December goes
# through.
@test "whole months into one shop: every figure as in the reference" {
	run -0 "$ROOT/bench/uci" ${SOUK_UCI:+"$SOUK_UCI"}
	assert_output --regexp '[0-9]+ figures, each as in the reference'
	assert_output --partial 'these are the orders that ask for more than there is'
	assert_output --partial '"verdict":"consistent"'
}
