#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk why: each figure of an order is explained, derived again, and named where it is
# not what it should be.

bats_require_minimum_version 1.5.0
load helper

prepare() {
	souk-catalog put >/dev/null <<-'END'
		{"sku":"globe","title":"Globe"}
		{"sku":"bead","title":"Bead"}
	END
	souk-price put >/dev/null <<-'END'
		{"sku":"globe","currency":"GBP","amount":255}
		{"sku":"globe","currency":"GBP","amount":230,"min_qty":10}
		{"sku":"globe","currency":"GBP","group":"trade","amount":210}
		{"sku":"globe","currency":"GBP","group":"trade","amount":200,"min_qty":10}
		{"sku":"bead","currency":"GBP","amount_decimal":"0.5"}
		{"sku":"bead","currency":"JPY","amount":30}
	END
	echo '{"country":"GB","class":"standard","rate":"17.5"}' | souk-tax put >/dev/null
	printf '{"id":"r%s","sku":"%s","qty":%s}\n' 1 globe 50 2 bead 900 | souk-stock receive >/dev/null
}

# order ID LINES [MEMBERS]
order() {
	printf '{"id":"%s","time":"2010-12-01T08:26:00Z","currency":"GBP","ship_to":{"country":"GB"},"lines":%s%s,"pay_with":[{"id":"card","method":"test","token":"pm_card_visa"}]}\n' "$1" "$2" "${3-}"
}

# book [TAX-OPTION...]
book() {
	souk-catalog | souk-price --agreed | jq -c 'if .id | startswith("promo") then
			.promo = {lines: [{discount: 102}], discount: 102, applied: [{id: "fifth", code: "FIFTH", discount: 102}],
				refused: [{code: "OLD", reason: "it ended"}]}
			| .ship = {method: "post", quoted: 300, discount: 100, amount: 200,
				charges: [{label: "Post", amount: 200, tax_class: "standard"}]}
		else . end' | souk-tax "$@" | souk-total | souk-order open | souk-stock reserve | souk-pay authorize |
		souk-order place | souk-stock settle | souk-pay settle | souk-order close >answers
}

# tampered FILTER ARG...: souk why where souk-order get answers otherwise.
tampered() {
	mkdir -p stub
	printf '#!/bin/sh\nexec 3<&0\nPATH=${PATH#*:} souk-order "$@" <&3 | jq -c '"'%s'"'\n' "$1" >stub/souk-order
	chmod +x stub/souk-order
	PATH="$PWD/stub:$PATH" souk why "${@:2}"
}

@test "an order with promotion, shipping, payment and books, to the last penny" {
	order promo-1 '[{"sku":"globe","qty":2}]' | book
	echo '{"id":"c1","order_id":"promo-1"}' | souk-pay capture --now 2010-12-02 >/dev/null
	(souk-order export; souk-stock export; souk-pay export) >books
	run -0 souk why --books books promo-1
	assert_output 'Order promo-1 is placed and closed
  of 2010-12-01T08:26:00Z, in GBP, sent to GB

Line 1: globe, Globe
  2 x 2.55 (list price) = 5.10
  discount: -1.02, leaves 4.08
  tax: 17.5 % of 4.08 = 0.714, rounded to 0.71

Charge: Post (ship) 2.00
  quoted 3.00, promotions take off 1.00
  tax: 17.5 % of 2.00 = 0.35

Promotion fifth (code FIFTH) takes off 1.02

Code OLD does not apply: it ended

Total
  lines                  5.10
  discount              -1.02
  charges                2.00
  tax                    1.06
  to pay                 7.14
  of which tax at 17.5 % on 6.08 net: 1.06

Payments
  card by test: authorized; 7.14 asked, 7.14 authorized, 7.14 captured, 0.00 refunded

In the books
  stock.hold committed: 2 globe
  2010-12-02T00:00:00Z pay.event c1 capture done: 7.14

Every figure was derived again, and is as it is stored'
}

