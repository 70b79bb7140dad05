#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-tax: rates by country, class and date, and the tax on an order to the penny.

load helper

# A rate, as `rate COUNTRY CLASS PERCENT [FROM [TO]]`.
rate() {
	printf '{"country":"%s","class":"%s","rate":"%s"%s%s}\n' "$1" "$2" "$3" "${4:+,\"from\":\"$4\"}" "${5:+,\"to\":\"$5\"}" |
		souk-tax put >/dev/null
}

# An order whose lines cost so much each: `order SUBTOTAL...`; $more is added to it.
order() {
	jq -nc --argjson more "${more:-{\}}" '$ARGS.positional | map(tonumber) |
		{id: "o1", time: "2010-12-01T08:26:00Z", ship_to: {country: "GB"},
		lines: map({sku: "a", qty: 1}), price: {lines: map({subtotal: .}), subtotal: add}}
		+ $more' --args "$@"
}

# The member that souk-tax gives to the record on stdin; of a failed one the error.
tax() {
	souk-tax "$@" | jq -c '.tax // .error'
}

# [tax of each line, tax of each charge, total]
taxes() {
	souk-tax "$@" | jq -c '.tax | [[.lines[].tax], [.charges[]?.tax], .tax]'
}

prepare() {
	rate GB standard 17.5 2010-01-01 2011-01-04
	rate GB standard 20 2011-01-04
	rate GB zero 0
	rate GB reduced 5
}

# ---- put and list ----

@test "put stores a rate, list gives what put takes" {
	rm -rf "$SOUK_DB/tax"
	cat >rates.ndjson <<-'END'
	{"country":"*","class":"standard","rate":"0"}
	{"country":"DE","class":"standard","rate":"19","to":"2020-07-01"}
	{"country":"DE","class":"standard","rate":"16","from":"2020-07-01","to":"2021-01-01T00:00:01Z"}
	{"country":"GB","class":"goods \"ü\"","rate":"17.5"}
	END
	run souk-tax put <rates.ndjson
	assert_success
	assert_output "$(sed 's/}$/,"tax":{"state":"stored"}}/' rates.ndjson)"
	run souk-tax list
	assert_success
	assert_output "$(cat rates.ndjson)"
	souk-tax list | souk-tax put >again.ndjson
	run souk-tax list
	assert_output "$(cat rates.ndjson)"
}

@test "a rate is taken by its spelling, as a string or as a number" {
	rm -rf "$SOUK_DB/tax"
	printf '{"country":"A%s","class":"x","rate":%s}\n' \
		A 20 B 17.5 C 17.50 D '"017.500"' E 0.000000000001 F 0 G 1000 H '"-0"' |
		souk-tax put >stored.ndjson
	run jq -c '[.country, .rate]' <(souk-tax list)
	assert_output '["AA","20"]
["AB","17.5"]
["AC","17.5"]
["AD","17.5"]
["AE","0.000000000001"]
["AF","0"]
["AG","1000"]
["AH","0"]'
}

@test "a rate of the same country, class and beginning is replaced" {
	rate GB reduced 8 2010-01-01
	rate GB reduced 6 2010-01-01 2012-01-01
	run grep reduced <(souk-tax list)
	assert_output '{"country":"GB","class":"reduced","rate":"5"}
{"country":"GB","class":"reduced","rate":"6","from":"2010-01-01","to":"2012-01-01"}'
}

@test "put says what is wrong with a rate" {
	souk-tax list >before.ndjson
	while IFS='|' read -r record message; do
		run jq -rc '[.error.by, .error.code, .error.message] | join("|")' <(souk-tax put <<<"$record")
		assert_output "tax|bad_record|$message"
	done <<-'END'
	{"class":"x","rate":"1"}|country is missing
	{"country":"gb","class":"x","rate":"1"}|country: must be two capital letters (ISO 3166-1), or * for countries without own rates
	{"country":"GBR","class":"x","rate":"1"}|country: must be 1 to 2 bytes long
	{"country":"**","class":"x","rate":"1"}|country: must be two capital letters (ISO 3166-1), or * for countries without own rates
	{"country":"GB","rate":"1"}|class is missing
	{"country":"GB","class":"","rate":"1"}|class: must be 1 to 64 bytes long
	{"country":"GB","class":"x"}|rate is missing
	{"country":"GB","class":"x","rate":null}|rate is missing
	{"country":"GB","class":"x","rate":true}|rate: must be a string
	{"country":"GB","class":"x","rate":"17,5"}|rate: must be a number of percent from 0 to 1000, such as 17.5
	{"country":"GB","class":"x","rate":"20%"}|rate: must be a number of percent from 0 to 1000, such as 17.5
	{"country":"GB","class":"x","rate":1e1}|rate: must be a number of percent from 0 to 1000, such as 17.5
	{"country":"GB","class":"x","rate":-1}|rate: must be a number of percent from 0 to 1000, such as 17.5
	{"country":"GB","class":"x","rate":"1000.1"}|rate: must be a number of percent from 0 to 1000, such as 17.5
	{"country":"GB","class":"x","rate":"1","from":"yesterday"}|from: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01
	{"country":"GB","class":"x","rate":"1","from":2011}|from: must be a string
	{"country":"GB","class":"x","rate":"1","from":"2011-01-04","to":"2011-01-04"}|to: must be later than from
	END
	cmp before.ndjson <(souk-tax list)
}

@test "the same rate again writes nothing" {
	souk-tax list >rates.ndjson
	# What another process that reads the database sees of it.
	sqlite3 "$SOUK_DB/tax/tax.db" >versions <<-'END'
	PRAGMA data_version;
	.shell souk-tax put <rates.ndjson >stored.ndjson
	PRAGMA data_version;
	.shell sed s/20/21/ rates.ndjson | souk-tax put >stored.ndjson
	PRAGMA data_version;
	END
	run awk 'NR > 1 { print $1 == last ? "same" : "changed" } { last = $1 }' versions
	assert_output 'same
changed'
}

