#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Exports of Shopify and WooCommerce, imported: every row is there or is named with its line,
# and counts and sums are those of tests/reference/shops.py, which knows nothing of Souk.
load helper

export PATH="$ROOT/pipelines:$PATH" SOUK_MAPS="$ROOT/maps"
SHOPS=$ROOT/tests/samples/shops

reference() {
	python3 "$ROOT/tests/reference/shops.py" "$@"
}

# The lines of the file that errors name, one each.
named() {
	jq -r 'select(.error) | .line // .error.line' "$1" | sort -un
}

# all_there FILE REFERENCE: each row of the reference is a record of that sku, or named, not both.
all_there() {
	named "$1" >named
	awk 'FILENAME == ARGV[1] { bad[$1]; next } !($1 in bad) { print $2 }' named "$2" | sort -u >expected
	jq -r 'select(.error | not) | .sku | gsub(" "; "_")' "$1" | sort -u | diff expected -
}

# sum FIELD FILE: of the reference, without the lines in `named`.
sum() {
	awk -v field="$1" 'FILENAME == ARGV[1] { bad[$1]; next } !($1 in bad) && $field != "-" { n += $field } END { printf "%.10g\n", n }' named "$2"
}

prices() {
	jq -s 'map(select(.error | not) | (.amount_decimal // .amount) | tonumber) | add' "$1"
}

@test "Shopify products, old columns: each variant, or its line and the reason" {
	file=$SHOPS/shopify-products-old.csv
	reference shopify "$file" >rows
	import-shopify-products <"$file" >products
	all_there products rows
	assert_equal "$(lines rows) $(grep -c '"error"' products) $(jq -r 'select(.error | not) | .sku' products | sort -u | wc -l)" '10 3 6'
	assert_equal "$(jq -r 'select(.error) | "\(.line) \(.error.message)"' products)" \
		'9 barcode: "5.01234E+12": a spreadsheet has rounded it
12 the sku "HAT" is that of several variants of "hat"
13 the sku "HAT" is that of several variants of "hat"'
	# Every column of the file is somewhere: what Souk has no place for, under meta.
	assert_equal "$(head -n 1 products)" '{"sku":"00123","product":"tee","title":"Tee, plain","status":"active","description":"<p>Soft.\nWashes \"well\".</p>","vendor":"Acme","type":"Shirt","tags":["summer","sale"],"options":{"Size":"S","Colour":"Red"},"barcode":"036000291452","weight_grams":200,"manage_stock":true,"image":"https://cdn.example/tee-1.jpg","images":["https://cdn.example/tee-1.jpg","https://cdn.example/tee-2.jpg"],"meta":{"Variant Fulfillment Service":"manual","Image Alt Text":"Back","SEO Title":"A tee","Variant Weight Unit":"g"}}'
	assert_equal "$(jq -c 'select(.sku == "tee/L/Red") | [.title, .allow_backorder, .image, .options]' products)" \
		'["Tee, plain",true,"https://cdn.example/tee-l.jpg",{"Size":"L","Colour":"Red"}]'
	assert_equal "$(jq -c 'select(.sku == "MUG") | [.status, .weight_grams, .tax_class]' products)" '["draft",311,"zero"]'
	assert_equal "$(jq -c 'select(.sku == "voucher") | [.requires_shipping, .flags, .manage_stock]' products)" '[false,["gift_card"],false]'

	import-shopify-prices --arg currency=EUR <"$file" >prices
	named prices >named
	assert_equal "$(prices prices)" "$(sum 3 rows)"
	assert_equal "$(prices prices)" 112295
	import-shopify-stock <"$file" >stock
	assert_equal "$(named stock | xargs)" '6 9'
	named stock >named
	assert_equal "$(jq -s 'map(select(.error | not) | .qty) | add' stock) $(sum 4 rows)" '72 72'
	assert_equal "$(souk-stock receive <stock | jq -c '.stock.on_hand // .error.message')" '5
"2 more were sold than there are: nothing can be received"
7
"barcode: \"5.01234E+12\": a spreadsheet has rounded it"
30
30'
	assert_equal "$(souk-stock list | jq .stock.on_hand | xargs)" '5 7 30'
}

