#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-price: which price is chosen, and what it comes to, to the last minor unit.

load helper

put() {
	printf '%s\n' "$@" | souk-price put -e >put.out
}

# order JSON OPTION...: runs the stage; shows what it added to the members in JSON.
order() {
	local members=$1
	shift
	printf '{%s}\n' "$members" | souk-price "$@" | sed -E 's/^.*,"(price|error)":(\{.*)\}$/\1 \2/'
}

# unit MEMBERS OPTION...: the unit price of one line of SKU A in GBP; MEMBERS are added.
unit() {
	local members=$1
	shift
	printf '{"currency":"GBP",%s}\n' "$members" | souk-price "$@" |
		jq -r '.error.code // (.price.lines[0] | .unit_price // .unit_price_decimal)'
}

a() {
	printf '"lines":[{"sku":"A","qty":%s}]%s' "${1:-1}" "${2:+,$2}"
}

refused() {
	run souk-price put <<<"$1"
	assert_success
	assert_output "${1%\}},\"error\":{\"by\":\"price\",\"code\":\"bad_record\",\"message\":\"$2\"}}"
	run souk-price list
	assert_output ''
}

# ---- put and list ----

@test "put answers stored; list gives the bytes back, extra members too" {
	price='{"sku":"A","currency":"GBP","amount":255,"from":"2010-12-01","note":"é \u00e9 1.10"}'
	run souk-price put <<<"$price"
	assert_success
	assert_output "${price%\}},\"price\":{\"state\":\"stored\"}}"
	run souk-price list
	assert_output "$price"
}

@test "the same price again changes nothing" {
	put '{"sku":"A","currency":"GBP","amount":255}'
	cp put.out first
	before=$(sqlite3 db/price/price.db .dump | sha256sum)
	put '{"sku":"A","currency":"GBP","amount":255}'
	cmp first put.out
	[ "$(sqlite3 db/price/price.db .dump | sha256sum)" = "$before" ]
}

@test "a price is replaced by one of the same sku, currency, list, group, min_qty and from" {
	put '{"sku":"A","currency":"GBP","amount":1,"max_qty":9,"to":"2011-01-01"}' \
		'{"sku":"A","currency":"GBP","amount":2,"min_qty":1}' \
		'{"sku":"A","currency":"EUR","amount":3}' \
		'{"sku":"A","currency":"GBP","amount":4,"list":"l"}' \
		'{"sku":"A","currency":"GBP","amount":5,"group":"g"}' \
		'{"sku":"A","currency":"GBP","amount":6,"min_qty":2}' \
		'{"sku":"A","currency":"GBP","amount":7,"from":"2010-01-01"}' \
		'{"sku":"A","currency":"GBP","amount":8,"from":"2010-01-01T01:00:00+01:00"}'
	run souk-price list
	assert_output '{"sku":"A","currency":"EUR","amount":3}
{"sku":"A","currency":"GBP","amount":2,"min_qty":1}
{"sku":"A","currency":"GBP","amount":8,"from":"2010-01-01T01:00:00+01:00"}
{"sku":"A","currency":"GBP","amount":6,"min_qty":2}
{"sku":"A","currency":"GBP","amount":5,"group":"g"}
{"sku":"A","currency":"GBP","amount":4,"list":"l"}'
	run unit "$(a 20 '"time":"2009-12-31T23:59:59Z"')"
	assert_output 6
	run unit "$(a 1 '"time":"2020-01-01T00:00:00Z"')"
	assert_output 8
}

@test "list, put into another shop, list: the same bytes" {
	souk-price put <"$SOUK_DATA/prices.ndjson" >/dev/null
	souk-price list >one
	[ "$(lines one)" = "$(lines "$SOUK_DATA/prices.ndjson")" ]
	cmp <(sort one) <(sort "$SOUK_DATA/prices.ndjson")
	mkdir other
	souk-price list | SOUK_DB=$PWD/other souk-price put >/dev/null
	SOUK_DB=$PWD/other souk-price list | cmp - one
}

