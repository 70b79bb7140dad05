#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-catalog: products go in, come back as they were, and are told to orders.

load helper

mug='{"sku":"MUG","title":"Mug, 5\" \u00e9mail","weight_grams":310,"barcode":"0012345678905"}'

put() {
	printf '%s\n' "$@" | souk-catalog put -e >put.out
}

# order SKU:QTY...: runs the stage and shows what it added.
order() {
	local line
	for line; do printf '%s %s\n' "${line%:*}" "${line#*:}"; done |
		jq -Rnc '{lines: [inputs / " " | {sku: .[0], qty: .[1] | tonumber}]}' | souk-catalog |
		sed -E 's/^.*\],"(catalog|error)":(.*)\}$/\1 \2/'
}

refused() {
	run souk-catalog put <<<"$1"
	assert_success
	assert_output "${1%\}},\"error\":{\"by\":\"catalog\",\"code\":\"bad_record\",\"message\":\"$2\"}}"
	run souk-catalog list
	assert_output ''
}

@test "put answers stored; list gives the bytes back" {
	run souk-catalog put <<<"$mug"
	assert_success
	assert_output "${mug%\}},\"catalog\":{\"state\":\"stored\"}}"
	run souk-catalog list
	assert_output "$mug"
}

@test "the same product again: the same answer, nothing changed" {
	put "$mug"
	cp put.out first
	before=$(sqlite3 db/catalog/catalog.db .dump | sha256sum)
	put "$mug"
	cmp first put.out
	[ "$(sqlite3 db/catalog/catalog.db .dump | sha256sum)" = "$before" ]
}

@test "the same product again writes nothing to the disk" {
	put "$mug"
	# As long as a stage has the database open, its log stays.
	mkfifo in
	souk-catalog <in >held.out 3>&- &
	reader=$!
	exec 7>in
	echo '{"lines":[{"sku":"MUG","qty":1}]}' >&7
	until [ -s held.out ]; do sleep 0.01; done
	size=$(stat -c %s db/catalog/catalog.db-wal)
	put "$mug"
	same=$(stat -c %s db/catalog/catalog.db-wal)
	put "${mug/310/311}"
	more=$(stat -c %s db/catalog/catalog.db-wal)
	exec 7>&-
	wait "$reader"
	[ "$same" -eq "$size" ]
	[ "$more" -gt "$size" ]
}

@test "put replaces the whole product, also within one batch" {
	put '{"sku":"A","title":"one","tax_class":"reduced","weight_grams":5}' \
		'{"sku":"A","title":"two"}'
	run souk-catalog list
	assert_output '{"sku":"A","title":"two"}'
	run order A:1
	assert_output 'catalog {"lines":[{"title":"two","tax_class":"standard"}]}'
}

@test "unknown members are kept as they are spelled, those of the run are not" {
	put '{ "sku" : "A", "x": [1.10, {"é":"\u00e9"}], "title":"t","catalog":{"state":"old"},"id":"row-1" }'
	run souk-catalog list
	assert_output '{"sku":"A","x":[1.10, {"é":"\u00e9"}],"title":"t","id":"row-1"}'
}

@test "list, put into another shop, list: the same bytes, sorted by sku" {
	souk-catalog put <"$SOUK_DATA/catalog.ndjson" >/dev/null
	souk-catalog list >one
	LC_ALL=C sort -t'"' -k4,4 "$SOUK_DATA/catalog.ndjson" | cmp - one
	mkdir other
	SOUK_DB=$PWD/other souk-catalog put <one >/dev/null
	SOUK_DB=$PWD/other souk-catalog list | cmp - one
	souk-catalog list | souk-catalog put | souk-catalog put >/dev/null
	souk-catalog list | cmp - one
}

@test "skus that differ by case are two" {
	put '{"sku":"15056bl","title":"a"}' '{"sku":"15056BL","title":"b"}'
	run order 15056bl:1 15056BL:1
	assert_output 'catalog {"lines":[{"title":"a","tax_class":"standard"},{"title":"b","tax_class":"standard"}]}'
}

@test "put refuses what it knows to be wrong" {
	refused '{"title":"t"}' 'sku is missing'
	refused '{"sku":"A"}' 'title is missing'
	refused '{"sku":"","title":"t"}' 'sku: must be 1 to 128 bytes long'
	refused '{"sku":"A","title":7}' 'title: must be a string'
	refused '{"sku":"A","title":"t","weight_grams":-1}' \
		'weight_grams: must be a whole number from 0 to 1000000000'
	refused '{"sku":"A","title":"t","weight_grams":1.5}' \
		'weight_grams: must be a whole number from 0 to 1000000000'
	refused '{"sku":"A","title":"t","status":"live"}' 'status: must be active, draft or archived'
	refused '{"sku":"A","title":"t","description":["x"]}' 'description: must be a string'
	refused '{"sku":"A","title":"t","manage_stock":"no"}' 'manage_stock: must be true or false'
	refused '{"sku":"A","title":"t","flags":"x"}' 'flags: must be an array'
	refused '{"sku":"A","title":"t","flags":["x",1]}' 'flags[1]: must be a string of 1 to 64 bytes'
	refused '{"sku":"A","title":"t","barcode":""}' 'barcode: must be 1 to 64 bytes long'
	refused '{"sku":"A","title":"t","image":5}' 'image: must be a string'
}

@test "null counts as missing, a description may have many lines" {
	put '{"sku":"A","title":"t","status":null,"weight_grams":null,"tax_class":null,"description":"a\nb","manage_stock":null}'
	run order A:2
	assert_output 'catalog {"lines":[{"title":"t","tax_class":"standard"}]}'
}