@test "Shopify products, new columns" {
	file=$SHOPS/shopify-products-new.csv
	reference shopify "$file" >rows
	import-shopify-products <"$file" >products
	all_there products rows
	assert_equal "$(lines products)" 3
	assert_equal "$(head -n 1 products)" '{"sku":"T-80","product":"table","title":"Café table","status":"active","description":"<p>Oak</p>","vendor":"Möbel & Co","type":"Table","category":"Furniture > Tables","tags":["oak"],"options":{"Width":"80 cm"},"barcode":"4006381333931","weight_grams":12500,"manage_stock":true,"image":"https://cdn.example/table.jpg","images":["https://cdn.example/table.jpg"],"meta":{"Cost per item":"88.10"}}'
	assert_equal "$(jq -r .status products | xargs)" 'active active archived'
	import-shopify-prices --arg currency=EUR <"$file" >prices
	: >named
	assert_equal "$(prices prices) $(sum 3 rows)" '50800.5 50800.5'
	import-shopify-stock <"$file" >stock
	assert_equal "$(jq -s 'map(.qty) | add' stock) $(sum 4 rows)" '6 6'
}

@test "what was imported is found, priced and sold; importing it again changes nothing" {
	echo '{"country":"GB","class":"standard","rate":"0"}' | souk-tax put >/dev/null
	for time in 1 2; do
		for file in "$SHOPS"/shopify-products-*.csv; do
			import-shopify-products <"$file" | souk-catalog put
			import-shopify-prices --arg currency=GBP <"$file" | souk-price put
			import-shopify-stock <"$file" | souk-stock receive
		done >stored.$time
		{ souk-catalog list; souk-price list; souk-stock export | grep -v movement; } >shop.$time
	done
	cmp stored.1 stored.2
	cmp shop.1 shop.2
	run checkout <<<'{"id":"o","time":"2024-01-01T00:00:00Z","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"00123","qty":2},{"sku":"tee/L/Red","qty":1}],"pay_with":[{"id":"p","method":"invoice"}]}'
	# Of it there is none, and the shop sells on: it is held for when it comes.
	assert_output --partial '"backordered"'
	run checkout <<<'{"id":"o2","time":"2024-01-01T00:00:00Z","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"00123","qty":2},{"sku":"T-80","qty":1}],"pay_with":[{"id":"p","method":"invoice"}]}'
	assert_equal "$(jq -c '[.order.state, .total.total]' <<<"$output")" '["placed",22400]'
	assert_equal "$(souk-catalog search cafe tabel | tail -n 1 | jq -c '[.found, .corrected]')" '[1,[{"from":"tabel","to":"table"}]]'
}

@test "a bad row is mended in the file, and the file fed again" {
	import-shopify-products <"$SHOPS/shopify-products-old.csv" | souk-catalog put >first
	souk-catalog list >before
	sed 's/5.01234E+12/5012340000009/' "$SHOPS/shopify-products-old.csv" >mended.csv
	import-shopify-products <mended.csv | souk-catalog put >second
	souk-catalog list | diff before - >changes || true
	assert_equal "$(grep -c '^>' changes) $(grep -c '^<' changes)" '1 0'
	assert_equal "$(sed -n 's/^> //p' changes | jq -c '[.sku, .title, .barcode]')" '["LAMP-EU","Lamp","5012340000009"]'
}

@test "what came out as an error is mended by jq, and fed again" {
	import-woocommerce-products <"$SHOPS/woocommerce-products.csv" >products
	jq -c 'select(.SKU == "BAD2") | del(.error) | .["Weight (kg)"] = "1.25"' products |
		souk-map --all -f woocommerce-product-row.jq | souk-group --by product --into rows |
		souk-map --many -f woocommerce-product.jq >again
	assert_equal "$(jq -c '[.sku, .weight_grams, .error]' again)" '["BAD2",1250,null]'
}

