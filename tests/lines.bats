#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Bad lines of every kind, to every filter there is: each is answered by an error
# record or passes, and its neighbours do not notice.

bats_require_minimum_version 1.5.0
load helper

# All filters: "NAME VERB".
filters() {
	local command
	for command in $(find "$SOUK_BIN" -maxdepth 1 -name 'souk-*' -printf '%f\n' | sort); do
		"$command" --describe
	done | jq -r 'select(.kind == "filter") | "\(.function) \(.verb)"'
}

# A shop that has what the records ask for.
export SHOP=$BATS_FILE_TMPDIR/shop
setup_file() {
	mkdir "$SHOP"
	for sku in A B; do
		echo '{"sku":"'$sku'","title":"Mug"}' | SOUK_DB=$SHOP souk-catalog put -e
		echo '{"sku":"'$sku'","currency":"GBP","amount":255}' | SOUK_DB=$SHOP souk-price put -e
		echo '{"id":"r'$sku'","sku":"'$sku'","qty":1000000000}' | SOUK_DB=$SHOP souk-stock receive -e
	done
	for country in GB FR; do
		echo '{"country":"'$country'","class":"standard","rate":"20"}' | SOUK_DB=$SHOP souk-tax put -e
	done
	# Orders that are paid for and can be captured.
	for order in o1 o2; do
		echo '{"id":"'$order'","currency":"GBP","total":{"total":99999},"pay_with":[{"method":"test","token":"pm_card_visa"}]}' |
			SOUK_DB=$SHOP souk-pay authorize -e | jq -c '.order = {state: "placed"}' | SOUK_DB=$SHOP souk-pay settle -e
	done
}

each_filter() {
	filters >stages
	[ -s stages ]
	python3 "$ROOT/tests/bad-lines" "$1" <stages
}

@test "lines that are no records: to every filter" {
	each_filter broken
}

@test "members that are missing, there twice, of another type, too large: to every filter" {
	each_filter members
}

@test "what is no record is no larger after ten stages than after one" {
	python3 "$ROOT/tests/bad-lines" print >in
	souk-total <in >one 2>/dev/null || [ $? -eq 1 ]
	assert_equal "$(lines one)" "$(lines in)"
	cp -r "$SHOP"/. "$SOUK_DB"
	souk-catalog <one | souk-price | souk-tax | souk-total | souk-order open | souk-stock reserve |
		souk-pay authorize | souk-order place | souk-stock settle | souk-pay settle | souk-order close >ten
	cmp one ten
	# Nor is any much larger than what is quoted of it.
	[ "$(awk '{ if (length > most) most = length } END { print most }' one)" -lt 90000 ]
}

@test "records as long as may be: passed, or refused before the effect" {
	cp -r "$SHOP"/. "$SOUK_DB"
	long() { printf '{"id":"o1","sku":"A","qty":1,"x":"%*s"}\n' $(($1 - 36)) '' | tr ' ' x; }
	assert_equal "$(long 1048576 | head -c -1 | wc -c)" 1048576
	run --separate-stderr jq -c '.error | del(.input, .sha256)' < <(long 1048576 | souk-stock receive 2>err)
	assert_output '{"by":"stock","code":"too_long","message":"the record with its answer would be too long","line":1,"byte":0,"length":1048576}'
	assert_equal "$(cat err)" 'souk-stock: line 1: the record with its answer would be too long'
	run jq -c 'del(.x)' < <(long 1048000 | souk-stock receive)
	assert_output '{"id":"o1","sku":"A","qty":1,"error":{"by":"stock","code":"too_long","message":"the record leaves no room for an answer"}}'
	assert_equal "$(souk-stock level <<<'{"sku":"A"}' | jq .stock.on_hand)" 1000000000
	run jq -c 'del(.x)' < <(long 1044480 | souk-stock receive)
	assert_output '{"id":"o1","sku":"A","qty":1,"stock":{"qty":1,"on_hand":1000000001}}'
	long 1048577 >in
	run --separate-stderr souk-stock receive <in
	assert_failure 1
	assert_equal "$stderr" 'souk-stock: line 1: the line is longer than 1048576 bytes'
	assert_equal "$(souk-stock receive --max-record 2000000 <in | jq -r .stock.on_hand)" 1000000001
	# Deep as may be, and one deeper.
	deep() { printf '{"sku":"A","x":%*s' "$1" '' | tr ' ' '['; printf '%*s}\n' "$1" '' | tr ' ' ']'; }
	# jq reads half as deep.
	assert_equal "$(deep 511 | souk-stock level | grep -o '"on_hand":[0-9]*')" '"on_hand":1000000001'
	assert_equal "$(deep 512 | souk-stock level 2>/dev/null | jq -r .error.code)" too_deep
}

