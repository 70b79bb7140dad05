#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# From the till to the ledger: whole months, and while stages of checkout, ship and return are killed.

bats_require_minimum_version 1.5.0
load ../helper

export SOUK_MAPS="$ROOT/maps"

@test "whole months: audit, hledger, beancount, and all sums are those of the invoices" {
	export SOUK_UCI_SHOP="$BATS_TEST_TMPDIR/shop"
	# $SOUK_UCI may name a folder with more months than the demo shop has.
	run -0 "$ROOT/bench/books" ${SOUK_UCI:+"$SOUK_UCI"}
	assert_line --regexp '^[0-9]+ figures, each as the invoices say$'
	assert_line --partial '"verdict":"consistent"'
	if [ -z "${SOUK_UCI:-}" ]; then
		assert_line 'account income:sales -76143097'
		assert_line 'account income:returns 754666'
		assert_line 'paid refunded 889595'
		assert_line 'left_over no_order pieces 13139'
	fi
	# All of it again changes nothing; a piece too few and a penny too many are found.
	export SOUK_DB="$SOUK_UCI_SHOP/db"
	echo '{"id":"thief","sku":"22423","qty":-1,"reason":"lost"}' | souk-stock adjust >thief
	echo '{"id":"gift","order_id":"uci-536365","amount":1}' | souk-pay refund >gift
	run -1 "$ROOT/bench/books" ${SOUK_UCI:+"$SOUK_UCI"}
	assert_equal "$(sed -n 's/^> \(.*\) [0-9-]*$/\1/p' <<<"$output")" "account assets:provider:invoice
account assets:receivable
account assets:stock
account expenses:shrinkage
on_hand 22423
paid refunded"
	assert_line '> account assets:receivable 1'
	assert_line --partial '"verdict":"broken"'
}

@test "a month of real orders and returns under kill -9: every sum as the invoices say" {
	seed=${CRASH_SEED:-$RANDOM}
	echo "# seed $seed (repeat with CRASH_SEED=$seed)" >&3
	SOUK_UCI_CRASH=$seed run -0 "$ROOT/bench/books" ${SOUK_UCI:+"$SOUK_UCI"}
	assert_output --regexp '[0-9]+ figures, each as the invoices say'
	assert_output --partial '"verdict":"consistent"'
	[ "$(grep -c 'killed souk-' <<<"$output")" -ge 45 ]
}