@test "put refuses what makes no sense" {
	refused '{"currency":"GBP","amount":1}' 'sku is missing'
	refused '{"sku":"A","amount":1}' 'currency is missing'
	refused '{"sku":"A","currency":"XXQ","amount":1}' 'currency: XXQ is no currency of ISO 4217 in use'
	refused '{"sku":"A","currency":"GBP"}' 'must have either amount or amount_decimal'
	refused '{"sku":"A","currency":"GBP","amount":1,"amount_decimal":"1"}' \
		'must have either amount or amount_decimal'
	refused '{"sku":"A","currency":"GBP","amount":2.5}' \
		'amount: must be a whole number from 0 to 999999999999999999'
	refused '{"sku":"A","currency":"GBP","amount":-1}' \
		'amount: must be a whole number from 0 to 999999999999999999'
	wrong='amount_decimal: must be a decimal in minor units such as \"12.5\", not negative, of at most 18 digits, 12 of them after the point'
	refused '{"sku":"A","currency":"GBP","amount_decimal":"-1"}' "$wrong"
	refused '{"sku":"A","currency":"GBP","amount_decimal":"1e3"}' "$wrong"
	refused '{"sku":"A","currency":"GBP","amount_decimal":"1,5"}' "$wrong"
	refused '{"sku":"A","currency":"GBP","amount_decimal":"0.0000000000001"}' "$wrong"
	refused '{"sku":"A","currency":"GBP","amount":1,"min_qty":0}' \
		'min_qty: must be a whole number from 1 to 1000000000'
	refused '{"sku":"A","currency":"GBP","amount":1,"min_qty":5,"max_qty":4}' \
		'max_qty: must be a whole number from 5 to 1000000000'
	refused '{"sku":"A","currency":"GBP","amount":1,"from":"yesterday"}' \
		'from: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01'
	refused '{"sku":"A","currency":"GBP","amount":1,"from":"2010-12-01","to":"2010-12-01T00:00:00Z"}' \
		'to must be later than from: at it the price ends'
	refused '{"sku":"A","currency":"GBP","amount":1,"list":""}' 'list: must be 1 to 64 bytes long'
}

# ---- The stage ----

@test "an order is priced, the rest of it passes byte by byte" {
	put '{"sku":"A","currency":"GBP","amount":255}' '{"sku":"B","currency":"GBP","amount":0}'
	run souk-price <<<'{"id":"o1", "currency":"GBP","price":1,"n":1.10,"lines":[{"sku":"A","qty":6},{"sku":"B","qty":9}]}'
	assert_success
	assert_output '{"id":"o1", "currency":"GBP","n":1.10,"lines":[{"sku":"A","qty":6},{"sku":"B","qty":9}],"price":{"lines":[{"unit_price":255,"subtotal":1530},{"unit_price":0,"subtotal":0}],"subtotal":1530}}'
}

@test "currencies without and with three decimals are minor units like any" {
	put '{"sku":"A","currency":"JPY","amount":1200}' '{"sku":"A","currency":"KWD","amount":1234}' \
		'{"sku":"A","currency":"KWD","amount_decimal":"1233.0005","min_qty":1000}'
	run order "\"currency\":\"JPY\",$(a 3)"
	assert_output 'price {"lines":[{"unit_price":1200,"subtotal":3600}],"subtotal":3600}'
	run order "\"currency\":\"KWD\",$(a 3)"
	assert_output 'price {"lines":[{"unit_price":1234,"subtotal":3702}],"subtotal":3702}'
	run order "\"currency\":\"KWD\",$(a 1000)"
	assert_output 'price {"lines":[{"unit_price_decimal":"1233.0005","subtotal":1233001}],"subtotal":1233001}'
	run unit "$(a 3)"
	assert_output no_price
}

@test "a finer price is rounded once, at the line" {
	put '{"sku":"A","currency":"GBP","amount_decimal":"0.10"}' \
		'{"sku":"B","currency":"GBP","amount_decimal":"2.5"}' \
		'{"sku":"C","currency":"GBP","amount_decimal":"255.000"}'
	line() { printf '"currency":"GBP","lines":[{"sku":"%s","qty":%s}]' "$1" "$2"; }
	run order "$(line A 4)"
	assert_output 'price {"lines":[{"unit_price_decimal":"0.1","subtotal":0}],"subtotal":0}'
	run order "$(line A 5)"
	assert_output 'price {"lines":[{"unit_price_decimal":"0.1","subtotal":1}],"subtotal":1}'
	run order "$(line B 1)"
	assert_output 'price {"lines":[{"unit_price_decimal":"2.5","subtotal":3}],"subtotal":3}'
	run order "$(line B 1)" --rounding half-even
	assert_output 'price {"lines":[{"unit_price_decimal":"2.5","subtotal":2}],"subtotal":2}'
	run order "$(line C 2)"
	assert_output 'price {"lines":[{"unit_price":255,"subtotal":510}],"subtotal":510}'
	# By the line: 3 + 3, not round(5).
	run order '"currency":"GBP","lines":[{"sku":"B","qty":1},{"sku":"B","qty":1}]'
	assert_output 'price {"lines":[{"unit_price_decimal":"2.5","subtotal":3},{"unit_price_decimal":"2.5","subtotal":3}],"subtotal":6}'
}