@test "a line that opens more than it closes, and is the first" {
	# Values that are kept take room, which is made by the length of the line.
	for depth in 1 2 50 300 450 509 510 511 512; do
		for open in '[' '{"":' '[0,'; do
			line="{\"lines\":$(printf "%${depth}s" '' | sed "s/ /$open/g")"
			run jq -r .error.code < <(souk-stock reserve <<<"$line" 2>/dev/null)
			assert_output "$([ "$depth" -lt 512 ] && echo bad_record || echo too_deep)"
		done
	done
}

@test "what is not read passes, however odd: numbers, escapes, names twice within" {
	odd='"x":{"a":1,"a":-0.0e-0,"\u0061":[1e999,0.10000000000000000000001]},"\ud800":"\udc00","":[[],{}], "\u0000" : 12345678901234567890123'
	cp -r "$SHOP"/. "$SOUK_DB"
	run souk-stock level <<<"{$odd,\"sku\":\"A\"}"
	assert_success
	assert_output "{$odd,\"sku\":\"A\",\"stock\":{\"on_hand\":1000000000,\"reserved\":0,\"committed\":0,\"available\":1000000000}}"
}

@test "a card number: the record goes on as its id and an error, and is stored nowhere" {
	while read -r function verb; do
		for number in '"4111 1111 1111 1111"' 4111111111111111 '"4111-1111\u002d1111-1111"' \
			'{"x":["4111111111111111"]}' '{"4111111111111111":1}'; do
			rm -rf db
			cp -r "$SHOP" db
			printf '%s\n' '{"id":"ok","sku":"A"}' \
				'{"x":1,"id":"o\u0031","currency":"GBP","lines":[{"sku":"A","qty":1}],"total":{"total":5},"pay_with":[{"method":"test","token":"pm_card_visa","note":'"$number"'}],"y":2}' |
				"souk-$function" "$verb" >out
			assert_equal "$(tail -1 out)" '{"id":"o\u0031","error":{"by":"'"$function"'","code":"card_number","message":"the payment holds a card number, which is never taken: send a token of the payment provider; of this record only the id was kept"}}'
			run grep -rlaE '4111.?1111.?1111.?1111' db out
			assert_output ''
		done
	done < <(for command in "$SOUK_BIN"/souk-*; do "$command" --describe; done |
		jq -r 'select(.kind == "filter" and any(.reads[]; startswith("pay_with"))) | "\(.function) \(.verb)"')
}

@test "lines made by chance: each fuzzer's short run" {
	local fuzzers
	fuzzers=$(dirname "$SOUK_BIN")
	[ -e "$fuzzers/tests/fuzz/record" ] || fuzzers=$ROOT/build
	for fuzzer in "$fuzzers"/tests/fuzz/*; do
		[[ $fuzzer == *.d ]] && continue
		run "$fuzzer"
		echo "$fuzzer: ${output:0:2000}"
		assert_success
		assert_line --regexp '^seed [0-9]+$'
		assert_line --regexp '^[0-9]+ inputs$'
	done
}
