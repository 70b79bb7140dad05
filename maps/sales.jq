# SPDX-License-Identifier: ISC
# sales.jq: the sales of one day (sale.jq, grouped) to their sums, amounts as people write them.
#
#     souk-map -f maps/sales.jq

.currency as $currency
| def sum(f): [.sales[] | f] | add;
{
	day, country, currency,
	orders: (.sales | length),
	lines: sum(.lines),
	pieces: sum(.pieces),
	net: (sum(.gross - .vat) | major($currency)),
	vat: (sum(.vat) | major($currency)),
	gross: (sum(.gross) | major($currency))
}