@test "get gives the product as it was put" {
	put "$mug"
	run souk-catalog get <<<'{"sku":"MUG","n":1.10}'
	assert_output "{\"sku\":\"MUG\",\"n\":1.10,\"catalog\":$mug}"
	run souk-catalog get <<<'{"sku":"mug"}'
	assert_output '{"sku":"mug","error":{"by":"catalog","code":"unknown_sku","message":"mug is not in the catalogue"}}'
}

@test "an order: title, class, weight and flags of each line, and the weight of all" {
	put "$mug" '{"sku":"CARD","title":"Card","tax_class":"zero","weight_grams":0,"flags":["a","b\n"],"allow_backorder":true,"manage_stock":false}'
	run souk-catalog <<<'{"id":"o1","lines":[{"sku":"MUG","qty":3},{"sku":"CARD","qty":2}],"catalog":"old"}'
	assert_output '{"id":"o1","lines":[{"sku":"MUG","qty":3},{"sku":"CARD","qty":2}],"catalog":{"lines":[{"title":"Mug, 5\" émail","tax_class":"standard","weight_grams":310},{"title":"Card","tax_class":"zero","weight_grams":0,"manage_stock":false,"allow_backorder":true,"flags":["a","b\n"]}],"weight_grams":930}}'
}

@test "one unknown weight and the weight of all is unknown; what is not shipped weighs nothing" {
	put '{"sku":"A","title":"a","weight_grams":10}' '{"sku":"B","title":"b"}' \
		'{"sku":"S","title":"s","requires_shipping":false}'
	run order A:2 B:1
	assert_output 'catalog {"lines":[{"title":"a","tax_class":"standard","weight_grams":10},{"title":"b","tax_class":"standard"}]}'
	run order A:2 S:1
	assert_output 'catalog {"lines":[{"title":"a","tax_class":"standard","weight_grams":10},{"title":"s","tax_class":"standard","requires_shipping":false}],"weight_grams":20}'
}

@test "a weight beyond all counting is refused" {
	put '{"sku":"A","title":"a","weight_grams":1000000000}'
	run order A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000
	assert_output --partial '"weight_grams":9000000000000000000}'
	run order A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000 A:1000000000
	assert_output 'error {"by":"catalog","code":"overflow","message":"the order weighs more than can be counted"}'
}

@test "unknown skus are named, each once, twenty at most" {
	put "$mug" '{"sku":"D","title":"d","status":"draft"}'
	run order X:1 MUG:1 Y:2 X:3 D:1
	assert_output 'error {"by":"catalog","code":"unknown_sku","message":"X is not in the catalogue","lines":[{"sku":"X"},{"sku":"Y"}]}'
	run order $(seq -f 'U%g:1' 30)
	[ "$(sed 's/^error //' <<<"$output" | jq -c '[.lines[].sku] | [length, first, last]')" = '[20,"U1","U20"]' ]
}

@test "drafts and archived products are not for sale" {
	put '{"sku":"D","title":"d","status":"draft"}' '{"sku":"X","title":"x","status":"archived"}' "$mug"
	run order MUG:1 D:1 X:2 D:4
	assert_output 'error {"by":"catalog","code":"not_for_sale","message":"D is a draft","lines":[{"sku":"D","status":"draft"},{"sku":"X","status":"archived"}]}'
	run order X:2
	assert_output 'error {"by":"catalog","code":"not_for_sale","message":"X is archived","lines":[{"sku":"X","status":"archived"}]}'
}

@test "errors of one record do not show in the next" {
	put "$mug"
	printf '{"lines":[{"sku":"%s","qty":1}]}\n' X MUG X >in
	run souk-catalog <in
	assert_line -n 0 --partial '"lines":[{"sku":"X"}]}}'
	assert_line -n 1 --partial '"catalog":{"lines":['
	assert_line -n 2 --partial '"lines":[{"sku":"X"}]}}'
}

@test "failed and waiting records pass as they are" {
	printf '%s\n' '{"lines":[{"sku":"X","qty":1}],"error":{"by":"tax"} }' \
		'{"lines":[{"sku":"X","qty":1}],"wait":{"by":"pay"}, "catalog":1}' >in
	souk-catalog <in | cmp - in
}

@test "a product put while the stage runs is seen by its next batch" {
	put "$mug"
	mkfifo in
	souk-catalog <in >out 3>&- &
	stage=$!
	exec 7>in
	echo '{"lines":[{"sku":"NEW","qty":1}]}' >&7
	until [ "$(lines out)" = 1 ]; do sleep 0.01; done
	put '{"sku":"NEW","title":"new"}'
	echo '{"lines":[{"sku":"NEW","qty":1}]}' >&7
	until [ "$(lines out)" = 2 ]; do sleep 0.01; done
	put '{"sku":"NEW","title":"newer"}'
	echo '{"lines":[{"sku":"NEW","qty":1}]}' >&7
	exec 7>&-
	wait "$stage"
	run jq -r '.error.code // .catalog.lines[0].title' out
	assert_output 'unknown_sku
new
newer'
}

@test "without SOUK_DB it says what to do" {
	unset SOUK_DB
	run souk-catalog </dev/null
	assert_failure 2
	assert_output --partial 'SOUK_DB is not set'
}

@test "put, get and the stage keep the filter contract" {
	put "$mug"
	echo '{"lines":[{"sku":"MUG","qty":1}]}' >orders.ndjson
	echo "$mug" >products.ndjson
	run souk-conform -i orders.ndjson -- souk-catalog
	assert_success
	run souk-conform -i products.ndjson -- souk-catalog put
	assert_success
	run souk-conform -i products.ndjson -- souk-catalog get
	assert_success
}
