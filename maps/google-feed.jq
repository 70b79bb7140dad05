# SPDX-License-Identifier: ISC
# google-feed.jq: a product, its price and its stock to a row of a Google Merchant feed.
#
# --arg link=URL is what product pages begin with; a handle or sku follows it. A product
# without a price is left out, and said on standard error.
#
#     souk-map --many --all --arg currency=GBP --arg link=https://shop.example/p/ -f google-feed.jq

def one_line: gsub("<[^>]*>"; " ") | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ");

# What was never received has no stock, which is an answer.
if .error and .error.by != "stock" then
	"\(.id // .error.line) is left out: \(.error.message)" | debug | empty
else
	.item as $item | .price.lines[0] as $price
	| {
		id,
		title: ($item.title | one_line),
		description: ($item.description // $item.title | one_line[0:5000]),
		link: ($link + ($item.product // .sku | @uri)),
		image_link: ($item.image // ""),
		availability: (if $item.manage_stock == false or (.stock.available // 0) > 0 then "in_stock"
			elif $item.allow_backorder then "backorder" else "out_of_stock" end),
		price: "\($price.subtotal | major($currency)) \($currency)",
		brand: ($item.vendor // ""),
		gtin: ($item.barcode // ""),
		mpn: (if $item.barcode then "" else .sku end),
		condition: "new",
		item_group_id: ($item.product // "")
	}
end
