# SPDX-License-Identifier: ISC
# shopify-order-row.jq: a row of a Shopify order export to a row with types.
#
# A row is a line; what is of the whole order stands on its first row only. Columns that
# Souk has no place for are kept under meta.
#
#     souk-csv --sparse --id row- --line | souk-map -f shopify-order-row.jq

def text_cell: ltrimstr("'");
def given($name; $value): if $value == null or $value == "" then . else .[$name] = $value end;

# "2026-04-10 11:11:26 +0530"
def shopify_time:
	. as $text
	| if test("^[0-9-]{10} [0-9:]{8} [-+][0-9]{4}$") then $text[0:19] | rfc3339("%Y-%m-%d %H:%M:%S"; $text[20:23] + ":" + $text[23:25])
	  elif test(" UTC$") then $text[0:19] | rfc3339("%Y-%m-%d %H:%M:%S")
	  else error("Created at: \(tojson): not a time of Shopify") end;

# Zeros that a spreadsheet took from the front, where the country's codes have a fixed length.
def zip($country):
	text_cell
	| ({ "US": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5, "FI": 5, "EE": 5, "HR": 5, "MY": 5, "TR": 5, "MX": 5 }[$country] // 0) as $n
	| if $n > 0 and test("^[0-9]+$") and length < $n then ("00000" + .)[-$n:] else . end;

def address($which):
	. as $row
	| def cell($name): $row["\($which) \($name)"] // "";
	{}
	| given("name"; cell("Name")) | given("line1"; cell("Address1")) | given("line2"; cell("Address2"))
	| given("company"; cell("Company")) | given("city"; cell("City"))
	| given("postcode"; cell("Zip") | zip(cell("Country"))) | given("region"; cell("Province"))
	| given("country"; cell("Country")) | given("phone"; cell("Phone"));

# Columns that Souk has a place for. As a constant it costs a row nothing.
def known: {
	  "Billing Name": 1, "Billing Street": 1, "Billing Address1": 1, "Billing Address2": 1,
	  "Billing Company": 1, "Billing City": 1, "Billing Zip": 1, "Billing Province": 1,
	  "Billing Country": 1, "Billing Phone": 1, "Shipping Name": 1, "Shipping Street": 1,
	  "Shipping Address1": 1, "Shipping Address2": 1, "Shipping Company": 1, "Shipping City": 1,
	  "Shipping Zip": 1, "Shipping Province": 1, "Shipping Country": 1, "Shipping Phone": 1,
	  "id": 1, "line": 1, "Name": 1, "Email": 1, "Currency": 1, "Subtotal": 1, "Created at": 1,
	  "Id": 1, "Cancelled at": 1, "Lineitem quantity": 1, "Lineitem name": 1, "Lineitem price": 1,
	  "Lineitem sku": 1
};

# The others, as far as they hold anything.
def meta: . as $row | reduce (keys_unsorted[] | select($row[.] != "" and (in(known) | not))) as $name ({}; .[$name] = $row[$name]);

def row:
	. as $row
	| (if .Currency == "" then null else .Currency end) as $currency
	| {
		order: .Name,
		line,
		first: ($currency != null),
		item: ({
			sku: (if .["Lineitem sku"] != "" then .["Lineitem sku"] | text_cell
				elif .["Lineitem name"] != "" then .["Lineitem name"]
				else error("the row has neither Lineitem sku nor Lineitem name") end),
			qty: (.["Lineitem quantity"] | tonumber),
			price: (.["Lineitem price"] | decimal)
		} | if .qty < 1 or .qty != (.qty | floor) then error("Lineitem quantity: \(.qty): not a whole number from 1 on") else . end),
		head: (if $currency == null then null else {
			id: ("shopify-" + if .Id | test("^[0-9]+$") then .Id else $row.Name | ltrimstr("#") end),
			time: (.["Created at"] | shopify_time),
			currency: $currency,
			email: .Email,
			cancelled_at: .["Cancelled at"],
			financial: .["Financial Status"],
			subtotal: (.Subtotal | if . == "" then . else decimal end),
			ship_to: address("Shipping"),
			billing: address("Billing"),
			zips: ([["Shipping", "Billing"][] as $which
				| { key: "\($which) Zip", value: (.["\($which) Zip"] // "" | select(. != (zip($row["\($which) Country"] // "")))) }]
				| from_entries)
		} end),
		meta: meta
	};

# What is asked for below, where a row has nothing there.
def blank: {
	"Email": "", "Financial Status": "", "Currency": "", "Subtotal": "", "Created at": "", "Cancelled at": "", "Id": "",
	"Lineitem quantity": "", "Lineitem name": "", "Lineitem price": "", "Lineitem sku": ""
};

if has("Name") then blank + . else error("the row has no Name: each row of a Shopify order export does") end
| . as $row
| [try row catch { order: $row.Name, failed: ($row + { error: { by: "map", code: "map_error", message: . } }) }][0]
