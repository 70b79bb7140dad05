#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every stage of checkout, the sources and the codecs under valgrind: no wrong read or
# write, no leak.
load ../helper

prepare() {
	# Sanitized binaries watch themselves, and valgrind can't watch them.
	PATH="$ROOT/bin:$PATH"
	cat >order.ndjson <<'END'
{"id":"o1","time":"2010-12-01T08:26:00Z","currency":"GBP","customer":{"id":"c1"},"ship_to":{"country":"GB"},"lines":[{"id":"1","sku":"85123A","qty":6}],"pay_with":[{"id":"p1","method":"test","token":"pm_card_visa"}]}
{"id":"o2","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"85123A","qty":600}],"pay_with":[{"method":"test","token":"pm_card_chargeDeclined"}]}
{"id":"o3","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"85123\u0041","qty":1}],"pay_with":[{"method":"invoice","amount":1},{"method":"test","token":"pm_card_timeout"}]}
{"id":"o3","lines":[
{"id":"o4","wait":{"by":"pay","code":"unknown"}}
END
	echo '{"sku":"85123A","title":"HEART"}' | watched souk-catalog put
	echo '{"sku":"85123A","currency":"GBP","amount":255}' | watched souk-price put
	echo '{"country":"GB","class":"standard","rate":"20"}' | watched souk-tax put
	echo '{"id":"r1","sku":"85123A","qty":100}' | watched souk-stock receive
}

watched() {
	valgrind -q --vgdb=no --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 "$@" || [ $? -ne 99 ]
}

@test "checkout and what looks at it are clean under valgrind" {
	input=order.ndjson
	for stage in catalog price promo ship tax total 'order open' 'promo reserve' 'stock reserve' 'pay authorize' \
		'order place' 'promo settle' 'stock settle' 'pay settle' 'order close' 'order get' 'order history'; do
		# shellcheck disable=SC2086
		watched souk-$stage <"$input" >"$stage.out" 2>"$stage.err" || { cat "$stage.err"; fail "souk-$stage"; }
		input=$stage.out
	done
	for source in 'order list' 'order list --open' 'order export' 'stock list' 'stock export' 'pay list' \
		'pay export' 'pay statement' 'catalog list' 'price list' 'tax list'; do
		# shellcheck disable=SC2086
		watched souk-$source >>books.ndjson
	done
	for export in order stock pay; do souk-$export export; done | watched souk-audit
	assert_equal "$(jq -s -c 'map(.order.state // "none")' "order close.out")" '["placed","rejected","open","none","none"]'
}

@test "the codecs are clean under valgrind" {
	printf 'a,b\n1,"x ""y"""\n"open\n' | watched souk-csv >rows.ndjson
	watched souk-csv write --columns a,b <rows.ndjson
	watched souk-group --by a --into rows <rows.ndjson
	watched souk-map '{a, cost: ("2.55" | minor("GBP"))}' <rows.ndjson
	watched souk check "$ROOT/pipelines/checkout"
}
