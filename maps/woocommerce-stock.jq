# SPDX-License-Identifier: ISC
# woocommerce-stock.jq: a row of a WooCommerce product to the goods that are there of it;
# nothing if they are not counted, or there are none.
#
#     souk-map --many -f woocommerce-stock.jq

if .failed then .failed else select((.type == "simple" or .type == "variation") and (.stock // 0) != 0)
| if .stock < 0 then error("\(-.stock) more were sold than there are: nothing can be received") else . end
| { id: "woocommerce-\(.sku)", sku, qty: .stock, reason: "import" }
| if .id | utf8bytelength > 128 then error("the id \(.id | tojson) is longer than 128 bytes") else . end
end
