# SPDX-License-Identifier: ISC
# shopify-product.jq: the rows of one Shopify product to a product for each variant.
#
# What only the first row says (title, vendor, tags, options' names) is that of all
# variants. What can't be read comes out as it was, with the error.
#
#     souk-map --many -f shopify-product.jq

def given($name; $value): if $value == null or $value == "" or $value == [] or $value == {} then . else .[$name] = $value end;

.product as $handle
| [.rows[] | select(.failed | not)] as $rows
| [$rows[] | select(.variant)] as $variants
| ([$rows[] | select(.title != "")][0]) as $head
| ([$rows[] | select(.image != "")] | sort_by(.position) | map(.image) | reduce .[] as $image ([]; if (. | index([$image])) then . else . + [$image] end)) as $images
| ([$variants | group_by(.sku)[] | map(del(.line)) | unique | select(length > 1) | .[0].sku]) as $twice
| (.rows[] | select(.failed) | .failed),
  ($variants | unique_by(.line) | .[] | . as $row
	| if $head == null then
		{ product: $handle, sku: .sku, line: .line,
		  error: { by: "map", code: "map_error", message: "no row of \($handle | tojson) that can be read has a title" } }
	  elif .sku | IN($twice[]) then
		{ product: $handle, sku: .sku, line: .line,
		  error: { by: "map", code: "map_error", message: "the sku \(.sku | tojson) is that of several variants of \($handle | tojson)" } }
	  else
		([range(3) | select($row.values[.] != "" and $row.values[.] != "Default Title")
			| { key: ($head.names[.] | if . == "" then "Option" else . end), value: $row.values[.] }] | from_entries) as $options
		| { sku: $row.sku, product: $handle, title: $head.title, status: $head.status }
		| given("description"; $head.description)
		| given("vendor"; $head.vendor)
		| given("type"; $head.type)
		| given("category"; $head.category)
		| given("tags"; $head.tags)
		| given("options"; $options)
		| given("barcode"; $row.barcode)
		| if $row.grams > 0 then .weight_grams = $row.grams else . end
		| if $row.taxed == false then .tax_class = "zero" else . end
		| .manage_stock = $row.tracked
		| if $row.backorder then .allow_backorder = true else . end
		| if $row.ships == false or $head.gift_card == true then .requires_shipping = false else . end
		| if $head.gift_card == true then .flags = ["gift_card"] else . end
		| given("image"; if $row.variant_image != "" then $row.variant_image else $images[0] end)
		| given("images"; $images)
		| given("meta"; $head.meta + $row.meta)
	  end)