@test "from is the first second of a price, to the first without it" {
	put '{"sku":"A","currency":"GBP","amount":7,"from":"2010-12-01T08:00:00Z","to":"2011-01-01"}'
	for at in 2010-12-01T07:59:59Z=no_price 2010-12-01T08:00:00Z=7 2010-12-31T23:59:59.999Z=7 \
		2011-01-01T00:00:00Z=no_price 2011-01-01T00:59:59+01:00=7; do
		run unit "$(a 1 "\"time\":\"${at%=*}\"")"
		assert_output "${at#*=}"
	done
}

@test "an order without a time is priced at --now" {
	put '{"sku":"A","currency":"GBP","amount":7,"to":"2011-01-01"}' \
		'{"sku":"A","currency":"GBP","amount":9,"from":"2011-01-01"}'
	run unit "$(a)" --now 2010-12-31T23:59:59Z
	assert_output 7
	run unit "$(a)" --now 2011-01-01T00:00:00Z
	assert_output 9
	run unit "$(a 1 '"time":"2010-06-01T00:00:00Z"')" --now 2011-01-01T00:00:00Z
	assert_output 7
}

@test "quantity breaks go by the quantity of the line" {
	put '{"sku":"A","currency":"GBP","amount":100}' '{"sku":"A","currency":"GBP","amount":90,"min_qty":10}' \
		'{"sku":"A","currency":"GBP","amount":80,"min_qty":100,"max_qty":200}'
	for qty in 1=100 9=100 10=90 99=90 100=80 200=80 201=90; do
		run unit "$(a "${qty%=*}")"
		assert_output "${qty#*=}"
	done
	run order '"currency":"GBP","lines":[{"sku":"A","qty":5},{"sku":"A","qty":5}]'
	assert_output 'price {"lines":[{"unit_price":100,"subtotal":500},{"unit_price":100,"subtotal":500}],"subtotal":1000}'
}

@test "a customer group beats none, also at a higher price; others do not see it" {
	put '{"sku":"A","currency":"GBP","amount":100}' '{"sku":"A","currency":"GBP","amount":120,"group":"trade"}' \
		'{"sku":"A","currency":"GBP","amount":50,"min_qty":10}'
	run unit "$(a 1)"
	assert_output 100
	run unit "$(a 1 '"customer":{"group":"trade"}')"
	assert_output 120
	run unit "$(a 10 '"customer":{"group":"trade"}')"
	assert_output 120
	run unit "$(a 1 '"customer":{"id":"c1","group":"staff"}')"
	assert_output 100
	run unit "$(a 1 '"customer":{"group":null}')"
	assert_output 100
}

@test "a list beats none and a group; without --list its prices are not there" {
	put '{"sku":"A","currency":"GBP","amount":100}' '{"sku":"A","currency":"GBP","amount":150,"list":"web"}' \
		'{"sku":"A","currency":"GBP","amount":60,"group":"trade"}' \
		'{"sku":"A","currency":"GBP","amount":140,"list":"web","group":"trade"}' \
		'{"sku":"B","currency":"GBP","amount":9,"list":"web"}'
	run unit "$(a 1)" --list web
	assert_output 150
	run unit "$(a 1 '"customer":{"group":"staff"}')" --list web
	assert_output 150
	run unit "$(a 1 '"customer":{"group":"trade"}')" --list web
	assert_output 140
	run unit "$(a 1 '"customer":{"group":"trade"}')"
	assert_output 60
	run unit "$(a 1)" --list shop
	assert_output 100
	run unit '"lines":[{"sku":"B","qty":1}]'
	assert_output no_price
}

