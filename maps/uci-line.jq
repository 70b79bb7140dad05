# SPDX-License-Identifier: ISC
# uci-line.jq: one row of the UCI Online Retail CSV to a row with types.
#
# The letter before the number of an invoice says what it is: C a cancellation,
# A a bad-debt entry. The file has no time zone; its times are taken as UTC. Prices are
# pounds, net of VAT, and were agreed when the goods were sold. A row at price 0
# keeps its description, which is often a note on the stock ("damages", "found"). The number
# of the invoice keeps its name, so that a row that fails here is still one of its invoice.
#
#     souk-map -f maps/uci-line.jq

# ISO 3166-1 alpha-2. EU is reserved there for the European Union; ZZ is left to
# users, here for "Unspecified". The Channel Islands have two codes, JE and GG, and the
# file does not say which: JE stands for both.
def country:
	{
		"Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE",
		"Bermuda": "BM", "Brazil": "BR", "Canada": "CA", "Channel Islands": "JE",
		"Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE",
		"European Community": "EU", "Finland": "FI", "France": "FR", "Germany": "DE",
		"Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL",
		"Italy": "IT", "Japan": "JP", "Korea": "KR", "Lebanon": "LB",
		"Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Nigeria": "NG",
		"Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA",
		"Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
		"Switzerland": "CH", "Thailand": "TH", "USA": "US",
		"United Arab Emirates": "AE", "United Kingdom": "GB", "Unspecified": "ZZ"
	}[.] // error("no country code for \(tojson)");

(.UnitPrice | minor("GBP")) as $price
| {
	InvoiceNo,
	kind: ({ "C": "cancellation", "A": "bad_debt" }[.InvoiceNo[0:1]] // "invoice"),
	time: (.InvoiceDate | .[0:10] + "T" + .[11:19] + "Z"),
	customer: (if .CustomerID == "" then null else .CustomerID | rtrimstr(".0") end),
	country: (.Country | country),
	sku: .StockCode,
	qty: (.Quantity | tonumber),
	agreed: (if $price | type == "number" then { unit_price: $price }
		else { unit_price_decimal: $price } end)
}
+ if $price == 0 and .Description != "" then { note: .Description } else {} end