@test "the demo shop's rates: loaded, listed the same, no day without a rate between two" {
	rm -rf "$SOUK_DB/tax"
	souk-tax put <"$SOUK_DATA/tax-rates.ndjson" >stored.ndjson
	assert_equal "$(jq -c .tax stored.ndjson | sort -u)" '{"state":"stored"}'
	diff <(jq -cS . "$SOUK_DATA/tax-rates.ndjson" | sort) <(souk-tax list | jq -cS . | sort)
	more='{"time":"2011-01-03T23:59:59Z"}' order 1000 >orders.ndjson
	more='{"time":"2011-01-04T00:00:00Z"}' order 1000 >>orders.ndjson
	more='{"ship_to":{"country":"JE"}}' order 1000 >>orders.ndjson
	run taxes <orders.ndjson
	assert_output '[[175],[],175]
[[200],[],200]
[[0],[],0]'
}

@test "the demo shop's rates: parts of countries by their postcodes, at their time" {
	rm -rf "$SOUK_DB/tax"
	souk-tax put -e <"$SOUK_DATA/tax-rates.ndjson" >/dev/null
	at() {
		more="{\"time\":\"$3T00:00:00Z\",\"ship_to\":{\"country\":\"$1\",\"postcode\":\"$2\"},\"catalog\":{\"lines\":[{\"tax_class\":\"${4:-standard}\"}]}}"
		order 1000 | taxes | jq -c '.[2]'
	}
	assert_equal "$(at ES 28013 2026-01-01)" 210
	assert_equal "$(at ES '35 001' 2026-01-01)" 0
	assert_equal "$(at ES 51005 2026-01-01)" 0
	assert_equal "$(at ES 51006 2026-01-01)" 210
	assert_equal "$(at IT 23041 2026-01-01)" 0
	assert_equal "$(at IT 23042 2026-01-01)" 220
	assert_equal "$(at PT 9000-017 2026-01-01)" 220
	assert_equal "$(at PT 9500-001 2026-01-01)" 180
	assert_equal "$(at PT 1100-148 2026-01-01)" 230
	assert_equal "$(at DE 27498 2020-08-01)" 0
	assert_equal "$(at DE 27499 2020-08-01)" 160
	assert_equal "$(at AT 6991 2015-12-31)" 200
	assert_equal "$(at AT 6991 2016-01-01)" 190
	# Outside the area of VAT no goods are taxed, whatever their class.
	assert_equal "$(at ES 28013 2026-01-01 reduced)" 100
	assert_equal "$(at ES 38001 2026-01-01 reduced)" 0
}

# ---- Which rate ----

@test "an order is taxed: the member to the byte, the rest as it came" {
	run souk-tax <<'END'
{"id":"o1", "time":"2010-12-01T08:26:00Z","ship_to":{"country":"GB"},"n":1.10,"tax":"old","lines":[{"sku":"a","qty":6},{"sku":"b","qty":1}],"catalog":{"lines":[{"tax_class":"standard"},{"tax_class":"zero"}]},"price":{"lines":[{"unit_price":255,"subtotal":1530},{"unit_price_decimal":"0.1","subtotal":1}],"subtotal":1531}}
END
	assert_success
	assert_output '{"id":"o1", "time":"2010-12-01T08:26:00Z","ship_to":{"country":"GB"},"n":1.10,"lines":[{"sku":"a","qty":6},{"sku":"b","qty":1}],"catalog":{"lines":[{"tax_class":"standard"},{"tax_class":"zero"}]},"price":{"lines":[{"unit_price":255,"subtotal":1530},{"unit_price_decimal":"0.1","subtotal":1}],"subtotal":1531},"tax":{"inclusive":false,"lines":[{"rate":"17.5","tax":268},{"rate":"0","tax":0}],"rates":[{"rate":"17.5","net":1530,"tax":268},{"rate":"0","net":1,"tax":0}],"tax":268}}'
}

@test "the United Kingdom, 4 January 2011, midnight" {
	while read -r time tax; do
		more="{\"time\":\"$time\"}" order 1000 >order.ndjson
		run taxes <order.ndjson
		assert_output "[[$tax],[],$tax]"
	done <<-'END'
	2010-01-01T00:00:00Z 175
	2011-01-03T23:59:59Z 175
	2011-01-04T00:00:00Z 200
	2011-01-04T00:59:59+01:00 175
	2011-01-04 200
	9999-12-31T23:59:59Z 200
	END
}

@test "an order without time is taxed at --now" {
	order 1000 | jq -c 'del(.time)' >order.ndjson
	run taxes --now 2010-06-01 <order.ndjson
	assert_output '[[175],[],175]'
	run taxes --now 2011-06-01 <order.ndjson
	assert_output '[[200],[],200]'
}

@test "of rates that hold at once the one that began last" {
	rate DE standard 19
	rate DE standard 16 2020-07-01 2021-01-01
	rate DE standard 21 2030-01-01
	for try in 2020-06-30=19 2020-07-01=16 2020-12-31=16 2021-01-01=19 2030-01-01=21; do
		more="{\"time\":\"${try%=*}\",\"ship_to\":{\"country\":\"DE\"}}" order 100 >order.ndjson
		run taxes <order.ndjson
		assert_output "[[${try#*=}],[],${try#*=}]"
	done
}

@test "no rate: the class, the country and the time are named" {
	more='{"time":"2009-12-31T23:59:59Z"}' order 100 >order.ndjson
	run tax <order.ndjson
	assert_output '{"by":"tax","code":"no_tax_rate","message":"no rate is known for class standard in GB at 2009-12-31T23:59:59Z","country":"GB","class":"standard","time":"2009-12-31T23:59:59Z"}'
	more='{"catalog":{"lines":[{"tax_class":"books"}]}}' order 100 >order.ndjson
	run souk-tax -e <order.ndjson
	assert_failure 1
	assert_output --partial '"code":"no_tax_rate","message":"no rate is known for class books in GB at 2010-12-01T08:26:00Z"'
}

@test "* stands for the countries without a rate of their own, and for no others" {
	rate '*' standard 0
	rate '*' books 0
	more='{"ship_to":{"country":"US"}}' order 100 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"0","tax":0}],"rates":[{"rate":"0","net":100,"tax":0}],"tax":0}'
	more='{"ship_to":{"country":"GB"},"catalog":{"lines":[{"tax_class":"books"}]}}' order 100 >order.ndjson
	run tax <order.ndjson
	assert_output --partial '"code":"no_tax_rate"'
	more='{"time":"2009-01-01"}' order 100 >order.ndjson
	run tax <order.ndjson
	assert_output --partial '"code":"no_tax_rate"'
}