@test "ragged rows, Latin-1 and a file of another kind are named" {
	# Whose row it is nobody can tell: the product that it stands in fails as a whole.
	awk 'NR == 2 { print; print "lost,row"; next } 1' "$SHOPS/shopify-products-new.csv" >ragged.csv
	import-shopify-products <ragged.csv >out 2>err || true
	assert_equal "$(jq -c '[.error.code, .error.line // .error.message]' out)" '["ragged_row",3]
["bad_rows","1 bad record in it or beside it, the first in line 2"]
[null,null]'
	iconv -f utf-8 -t latin1 "$SHOPS/shopify-products-new.csv" >latin1.csv
	import-shopify-products <latin1.csv >out 2>err || true
	assert_equal "$(jq -c 'select(.error.by == "csv") | [.error.code, .error.line]' out)" '["bad_encoding",2]'
	iconv -f latin1 -t utf-8 latin1.csv | import-shopify-products | diff - <(import-shopify-products <"$SHOPS/shopify-products-new.csv")
	printf 'a,b\n1,2\n' | import-shopify-products >out
	assert_equal "$(jq -r '[.line, .error.message] | @tsv' out)" $'2\tneither Handle nor URL handle says whose row this is: each row of a Shopify product export does'
}

@test "Shopify products: rows of nobody, of nothing, apart, and in another language, each named with its line" {
	cat >odd.csv <<-'END'
		Handle,Title,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,Image Src,Status
		a,A,true,Size,S,A1,1.00,,,,
		,,,,,LOST,1.00,,,,
		a,,,,M,A2,2.00,,,,
		,,,,,,,,,,
		b,B,true,,,,,,,only.jpg,
		c,,,,,,,,,typo.jpg,
		d,D,FALSCH,,,D1,1.00,,,,
		e,E,true,,,E1,1.00,shopify,5.5,,
		f,F,true,,,F1,1.00,,,,Unlisted
		g,G,TRUE,,,G1,1.00,,,,ARCHIVED
		,,,,,,,,,,
	END
	import-shopify-products <odd.csv >products 2>err
	assert_equal "$(cat err)" ''
	assert_equal "$(jq -r 'select(.error) | "\(.line) \(.error.message)"' products)" \
		'3 neither Handle nor URL handle says whose row this is: each row of a Shopify product export does
4 no row of "a" that can be read has a title
6 no row of "b" has a sku, an option or a price: there is nothing to sell
7 no row of "c" has a sku, an option or a price: there is nothing to sell
8 published: "FALSCH": none of true, TRUE, True, false, FALSE, False
9 quantity: "5.5": not a whole number
10 status: "Unlisted": none of active, Active, ACTIVE, draft, Draft, DRAFT, archived, Archived, ARCHIVED'
	assert_equal "$(jq -c 'select(.error | not) | [.sku, .status]' products | xargs)" '[A1,active] [G1,archived]'
}

