# SPDX-License-Identifier: ISC
# shopify-product.jq: the rows of one Shopify product to a product for each variant.
#
# What only the first row says (title, vendor, tags, options' names) is that of all
# variants. What can't be read comes out as it was, with the error.
#
#     souk-map --many -f shopify-product.jq

def given($name; $value): if $value == null or $value == [] or $value == {} then . else . + { ($name): $value } end;
def refused($message): { product, sku, line, error: { by: "map", code: "map_error", message: $message } };

# Skus that stand for several things, as keys. The same row twice is one variant.
def ambiguous: group_by(.sku)
	| map(select(length > 1) | map(del(.line)) | unique | select(length > 1) | { key: .[0].sku, value: true })
	| from_entries;

.product as $handle
| [.rows[] | select(.failed | not)] as $rows
| [$rows[] | select(.variant)] as $variants
| ([$rows[] | select(.title)][0]) as $head
| (reduce ([$rows[] | select(.image)] | sort_by(.position))[].image as $image ([]; if index([$image]) then . else . + [$image] end)) as $images
| (if $variants | length > 1 then $variants | ambiguous else {} end) as $ambiguous
| ({ product: $handle, title: $head.title, status: $head.status }
	| given("description"; $head.description)
	| given("vendor"; $head.vendor)
	| given("type"; $head.type)
	| given("category"; $head.category)
	| given("tags"; $head.tags)) as $shared
| (.rows[] | select(.failed) | .failed),
  (if $variants == [] and ($rows | length) == (.rows | length) then $rows[0] | refused("no row of \($handle | tojson) has a sku, an option or a price: there is nothing to sell") else empty end),
  ($variants | unique_by(.line)[]
	| if $head == null then refused("no row of \($handle | tojson) that can be read has a title")
	  elif $ambiguous[.sku] then refused("the sku \(.sku | tojson) is that of several variants of \($handle | tojson)")
	  else
		. as $row
		| { sku } + $shared
		| given("options"; reduce (range(3) | select($row.values[.] and $row.values[.] != "Default Title")) as $i ({};
			. + { ($head.names[$i] // "Option"): $row.values[$i] }))
		| given("barcode"; $row.barcode)
		| . + (if $row.grams > 0 then { weight_grams: $row.grams } else {} end
			+ if $row.taxed == false then { tax_class: "zero" } else {} end
			+ { manage_stock: $row.tracked }
			+ if $row.backorder then { allow_backorder: true } else {} end
			+ if $row.ships == false or $head.gift_card then { requires_shipping: false } else {} end
			+ if $head.gift_card then { flags: ["gift_card"] } else {} end)
		| given("image"; $row.variant_image // $images[0])
		| given("images"; $images)
		| given("meta"; $head.meta + $row.meta)
	  end)
