# SPDX-License-Identifier: ISC
# woocommerce-product-row.jq: a row of a WooCommerce product export to a row with types.
#
# `product` begins each record, and `place` says where it stood, so that a sort of the lines
# brings together what belongs together: variations name their parent by its sku or, if it
# has none, as id:44. What can't be read becomes {product, place, failed}.
#
#     souk-csv --line FILE | souk-map --all -f woocommerce-product-row.jq | LC_ALL=C sort

# Commas part values; one within a value has a backslash before it. "\n" is a line end.
def values: gsub("\\\\,"; "\u0001") | [split(",")[] | gsub("\u0001"; ",") | ltrimstr(" ") | rtrimstr(" ") | select(. != "")];
def lines: gsub("\\\\n"; "\n");
def whole($name): if . == "" then null else tonumber | if . == floor then . else error("\($name): \(.): not a whole number") end end;
# A day begins a sale, and its end ends one.
def day($name; $ends): if . == "" then null
	elif test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") then
		rfc3339("%Y-%m-%d") | if $ends then fromdate + 86400 | todate else . end
	elif test("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}$") then rfc3339("%Y-%m-%d %H:%M:%S")
	else error("\($name): \(tojson): not a date such as 2024-12-31") end;

def grams:
	([to_entries[] | select(.key | startswith("Weight"))][0] // { key: "", value: "" })
	| { "Weight (g)": 1, "Weight (kg)": 1000, "Weight (lbs)": 453.59237, "Weight (oz)": 28.349523125 }[.key] as $factor
	| if .value == "" then null
	  elif $factor == null then error("\(.key): a unit that is not known")
	  else .value | decimal | tonumber * $factor + 0.5 | floor end;

# Columns that Souk has a place for. As a constant it costs a row nothing.
def known: {
	  "ID": 1, "Type": 1, "SKU": 1, "Name": 1, "Published": 1, "Short description": 1,
	  "Description": 1, "Date sale price starts": 1, "Date sale price ends": 1, "Tax status": 1,
	  "Tax class": 1, "In stock?": 1, "Stock": 1, "Backorders allowed?": 1, "Weight (kg)": 1,
	  "Weight (g)": 1, "Weight (lbs)": 1, "Weight (oz)": 1, "Sale price": 1, "Regular price": 1,
	  "Categories": 1, "Tags": 1, "Images": 1, "Parent": 1, "GTIN, UPC, EAN, or ISBN": 1, "line": 1
};

# The others, as far as they hold anything.
def meta: . as $row | reduce (keys_unsorted[] | select($row[.] != "" and (in(known) | not))) as $name ({}; .[$name] = $row[$name]);

def row:
	. as $row
	| [.Type | split(",")[] | ltrimstr(" ") | rtrimstr(" ")] as $types
	| (if $types | index("variation") then "variation" else ["variable", "grouped", "external", "simple"] - (["variable", "grouped", "external", "simple"] - $types) | .[0] end) as $type
	| if $type == null then error("Type: \(.Type | tojson): none of simple, variable, variation, grouped, external") else . end
	| (.SKU | ltrimstr("'")) as $sku
	| if $sku == "" and .ID == "" then error("the row has neither SKU nor ID") else . end
	| if $type == "variation" and .Parent == "" then error("a variation without Parent") else . end
	| {
		product: (if $type == "variation" then .Parent | gsub(" "; "") elif $sku != "" then $sku else "id:" + .ID end),
		place: ("000000000\(.line)" | .[-9:]),
		line, type: $type,
		sku: (if $sku != "" then $sku else "woo-" + .ID end),
		title: .Name,
		status: (if .Published == "1" then "active" else "draft" end),
		description: (if .Description != "" then .Description else .["Short description"] end | lines),
		summary: (if .Description != "" then .["Short description"] | lines else "" end),
		categories: (.Categories | values),
		tags: (.Tags | values),
		images: (.Images | values),
		options: [range(1; 100) as $n | select($row | has("Attribute \($n) name"))
			| { key: $row["Attribute \($n) name"], value: $row["Attribute \($n) value(s)"] } | select(.key != "" and .value != "")],
		barcode: ((.["GTIN, UPC, EAN, or ISBN"] // "") | ltrimstr("'")),
		grams: grams,
		tax_class: (if .["Tax status"] == "none" then "zero"
			else { "": null, "reduced-rate": "reduced", "zero-rate": "zero" } as $classes
			| .["Tax class"] | if $classes | has($row["Tax class"]) then $classes[.] else . end end),
		stock: (if .Stock == "parent" then null else .Stock | if . == "" then . else decimal end | whole("Stock") end),
		in_stock: (.["In stock?"] != "0"),
		backorder: (.["Backorders allowed?"] // "" | IN("1", "yes", "notify")),
		ships: ($types | any(IN("virtual", "downloadable")) | not),
		regular: .["Regular price"], sale: .["Sale price"],
		from: (.["Date sale price starts"] // "" | day("Date sale price starts"; false)),
		to: (.["Date sale price ends"] // "" | day("Date sale price ends"; true)),
		meta: (meta | with_entries(select(.key | test("^Attribute [0-9]+ (name|value)") | not)))
	};

# What can't be read belongs to no product that is known: it stands alone, and comes first.
def alone($line): ("000000000\($line)"[-9:]) as $place | { product: "  \($place)", place: $place, failed: . };

if .error then alone(.error.line // 0)
else
	if has("Type") and has("Parent") | not then
		error("this is no WooCommerce product export: it has no columns Type and Parent")
	else . end
	| . as $row
	| [try row catch ($row + { error: { by: "map", code: "map_error", message: . } } | alone($row.line))][0]
end
