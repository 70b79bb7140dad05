# SPDX-License-Identifier: ISC
# shopify-product-row.jq: a row of a Shopify product export to a row with types.
#
# Exports of before 2024 name the column Handle, newer ones URL handle; which it is, each
# row tells. A row with neither a sku, an option nor a price only adds an image. Without a sku
# the variant is called by its handle and options, as "tee/Small/Red". What can't be read
# becomes {product, failed}, so that it stays with its product.
#
#     souk-csv --id row- --line | souk-map -f shopify-product-row.jq

# Old name to new one; the same column, but for weights, which name their unit.
def column($old; $new): (if has("Handle") then .[$old] else .[$new] end) // "";
def truth: { "true": true, "TRUE": true, "True": true, "false": false, "FALSE": false, "False": false }[.];

# Spreadsheets mark text with an apostrophe, lose the zeros at its front, or round it.
def text_cell: ltrimstr("'");
def barcode:
	text_cell
	| if test("^[0-9.,]+E[+]?[0-9]+$") then error("barcode: \(tojson): a spreadsheet has rounded it") else . end
	| if test("^[0-9]{7}$|^[0-9]{9,11}$") then
		(("0000000" + .)[-(if length == 7 then 8 else 12 end):]) as $padded
		| ([$padded | explode | reverse | to_entries[] | (.value - 48) * (if .key % 2 == 1 then 3 else 1 end)]
			| add % 10) as $check
		| if $check == 0 then $padded else . end
	  else . end;

# Columns that Souk has a place for. As a constant it costs a row nothing.
def known: {
	  "Handle": 1, "Title": 1, "Body (HTML)": 1, "Vendor": 1, "Type": 1, "Tags": 1, "Published": 1,
	  "Status": 1, "Product Category": 1, "Option1 Name": 1, "Option1 Value": 1, "Option2 Name": 1,
	  "Option2 Value": 1, "Option3 Name": 1, "Option3 Value": 1, "Variant SKU": 1,
	  "Variant Grams": 1, "Variant Inventory Tracker": 1, "Variant Inventory Qty": 1,
	  "Variant Inventory Policy": 1, "Variant Price": 1, "Variant Compare At Price": 1,
	  "Variant Requires Shipping": 1, "Variant Taxable": 1, "Variant Barcode": 1, "Image Src": 1,
	  "Image Position": 1, "Gift Card": 1, "Variant Image": 1, "URL handle": 1, "Description": 1,
	  "Product category": 1, "Published on online store": 1, "SKU": 1, "Barcode": 1,
	  "Option1 name": 1, "Option1 value": 1, "Option2 name": 1, "Option2 value": 1,
	  "Option3 name": 1, "Option3 value": 1, "Price": 1, "Compare-at price": 1, "Charge tax": 1,
	  "Inventory tracker": 1, "Inventory quantity": 1, "Continue selling when out of stock": 1,
	  "Weight value (grams)": 1, "Requires shipping": 1, "Product image URL": 1,
	  "Image position": 1, "Variant image URL": 1, "Gift card": 1, "id": 1, "line": 1
};

# The others, as far as they hold anything.
def meta: . as $row | reduce (keys_unsorted[] | select($row[.] != "" and (in(known) | not))) as $name ({}; .[$name] = $row[$name]);

def row:
	. as $row
	| [1, 2, 3 | tostring as $n
		| { key: ($row | column("Option\($n) Name"; "Option\($n) name")),
		    value: ($row | column("Option\($n) Value"; "Option\($n) value")) }] as $options
	| [$options[] | .value | select(. != "" and . != "Default Title")] as $values
	| column("Handle"; "URL handle") as $handle
	| (column("Variant SKU"; "SKU") | text_cell) as $sku
	| column("Variant Grams"; "Weight value (grams)") as $grams
	| (column("Published"; "Published on online store") | truth) as $published
	| column("Variant Inventory Tracker"; "Inventory tracker") as $tracker
	| (if has("Handle") then (.["Variant Inventory Policy"] // "" | ascii_downcase) == "continue"
	   else (.["Continue selling when out of stock"] // "" | truth) == true end) as $continue
	| {
		product: $handle, line,
		variant: ($sku != "" or column("Variant Price"; "Price") != "" or any($options[]; .value != "")),
		sku: (if $sku != "" then $sku else [$handle] + $values | join("/") end),
		title: column("Title"; "Title"),
		description: column("Body (HTML)"; "Description"),
		vendor: column("Vendor"; "Vendor"),
		type: column("Type"; "Type"),
		category: column("Product Category"; "Product category"),
		tags: [column("Tags"; "Tags") | split(",")[] | ltrimstr(" ") | rtrimstr(" ") | select(. != "")],
		status: ((.Status // "" | ascii_downcase) as $status
			| if $status == "archived" or $status == "draft" then $status
			  elif $published == false then "draft" else "active" end),
		names: [$options[].key], values: [$options[].value],
		grams: (if $grams == "" then 0 else $grams | decimal | tonumber | . + 0.5 | floor end),
		barcode: (column("Variant Barcode"; "Barcode") | if . == "" then . else barcode end),
		tracked: ($tracker != ""),
		qty: (column("Variant Inventory Qty"; "Inventory quantity") | if . == "" then null else tonumber end),
		backorder: $continue,
		ships: (column("Variant Requires Shipping"; "Requires shipping") | truth),
		taxed: (column("Variant Taxable"; "Charge tax") | truth),
		gift_card: (column("Gift Card"; "Gift card") | truth),
		price: column("Variant Price"; "Price"),
		compare_at: column("Variant Compare At Price"; "Compare-at price"),
		image: column("Image Src"; "Product image URL"),
		position: (column("Image Position"; "Image position") | if . == "" then 0 else tonumber end),
		variant_image: column("Variant Image"; "Variant image URL"),
		meta: ($row | meta)
	}
	| if .sku | utf8bytelength > 128 then error("the sku \(.sku | tojson) is longer than 128 bytes") else . end;

if (has("Handle") or has("URL handle")) | not then
	error("this is no Shopify product export: it has neither a column Handle nor URL handle")
else . end
| column("Handle"; "URL handle") as $handle
| if $handle == "" then error("the row has no handle") else . end
# The array keeps the try to itself.
| . as $row | [try row catch { product: $handle, failed: ($row + { error: { by: "map", code: "map_error", message: . } }) }][0]
