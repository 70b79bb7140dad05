# SPDX-License-Identifier: ISC
# feed-ask.jq: a product to what its price and its stock are asked by; nothing if it is not sold.
#
#     souk-catalog list | souk-map --many --arg currency=GBP -f feed-ask.jq

select(.status == null or .status == "active" or .status == "published")
| { id: .sku, sku, currency: $currency, lines: [{ sku, qty: 1 }], item: . }
