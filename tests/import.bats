#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The real invoices of December 2010, imported and booked into a fresh shop: each row is
# accounted for, all sums are those of tests/reference/uci.py, which knows nothing of the
# shop, and doing it again changes nothing.

bats_require_minimum_version 1.5.0
load helper

# The orders that ask for more than there is.
REJECTED='536592 538077 538177 538349 538629 538637 538866 538890 539261 539320 539322 539414
	539436 539450 539451 539469 539502 539551 539595 539666 539737 539750 539760 539958'

export PATH="$ROOT/pipelines:$PATH" SOUK_MAPS="$ROOT/maps" SHOP="$BATS_FILE_TMPDIR"
DATA="$ROOT/data" CSV="$SHOP/month.csv"

reference() {
	python3 "$ROOT/tests/reference/uci.py" "$@"
}

# Everything that becomes of the month, into files in the folder $1.
import_month() {
	mkdir -p "$1"
	import-uci-orders <"$CSV" >"$1/orders"
	checkout --agreed <"$1/orders" >"$1/booked"
	import-uci-cancellations <"$CSV" >"$1/cancellations"
	import-uci-adjustments <"$CSV" >"$1/adjustments"
	souk-stock adjust <"$1/adjustments" >"$1/adjusted"
	import-uci-debts <"$CSV" >"$1/debts"
	{ souk-order export; souk-stock export; souk-pay export; } >"$1/exports"
}

# The first invoices, a tenth of the month: what is before the invoice $1 of a CSV, of orders.
BEFORE=536785
first_rows() {
	sed "/^$BEFORE,/,\$d" "$CSV"
}
first_orders() {
	sed "/^{\"id\":\"uci-$BEFORE\"/,\$d" "$SHOP/once/orders"
}

setup_file() {
	export SOUK_DB="$SHOP/db"
	mkdir -p "$SOUK_DB"
	cd "$SHOP" || return
	gzip -dc "$DATA/orders-2010-12.csv.gz" >"$CSV"
	{
		souk-catalog put <"$DATA/catalog.ndjson"
		souk-price put <"$DATA/prices.ndjson"
		souk-tax put <"$DATA/tax-rates.ndjson"
		souk-stock receive <"$DATA/stock.ndjson"
	} >setting-up
	run ! grep '"error"' setting-up
	import_month once
	import_month twice
	daily-sales >sales.csv
	printf 'uci-%s\n' $REJECTED >rejected
	reference --rejected rejected --rates "$DATA/tax-rates.ndjson" "$CSV" >facts
}

# What the file's setup made, in the test's own folder: others write theirs at the same time.
prepare() {
	cd "$BATS_TEST_TMPDIR" && ln -s "$SHOP"/{once,twice,facts,rejected,sales.csv} .
}

fact() {
	awk -v name="$1" '$1 == name { print $2 }' facts
}

@test "orders, cancellations, corrections, debts: each record as it has to be, to the byte" {
	reference --documents order "$CSV" | cmp - once/orders
	reference --documents adjust "$CSV" | cmp - once/adjustments
	reference --documents debt "$CSV" | cmp - once/debts
	sed -E 's/,"order":\{"lines":.*/}/' once/cancellations | cmp - <(reference --documents cancel "$CSV")
	assert_equal "$(lines once/orders) $(lines once/cancellations) $(lines once/adjustments) $(lines once/debts)" \
		'1559 326 140 0'
}

@test "all orders are placed or rejected, and these are rejected for this reason" {
	assert_equal "$(jq -r '.order.state' once/booked | sort | uniq -c | xargs)" '1535 placed 24 rejected'
	assert_equal "$(jq -r 'select(.order.state == "rejected") | "\(.id) \(.error.by) \(.error.code) \(.stock.state)"' once/booked)" \
		"$(sed 's/$/ stock out_of_stock none/' rejected)"
	assert_equal "$(reference --unserved "$DATA/stock.ndjson" "$CSV")" "$(cat rejected)"
	assert_equal "$(jq -r .order.closed once/booked | uniq)" true
}