@test "where each unit price comes from" {
	order o1 '[{"sku":"globe","qty":1},{"sku":"globe","qty":10},{"sku":"bead","qty":3},{"sku":"bead","qty":1,"agreed":{"unit_price":7}}]' | book
	order o2 '[{"sku":"globe","qty":1},{"sku":"globe","qty":10}]' ',"customer":{"group":"trade"}' | book
	run -0 souk why o1
	assert_line '  1 x 2.55 (list price) = 2.55'
	assert_line '  10 x 2.30 (price for this quantity) = 23.00'
	assert_line '  3 x 0.005 (list price) = 0.015, rounded to 0.02'
	assert_line '  1 x 0.07 (agreed) = 0.07'
	run -0 souk why o2
	assert_line "  1 x 2.10 (price of the customer's group) = 2.10"
	assert_line "  10 x 2.00 (price of the customer's group for this quantity) = 20.00"
	# Prices change; what an order cost does not.
	echo '{"sku":"globe","currency":"GBP","group":"trade","amount":1}' | souk-price put >/dev/null
	run -0 souk why o2
	assert_line "  1 x 2.10 (the price book has another by now) = 2.10"
}

@test "rounding: up, to even, and once for the order; in prices that contain the tax" {
	# 17.5 % of 0.02 three times is 0.0105: 0.01, which is one line's.
	order o1 '[{"sku":"bead","qty":4},{"sku":"bead","qty":4},{"sku":"bead","qty":4}]' | book --round order
	run -0 souk why o1
	assert_line "  tax: 17.5 % of 0.02 = 0.0035; 0.01 is its share of the order's tax, which was rounded once"
	order o2 '[{"sku":"bead","qty":40}]' | book --rounding half-even
	run -0 souk why o2
	assert_line "  tax: 17.5 % of 0.20 = 0.035, rounded to 0.04"
	order o3 '[{"sku":"globe","qty":2},{"sku":"bead","qty":5}]' | book --inclusive
	run -0 souk why o3
	assert_line "  5 x 0.005 (list price) = 0.025, rounded half up to 0.03"
	assert_line "  tax: 17.5 % contained in 5.10 = 0.76, rounded"
	assert_line "  to pay                 5.13"
	assert_line "  which contains tax of 0.76"
	assert_line "  of which tax at 17.5 % on 4.37 net: 0.76"
	assert_line "Every figure was derived again, and is as it is stored"
}

@test "a rate of two taxes, each rounded by itself" {
	order o1 '[{"sku":"globe","qty":1}]' | book
	# 10 and 7.5 % of 2.55: 0.255 and 0.19125, which are 0.26 and 0.19; 17.5 % would be 0.44625.
	PARTS='.order.record |= (.tax.rates[0].parts = [{rate: "10", tax: 26}, {rate: "7.5", tax: (%s - 26)}] | .tax.lines[0].tax = %s | .tax.rates[0].tax = %s | .tax.tax = %s | .total.tax = %s | .total.total = 255 + %s)'
	run -0 tampered "${PARTS//%s/46}" o1
	assert_line '  tax: 17.5 % of 2.55 = 0.44625; 0.46: 2 taxes, each rounded'
	run -1 tampered "${PARTS//%s/48}" o1
	assert_line '  MISMATCH: this tax is stored as 0.48, and derived as 0.45'
}

@test "shipping for nothing, a gift card, a region with two taxes: each is told, and checked" {
	souk-promo put >/dev/null <<-'END'
		{"id":"spring","codes":["SPRING"],"kind":"percent","on":"order","percent":"10"}
		{"id":"gratis","codes":["FREE"],"kind":"free_shipping"}
	END
	souk-ship put >/dev/null <<-'END'
		{"zone":"all","countries":["GB","CA"]}
		{"zone":"all","method":"standard","label":"Post","currency":"GBP","amount":395}
	END
	echo '{"country":"CA","region":"QC","class":"standard","parts":[{"name":"GST","rate":"5"},{"name":"QST","rate":"9.975"}]}' |
		souk-tax put >/dev/null
	echo '{"id":"g1","currency":"GBP","amount":700,"code":"SPRING-2026-GIFT"}' | souk-pay issue >/dev/null
	order o1 '[{"sku":"globe","qty":3}]' ',"coupons":["SPRING","FREE"]' | jq -c '.pay_with = [
		{id: "gift", method: "credit", token: "spring 2026 gift", amount: 1}, {method: "test", token: "pm_card_visa"}]
		| .ship_to = {country: "CA", region: "QC", postcode: "H2X 1Y4"}' >in
	souk run "$ROOT/pipelines/checkout" <in >out
	run -0 souk why o1
	assert_line '  of 2010-12-01T08:26:00Z, in GBP, sent to CA, QC, H2X 1Y4'
	assert_line 'Shipping, Post: 0.00'
	assert_line '  quoted 3.95, promotions take off 3.95'
	assert_line '  promotion gratis: 100 % off'
	assert_line 'Promotion gratis (code FREE) makes shipping cheaper'
	# 7.65 less 10 % is 6.88: 5 % is 0.344, 9.975 % 0.68628.
	assert_line '  of which tax at 14.975 % on 6.88 net: 1.03'
	assert_line '    GST, 5 %: 0.34'
	assert_line '    QST, 9.975 %: 0.69'
	assert_line '  gift by credit, card g1: authorized; 0.01 asked, 0.01 authorized, 0.00 captured, 0.00 refunded'
	run -1 tampered '.order.record.ship.discount = 394' o1
	assert_line '  MISMATCH: shipping is stored as 0.00, and derived as 0.01'
	run -1 tampered '.order.record.tax.rates[0].parts[0].tax = 35' o1
	assert_line '  MISMATCH: the tax of this rate is stored as 1.03, and derived as 1.04'
}

