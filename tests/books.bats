#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# From the till to the ledger, on real invoices: what is sold is sent, paid and invoiced,
# what is cancelled comes back, and the books are what the invoices alone come to.

bats_require_minimum_version 1.5.0
load helper

export SOUK_MAPS="$ROOT/maps"

# row INVOICE SKU QTY [CUSTOMER [TIME]]: at 2.00 a piece.
row() {
	printf '%s,%s,THING,%s,%s,2.0,%s,United Kingdom\n' "$1" "$2" "$3" "${5:-2010-12-01 09:00:00}" "${4-7.0}"
}

invoices() {
	echo InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
	cat
}

# A small shop; order 1 has 3 GLOBE, 3 GLOBE again, 2 BEAD, and postage; order 2 has 2 BEAD.
sell() {
	souk-catalog put >put <<-'END'
		{"sku":"GLOBE","title":"Globe"}
		{"sku":"BEAD","title":"Bead"}
		{"sku":"POST","title":"Postage","manage_stock":false}
	END
	echo '{"country":"GB","class":"standard","rate":"17.5"}' | souk-tax put >>put
	printf '{"id":"r%s","sku":"%s","qty":100}\n' 1 GLOBE 2 BEAD | souk-stock receive >>put
	{
		row 1 GLOBE 3 && row 1 GLOBE 3 && row 1 BEAD 2 && row 1 POST 1
		row 2 BEAD 2
	} | invoices | import-uci-orders | checkout --agreed >booked
	jq -c '{id: (.id + "-s"), order_id: .id, event: "ship"}' booked | ship >sent
	run ! grep -h '"error"' booked sent
}

prepare() { export PATH="$ROOT/pipelines:$PATH"; }

@test "a cancellation becomes a return for each order that it takes pieces of" {
	sell
	row C3 BEAD -3 7.0 '2010-12-02 09:00:00' | invoices >back.csv
	import-uci-returns <back.csv >events
	run -0 jq -c 'del(.time)' events
	assert_output '{"id":"uci-C3/uci-1","order_id":"uci-1","event":"return","reason":"uci-C3","lines":[{"id":"3","qty":1}]}
{"id":"uci-C3/uci-2","order_id":"uci-2","event":"return","reason":"uci-C3","lines":[{"id":"1","qty":2}]}'
	"$ROOT/pipelines/return" <events >returned
	run -0 jq -c '[.id, .return.amount, .pay.state, .order.state]' returned
	assert_output '["uci-C3/uci-1",235,"refunded","partially_returned"]
["uci-C3/uci-2",470,"refunded","returned"]'
	# Again: the same events, the same answers, and nothing more comes back.
	souk-stock export >before
	import-uci-returns <back.csv | tee again | cmp - events
	"$ROOT/pipelines/return" <again | jq -c .return | diff <(jq -c .return returned) -
	souk-stock export | cmp - before
}

@test "pieces of a line that two rows take back are asked for once, together" {
	sell
	{ row C3 GLOBE -2 7.0 '2010-12-02 09:00:00' && row C3 GLOBE -4 7.0 '2010-12-02 09:00:00'; } |
		invoices | import-uci-returns >events
	run -0 jq -c '[.id, (.lines | sort_by(.id))]' events
	assert_output '["uci-C3/uci-1",[{"id":"1","qty":3},{"id":"2","qty":3}]]'
	"$ROOT/pipelines/return" <events >returned
	run -0 jq -c '[.error.code, .return.amount]' returned
	assert_output '[null,1410]'
}

@test "what no order has, and what was never sent, is named with its pieces" {
	sell
	{
		row C3 GLOBE -8 7.0 '2010-12-02 09:00:00'
		row C3 POST -1 7.0 '2010-12-02 09:00:00'
		row C4 GLOBE -1 '' '2010-12-02 09:00:00'
		row C5 BEAD -1 8.0 '2010-12-02 09:00:00'
	} | invoices | import-uci-returns >events
	run -0 jq -c '[.id, .error.code, (.lines | map([.sku // .id, .qty])), .customer.id]' events
	assert_output '["uci-C3/uci-1",null,[["2",3],["1",3]],null]
["uci-C3/no_goods","no_goods",[["POST",1]],"7"]
["uci-C3/no_order","no_order",[["GLOBE",2]],"7"]
["uci-C4/no_order","no_order",[["GLOBE",1]],null]
["uci-C5/no_order","no_order",[["BEAD",1]],"8"]'
}