@test "Shopify orders: what was paid, to the penny; cancelled and refunded ones named" {
	file=$SHOPS/shopify-orders.csv
	reference orders "$file" >orders.txt
	import-shopify-orders <"$file" >orders
	assert_equal "$(jq -r 'select(.error | not) | .id' orders)" "$(awk '$3 == "sold" { print $2 }' orders.txt)"
	assert_equal "$(jq -r 'select(.error and .order) | "\(.id) \(.error.code)"' orders)" 'shopify-5003 cancelled
shopify-5004 refunded
shopify-1005 map_error'
	# The agreed prices of each order add up to its Subtotal; no piece is lost.
	assert_equal "$(jq -r 'select(.error | not) | "\(.id) \(.currency) \([.lines[] | .qty * .agreed.unit_price] | add) \([.lines[].qty] | add)"' orders)" \
		"$(awk '$3 == "sold" { print $2, $4, $5, $6 }' orders.txt)"
	assert_equal "$(awk '$3 == "sold" { n += $5 } END { print n }' orders.txt)" 6600
	# 35.85 less 4.85: each line is lowered by its share, to the cent.
	assert_equal "$(head -n 1 orders | jq -c '[.time, .customer.email, .ship_to.line1, (.lines[] | [.sku, .qty, .agreed.unit_price])]')" \
		'["2024-03-05T14:15:00Z","ada@example.org","1 Elm, \"the barn\"",["MUG",1,687],["MUG",2,688],["SOCK",1,259],["SOCK",1,260],["SOCK",2,259]]'
	assert_equal "$(jq -c 'select(.id == "shopify-5001") | [.ship_to.postcode, .meta.billing.postcode, .meta["Shipping Zip"], .meta["Billing Zip"], .meta.discount, .meta["Discount Code"], .meta.Notes]' orders)" \
		'["02134","02134","'"'"'02134","2134","4.85","SPRING","ring\ntwice"]'
	assert_equal "$(jq -c 'select(.id == "shopify-1002") | [.time, .lines[0].sku, .meta["Refunded Amount"]]' orders)" '["2024-03-05T15:30:00Z","Lamp, blue","500"]'
	assert_equal "$(jq -c 'select(.id == "shopify-5006") | [.ship_to.postcode, .lines]' orders)" '["01067",[{"id":"1","sku":"0077","qty":2,"agreed":{"unit_price":1000}}]]'
}