@test "other currencies have their own decimals" {
	order o1 '[{"sku":"bead","qty":3}]' | sed s/GBP/JPY/ | book
	run -0 souk why o1
	assert_line "  3 x 30 (list price) = 90"
	assert_line "  tax: 17.5 % of 90 = 15.75, rounded to 16"
	assert_line "  to pay                  106"
}

@test "each figure that is not as derived is named, and the exit state tells" {
	order promo-1 '[{"sku":"globe","qty":2}]' | book
	tamper() {
		run -1 tampered ".order.record.$1" promo-1
		assert_line "  MISMATCH: $2"
	}
	tamper 'price.lines[0].subtotal = 511' 'the subtotal of this line is stored as 5.11, and derived as 5.10'
	assert_line '  MISMATCH: price.subtotal is stored as 5.10, and derived as 5.11'
	tamper 'price.subtotal = 9' 'price.subtotal is stored as 0.09, and derived as 5.10'
	tamper 'promo.discount = 9' 'promo.discount is stored as 0.09, and derived as 1.02'
	tamper 'ship.charges[0].amount = 9' 'no stage charges this'
	tamper 'ship.discount = 101' 'shipping is stored as 2.00, and derived as 1.99'
	tamper 'tax.lines[0].tax = 74' 'this tax is stored as 0.74, and derived as 0.71'
	tamper 'tax.lines[0].tax = 72' 'tax.tax is stored as 1.06, and derived as 1.07'
	tamper 'tax.rates[0].net = 607' 'the net amount of this rate is stored as 6.07, and derived as 6.08'
	tamper 'tax.rates[0].tax = 0' 'the tax of this rate is stored as 0.00, and derived as 1.06'
	tamper 'total.discount = 0' 'total.discount is stored as 0.00, and derived as 1.02'
	tamper 'total.charges = 1' 'total.charges is stored as 0.01, and derived as 2.00'
	tamper 'total.total = 715' 'total.total is stored as 7.15, and derived as 7.14'
	assert_line '1 figure is not as derived'
	run -1 tampered '.order.record.price.lines = []' promo-1
	assert_line --partial 'MISMATCH: the record can'"'"'t be read: {"by":"souk","code":"bad_record","message":"price.lines: must be as long as lines"}'
}

@test "a rejected order tells why, an unknown one is said" {
	order o1 '[{"sku":"globe","qty":60}]' | book
	run -0 souk why o1
	assert_line 'Order o1 is rejected and closed'
	assert_line --partial '  because '
	assert_line 'No payments'
	run -1 souk why o9
	assert_output 'souk: no order of this id was opened'
	run -2 souk why
	assert_line --partial 'souk: the id of one order is needed'
}

@test "every real order of a day of December is as derived" {
	souk-catalog put <"$SOUK_DATA/catalog.ndjson" >/dev/null
	souk-tax put <"$SOUK_DATA/tax-rates.ndjson" >/dev/null
	souk-stock receive <"$SOUK_DATA/stock.ndjson" >/dev/null
	zcat "$SOUK_DATA"/orders-2010-12.csv.gz | head -n 1500 | souk run "$ROOT/pipelines/import-uci-orders" | book
	count=0
	for id in $(jq -r .id answers | head -n 40); do
		run -0 souk why "$id"
		assert_line 'Every figure was derived again, and is as it is stored'
		# The total that jq finds is the one that is told.
		total=$(jq -r --arg id "$id" 'select(.id == $id) | .total.total | "\(. / 100 | floor).\("0\(. % 100)"[-2:])"' answers)
		[[ $output =~ "to pay"\ +$total$'\n' ]]
		count=$((count + 1))
	done
	[ "$count" -eq 40 ]
}
