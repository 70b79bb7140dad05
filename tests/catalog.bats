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

# ---- Variants ----

# A small shop: two products with variants, three that stand alone.
garments() {
	put '{"sku":"T-S","product":"tee","title":"Cotton Tee","options":{"Size":"S"},"vendor":"Acme","type":"Shirt","tags":["summer","sale"],"category":"Clothing > Shirts","description":"<p class=\"big\">Soft &amp; light</p>"}' \
		'{"sku":"T-L","product":"tee","title":"Cotton Tee","options":{"Size":"L"},"vendor":"Acme","type":"Shirt","tags":["summer","sale"],"category":"Clothing > Shirts"}' \
		'{"sku":"H-1","product":"hood","title":"Hoodie, Émail blue","vendor":"Bolt","type":"Jumper","tags":["winter"],"category":["Clothing > Jumpers","New"],"description":"goes with a cotton tee"}' \
		'{"sku":"MUG-05012345678900","title":"Men\u2019s mug","vendor":"Acme","tags":["sale"],"barcode":"5012345678900"}' \
		'{"sku":"D","title":"Cotton draft","status":"draft"}' \
		'{"sku":"STRASSE","title":"Straße ΜΠΛΕ"}'
}

# found QUERY JQ: what a search answers.
found() {
	souk-catalog search <<<"$1" | jq -c ".catalog | $2"
}

@test "a variant says of which product it is, in the order too" {
	garments
	run order T-S:1
	assert_output 'catalog {"lines":[{"title":"Cotton Tee","tax_class":"standard","product":"tee","options":{"Size":"S"},"vendor":"Acme","type":"Shirt","category":"Clothing > Shirts","tags":["summer","sale"]}]}'
	run souk-catalog get <<<'{"product":"tee"}'
	assert_equal "$(jq -c '[.catalog.variants[] | .sku, .options.Size]' <<<"$output")" '["T-S","S","T-L","L"]'
	run souk-catalog get <<<'{"product":"none"}'
	assert_output '{"product":"none","error":{"by":"catalog","code":"unknown_product","message":"none is not in the catalogue"}}'
	put '{"sku":"P","title":"p","status":"published"}'
	run order P:1
	assert_output --partial '"title":"p"'
}

@test "put refuses variants that are wrong" {
	refused '{"sku":"A","title":"t","product":""}' 'product: must be 1 to 255 bytes long'
	refused '{"sku":"A","title":"t","options":["S"]}' 'options: must be an object'
	refused '{"sku":"A","title":"t","options":{"Size":1}}' 'options.Size: must be a string of 1 to 255 bytes'
	refused '{"sku":"A","title":"t","options":{"Size":"S","Size":"L"}}' 'options: a member name stands twice in it'
	refused '{"sku":"A","title":"t","tags":"x"}' 'tags: must be an array'
	refused '{"sku":"A","title":"t","category":[""]}' 'category[0]: must be a string of 1 to 255 bytes'
	refused '{"sku":"A","title":"t","origin_country":"gb"}' 'origin_country: must be a country of ISO 3166-1 such as GB'
	refused "{\"sku\":\"A\",\"title\":\"t\",\"tags\":$(jq -nc '[range(251) | "t\(.)"]')}" 'tags: must hold 250 strings at most'
}

# ---- Searching ----

@test "search: all words, in any case, without accents, the last one begun; one hit a product" {
	garments
	assert_equal "$(found '{"q":"COTTON tee"}' '[.found, [.hits[] | .sku, .skus]]')" '[2,["T-S",["T-S","T-L"],"H-1",["H-1"]]]'
	assert_equal "$(found '{"q":"tee l"}' '.hits[0].sku')" '"T-L"'
	assert_equal "$(found '{"q":"email"}' '[.hits[].sku]')" '["H-1"]'
	assert_equal "$(found '{"q":"mens"}' '[.hits[].sku]')" '["MUG-05012345678900"]'
	assert_equal "$(found '{"q":"men\u0027s MUG"}' '[.hits[].sku]')" '["MUG-05012345678900"]'
	assert_equal "$(found '{"q":"strasse μπλε"}' '[.hits[].sku]')" '["STRASSE"]'
	assert_equal "$(found '{"q":"5012345678900"}' '[.hits[].sku]')" '["MUG-05012345678900"]'
	assert_equal "$(found '{"q":"soft light"}' '[.hits[].sku]')" '["T-S"]'
	assert_equal "$(found '{"q":"class big"}' '.found')" 0
	assert_equal "$(found '{"q":"mug tee"}' '.found')" 0
	assert_equal "$(found '{"q":"\"-* ( OR"}' '.found')" 0
	assert_equal "$(found '{"q":"cotton","filter":{"status":"draft"}}' '[.hits[].sku]')" '["D"]'
}