@test "an order without ship_to is the shop's own country's, if that is said" {
	order 1000 | jq -c 'del(.ship_to)' >order.ndjson
	run taxes --country GB <order.ndjson
	assert_output '[[175],[],175]'
	run tax <order.ndjson
	assert_output '{"by":"tax","code":"bad_record","message":"ship_to is missing, and no --country is given for it"}'
	order 1000 | jq -c '.ship_to = {"city": "London"}' >order.ndjson
	run tax --country GB <order.ndjson
	assert_output '{"by":"tax","code":"bad_record","message":"ship_to.country is missing"}'
	run souk-tax --country gb
	assert_failure 2
	assert_output --partial 'souk-tax: --country gb: must be two capital letters (ISO 3166-1)'
}

@test "a rate changed by another process is seen in the next batch" {
	mkfifo in out
	souk-tax <in >out 3>&- &
	exec 7>in 8<out
	more='{"time":"2011-06-01"}' order 1000 >order.ndjson
	cat order.ndjson >&7
	read -r -t 5 first <&8
	rate GB standard 21 2011-05-01
	cat order.ndjson >&7
	read -r -t 5 second <&8
	exec 7>&-
	wait
	assert_equal "$(jq -c .tax.tax <<<"$first$second" | tr '\n' ' ')" '200 210 '
}

# ---- How much ----

@test "prices without and with the tax" {
	more='{"time":"2011-06-01","catalog":{"lines":[{},{"tax_class":"reduced"}]}}' order 1000 1050 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"20","tax":200},{"rate":"5","tax":53}],"rates":[{"rate":"20","net":1000,"tax":200},{"rate":"5","net":1050,"tax":53}],"tax":253}'
	run tax --inclusive <order.ndjson
	assert_output '{"inclusive":true,"lines":[{"rate":"20","tax":167},{"rate":"5","tax":50}],"rates":[{"rate":"20","net":833,"tax":167},{"rate":"5","net":1000,"tax":50}],"tax":217}'
}

@test "rounded at each line, or once for each rate" {
	# 5 % of 10 is half a penny, three times: 3 by line, 1.5 and so 2 by order.
	more='{"catalog":{"lines":[{"tax_class":"reduced"},{"tax_class":"reduced"},{"tax_class":"reduced"}]}}' \
		order 10 10 10 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[1,1,1],[],3]'
	run taxes --round order <order.ndjson
	assert_output '[[1,1,0],[],2]'
	# 17.5 % of 103, 101, 2: 18.025, 17.675, 0.35; together 36.05.
	order 103 101 2 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[18,18,0],[],36]'
	order 3 3 3 3 3 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[1,1,1,1,1],[],5]'
	run taxes --round order <order.ndjson
	assert_output '[[1,1,1,0,0],[],3]'
	run taxes --round order --inclusive <order.ndjson
	assert_output '[[1,1,0,0,0],[],2]'
}

@test "each rate is rounded by itself" {
	more='{"catalog":{"lines":[{"tax_class":"reduced"},{},{"tax_class":"reduced"},{}]}}' \
		order 10 3 11 4 >order.ndjson
	run tax --round order <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"5","tax":0},{"rate":"17.5","tax":0},{"rate":"5","tax":1},{"rate":"17.5","tax":1}],"rates":[{"rate":"5","net":21,"tax":1},{"rate":"17.5","net":7,"tax":1}],"tax":2}'
}

@test "halves: up, or to the even neighbour" {
	more='{"catalog":{"lines":[{"tax_class":"reduced"},{"tax_class":"reduced"},{"tax_class":"reduced"}]}}' \
		order 10 30 50 >order.ndjson
	run taxes --rounding half-up <order.ndjson
	assert_output '[[1,2,3],[],6]'
	run taxes --rounding half-even <order.ndjson
	assert_output '[[0,2,2],[],4]'
	# 5 % of 90 is 4.5.
	run taxes --rounding half-up --round order <order.ndjson
	assert_output '[[0,2,3],[],5]'
	run taxes --rounding half-even --round order <order.ndjson
	assert_output '[[1,1,2],[],4]'
}

@test "two classes of one rate are one row of the breakdown" {
	rate GB toys 17.50
	more='{"catalog":{"lines":[{},{"tax_class":"toys"},{"tax_class":"zero"}]}}' order 100 200 300 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"17.5","tax":18},{"rate":"17.5","tax":35},{"rate":"0","tax":0}],"rates":[{"rate":"17.5","net":300,"tax":53},{"rate":"0","net":300,"tax":0}],"tax":53}'
}

@test "charges of any member are taxed, each with its class" {
	more='{"ship":{"charges":[{"label":"Post \"1st\"","amount":495}]},"wrap":{"x":1,"charges":[{"label":"Box","amount":200,"tax_class":"zero"},{"label":"Bow","amount":100,"tax_class":"reduced"}]}}' \
		order 1000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"17.5","tax":175}],"charges":[{"label":"Post \"1st\"","amount":495,"rate":"17.5","tax":87},{"label":"Box","amount":200,"rate":"0","tax":0},{"label":"Bow","amount":100,"rate":"5","tax":5}],"rates":[{"rate":"17.5","net":1495,"tax":262},{"rate":"0","net":200,"tax":0},{"rate":"5","net":100,"tax":5}],"tax":267}'
}

@test "charges below zero give tax back" {
	more='{"deposit":{"charges":[{"label":"Crate back","amount":-300}]}}' order 1000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"17.5","tax":175}],"charges":[{"label":"Crate back","amount":-300,"rate":"17.5","tax":-53}],"rates":[{"rate":"17.5","net":700,"tax":122}],"tax":122}'
	run tax --round order <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"17.5","tax":175}],"charges":[{"label":"Crate back","amount":-300,"rate":"17.5","tax":-52}],"rates":[{"rate":"17.5","net":700,"tax":123}],"tax":123}'
}

@test "what souk-tax and souk-total said before is not taxed again" {
	more='{"ship":{"charges":[{"label":"Post","amount":495}]},"tax":{"charges":[{"label":"Post","amount":9}]},"total":{"charges":495}}' \
		order 1000 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[175],[87],262]'
	souk-tax <order.ndjson >once.ndjson
	souk-tax <once.ndjson | cmp - once.ndjson
}

