# SPDX-License-Identifier: ISC
# product.jq: a row of a product list with Souk's own names as columns to a product.
#
#     souk-csv --sparse --line FILE | souk-map -f product.jq | souk-catalog put
#
# sku and title must be there; any of the others may: product, description, vendor, type,
# status, barcode, image, hs_code, origin_country, tax_class, weight_grams; tags (a, b),
# images (one a line or with spaces between), category (several with | between), options
# (Size=S; Colour=Red), manage_stock, allow_backorder, requires_shipping (yes, no, true,
# false, 1, 0). Columns of any other name are kept under meta.

def yes_or_no:
	{ "yes": true, "true": true, "1": true, "no": false, "false": false, "0": false }[ascii_downcase]
	| if . == null then error("neither yes nor no") else . end;
def parts($sign): [split($sign)[] | ltrimstr(" ") | rtrimstr(" ") | select(. != "")];

. as $row
| reduce keys_unsorted[] as $name ({};
	$row[$name] as $value
	| if $value == "" or $name == "line" then .
	  elif {"sku": 1, "product": 1, "title": 1, "description": 1, "vendor": 1, "type": 1, "status": 1,
		"barcode": 1, "image": 1, "hs_code": 1, "origin_country": 1, "tax_class": 1}[$name] then
		.[$name] = $value
	  elif $name == "weight_grams" then .weight_grams = ($value | tonumber)
	  elif $name == "tags" then .tags = ($value | parts(","))
	  elif $name == "images" then .images = ($value | gsub("\\s+"; " ") | parts(" "))
	  elif $name == "category" then .category = ($value | parts("|"))
	  elif $name == "options" then
		.options = ($value | [parts(";")[] | index("=") as $at | { key: .[:$at], value: .[$at + 1:] }] | from_entries)
	  elif {"manage_stock": 1, "allow_backorder": 1, "requires_shipping": 1}[$name] then
		.[$name] = ($value | yes_or_no)
	  else .meta[$name] = $value end)
