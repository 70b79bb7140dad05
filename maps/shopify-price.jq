# SPDX-License-Identifier: ISC
# shopify-price.jq: a row of a Shopify product to its price. The file does not say in
# which currency it is: --arg currency=GBP does.
#
#     souk-map --many --arg currency=GBP -f shopify-price.jq

if .failed then .failed else select(.variant)
| if .price == null then error("the variant has no price") else . end
| (.price | decimal | minor($currency)) as $price
| { sku, currency: $currency }
+ if $price | type == "number" then { amount: $price } else { amount_decimal: $price } end
+ if .compare_at then { meta: { compare_at } } else {} end
end