@test "what a promotion takes off is not taxed" {
	more='{"promo":{"lines":[{"discount":100},{}],"discount":100}}' order 1000 1000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"17.5","tax":158},{"rate":"17.5","tax":175}],"rates":[{"rate":"17.5","net":1900,"tax":333}],"tax":333}'
	more='{"promo":{"lines":[{"discount":1001}]}}' order 1000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"by":"tax","code":"bad_record","message":"promo.lines[0].discount: must be a whole number from 0 to 1000"}'
}

@test "a promo that found nothing has no lines, and takes nothing off" {
	order 1000 >order.ndjson
	souk-tax <order.ndjson | jq -c .tax >plain
	for promo in '{}' '{"discount":0}' '{"discount":0,"applied":[]}'; do
		jq -c --argjson promo "$promo" '.promo = $promo' order.ndjson | souk-tax | jq -c .tax | cmp - plain
	done
}

@test "amounts are minor units of any currency: JPY, KWD" {
	rate JP standard 8 2014-04-01
	rate KW standard 5.25
	more='{"currency":"JPY","time":"2015-01-01","ship_to":{"country":"JP"}}' order 1055 >orders.ndjson
	more='{"currency":"KWD","ship_to":{"country":"KW"}}' order 12345 >>orders.ndjson
	run taxes <orders.ndjson
	assert_output '[[84],[],84]
[[648],[],648]'
	run taxes --inclusive <orders.ndjson
	assert_output '[[78],[],78]
[[616],[],616]'
}

@test "the largest amounts: exact, or overflow" {
	sed 's/1000/9223372036854775807/g' <(order 1000) >order.ndjson
	run souk-tax <order.ndjson
	assert_output --partial '"rates":[{"rate":"17.5","net":9223372036854775807,"tax":1614090106449585766}],"tax":1614090106449585766}}'
	sed 's/1000/9223372036854775807/g' <(order 1000 1000) >order.ndjson
	for level in line order; do
		run tax --round $level <order.ndjson
		assert_output '{"by":"tax","code":"overflow","message":"the amounts of this order are too large to be taxed"}'
	done
	rate GB standard 1000 2010-01-01
	sed 's/1000/9223372036854775807/g' <(order 1000) >order.ndjson
	run tax <order.ndjson
	assert_output --partial '"code":"overflow"'
}

# ---- Parts of a country, several taxes ----

@test "an exception for postcodes: prefixes and ranges, of any spelling" {
	souk-tax put <<-'END' >/dev/null
	{"country":"ES","class":"standard","rate":21}
	{"country":"ES","class":"reduced","rate":10}
	{"country":"ES","postcode":"35, 38","class":"*","rate":0}
	{"country":"ES","postcode":"51001-51005,51070 - 51071,51081","class":"standard","rate":"0.5"}
	{"country":"ES","postcode":"380","class":"standard","rate":3}
	{"country":"GB","postcode":"bt","class":"standard","rate":17}
	END
	run jq -c '[.country, .postcode]' <(souk-tax list | grep postcode)
	assert_output '["ES","35,38"]
["ES","380"]
["ES","51001-51005,51070-51071,51081"]
["GB","BT"]'
	while read -r country rate postcode; do
		more="{\"ship_to\":{\"country\":\"$country\",\"postcode\":\"$postcode\"}}" order 100 >order.ndjson
		run jq -r '.tax.lines[0].rate' <(souk-tax <order.ndjson)
		assert_output "$rate"
	done <<-'END'
	ES 21 28001
	ES 0 35001
	ES 0 38100
	ES 3 38001
	ES 21 51000
	ES 0.5 51001
	ES 0.5 51005
	ES 21 51006
	ES 0.5 51081
	ES 0.5 5 10-70
	ES 21 510
	ES 21
	GB 17.5 SW1Y 4JH
	GB 17 bt1 1aa
	GB 17.5 1BT
	FR null 35001
	END
	# The longer postcode counts before the region and the class.
	souk-tax put <<-'END' >/dev/null
	{"country":"ES","postcode":"3811","class":"*","rate":2}
	{"country":"ES","region":"TF","postcode":"381","class":"standard","rate":9}
	{"country":"ES","region":"TF","class":"*","rate":8}
	END
	jq -nc '{id: "o1", ship_to: ({country: "ES", region: "TF"} + ({postcode: ("38110", "38120", "28001")}, {})),
		lines: [{}], price: {lines: [{subtotal: 100}]}}' >orders.ndjson
	run jq -c .tax.tax <(souk-tax <orders.ndjson)
	assert_output '2
9
8
8'
	# Of a class without an exception of its own, the one of all classes.
	more='{"ship_to":{"country":"ES","postcode":"35001"},"catalog":{"lines":[{"tax_class":"reduced"}]}}' order 100 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[0],[],0]'
	more='{"ship_to":{"country":"ES","postcode":"51001"},"catalog":{"lines":[{"tax_class":"reduced"}]}}' order 100 >order.ndjson
	run taxes <order.ndjson
	assert_output '[[10],[],10]'
}

@test "a region, and postcodes of a region, at the order's time" {
	souk-tax put <<-'END' >/dev/null
	{"country":"US","class":"standard","rate":0}
	{"country":"US","region":"NY","class":"standard","rate":4,"from":"2005-06-01"}
	{"country":"US","region":"NY","class":"standard","rate":"4.25","to":"2005-06-01"}
	{"country":"US","region":"NY","postcode":"100-104","class":"standard","rate":"8.875","from":"2009-08-01"}
	END
	for want in '0 2010-12-01 CA 10001' '4 2010-12-01 NY 14201' '8.875 2010-12-01 NY 10001' \
		'4 2009-07-31 NY 10001' '4.25 2004-01-01 NY 10001' '0 2010-12-01 ny 10001' '0 2010-12-01 AN-OVERLONG-REGION 1'; do
		read -r rate time region postcode <<<"$want"
		more="{\"time\":\"$time\",\"ship_to\":{\"country\":\"US\",\"region\":\"$region\",\"postcode\":\"$postcode\"}}" \
			order 100 >order.ndjson
		run jq -r '.tax.lines[0].rate' <(souk-tax <order.ndjson)
		assert_output "$rate"
	done
	souk-tax list >rates.ndjson
	rm -rf "$SOUK_DB/tax"
	souk-tax put <rates.ndjson >/dev/null
	cmp rates.ndjson <(souk-tax list)
}