@test "Shopify orders: rows of commas are none; rows of nobody fail what they stand beside" {
	cat >odd.csv <<-'END'
		Name,Financial Status,Currency,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Id
		#1,paid,USD,10.00,2024-03-05 09:15:00 -0500,1,Tee,10.00,T,,1
		,,,,,,,,,,
		#2,paid,USD,10.00,2024-03-05 09:15:00 -0500,1,,10.00,,,2
		#3,paid,USD,10.00,2024-03-05 09:15:00 -0500,1,Tee,10.00,,,3
		,,,,,1,Tee,10.00,T,,
		#4,paid,USD,10.00,2024-03-05 09:15:00 -0500,1,Tee,10.00,T,,4
		#5,paid,USD,10.00,2024-03-05 09:15:00 -0500,1,Tee,10.00,T,,5
		,,,,,,,,,,
	END
	import-shopify-orders <odd.csv >orders
	assert_equal "$(jq -r 'select(.error | not) | .id' orders | xargs)" 'shopify-1 shopify-5'
	assert_equal "$(jq -r 'select(.error.by == "map") | "\(.line // .id) \(.error.message)"' orders)" \
		'4 the row has neither Lineitem sku nor Lineitem name
shopify-2 line 4 of the file: the row has neither Lineitem sku nor Lineitem name
6 the row has no Name: each row of a Shopify order export does'
	assert_equal "$(jq -r 'select(.error.by == "group") | .error.code' orders | xargs)" 'bad_rows bad_rows'
}

@test "Shopify orders are booked at the prices that were paid" {
	jq -nc '"MUG", "SOCK", "Lamp, blue", "0077" | {sku: ., title: ., manage_stock: false}' | souk-catalog put >/dev/null
	jq -nc '"US", "JP", "DE" | {country: ., class: "standard", rate: "0"}' | souk-tax put >/dev/null
	import-shopify-orders <"$SHOPS/shopify-orders.csv" | checkout --agreed >booked
	assert_equal "$(jq -r '[.id, .error.code // .order.state, .total.total] | @tsv' booked | sed 's/\t/ /g')" "$(printf '%s\n' \
		'shopify-5001 placed 3100' 'shopify-1002 placed 1500' 'shopify-5003 cancelled ' 'shopify-5004 refunded ' \
		'row-7 map_error ' 'shopify-1005 map_error ' 'shopify-5006 placed 2000')"
	import-shopify-orders <"$SHOPS/shopify-orders.csv" | checkout --agreed | cmp - booked
}

@test "WooCommerce products: parents by id or sku, what is not sold named" {
	file=$SHOPS/woocommerce-products.csv
	reference woocommerce "$file" >rows
	import-woocommerce-products <"$file" >products
	all_there products rows
	assert_equal "$(jq -r 'select(.error) | "\(.line) \(.error.message)"' products | sort -n)" '10 a grouped product only shows others
11 an external product is sold elsewhere
12 Type: "bundle": none of simple, variable, variation, grouped, external
13 decimal: "heavy": not a number'
	assert_equal "$(jq -c 'select(.sku == "S-BLUE")' products)" '{"sku":"S-BLUE","product":"id:44","title":"Shirt","status":"active","description":"Line one\nline two","category":["Clothing > Shirts","Sale"],"tags":["cotton","soft"],"options":{"Colour":"Blue"},"weight_grams":500,"tax_class":"reduced","manage_stock":false,"image":"https://cdn.example/s.jpg","images":["https://cdn.example/s.jpg","https://cdn.example/s2.jpg"],"meta":{"Length (cm)":"70","Position":"1","name":"Shirt - Blue","short_description":"Short"}}'
	assert_equal "$(jq -c 'select(.product == "CAP") | [.sku, .status, .allow_backorder, .category]' products)" '["CAP-R","draft",true,["Clothing"]]'
	assert_equal "$(jq -c 'select(.sku == "007") | [.title, .category, .tax_class]' products)" '["Spy kit, boxed",["Toys, games"],"zero"]'
	assert_equal "$(jq -c 'select(.sku == "woo-47") | .weight_grams' products)" 250
	assert_equal "$(jq -c 'select(.sku == "GONE" or .sku == "SONG") | [.sku, .manage_stock, .requires_shipping]' products)" '["GONE",true,null]
["SONG",false,false]'

	import-woocommerce-prices --arg currency=EUR <"$file" >prices
	assert_equal "$(named prices | xargs)" '12 13 14'
	{ named prices; printf '10\n11\n'; } >named
	# Of each what is asked for it: its sale price where the sale has no dates. A sale with dates
	# stands beside the regular price.
	assert_equal "$(jq -s 'map(select(.amount and (.from | not)) | .amount) | add' prices)" "$(sum 3 rows)"
	assert_equal "$(jq -c 'select(.amount and (.from or .meta))' prices)" '{"sku":"woo-47","currency":"EUR","amount":2000,"from":"2024-12-01T00:00:00Z","to":"2024-12-25T00:00:00Z"}
{"sku":"SONG","currency":"EUR","amount":150,"meta":{"regular":"2.00"}}'
	import-woocommerce-stock <"$file" >stock
	named stock >named
	assert_equal "$(jq -s 'map(.qty // 0) | add' stock) $(sum 4 rows)" '17 17'
}

@test "WooCommerce products: variations without parent, of one sku, and counted together" {
	{
		head -n 1 "$SHOPS/woocommerce-products.csv"
		cat <<-'END'
			1,variation,ORPHAN,Orphan - Red,1,,,,,taxable,,1,,0,,,,5.00,,,,GONE,,Colour,Red,,,
			2,variable,MUG,Mug,1,,,,,taxable,,1,5,0,,,,,,,,,,Colour,"Red, Blue",,,
			3,variation,MUG-R,Mug - Red,1,,,,,taxable,,1,parent,0,,,,5.00,,,,MUG,,Colour,Red,,,
			4,variation,MUG-B,Mug - Blue,1,,,,,taxable,,1,,0,,,,5.00,,,,MUG,,Colour,Blue,,,
			5,variation,MUG-B,Mug - Brown,1,,,,,taxable,,1,3,0,,,,6.00,,,,MUG,,Colour,Brown,,,
			6,variation,MUG-G,Mug - Green,1,,,,,taxable,,1,2,0,,,,5.00,,,,MUG,,Colour,Green,,,
			6,variation,MUG-G,Mug - Green,1,,,,,taxable,,1,2,0,,,,5.00,,,,MUG,,Colour,Green,,,
		END
	} >odd.csv
	import-woocommerce-products <odd.csv >products
	assert_equal "$(jq -r 'select(.error) | "\(.line) \(.error.message)"' products)" \
		'2 no row says what its parent "GONE" is
5 the sku "MUG-B" is that of several variations of "MUG"
6 the sku "MUG-B" is that of several variations of "MUG"'
	# None is sold without end because its pieces are counted elsewhere.
	assert_equal "$(jq -c 'select(.error | not) | [.sku, .manage_stock]' products)" '["MUG-R",true]
["MUG-G",true]
["MUG-G",true]'
	import-woocommerce-stock <odd.csv >stock
	assert_equal "$(jq -c 'if .error then [.line, .error.message] else [.sku, .qty] end' stock)" \
		'[3,"its 5 pieces are of all its variations together: receive those of each by itself"]
["MUG-B",3]
["MUG-G",2]
["MUG-G",2]'
}

@test "import-products: Souk's own columns, the rest under meta, bad rows named" {
	cat >products.csv <<-'END'
		sku,product,title,tags,options,weight_grams,category,manage_stock,images,Season
		A,tee,"Tee, red","a, b",Size=S; Colour=Red,120,Clothing > Shirts|New,yes,x.jpg y.jpg,2024
		B,,Mug,,,heavy,,,,
		C,,Cup,,,,,maybe,,
		D,,Plate,,,,,0,,
	END
	import-products <products.csv >out
	assert_equal "$(jq -r 'select(.error) | .line' out | xargs)" '3 4'
	assert_equal "$(souk-catalog list)" '{"sku":"A","product":"tee","title":"Tee, red","tags":["a","b"],"options":{"Size":"S","Colour":"Red"},"weight_grams":120,"category":["Clothing > Shirts","New"],"manage_stock":true,"images":["x.jpg","y.jpg"],"meta":{"Season":"2024"}}
{"sku":"D","title":"Plate","manage_stock":false}'
}

@test "export-google-feed: what is for sale, with its price and whether it is there" {
	file=$SHOPS/shopify-products-old.csv
	import-shopify-products <"$file" | souk-catalog put >/dev/null
	import-shopify-prices --arg currency=GBP <"$file" | grep -v SOCK | souk-price put >/dev/null
	import-shopify-stock <"$file" | souk-stock receive >/dev/null
	export-google-feed --arg currency=GBP --arg link=https://shop.example/p/ >feed 2>err
	assert_equal "$(cat feed)" "$(printf '%s\n' \
		'id	title	description	link	image_link	availability	price	brand	gtin	mpn	condition	item_group_id' \
		'00123	Tee, plain	"Soft. Washes ""well""."	https://shop.example/p/tee	https://cdn.example/tee-1.jpg	in_stock	12.50 GBP	Acme	036000291452		new	tee' \
		'LAMP-UK	Lamp	Lamp	https://shop.example/p/lamp		in_stock	40.00 GBP	Bolt		LAMP-UK	new	lamp' \
		'tee/L/Red	Tee, plain	"Soft. Washes ""well""."	https://shop.example/p/tee	https://cdn.example/tee-l.jpg	backorder	1013.00 GBP	Acme		tee/L/Red	new	tee' \
		'voucher	Voucher	Voucher	https://shop.example/p/voucher		in_stock	25.00 GBP			voucher	new	voucher')"
	grep -q 'SOCK is left out: SOCK has no price in GBP' err
}

@test "every import and export is a good pipeline" {
	for pipeline in "$ROOT"/pipelines/import-* "$ROOT"/pipelines/export-*; do
		run souk check "$pipeline"
		assert_success
	done
}