@test "the shorter period wins, then the lower price" {
	put '{"sku":"A","currency":"GBP","amount":100}' \
		'{"sku":"A","currency":"GBP","amount":110,"from":"2010-01-01"}' \
		'{"sku":"A","currency":"GBP","amount":120,"from":"2010-12-01","to":"2010-12-11"}' \
		'{"sku":"A","currency":"GBP","amount_decimal":"119.5","from":"2010-12-06","to":"2010-12-16"}' \
		'{"sku":"A","currency":"GBP","amount":130,"from":"2010-12-08","to":"2010-12-09"}'
	for at in 2009-06-01=100 2010-06-01=110 2010-12-02=120 2010-12-07=119.5 2010-12-08=130 \
		2010-12-15=119.5 2010-12-16=110; do
		run unit "$(a 1 "\"time\":\"${at%=*}\"")"
		assert_output "${at#*=}"
	done
}

@test "orders of several currencies and groups in one stream do not mix" {
	put '{"sku":"A","currency":"GBP","amount":1}' '{"sku":"A","currency":"EUR","amount":2}' \
		'{"sku":"A","currency":"GBP","amount":3,"group":"g"}' '{"sku":"gA","currency":"GBP","amount":4}'
	for _ in 1 2; do
		printf '%s\n' "{\"currency\":\"GBP\",$(a)}" "{\"currency\":\"EUR\",$(a)}" \
			"{\"currency\":\"GBP\",$(a 1 '"customer":{"group":"g"}')}" \
			"{\"currency\":\"GBP\",$(a 1 '"customer":{"group":"h"}')}" \
			'{"currency":"GBP","lines":[{"sku":"gA","qty":1}]}'
	done >in
	run bash -c 'souk-price <in | jq -c .price.subtotal | tr "\n" " "'
	assert_output '1 2 3 1 4 1 2 3 1 4 '
}

# ---- Refusals ----

@test "skus without a price are named, twenty at most" {
	put '{"sku":"A","currency":"GBP","amount":1,"min_qty":2}'
	run order '"currency":"GBP","time":"2010-12-01T08:26:00Z","lines":[{"sku":"A","qty":2},{"sku":"A","qty":1},{"sku":"X","qty":5}]'
	assert_output 'error {"by":"price","code":"no_price","message":"A has no price in GBP for 1 pieces at 2010-12-01T08:26:00Z","lines":[{"sku":"A","qty":1},{"sku":"X","qty":5}]}'
	many=$(seq -f '{"sku":"U%g","qty":1}' -s, 30)
	run bash -c "echo '{\"currency\":\"GBP\",\"lines\":[$many]}' | souk-price | jq -c '[.error.lines[].sku] | [length, first, last]'"
	assert_output '[20,"U1","U20"]'
}

@test "what can't be counted is refused, what just can is not" {
	put '{"sku":"A","currency":"GBP","amount":9223372036}' '{"sku":"B","currency":"GBP","amount":854775807}' \
		'{"sku":"C","currency":"GBP","amount":999999999999999999}' '{"sku":"D","currency":"GBP","amount":1}'
	most='{"sku":"A","qty":1000000000},{"sku":"B","qty":1}'
	run order "\"currency\":\"GBP\",\"lines\":[$most]"
	assert_output 'price {"lines":[{"unit_price":9223372036,"subtotal":9223372036000000000},{"unit_price":854775807,"subtotal":854775807}],"subtotal":9223372036854775807}'
	run order "\"currency\":\"GBP\",\"lines\":[$most,{\"sku\":\"D\",\"qty\":1}]"
	assert_output 'error {"by":"price","code":"overflow","message":"with lines[2] the order costs more than can be counted"}'
	run order '"currency":"GBP","lines":[{"sku":"C","qty":1000000000}]'
	assert_output 'error {"by":"price","code":"overflow","message":"with lines[0] the order costs more than can be counted"}'
}

@test "orders that are none are refused" {
	message() { printf '%s\n' "$1" | souk-price | jq -r '.error | .code + ": " + .message'; }
	run message '{"lines":[{"sku":"A","qty":1}]}'
	assert_output 'bad_record: currency is missing'
	run message '{"currency":"GBP"}'
	assert_output 'bad_record: lines is missing'
	run message '{"currency":"GBP","lines":[]}'
	assert_output 'bad_record: lines: must hold at least one line'
	run message '{"currency":"GBP","lines":[{"sku":"A","qty":0}]}'
	assert_output 'bad_record: lines[0].qty: must be a whole number from 1 to 1000000000'
	run message '{"currency":"GBP","customer":{"group":7},"lines":[{"sku":"A","qty":1}]}'
	assert_output 'bad_record: customer.group: must be a string'
	run message '{"currency":"GBP","time":"noon","lines":[{"sku":"A","qty":1}]}'
	assert_output 'bad_record: time: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01'
}