@test "combined taxes are each rounded by themselves, compound ones tax the taxes before them" {
	souk-tax put <<-'END' >/dev/null
	{"country":"CA","region":"QC","class":"standard","parts":[{"name":"GST","rate":5},{"name":"QST","rate":"7.5","compound":true}],"to":"2012-01-01"}
	{"country":"CA","region":"QC","class":"standard","parts":[{"name":"GST","rate":"5.0"},{"name":"QST","rate":"9.975"}],"from":"2013-01-01"}
	END
	run grep QC <(souk-tax list)
	assert_output '{"country":"CA","region":"QC","class":"standard","parts":[{"name":"GST","rate":"5"},{"name":"QST","rate":"7.5","compound":true}],"to":"2012-01-01"}
{"country":"CA","region":"QC","class":"standard","parts":[{"name":"GST","rate":"5"},{"name":"QST","rate":"9.975"}],"from":"2013-01-01"}'
	# 5 % of 10.50 is 0.525, 9.975 % of it 1.047375: 0.53 and 1.05, not 14.975 % at once (1.57).
	more='{"time":"2014-01-01","ship_to":{"country":"CA","region":"QC"}}' order 1050 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"14.975","tax":158}],"rates":[{"rate":"14.975","net":1050,"tax":158,"parts":[{"name":"GST","rate":"5","tax":53},{"name":"QST","rate":"9.975","tax":105}]}],"tax":158}'
	# 7.5 % of 105 % is 7.875 %: of 200.00, 10.00 and 15.75.
	more='{"ship_to":{"country":"CA","region":"QC"}}' order 20000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"lines":[{"rate":"12.875","tax":2575}],"rates":[{"rate":"12.875","net":20000,"tax":2575,"parts":[{"name":"GST","rate":"5","tax":1000},{"name":"QST","rate":"7.5","compound":true,"tax":1575}]}],"tax":2575}'
	# Prices that contain it: 225.75 is 200.00 and the same taxes.
	more='{"ship_to":{"country":"CA","region":"QC"}}' order 22575 >order.ndjson
	run tax --inclusive <order.ndjson
	assert_output '{"inclusive":true,"lines":[{"rate":"12.875","tax":2575}],"rates":[{"rate":"12.875","net":20000,"tax":2575,"parts":[{"name":"GST","rate":"5","tax":1000},{"name":"QST","rate":"7.5","compound":true,"tax":1575}]}],"tax":2575}'
	# By the order, each tax once: of 3 x 0.10, 1.5 and 2.9925.
	more='{"time":"2014-01-01","ship_to":{"country":"CA","region":"QC"}}' order 10 10 10 >order.ndjson
	run jq -c '.tax | [[.lines[].tax], [.rates[0].parts[].tax], .tax]' <(souk-tax <order.ndjson)
	assert_output '[[2,2,2],[3,3],6]'
	run jq -c '.tax | [[.lines[].tax], [.rates[0].parts[].tax], .tax]' <(souk-tax --round order <order.ndjson)
	assert_output '[[2,2,1],[2,3],5]'
}

@test "random orders under combined and compound taxes: parts add up to rates, rates to orders" {
	seed=${SEED:-$RANDOM}
	echo "seed $seed (SEED=$seed repeats it)"
	souk-tax put <<-'END' >/dev/null
	{"country":"CA","class":"standard","parts":[{"name":"A","rate":"5"},{"name":"B","rate":"9.975"}]}
	{"country":"CA","class":"other","parts":[{"name":"A","rate":"0"},{"name":"B","rate":"0.333"},{"name":"C","rate":"7.5","compound":true}]}
	{"country":"CA","class":"same","parts":[{"name":"D","rate":"14.975"}]}
	END
	cat >orders.py <<-'END'
	import json, random, sys
	random.seed(int(sys.argv[1]))
	for i in range(500):
	    n = random.randint(1, 9)
	    subtotals = [random.randint(0, random.choice([30, 1000, 10**6])) for _ in range(n)]
	    print(json.dumps({"id": "o%d" % i, "currency": "CAD", "time": "2014-01-01", "ship_to": {"country": "CA"},
	        "lines": [{"sku": "a", "qty": 1}] * n, "price": {"lines": [{"unit_price": s, "subtotal": s} for s in subtotals], "subtotal": sum(subtotals)},
	        "catalog": {"lines": [{"tax_class": random.choice(["standard", "other", "same"])} for _ in range(n)]},
	        "ship": {"charges": [{"label": "c", "amount": random.randint(-500, 500)}]}}))
	END
	cat >check.py <<-'END'
	import json, sys
	from fractions import Fraction
	count = 0
	half_up = lambda x: int(abs(x) + Fraction(1, 2)) * (1 if x >= 0 else -1)
	for line in sys.stdin:
	    r = json.loads(line); t = r["tax"]
	    items = [(p["subtotal"], x["rate"], x["tax"]) for p, x in zip(r["price"]["lines"], t["lines"])]
	    items += [(c["amount"], c["rate"], c["tax"]) for c in t["charges"]]
	    assert sum(i[2] for i in items) == t["tax"] == sum(x["tax"] for x in t["rates"]), r
	    for x in t["rates"]:
	        whole, parts = Fraction(0), []
	        for p in x["parts"]:
	            percent = Fraction(p["rate"]) * ((100 + whole) / 100 if p.get("compound") else 1)
	            whole += percent
	            parts.append(percent)
	        assert whole == Fraction(x["rate"]), x
	        assert sum(p["tax"] for p in x["parts"]) == x["tax"], x
	        if sys.argv[1] == "order":
	            assert [p["tax"] for p in x["parts"]] == [half_up(x["net"] * p / 100) for p in parts], x
	        if sys.argv[1] == "line" and x["rate"] != "14.975":
	            mine = [i[0] for i in items if i[1] == x["rate"]]
	            assert [p["tax"] for p in x["parts"]] == [sum(half_up(a * p / 100) for a in mine) for p in parts], x
	    count += 1
	print(count)
	END
	python3 orders.py "$seed" >orders.ndjson
	for level in line order inclusive; do
		option=(--round "$level")
		[ $level = inclusive ] && option=(--inclusive)
		souk-tax "${option[@]}" <orders.ndjson | souk-total >out.ndjson
		run python3 check.py $level <out.ndjson
		assert_output 500
		# The audit derives the same.
		jq -c '{export: "order", id, state: "placed", currency, total: .total.total, opened: "2014-01-01T00:00:00Z", closed: true, record: .}' out.ndjson >books.ndjson
		run souk-audit --no-stock --no-pay books.ndjson
		assert_success
		assert_output --partial '"orders":500'
	done
	jq -c 'if .id == "o7" then .record.tax.rates[0].parts[0].tax += 1 else . end' books.ndjson >broken.ndjson
	run souk-audit --no-stock --no-pay broken.ndjson
	assert_failure 1
	assert_output --partial '"id":"o7"'
}

