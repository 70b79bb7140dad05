# SPDX-License-Identifier: ISC
# woocommerce-product.jq: the rows of one WooCommerce product to what is sold of it. What a
# variation does not say is said by its parent. A grouped product (it only shows others) and an
# external one (it is sold elsewhere) are named as errors, as is what can't be read.
#
#     souk-map --many -f woocommerce-product.jq

def given($name; $value): if $value == null or $value == "" or $value == [] or $value == {} then . else .[$name] = $value end;
def refused($code; $message): { sku, line, title, error: { by: "map", code: $code, message: $message, line } };

.product as $handle
| [.rows[] | select(.failed | not)] as $rows
| ([$rows[] | select(.type == "variable")][0] // {}) as $parent
| any($rows[]; .type == "variation") as $varies
| ([$rows[] | select(.type == "variation" or .type == "simple")] | group_by(.sku)
	| map(select(length > 1 and (map(del(.line, .place)) | unique | length > 1)) | .[0].sku)) as $ambiguous
| (.rows[] | select(.failed) | .failed),
  ($rows[]
	| if .type == "grouped" then refused("not_sold"; "a grouped product only shows others")
	  elif .type == "external" then refused("not_sold"; "an external product is sold elsewhere")
	  elif .type == "variable" then
		if $varies then empty else refused("not_sold"; "a variable product without variations") end
	  elif .type == "variation" and $parent == {} then refused("map_error"; "no row says what its parent \($handle | tojson) is")
	  elif [.sku] | inside($ambiguous) then refused("map_error"; "the sku \(.sku | tojson) is that of several variations of \($handle | tojson)")
	  else . as $row
		| def own($name): if .type != "variation" or (.[$name] | . != null and . != "" and . != []) then .[$name] else $parent[$name] end;
		(own("categories")) as $categories
		| { sku: .sku }
		| if $row.type == "variation" then .product = $handle else . end
		| .title = ($parent.title // $row.title)
		| .status = (if $parent.status == "draft" then "draft" else $row.status end)
		| given("description"; $row | own("description"))
		| given("category"; $categories)
		| given("tags"; $row | own("tags"))
		| given("options"; $row.options | from_entries)
		| given("barcode"; $row.barcode)
		| given("weight_grams"; $row | own("grams"))
		| given("tax_class"; if $row.tax_class == "parent" then $parent.tax_class else $row.tax_class end)
		# What is counted at the parent is counted: it is not sold without end.
		| .manage_stock = ($row.stock != null or (.product and $parent.stock != null) or ($row.in_stock | not))
		| if $row.backorder then .allow_backorder = true else . end
		| if $row.ships then . else .requires_shipping = false end
		| given("image"; ($row.images + ($parent.images // []))[0])
		| given("images"; $row | own("images"))
		| given("meta"; ($parent.meta // {}) + $row.meta
			| given("name"; if $row.type == "variation" then $row.title else "" end)
			| given("short_description"; $row | own("summary")))
	  end)
