# SPDX-License-Identifier: ISC
# woocommerce-stock.jq: a row of a WooCommerce product to the goods that are there of it;
# nothing if they are not counted, or there are none. Pieces that a product counts for all its
# variations together are named as an error: here each is counted by itself.
#
#     souk-map --many -f woocommerce-stock.jq

if .failed then .failed else select((.type | IN("simple", "variation", "variable")) and (.stock // 0) != 0)
| if .type == "variable" then error("its \(.stock) pieces are of all its variations together: receive those of each by itself") else . end
| if .stock < 0 then error("\(-.stock) more were sold than there are: nothing can be received") else . end
| { id: "woocommerce-\(.sku)", sku, qty: .stock, reason: "import" }
| if .id | utf8bytelength > 128 then error("the id \(.id | tojson) is longer than 128 bytes") else . end
end