@test "put says what is wrong with parts of countries and of rates" {
	while IFS='|' read -r record message; do
		run jq -rc '[.error.by, .error.code, .error.message] | join("|")' <(souk-tax put <<<"$record")
		assert_output "tax|bad_record|$message"
	done <<-'END'
	{"country":"*","region":"X","class":"x","rate":1}|country: must be two capital letters (ISO 3166-1)
	{"country":"*","postcode":"1","class":"x","rate":1}|country: must be two capital letters (ISO 3166-1)
	{"country":"ES","postcode":"","class":"x","rate":1}|postcode: must be 1 to 1000 bytes long
	{"country":"ES","postcode":",","class":"x","rate":1}|postcode: must be prefixes and ranges of equal length, such as "35, 51001-51005"
	{"country":"ES","postcode":"35*","class":"x","rate":1}|postcode: must be prefixes and ranges of equal length, such as "35, 51001-51005"
	{"country":"ES","postcode":"1-20","class":"x","rate":1}|postcode: must be prefixes and ranges of equal length, such as "35, 51001-51005"
	{"country":"ES","postcode":"20-10","class":"x","rate":1}|postcode: must be prefixes and ranges of equal length, such as "35, 51001-51005"
	{"country":"ES","region":"a region of a country","class":"x","rate":1}|region: must be 1 to 16 bytes long
	{"country":"ES","class":"x","rate":1,"parts":[{"name":"a","rate":1}]}|rate: can't be given beside parts, from which it follows
	{"country":"ES","class":"x","parts":[]}|parts: must hold one to 4 taxes
	{"country":"ES","class":"x","parts":[{"rate":1}]}|parts[0].name is missing
	{"country":"ES","class":"x","parts":[{"name":"a"}]}|parts[0].rate is missing
	{"country":"ES","class":"x","parts":[{"name":"a","rate":"x"}]}|parts[0].rate: must be a number of percent, such as 17.5, and all come to 1000 at most
	{"country":"ES","class":"x","parts":[{"name":"a","rate":"600"},{"name":"b","rate":401}]}|parts[1].rate: must be a number of percent, such as 17.5, and all come to 1000 at most
	{"origin":"gb"}|origin: must be two capital letters (ISO 3166-1)
	{"origin":"GB","export":1}|export: must be true or false
	{"origin":"GB","registered":["US","x"]}|registered[1]: must be two capital letters (ISO 3166-1)
	END
}

# ---- Who pays no tax ----

# buyer ORIGIN COUNTRY VAT_ID [TIME]: what the order is exempt for, its VAT id, its tax.
buyer() {
	buyers "$1" "$2" "${4:-2026-01-01}" <<<"$3"
}

# buyers ORIGIN COUNTRY TIME: the same of each VAT id of the standard input.
buyers() {
	jq -Rc --arg c "$2" --arg t "$3" '. as $v | {id: "o1", time: $t, ship_to: {country: $c},
		lines: [{sku: "a", qty: 1}], price: {lines: [{subtotal: 1000}]}} + (if $v == "" then {} else {customer: {vat_id: $v}} end)' |
		souk-tax --origin "$1" | jq -r '.tax as $t | .error.message // [$t.exempt // "taxed", $t.vat_id // "-", $t.tax] | if type == "array" then join(" ") else . end'
}

@test "reverse charge: a business in another country of the Union, by its VAT id" {
	rate '*' standard 10
	while IFS='|' read -r origin country vat_id time expected; do
		assert_equal "$(buyer "$origin" "$country" "$vat_id" "$time")" "$expected"
	done <<-'END'
	DE|FR|FR 40 303265045|2026-01-01|reverse_charge FR40303265045 0
	DE|FR||2026-01-01|taxed - 100
	DE|DE|DE136695976|2026-01-01|taxed - 100
	DE|FR|DE136695976|2026-01-01|taxed - 100
	DE|GR|el-094.259.216|2026-01-01|reverse_charge EL094259216 0
	DE|FR|CHE-123.456.789 MWST|2026-01-01|taxed - 100
	DE|HR|HR33392005961|2013-06-30|export HR33392005961 0
	DE|HR|HR33392005961|2013-07-01|reverse_charge HR33392005961 0
	DE|GB|XI110305878|2026-01-01|reverse_charge XI110305878 0
	DE|MC|FR40303265045|2026-01-01|reverse_charge FR40303265045 0
	FR|MC|FR40303265045|2026-01-01|taxed - 100
	GB|FR|FR40303265045|2020-12-31|reverse_charge FR40303265045 0
	GB|FR|FR40303265045|2021-01-01|export FR40303265045 0
	GB|FR||2020-12-31|taxed - 100
	GB|FR||2021-01-01|export - 0
	DE|US||2026-01-01|export - 0
	US|CA||2026-01-01|export - 0
	END
	run tax --origin DE <<<'{"id":"o1","time":"2026-01-01","ship_to":{"country":"FR"},"customer":{"vat_id":"FR40303265045"},"lines":[{"sku":"a","qty":1}],"price":{"lines":[{"subtotal":1000}]},"ship":{"charges":[{"label":"post","amount":500}]}}'
	assert_output '{"inclusive":false,"exempt":"reverse_charge","vat_id":"FR40303265045","lines":[{"rate":"0","tax":0}],"charges":[{"label":"post","amount":500,"rate":"0","tax":0}],"rates":[{"rate":"0","net":1500,"tax":0}],"tax":0}'
}