@test "every figure is the reference's: rows, pieces, net by country and day, VAT by rate" {
	python3 "$ROOT/tests/reference/uci_shop.py" --orders once/booked --cancellations once/cancellations \
		--adjustments once/adjustments --debts once/debts >figures
	# What the shop can't say: how rows followed each other, and VAT rounded otherwise.
	grep -v -e tax_by_order -e '^invoices_interrupted' facts | diff - figures
	# The published total, to the last digit before rounding, and the rows of the file.
	grep -qx 'net_exact 748957.02' figures
	grep -qx 'rows 42481' figures
	grep -qx 'invoices 2025' figures
}

@test "the sums of the published total follow from what the shop stored" {
	# From the exports alone: orders less cancellations, in exact decimals.
	run -0 python3 - once/exports <<-'END'
		import json, sys
		from decimal import Decimal
		total = Decimal(0)
		for line in open(sys.argv[1], encoding="utf-8"):
		    export = json.loads(line)
		    sign = {"order": 1, "order.cancellation": -1}.get(export["export"], 0)
		    for item in export["record"]["lines"] if sign else ():
		        agreed = item["agreed"]
		        total += sign * item["qty"] * Decimal(agreed.get("unit_price_decimal", agreed.get("unit_price")))
		print(total / 100)
	END
	assert_output 748957.02
}

@test "cancellations: line by line where the pieces come from" {
	reference --match --rejected rejected "$CSV" >expected
	jq -c '.id as $id | .lines as $lines | .order.lines as $found | range($lines | length) as $i
		| {id: ($id | sub("-c$"; "")), line: $lines[$i].id, sku: $lines[$i].sku, qty: $lines[$i].qty} + $found[$i]' \
		once/cancellations | diff expected -
	assert_equal "$(jq -r '.order.lines[].match' once/cancellations | sort | uniq -c | xargs)" '215 exact 72 guessed 441 none'
	# A rejected order gives nothing back.
	assert_equal "$(jq -r '.order.lines[].of[].order_id' once/cancellations | sort -u | comm -12 - rejected)" ''
}

@test "stock: what is on hand and taken is receipts, corrections and placed orders" {
	assert_equal "$(jq -r '[.id, .stock.qty] | @tsv' once/adjusted | sort)" \
		"$(jq -r '[.id, .qty] | @tsv' once/adjustments | sort)"
	# A row a movement: on hand, taken. What is not kept in stock is not taken.
	jq -s 'map(select(.manage_stock == false) | {(.sku): true}) | add' "$DATA/catalog.ndjson" >services
	jq -r '[.sku, .qty, 0] | @tsv' "$DATA/stock.ndjson" once/adjustments >moved
	jq -r --slurpfile none services 'select(.order.state == "placed") | .lines[]
		| select($none[0][.sku] | not) | [.sku, 0, .qty] | @tsv' once/booked >>moved
	awk -F '\t' '{ on_hand[$1] += $2; taken[$1] += $3 }
		END { for (sku in on_hand) print sku, on_hand[sku], taken[sku] }' moved | LC_ALL=C sort >expected
	jq -r 'select(.export == "stock.level") | "\(.sku) \(.on_hand) \(.taken)"' once/exports | LC_ALL=C sort | diff expected -
}

@test "again: the same bytes, and no second effect" {
	for file in orders booked cancellations adjustments adjusted debts exports; do
		cmp "once/$file" "twice/$file"
	done
}

@test "the books are consistent" {
	SOUK_DB="$SHOP/db" souk-pay statement >statement
	run -0 souk-audit --closed --entered once/orders --answers once/booked once/exports statement
	assert_output --partial '"verdict":"consistent","entered":1559,"orders":1559,"placed":1535,"rejected":24,"open":0,'
	assert_output --partial '"broken":0}'
}

