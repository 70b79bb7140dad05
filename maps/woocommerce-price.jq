# SPDX-License-Identifier: ISC
# woocommerce-price.jq: a row of a WooCommerce product to its prices: the regular one, and
# that of the sale for as long as it lasts. The file does not say in which currency they
# are: --arg currency=EUR does. Without dates the sale is on until further notice, and the
# regular price is kept under meta.
#
#     souk-map --many --arg currency=EUR -f woocommerce-price.jq

def price($text): { sku, currency: $currency } + ($text | decimal | minor($currency)
	| if type == "number" then { amount: . } else { amount_decimal: . } end);

if .failed then .failed else select(.type == "simple" or .type == "variation")
| if .sale == "" then
	if .regular == "" then error("it has no price") else price(.regular) end
  elif .from or .to then
	(if .regular != "" then price(.regular) else empty end),
	price(.sale) + (if .from then { from } else {} end) + (if .to then { to } else {} end)
  else price(.sale) + if .regular != "" then { meta: { regular } } else {} end end
end