@test "search: a slip is forgiven, and said" {
	garments
	for slip in cottn cottno cotron ccotton otton; do
		assert_equal "$(found "{\"q\":\"$slip tee\"}" '[.found, .corrected]')" "[2,[{\"from\":\"$slip\",\"to\":\"cotton\"}]]"
	done
	assert_equal "$(found '{"q":"cxttxn"}' '[.found, .corrected]')" '[0,null]'
	assert_equal "$(found '{"q":"hodi"}' '[.found, .corrected[0].to]')" '[1,"hoodie"]'
	assert_equal "$(found '{"q":"5012345678901"}' '.found')" 0
}

@test "search: facets count products, each by what the other filters leave" {
	garments
	assert_equal "$(found '{}' '[.found, (.facets | map_values(map("\(.value) \(.count)")))]')" \
		'[4,{"vendor":["Acme 2","Bolt 1"],"type":["Shirt 1","Jumper 1"],"tags":["sale 2","summer 1","winter 1"],"category":["Clothing 2","Clothing > Shirts 1","Clothing > Jumpers 1","New 1"]}]'
	assert_equal "$(found '{"filter":{"vendor":"Acme"}}' '[.found, (.facets.vendor[].value), (.facets.tags | map("\(.value) \(.count)"))]')" \
		'[2,"Acme","Bolt",["sale 2","summer 1"]]'
	assert_equal "$(found '{"filter":{"vendor":["Acme","Bolt"],"tags":["winter"],"category":["Clothing"]}}' '[.found, .hits[0].sku]')" '[1,"H-1"]'
	assert_equal "$(found '{"filter":{"vendor":"nobody"}}' '.found')" 0
	assert_equal "$(found '{"facets":1}' '[.facets[][].value]')" '["Acme","Shirt","sale","Clothing"]'
	assert_equal "$(found '{"facets":0}' 'has("facets")')" false
}

@test "search: sorting and paging" {
	garments
	assert_equal "$(found '{"sort":"newest"}' '[.hits[].sku]')" '["STRASSE","MUG-05012345678900","H-1","T-L"]'
	assert_equal "$(found '{"sort":"title"}' '[.hits[].sku]')" '["T-S","H-1","MUG-05012345678900","STRASSE"]'
	assert_equal "$(found '{"sort":"title","offset":1,"limit":2}' '[.found, [.hits[].sku]]')" '[4,["H-1","MUG-05012345678900"]]'
	assert_equal "$(found '{"offset":9}' '[.found, .hits]')" '[4,[]]'
	run souk-catalog search <<<'{"sort":"price"}'
	assert_output '{"sort":"price","error":{"by":"catalog","code":"bad_record","message":"sort: must be relevance, title or newest"}}'
	run souk-catalog search --sort newest --limit 1 --vendor Acme
	assert_output ''
	run souk-catalog search --sort newest --limit 1 --vendor Acme mug
	assert_line -n 0 --partial '"sku":"MUG-05012345678900"'
	assert_line -n 1 --partial '{"found":1,'
}

@test "search: a product that is changed is found by its new words alone, at once" {
	garments
	mkfifo in
	souk-catalog search <in >out 3>&- &
	stage=$!
	exec 7>in
	echo '{"q":"cotton tee","facets":0}' >&7
	until [ "$(lines out)" = 1 ]; do sleep 0.01; done
	put '{"sku":"T-S","title":"Woollen sock"}' '{"sku":"T-S","title":"Woollen scarf","vendor":"Knit"}'
	printf '%s\n' '{"q":"cotton tee","facets":0}' '{"q":"scarf"}' '{"q":"sock"}' >&7
	exec 7>&-
	wait "$stage"
	assert_equal "$(jq -c '.catalog | [.found, [.hits[].sku]]' out | xargs)" '[2,[T-S,H-1]] [2,[T-L,H-1]] [1,[T-S]] [0,[]]'
	assert_equal "$(jq -c 'select(.q == "scarf").catalog.facets.vendor' out)" '[{"value":"Knit","count":1}]'
}

@test "search: words that many products have are answered alike each time, and anew after a change" {
	jq -nc 'range(300) | {sku: "A\(.)", title: (if . % 3 == 0 then "Acme lamp" else "Lamp" end), vendor: "Acme", type: "T\(. % 2)"}' | souk-catalog put >/dev/null
	mkfifo in
	souk-catalog search <in >out 3>&- &
	stage=$!
	exec 7>in
	for time in 1 2; do
		printf '%s\n' '{"q":"acme","facets":0,"limit":1}' '{"q":"acme lam","filter":{"type":["T1","T7"]},"limit":0}' '{"q":"lamp","filter":{"type":"T7"},"limit":0}' '{"q":"lamp","offset":100,"limit":1,"facets":0}' >&7
		until [ "$(lines out)" = $((time * 4)) ]; do sleep 0.01; done
	done
	assert_equal "$(jq -c .catalog out | head -n 4)" "$(jq -c .catalog out | tail -n 4)"
	# Title words come first, short titles before long ones.
	assert_equal "$(jq -c '.catalog | [.found, .hits[0].sku, .facets.type]' out | head -n 4)" '[300,"A0",null]
[150,null,[{"value":"T0","count":150},{"value":"T1","count":150}]]
[0,null,[{"value":"T0","count":150},{"value":"T1","count":150}]]
[300,"A151",null]'
	put '{"sku":"A0","title":"Torch"}' '{"sku":"B","title":"Acme"}'
	echo '{"q":"acme","facets":0,"limit":1}' >&7
	exec 7>&-
	wait "$stage"
	assert_equal "$(tail -n 1 out | jq -c '.catalog | [.found, .hits[0].sku]')" '[300,"B"]'
}

@test "a sku that wanders through many products is found once, in the last" {
	jq -nc 'range(3000) | {sku: "W", title: "Wanderer", product: "p\(.)", tags: ["t\(.)"]}' | souk-catalog put >/dev/null
	assert_equal "$(found '{"q":"wanderer"}' '[.found, .hits[0].product, .hits[0].skus, .facets.tags]')" '[1,"p2999",["W"],[{"value":"t2999","count":1}]]'
	assert_equal "$(found '{"q":"p17"}' '.found')" 0
}

@test "what several put at once is all found" {
	for writer in 1 2 3; do
		jq -nc --arg w "$writer" 'range(2000) | {sku: "S\($w)-\(.)", title: "Thing", product: "p\(. % 500)", vendor: "V\($w)", tags: ["t\(. % 7)"]}' |
			souk-catalog put >put.$writer &
	done
	wait
	assert_equal "$(found '{"q":"thing","facets":3}' '[.found, (.facets.vendor | map(.value) | sort)]' | cut -c1-4)" '[500'
	assert_equal "$(found '{"q":"thing","filter":{"vendor":"V2"}}' '.found')" 500
	assert_equal "$(sqlite3 db/catalog/catalog.db 'SELECT count(*) FROM product_text; SELECT count(*) FROM item' | xargs)" '6000 500'
}

@test "products of the first schema are found after the next put" {
	mkdir db/catalog
	sed -n '/^-- version 1/,/^-- version 2/p' "$ROOT/cmd/catalog/schema.sql" >one.sql
	cat >>one.sql <<-'END'

		INSERT INTO product VALUES ('OLD', 'active', NULL, '{"title":"Old lamp"}', '{"sku":"OLD","title":"Old lamp"}');
		PRAGMA user_version = 1;
	END
	sqlite3 db/catalog/catalog.db <one.sql
	run souk-catalog list
	assert_output '{"sku":"OLD","title":"Old lamp"}'
	put "$mug"
	assert_equal "$(found '{"q":"lamp"}' '[.hits[].sku]')" '["OLD"]'
	assert_equal "$(sqlite3 db/catalog/catalog.db 'PRAGMA integrity_check; PRAGMA user_version')" 'ok
2'
}

@test "search finds what a plain look at the words finds, over the demo shop" {
	souk-catalog put <"$SOUK_DATA/catalog.ndjson" >/dev/null
	for words in 'RED' 'HEART WHITE' 'SET 3 TIN'; do
		plain=$(jq -r --arg words "$words" 'select((.title | ascii_upcase | [scan("[A-Z0-9\u0027]+") | gsub("\u0027"; "")]) as $have
			| ($words | split(" ")) as $want | all($want[:-1][]; IN($have[]))
			and any($have[]; startswith($want[-1]))) | .sku' "$SOUK_DATA/catalog.ndjson" | wc -l)
		assert_equal "$words $(souk-catalog search $words | jq 'select(.found).found')" "$words $plain"
	done
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
	echo '{"q":"mug"}' >queries.ndjson
	run souk-conform -i queries.ndjson -- souk-catalog search
	assert_success
}