@test "daily sales: the reference's days, net, VAT and gross" {
	assert_equal "$(head -n 1 sales.csv)" 'day,country,currency,orders,lines,pieces,net,vat,gross'
	awk -F, 'NR > 1 { n[$1] += $4; net[$1] += $7 * 100 }
		END { for (d in n) printf "day.%s.net %.0f\nday.%s.orders %d\n", d, net[d], d, n[d] }' sales.csv | sort >days
	grep '^day\.' facts | sort | diff - days
	awk -F, 'NR > 1 { n += $4; l += $5; p += $6; net += $7; vat += $8; gross += $9 }
		END { printf "%d %d %d %.0f %.0f %.0f\n", n, l, p, net * 100, vat * 100, gross * 100 }' sales.csv >sums
	local net vat
	net=$(fact order.net) vat=$(fact order.tax_by_line)
	assert_equal "$(cat sums)" \
		"$(fact order.records) $(fact order.rows) $(fact order.pieces) $net $vat $((net + vat))"
	grep -qx '2010-12-01,DE,GBP,1,15,156,261.48,49.70,311.18' sales.csv
}

@test "pipelines run with sh, too, and in any folder" {
	mkdir -p "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR/elsewhere" || return
	first_rows >csv
	sh "$ROOT/pipelines/import-uci-orders" <csv | cmp - <(first_orders)
	sh "$ROOT/pipelines/import-uci-adjustments" <csv >adjustments
	head -n "$(lines adjustments)" "$SHOP/once/adjustments" | cmp - adjustments
	[ -s adjustments ]
	SOUK_DB="$SHOP/db" sh "$ROOT/pipelines/daily-sales" | cmp - "$SHOP/sales.csv"
}

@test "a row that can't be read fails its invoice, and no other" {
	cd "$BATS_TEST_TMPDIR" || return
	first_rows >csv
	first_orders >orders
	[ "$(lines csv)" -gt 4000 ] && [ "$(lines orders)" -gt 100 ]
	for edit in '3s/United Kingdom/Atlantis/' '3s/,6,2010/,six,2010/' '3s/,3.39,/,3.399999999999999999,/'; do
		sed "$edit" csv | import-uci-orders >out
		assert_equal "$(jq -c 'select(.error) | [.InvoiceNo, (.lines | length), .error.code, .error.bad]' out)" \
			'["536365",7,"bad_rows",[2]]'
		jq -c 'select(.error | not)' out | cmp - <(tail -n +2 orders)
	done
	# A row without its number may be of the invoice before it or of the next.
	sed '3s/,3.39,/,3.39/' csv | import-uci-orders >out || [ $? -eq 1 ]
	assert_equal "$(jq -c 'select(.error) | [.InvoiceNo, .error.code, .error.bad]' out)" \
		$'[null,"ragged_row",null]\n["536365","bad_rows",[2]]\n["536366","bad_rows",[2]]'
	jq -c 'select(.error | not)' out | cmp - <(tail -n +3 orders)
	# What failed goes through checkout as it is, and is not booked.
	head -n 3 out >failed
	checkout --agreed <failed | cmp - failed
	run souk-order list
	assert_output ''
}

@test "an invoice that is interrupted by rows of another is one order" {
	{
		echo 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
		printf '%s,%s,X,%s,2011-02-01 10:00:00,%s,12345.0,Germany\n' \
			542806 A 1 2.5 542806 B 2 0.001 C542805 C -3 1.00 C542805 D -1 0.10 542806 E 4 4 542807 A 1 2.5
	} >"$BATS_TEST_TMPDIR/csv"
	run import-uci-orders <"$BATS_TEST_TMPDIR/csv"
	assert_output '{"id":"uci-542806","time":"2011-02-01T10:00:00Z","currency":"GBP","customer":{"id":"12345"},"ship_to":{"country":"DE"},"lines":[{"id":"1","sku":"A","qty":1,"agreed":{"unit_price":250}},{"id":"2","sku":"B","qty":2,"agreed":{"unit_price_decimal":"0.1"}},{"id":"3","sku":"E","qty":4,"agreed":{"unit_price":400}}],"pay_with":[{"id":"uci-542806-p1","method":"invoice"}]}
{"id":"uci-542807","time":"2011-02-01T10:00:00Z","currency":"GBP","customer":{"id":"12345"},"ship_to":{"country":"DE"},"lines":[{"id":"1","sku":"A","qty":1,"agreed":{"unit_price":250}}],"pay_with":[{"id":"uci-542807-p1","method":"invoice"}]}'
}