@test "failed and waiting records pass as they are" {
	printf '%s\n' '{"lines":[{"sku":"X","qty":1}],"error":{"by":"catalog"} }' \
		'{"lines":[{"sku":"X","qty":1}],"wait":{"by":"pay"}, "price":1}' >in
	souk-price <in | cmp - in
}

@test "bad options: exit 2 and why" {
	run souk-price --list ''
	assert_failure 2
	assert_output 'souk-price: --list : must be 1 to 64 bytes long (see souk-price --help)'
	run souk-price --rounding down
	assert_failure 2
	assert_output 'souk-price: --rounding down: must be one of half-up, half-even (see souk-price --help)'
}

# ---- Agreed prices ----

@test "an agreed price counts for nothing without --agreed" {
	put '{"sku":"A","currency":"GBP","amount":100}'
	run unit '"lines":[{"sku":"A","qty":1,"agreed":{"unit_price":1}}]'
	assert_output 100
}

@test "with --agreed it counts, and lines without one have the list price" {
	put '{"sku":"A","currency":"GBP","amount":100}'
	run order '"currency":"GBP","lines":[{"sku":"A","qty":2,"agreed":{"unit_price":99}},{"sku":"PADS","qty":5,"agreed":{"unit_price_decimal":"0.1"}},{"sku":"A","qty":1},{"sku":"A","qty":1,"agreed":null},{"sku":"GIFT","qty":3,"agreed":{"unit_price":0}}]' --agreed
	assert_output 'price {"lines":[{"unit_price":99,"subtotal":198},{"unit_price_decimal":"0.1","subtotal":1},{"unit_price":100,"subtotal":100},{"unit_price":100,"subtotal":100},{"unit_price":0,"subtotal":0}],"subtotal":399}'
	run unit '"lines":[{"sku":"A","qty":2,"agreed":{"unit_price":9}},{"sku":"X","qty":1}]' --agreed
	assert_output no_price
}

@test "an agreed price must be one" {
	message() { printf '{"currency":"GBP","lines":[{"sku":"A","qty":1,"agreed":%s}]}\n' "$1" |
		souk-price --agreed | jq -r .error.message; }
	run message '{}'
	assert_output 'lines[0].agreed: must have either unit_price or unit_price_decimal'
	run message '5'
	assert_output 'lines[0].agreed: must be an object'
	run message '{"unit_price":-1}'
	assert_output 'lines[0].agreed.unit_price: must be a whole number from 0 to 999999999999999999'
	run message '{"unit_price_decimal":"1e2"}'
	assert_output --partial 'lines[0].agreed.unit_price_decimal: must be a decimal in minor units'
}

# ---- While it runs ----

@test "a price changed while the stage runs is seen by its next batch" {
	put '{"sku":"A","currency":"GBP","amount":1}'
	mkfifo in
	souk-price <in >out 3>&- &
	stage=$!
	exec 7>in
	echo '{"currency":"GBP","lines":[{"sku":"A","qty":1},{"sku":"A","qty":2}]}' >&7
	until [ "$(lines out)" = 1 ]; do sleep 0.01; done
	put '{"sku":"A","currency":"GBP","amount":5}'
	echo '{"currency":"GBP","lines":[{"sku":"A","qty":1},{"sku":"N","qty":1}]}' >&7
	until [ "$(lines out)" = 2 ]; do sleep 0.01; done
	put '{"sku":"N","currency":"GBP","amount":7}'
	echo '{"currency":"GBP","lines":[{"sku":"A","qty":1},{"sku":"N","qty":1}]}' >&7
	exec 7>&-
	wait "$stage"
	run jq -r '.error.code // .price.subtotal' out
	assert_output '3
no_price
12'
}

@test "put and the stage keep the filter contract" {
	put '{"sku":"A","currency":"GBP","amount":1}'
	echo "{\"currency\":\"GBP\",$(a)}" >orders.ndjson
	run souk-conform -i orders.ndjson -- souk-price
	assert_success
	run souk-conform -i put.out -- souk-price put
	assert_success
}
