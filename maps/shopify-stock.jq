# SPDX-License-Identifier: ISC
# shopify-stock.jq: a row of a Shopify product to the goods that are there of it; nothing
# if Shopify does not count it, or there are none.
#
#     souk-map --many -f shopify-stock.jq

if .failed then .failed else select(.variant and .tracked and (.qty // 0) != 0)
| if .qty < 0 then error("\(-.qty) more were sold than there are: nothing can be received") else . end
| { id: "shopify-\(.sku)", sku, qty, reason: "import" }
| if .id | utf8bytelength > 128 then error("the id \(.id | tojson) is longer than 128 bytes") else . end
end
