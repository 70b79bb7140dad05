#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-receipt: what a customer takes home, to the column and the penny.

bats_require_minimum_version 1.5.0
load helper

SAMPLE=$BATS_TEST_DIRNAME/samples/receipt.ndjson

receipt() {
	souk-receipt "$@" | jq -r '.receipt.text // .error.code'
}

# change FILTER: the sample, changed by jq.
change() {
	jq -c "$1" "$SAMPLE"
}

@test "a whole receipt, to the byte" {
	run receipt --title 'The Demo Shop' <"$SAMPLE"
	assert_output "$(cat <<'END'
              The Demo Shop
o1                        2010-12-01 08:26
------------------------------------------
WHITE HANGING HEART T-LIGHT HOLDER
  6 x 2.55                           15.30
  Discount                           -1.53
REGENCY CAKESTAND 3 TIER, Größe 茶杯 and
a very long title that is broken
  2 x 12.755                         25.51
------------------------------------------
Subtotal                             40.81
Discount                             -1.53
Shipping                              4.95
VAT 20% of 18.72                      3.74
VAT 5% of 25.51                       1.28
------------------------------------------
TOTAL GBP                            49.25
Paid by gift card                    10.00
Paid by test                         39.25
END
	)"
	# The record passes as it came.
	assert_equal "$(souk-receipt <"$SAMPLE" | jq -c 'del(.receipt)')" "$(cat "$SAMPLE")"
}

# Columns as Python's own tables count them: lines of no more than that, amounts flush right.
@test "every line keeps its width, whatever the titles are" {
	for width in 24 32 42 80; do
		change '.catalog.lines[0].title = "Cafe\u0301 — 日本の急須 😀 ﾃｨｰﾎﾟｯﾄ Donaudampfschifffahrtsgesellschaft"' |
			receipt --width $width --title '日本の店 with a long name' >text
		python3 - $width <<-'END'
			import sys, unicodedata
			width = int(sys.argv[1])
			def columns(text):
			    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
			               for c in text)
			for line in open("text").read().split("\n"):
			    assert columns(line) <= width, line
			    if line and (line[-1].isdigit() and line[-3] == "." or line.startswith("---")):
			        assert columns(line) == width, line
		END
	done
	assert_equal "$(head -1 text | sed 's/^ *//')" '日本の店 with a long name'
}

@test "currencies with no decimals and with three" {
	change '.currency = "JPY"' >in
	run receipt <in
	assert_line '  6 x 255                             1530'
	assert_line '  2 x 1275.5                          2551'
	assert_line 'TOTAL JPY                             4925'
	change '.currency = "KWD"' >in
	run receipt <in
	assert_line '  6 x 0.255                          1.530'
	assert_line '  2 x 1.2755                         2.551'
	assert_line '  Discount                          -0.153'
	assert_line 'TOTAL KWD                            4.925'
}

@test "inclusive prices: the tax is said to be in the total" {
	change '.tax.inclusive = true | .total.total -= 502' >in
	run receipt <in
	assert_line --index 13 'TOTAL GBP                            44.23'
	assert_line --index 14 'Includes VAT 20% of 18.72             3.74'
}

@test "an order that is only priced, without titles, guests and discounts" {
	run receipt <<'END'
{"currency":"GBP","lines":[{"sku":"A","qty":1}],"price":{"lines":[{"unit_price":250,"subtotal":250}],"subtotal":250},"tax":{"inclusive":true,"lines":[{"rate":"20","tax":42}],"rates":[{"rate":"20","net":208,"tax":42}],"tax":42},"total":{"total":250}}
END
	assert_output "
------------------------------------------
A
  1 x 2.50                            2.50
------------------------------------------
TOTAL GBP                             2.50
Includes VAT 20% of 2.08              0.42"
}

@test "no tax is due: it says why" {
	change '.tax = {inclusive: false, exempt: "reverse_charge", vat_id: "DE123456789", lines: [{tax: 0}, {tax: 0}],
		charges: [{label: "Shipping", amount: 495, tax: 0}], rates: [], tax: 0} | .total.total = 4423' >in
	run receipt <in
	assert_line 'Reverse charge: VAT is due from the'
	assert_line 'TOTAL GBP                            44.23'
}

@test "what does not add up is refused" {
	run receipt < <(change '.total.total += 1'; change '.tax.lines[0].tax += 1'; change '.price.lines[0].subtotal -= 1'
		change '.promo.lines[1].discount = 1'; change '.tax.charges = []')
	assert_output "$(printf 'mismatch\n%.0s' 1 2 3 4 5)"
	run receipt < <(change '.price.lines[0].subtotal = 15.30'; change 'del(.tax)'; change 'del(.lines)'
		change '.promo.lines[0].discount = 1531'; change '.time = "yesterday"')
	assert_output "$(printf 'bad_record\n%.0s' 1 2 3 4 5)"
}

@test "the largest amounts stay apart from what is before them" {
	run receipt --width 24 <<'END'
{"id":"o","currency":"KWD","lines":[{"sku":"A","qty":1}],"price":{"lines":[{"unit_price":9223372036854775807,"subtotal":9223372036854775807}]},"tax":{"inclusive":true,"lines":[{"rate":"0","tax":0}],"rates":[{"rate":"0","net":9223372036854775807,"tax":0}],"tax":0},"total":{"total":9223372036854775807}}
END
	assert_line 'A'
	assert_line --partial ' 9223372036854775.807'
	run grep -c '[^ 0-9.]9223372036854775.807$' <<<"$output"
	assert_output 0
}

@test "failed records pass untouched; options that make no sense" {
	run souk-receipt <<<'{"id":"o1","error":{"by":"stock","code":"out_of_stock"}}'
	assert_output '{"id":"o1","error":{"by":"stock","code":"out_of_stock"}}'
	run -2 souk-receipt --width 23 </dev/null
	run -2 souk-receipt --width 201 </dev/null
}

@test "the contract" {
	run souk-conform --skip memory --input "$SAMPLE" -- souk-receipt
	assert_success
}
