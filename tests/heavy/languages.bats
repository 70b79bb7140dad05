#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The filters of examples/ over long streams.

bats_require_minimum_version 1.5.0
load ../helper

@test "memory does not grow with the stream, in any language" {
	echo '{"id":"o1","time":"2010-12-01","ship_to":{"country":"GB"},"lines":[1],"price":{"lines":[{"subtotal":9}]}}' >sample
	export TAX_RATES=$SOUK_DATA/tax-rates.ndjson
	for program in tax.py tax.pl tax.jq tax.awk; do
		run --separate-stderr souk-conform --input sample --check memory --timeout 60s -- "$ROOT/examples/$program"
		assert_output "souk-conform: 1 kept, 0 broken, 0 skipped"
	done
}
