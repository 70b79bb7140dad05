# SPDX-License-Identifier: ISC
# shopify-product-row.jq: a row of a Shopify product export to a row with types.
#
# Exports of before 2024 name the column Handle, newer ones URL handle; which it is, each
# row tells. A row with neither a sku, an option nor a price only adds an image. Without a sku
# the variant is called by its handle and options, as "tee/Small/Red". What can't be read
# becomes {product, failed}, so that it stays with its product.
#
# There are many rows, and jq walks slowly: what most rows do not need is not done for them.
#
#     souk-csv --sparse --id row- --line | souk-map -f shopify-product-row.jq

# What the two kinds of export say, by one name. Weights are in grams in both.
def old: {
	handle: .Handle, title: .Title, description: .["Body (HTML)"], vendor: .Vendor, type: .Type,
	category: .["Product Category"], tags: .Tags, published: .Published, status: .Status,
	names: [.["Option1 Name"], .["Option2 Name"], .["Option3 Name"]],
	values: [.["Option1 Value"], .["Option2 Value"], .["Option3 Value"]],
	sku: .["Variant SKU"], grams: .["Variant Grams"], tracker: .["Variant Inventory Tracker"],
	qty: .["Variant Inventory Qty"], policy: .["Variant Inventory Policy"], price: .["Variant Price"],
	compare_at: .["Variant Compare At Price"], ships: .["Variant Requires Shipping"],
	taxed: .["Variant Taxable"], barcode: .["Variant Barcode"], image: .["Image Src"],
	position: .["Image Position"], gift_card: .["Gift Card"], variant_image: .["Variant Image"]
};
def new: {
	handle: .["URL handle"], title: .Title, description: .Description, vendor: .Vendor, type: .Type,
	category: .["Product category"], tags: .Tags, published: .["Published on online store"], status: .Status,
	names: [.["Option1 name"], .["Option2 name"], .["Option3 name"]],
	values: [.["Option1 value"], .["Option2 value"], .["Option3 value"]],
	sku: .SKU, grams: .["Weight value (grams)"], tracker: .["Inventory tracker"],
	qty: .["Inventory quantity"], policy: .["Continue selling when out of stock"], price: .Price,
	compare_at: .["Compare-at price"], ships: .["Requires shipping"],
	taxed: .["Charge tax"], barcode: .Barcode, image: .["Product image URL"],
	position: .["Image position"], gift_card: .["Gift card"], variant_image: .["Variant image URL"]
};

# A word that is none of these, as the WAHR of a spreadsheet, must not pass for its opposite.
def word($name; $words): if . == null then . else
		. as $word | $words[$word] | if . == null then error("\($name): \($word | tojson): none of \($words | keys_unsorted | join(", "))") else . end
	end;
def truth($name): word($name; { "true": true, "TRUE": true, "True": true, "false": false, "FALSE": false, "False": false });
def sells_on: word("inventory policy"; { "continue": true, "Continue": true, "CONTINUE": true, "true": true, "TRUE": true,
	"True": true, "deny": false, "Deny": false, "DENY": false, "false": false, "FALSE": false, "False": false }) // false;
def status: word("status"; { "active": "active", "Active": "active", "ACTIVE": "active", "draft": "draft", "Draft": "draft",
	"DRAFT": "draft", "archived": "archived", "Archived": "archived", "ARCHIVED": "archived" }) // "active";
def whole($name): if explode | (if .[0] == 45 then .[1:] else . end) | length < 16 and min >= 48 and max <= 57
	then tonumber else error("\($name): \(tojson): not a whole number") end;

# Spreadsheets mark text with an apostrophe, lose the zeros at its front, or round it.
def text_cell: ltrimstr("'");
def padded:
	(("0000000" + .)[-(if length == 7 then 8 else 12 end):]) as $padded
	| ([$padded | explode | reverse | to_entries[] | (.value - 48) * (if .key % 2 == 1 then 3 else 1 end)]
		| add % 10) as $check
	| if $check == 0 then $padded else . end;
def barcode:
	text_cell
	| if contains("E") and test("^[0-9.,]+E[+]?[0-9]+$") then error("barcode: \(tojson): a spreadsheet has rounded it")
	  elif length | . == 7 or (. >= 9 and . <= 11) then if test("^[0-9]+$") then padded else . end
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

# The others.
def meta: . as $row | known as $known
	| reduce (keys_unsorted[] | select($known[.] | not)) as $name ({}; . + { ($name): $row[$name] });

def row:
	(if .Handle then old else new end) as $c
	| ($c.values - [null, "Default Title"]) as $values
	| (if $c.sku then $c.sku | text_cell else [$c.handle] + $values | join("/") end) as $sku
	| if $sku | length > 32 and utf8bytelength > 128 then error("the sku \($sku | tojson) is longer than 128 bytes") else . end
	| {
		product: $c.handle, line,
		variant: ($c.sku != null or $c.price != null or $c.values != [null, null, null]),
		sku: $sku,
		values: $c.values,
		grams: (if $c.grams then $c.grams | decimal | tonumber | . + 0.5 | floor else 0 end),
		tracked: ($c.tracker != null),
		qty: (if $c.qty then $c.qty | whole("quantity") else null end),
		backorder: ($c.policy | sells_on),
		ships: ($c.ships | truth("requires shipping")),
		taxed: ($c.taxed | truth("charge tax")),
		price: $c.price,
		meta: meta
	}
	+ if $c.barcode then { barcode: ($c.barcode | barcode) } else {} end
	+ if $c.compare_at then { compare_at: $c.compare_at } else {} end
	+ if $c.image then { image: $c.image, position: (if $c.position then $c.position | whole("image position") else 0 end) } else {} end
	+ if $c.variant_image then { variant_image: $c.variant_image } else {} end
	# The rest is said by the first row.
	+ if $c.title then {
		title: $c.title, description: $c.description, vendor: $c.vendor, type: $c.type, category: $c.category,
		tags: [$c.tags // empty | split(",")[] | ltrimstr(" ") | rtrimstr(" ") | select(. != "")],
		status: ($c.status | status
			| if . == "active" and ($c.published | truth("published")) == false then "draft" else . end),
		names: $c.names,
		gift_card: ($c.gift_card | truth("gift card"))
	} else {} end;

. as $row
| (.Handle // .["URL handle"]) as $handle
# The array keeps the try to itself.
| [try if $handle then row
	else error("neither Handle nor URL handle says whose row this is: each row of a Shopify product export does") end
# What belongs to nothing stands alone.
catch { product: ($handle // "  \($row.line)"), failed: ($row + { error: { by: "map", code: "map_error", message: . } }) }][0]