@test "VAT ids have the form of their country, or the order is refused" {
	rate '*' standard 10
	for id in ATU13585627 BE0776091951 BE1000000009 BG175074752 BG7523169263 CY10259033P CZ25123891 CZ7103192745 DE136695976 \
		DK13585628 EE100931558 EL094259216 ESA13585625 ES54362315K ESX2482300W FI20774740 FRXX999999999 HR33392005961 \
		HU12892312 IE6433435F IE6433435OA IE8D79739I IT00743110157 LT119511515 LT100001919017 LU15027442 LV40003521600 \
		MT11679112 NL004495445B01 PL8567346215 PT501964843 RO18547290 RO99 SE123456789701 SI50223054 SK2022749619 \
		GB980780684 GB000472631004 GBGD500 GBHA599 XI110305878; do
		echo "$id"
	done >ids
	buyers IS XX 2026-01-01 <ids >told
	diff <(sed 's/^/export /; s/$/ 0/' ids) told
	sed 's/$/99999999999/' ids | buyers IS XX 2026-01-01 >told
	diff <(sed 's/^\(..\).*/customer.vat_id: ids of \1 have the form/' ids) <(sed 's/ have the form .*/ have the form/' told)
	while IFS='|' read -r id message; do
		assert_equal "$(buyer DE FR "$id")" "customer.vat_id: $message"
	done <<-'END'
	FR123|ids of FR have the form FR??#########, # being a digit and @ a letter
	FR4030326504X|ids of FR have the form FR??#########, # being a digit and @ a letter
	ATX13585627|ids of AT have the form ATU########, # being a digit and @ a letter
	DE13669597|ids of DE have the form DE#########, # being a digit and @ a letter
	136695976|must begin with the two letters of its country
	F|must begin with the two letters of its country
	END
	run jq -c .error <(jq -nc '{id:"o1",customer:{vat_id:"FR 1"},ship_to:{country:"FR"},lines:[{}],price:{lines:[{subtotal:1}]}}' | souk-tax --origin DE)
	assert_output '{"by":"tax","code":"bad_vat_id","message":"customer.vat_id: ids of FR have the form FR??#########, # being a digit and @ a letter","vat_id":"FR 1"}'
	# A shop that has not said where it is does not look at them.
	run taxes < <(more='{"customer":{"vat_id":"FR 1"}}' order 100)
	assert_output '[[18],[],18]'
}

@test "where the shop is can be stored, and what it leaves to its customers" {
	rate FR standard 20
	rate US standard 10
	run souk-tax put <<<'{"origin":"DE"}'
	assert_output '{"origin":"DE","tax":{"state":"stored"}}'
	run souk-tax list
	assert_line -n 0 '{"origin":"DE","reverse_charge":true,"export":true,"registered":[]}'
	jq -nc '{id:"o1",customer:{vat_id:"FR40303265045"},ship_to:{country:("FR","US")},lines:[{}],price:{lines:[{subtotal:100}]}}' >orders.ndjson
	run jq -c '[.tax.exempt, .tax.tax]' <(souk-tax <orders.ndjson)
	assert_output '["reverse_charge",0]
["export",0]'
	souk-tax put >/dev/null <<<'{"origin":"DE","reverse_charge":false,"registered":["CH","US"]}'
	run jq -c '[.tax.exempt, .tax.tax]' <(souk-tax <orders.ndjson)
	assert_output '[null,20]
[null,10]'
	# The option is for a shop elsewhere.
	run jq -c '[.tax.exempt, .tax.tax]' <(souk-tax --origin FR <orders.ndjson)
	assert_output '[null,20]
["export",0]'
	run souk-tax --origin fr
	assert_failure 2
	souk-tax list >list.ndjson
	souk-tax put <list.ndjson >/dev/null
	cmp list.ndjson <(souk-tax list)
}

@test "an exempt customer, with the reason and the certificate" {
	more='{"customer":{"tax_exempt":{"reason":"charity","certificate":"XR 1234"}},"ship":{"charges":[{"label":"post","amount":500}]}}' \
		order 1000 2000 >order.ndjson
	run tax <order.ndjson
	assert_output '{"inclusive":false,"exempt":"exempt","reason":"charity","certificate":"XR 1234","lines":[{"rate":"0","tax":0},{"rate":"0","tax":0}],"charges":[{"label":"post","amount":500,"rate":"0","tax":0}],"rates":[{"rate":"0","net":3500,"tax":0}],"tax":0}'
	# Where no rate is known none is needed.
	run jq -c '.tax.exempt' <(jq -c '.ship_to.country = "ZZ"' order.ndjson | souk-tax)
	assert_output '"exempt"'
	for no in false null; do
		run taxes < <(more="{\"customer\":{\"tax_exempt\":$no}}" order 1000)
		assert_output '[[175],[],175]'
	done
	while IFS='|' read -r exempt message; do
		run tax < <(more="{\"customer\":{\"tax_exempt\":$exempt}}" order 1000)
		assert_output --partial "\"message\":\"$message\""
	done <<-'END'
	true|customer.tax_exempt: must be an object with the reason, or false
	"charity"|customer.tax_exempt: must be an object with the reason, or false
	{}|customer.tax_exempt.reason is missing
	{"reason":"x","certificate":7}|customer.tax_exempt.certificate: must be a string
	END
}

# ---- Records that are wrong ----

@test "souk-tax says what is wrong with an order" {
	while IFS='|' read -r change message; do
		order 1000 2000 | jq -c "$change" >order.ndjson
		run jq -rc '[.error.by, .error.code, .error.message, (.tax | type)] | join("|")' <(souk-tax <order.ndjson)
		assert_output "tax|bad_record|$message|null"
	done <<-'END'
	del(.price)|price is missing: souk-price has to run before souk-tax
	del(.lines)|lines is missing
	.price = {}|price.lines is missing
	.price.lines += [{}]|price.lines: must be as long as lines
	.price.lines[1] = {}|price.lines[1].subtotal is missing
	.price.lines[1].subtotal = -1|price.lines[1].subtotal: must be a whole number from 0 to 9223372036854775807
	.price.lines[1].subtotal = 1.5|price.lines[1].subtotal: must be a whole number from 0 to 9223372036854775807
	.catalog = {lines: [{}]}|catalog.lines: must be as long as lines
	.catalog = {lines: [{}, {tax_class: 7}]}|catalog.lines[1].tax_class: must be a string
	.promo = {discount: 5}|promo.lines is missing, and promo.discount is not 0
	.promo = {lines: [{}]}|promo.lines: must be as long as lines
	.ship_to.country = "gb"|ship_to.country: must be two capital letters (ISO 3166-1)
	.ship_to.country = "GBR"|ship_to.country: must be two capital letters (ISO 3166-1)
	.ship_to = "GB"|ship_to: must be an object
	.time = "noon"|time: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01
	.ship.charges = 5|ship.charges: must be an array
	.ship.charges = [5]|ship.charges[0].label is missing
	.ship.charges = [{label: "Post"}]|ship.charges[0].amount is missing
	.ship.charges = [{label: "Post", amount: "5"}]|ship.charges[0].amount: must be a whole number from -9223372036854775807 to 9223372036854775807
	.ship.charges = [{label: "", amount: 5}]|ship.charges[0].label: must be 1 to 200 bytes long
	.ship.charges = [{label: "Post", amount: 5, tax_class: ""}]|ship.charges[0].tax_class: must be 1 to 64 bytes long
	END
}

