#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-total: what an order comes to.

load helper

setup() {
	unset SOUK_DB
	cd "$BATS_TEST_TMPDIR" || return
}

# A record with what the stages before souk-total wrote, changed by a jq program.
priced() {
	jq -nc '{id: "o1", price: {subtotal: 1531}, tax: {inclusive: false, tax: 268}} | '"${1:-.}"
}

# What souk-total says of priced(), or its error.
total() {
	priced "$1" | souk-total | jq -c '.total // .error'
}

@test "the member to the byte, the rest as it came, no state" {
	run souk-total <<'END'
{"total":{"x":1},"id":"o1", "price":{"lines":[{"unit_price":255,"subtotal":1530},{"unit_price_decimal":"0.1","subtotal":1}],"subtotal":1531},"n":1.10,"tax":{"inclusive":false,"lines":[],"rates":[],"tax":268}}
END
	assert_success
	assert_output '{"id":"o1", "price":{"lines":[{"unit_price":255,"subtotal":1530},{"unit_price_decimal":"0.1","subtotal":1}],"subtotal":1531},"n":1.10,"tax":{"inclusive":false,"lines":[],"rates":[],"tax":268},"total":{"subtotal":1531,"charges":0,"tax":268,"total":1799}}'
}

@test "prices that contain the tax" {
	run total '.tax.inclusive = true | .ship.charges = [{label: "Post", amount: 495}]'
	assert_output '{"subtotal":1531,"charges":495,"tax":268,"total":2026}'
	run total 'del(.tax.inclusive)'
	assert_output '{"subtotal":1531,"charges":0,"tax":268,"total":1799}'
}

@test "charges of all members, of either sign, but not those that tax and total tell of" {
	run total '.ship.charges = [{amount: 495}, {amount: 5}] | .crate.charges = [{amount: -300}] |
		.a.charges = [] | .b.charges = null | .c = [{charges: [{amount: 7}]}] |
		.tax.charges = [{amount: 9}] | .total = {charges: 9}'
	assert_output '{"subtotal":1531,"charges":200,"tax":268,"total":1999}'
	run total '.crate.charges = [{amount: -2000}]'
	assert_output '{"subtotal":1531,"charges":-2000,"tax":268,"total":-201}'
}

@test "a tax member whose name is escaped is the tax member" {
	run souk-total <<'END'
{"price":{"subtotal":1},"t\u0061x":{"tax":2,"charges":[{"amount":9}]},"\u0073hip":{"ch\u0061rges":[{"amount":4}]}}
END
	assert_output --partial '"total":{"subtotal":1,"charges":4,"tax":2,"total":7}}'
}

@test "what a promotion takes off" {
	run total '.promo = {lines: [{discount: 31}], discount: 31}'
	assert_output '{"subtotal":1531,"discount":31,"charges":0,"tax":268,"total":1768}'
	run total '.promo = {discount: 1531} | .tax = {tax: 0}'
	assert_output '{"subtotal":1531,"discount":1531,"charges":0,"tax":0,"total":0}'
	# No promotion applied: nothing is said of it.
	run total '.promo = {discount: 0}'
	assert_output '{"subtotal":1531,"charges":0,"tax":268,"total":1799}'
	run total '.promo = {codes: []}'
	assert_output '{"subtotal":1531,"charges":0,"tax":268,"total":1799}'
	run total '.promo = {lines: [{discount: 31}]}'
	assert_output '{"by":"total","code":"bad_record","message":"promo.discount is missing"}'
	run total '.promo = {discount: 1532}'
	assert_output '{"by":"total","code":"bad_record","message":"promo.discount: must be a whole number from 0 to 1531"}'
}

@test "a stage that did not run is named" {
	run total 'del(.price)'
	assert_output '{"by":"total","code":"bad_record","message":"price is missing: souk-price has to run before souk-total"}'
	run total 'del(.tax)'
	assert_output '{"by":"total","code":"bad_record","message":"tax is missing: souk-tax has to run before souk-total"}'
}

@test "souk-total says what is wrong with a record, and drops an older total" {
	while IFS='|' read -r change message; do
		run jq -rc '[.error.by, .error.code, .error.message, (.total | type)] | join("|")' \
			<(priced ".total = {total: 1} | $change" | souk-total)
		assert_output "total|bad_record|$message|null"
	done <<-'END'
	.price = 5|price: must be an object
	.price.subtotal = null|price.subtotal is missing
	.price.subtotal = -1|price.subtotal: must be a whole number from 0 to 9223372036854775807
	.price.subtotal = 15.31|price.subtotal: must be a whole number from 0 to 9223372036854775807
	.tax.tax = "268"|tax.tax: must be a whole number from -9223372036854775807 to 9223372036854775807
	.tax.inclusive = 1|tax.inclusive: must be true or false
	.promo = 1|promo: must be an object
	.ship.charges = {}|ship.charges: must be an array
	.ship.charges = [{}]|ship.charges[0].amount is missing
	.ship.charges = [{amount: 1}, {amount: 0.5}]|ship.charges[1].amount: must be a whole number from -9223372036854775807 to 9223372036854775807
	END
	run souk-total <<<'{"price":{"subtotal":1,"subtotal":2},"tax":{"tax":0}}'
	assert_output --partial '"message":"price: a member name stands twice in it"'
	run souk-total <<<'{"price":{"subtotal":1},"tax":{"tax":0},"ship":{"charges":[],"charges":[]}}'
	assert_output --partial '"message":"ship: a member name stands twice in it"'
}

@test "the largest sum is exact, a larger one is an overflow" {
	big='{"price":{"subtotal":9223372036854775806},"tax":{"tax":TAX},"ship":{"charges":[{"amount":CHARGE}]}}'
	run souk-total <<<"$(sed 's/TAX/1/; s/CHARGE/0/' <<<"$big")"
	assert_output --partial '"total":9223372036854775807}}'
	for sum in 's/TAX/2/; s/CHARGE/0/' 's/TAX/0/; s/CHARGE/2/' \
		's/TAX/0/; s/CHARGE/9223372036854775807},{"amount":1/'; do
		run souk-total <<<"$(sed "$sum" <<<"$big")"
		assert_output --partial '"error":{"by":"total","code":"overflow","message":"the sum of this order is too large"}'
	done
}

@test "failed and waiting records pass as they came" {
	printf '%s\n' '{"id":"o1","error":{"by":"price","code":"no_price","message":"m"}}' \
		'{"id":"o2","wait":{"by":"pay"}}' >in.ndjson
	souk-total <in.ndjson | cmp - in.ndjson
}

@test "souk-total keeps the filter contract" {
	{ priced; priced '.ship.charges = [{amount: 495}]'; priced '.tax.inclusive = true'; } >orders.ndjson
	run souk-conform -i orders.ndjson -- souk-total
	assert_success
}