@test "a member name that stands twice where souk-tax reads" {
	order 1000 | sed 's/"subtotal":1000}\]/"subtotal":1000,"sub\\u0074otal":1}]/' >order.ndjson
	run tax <order.ndjson
	assert_output --partial '"message":"price.lines[0]: a member name stands twice in it"'
	order 1000 | sed 's/}$/,"ship":{"charges":[],"charges":[]}}/' >order.ndjson
	run tax <order.ndjson
	assert_output --partial '"message":"ship: a member name stands twice in it"'
	order 1000 | sed 's/}$/,"note":{"a":1,"a":2}}/' >order.ndjson
	run taxes <order.ndjson
	assert_output '[[175],[],175]'
}

@test "failed and waiting records pass as they came" {
	printf '%s\n' '{"id":"o1","error":{"by":"price","code":"no_price","message":"m"}}' \
		'{"id":"o2","wait":{"by":"pay"}}' >in.ndjson
	souk-tax <in.ndjson | cmp - in.ndjson
}

@test "souk-tax keeps the filter contract" {
	{ order 1000; order 10 20 30; order 999 1; } >orders.ndjson
	run souk-conform -i orders.ndjson -- souk-tax
	assert_success
}

# ---- Sums ----

@test "random orders: what lines and charges owe is what the rates and the order owe" {
	seed=${SEED:-$RANDOM}
	echo "seed $seed (SEED=$seed repeats it)"
	rate GB half 0.5
	rate GB odd 33.333
	cat >orders.py <<-'END'
	import json, random, sys
	random.seed(int(sys.argv[1]))
	classes = ["standard", "zero", "reduced", "half", "odd"]
	top = lambda: random.choice([3, 30, 1000, 100000, 10**15])
	for i in range(2000):
	    n = random.randint(1, 12)
	    subtotals = [random.randint(0, top()) for _ in range(n)]
	    order = {"id": "o%d" % i, "time": random.choice(["2010-06-01", "2011-06-01"]), "ship_to": {"country": "GB"},
	        "lines": [{"sku": "a", "qty": 1}] * n, "catalog": {"lines": [{"tax_class": random.choice(classes)} for _ in range(n)]},
	        "price": {"lines": [{"subtotal": s} for s in subtotals], "subtotal": sum(subtotals)}}
	    if random.random() < .3:
	        off = [random.randint(0, s) for s in subtotals]
	        order["promo"] = {"lines": [{"discount": d} for d in off], "discount": sum(off)}
	    for name in random.sample(["ship", "wrap", "deposit"], random.randint(0, 3)):
	        order[name] = {"charges": [{"label": "c", "amount": random.randint(-top(), top()),
	            "tax_class": random.choice(classes)} for _ in range(random.randint(0, 4))]}
	    print(json.dumps(order))
	END
	# From the record alone, with exact fractions: what is rounded is the exact tax
	# rounded, a share of it lies less than two minor units from its own, all add up.
	cat >check.py <<-'END'
	import json, sys
	from fractions import Fraction
	inclusive, level, mode = sys.argv[1] == "inclusive", sys.argv[2], sys.argv[3]
	def exact(amount, rate):
	    rate = Fraction(rate)
	    return amount * rate / (100 + rate if inclusive else 100)
	def rounded(x):
	    if mode == "half-even":
	        return round(x)
	    return int(abs(x) + Fraction(1, 2)) * (1 if x >= 0 else -1)
	count = 0
	for line in sys.stdin:
	    r = json.loads(line)
	    t, total = r["tax"], r["total"]
	    off = [l["discount"] for l in r["promo"]["lines"]] if "promo" in r else [0] * len(r["lines"])
	    items = [(l["subtotal"] - o, x["rate"], x["tax"]) for l, o, x in zip(r["price"]["lines"], off, t["lines"], strict=True)]
	    charges = [c for k, v in r.items() if k not in ("tax", "total") and isinstance(v, dict) for c in v.get("charges", [])]
	    assert [c["amount"] for c in charges] == [c["amount"] for c in t.get("charges", [])], r
	    items += [(c["amount"], c["rate"], c["tax"]) for c in t.get("charges", [])]
	    assert sum(i[2] for i in items) == t["tax"] == sum(x["tax"] for x in t["rates"]), r
	    for amount, rate, tax in items:
	        assert tax == rounded(exact(amount, rate)) if level == "line" else abs(tax - exact(amount, rate)) < 2, (r, amount)
	    for x in t["rates"]:
	        mine = [i for i in items if i[1] == x["rate"]]
	        amount = sum(i[0] for i in mine)
	        assert x["tax"] == sum(i[2] for i in mine) and x["net"] == amount - x["tax"] * inclusive, r
	        assert level == "line" or x["tax"] == rounded(exact(amount, x["rate"])), r
	    assert sorted({i[1] for i in items}) == sorted(x["rate"] for x in t["rates"]), r
	    assert total["subtotal"] == r["price"]["subtotal"] and total["tax"] == t["tax"], r
	    assert total["charges"] == sum(c["amount"] for c in charges), r
	    assert total["total"] == sum(i[0] for i in items) + t["tax"] * (not inclusive), r
	    count += 1
	print(count)
	END
	python3 orders.py "$seed" >orders.ndjson
	for level in line order; do
		for mode in half-up half-even; do
			souk-tax --round $level --rounding $mode <orders.ndjson | souk-total >out.ndjson
			run python3 check.py exclusive $level $mode <out.ndjson
			assert_output 2000
			souk-tax --inclusive --round $level --rounding $mode <orders.ndjson | souk-total >out.ndjson
			run python3 check.py inclusive $level $mode <out.ndjson
			assert_output 2000
		done
	done
}
