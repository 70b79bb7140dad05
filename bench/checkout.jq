# SPDX-License-Identifier: ISC
# Orders on stdin become the SQL that books them, a transaction for each 1,000.
def quoted: "'" + gsub("'"; "''") + "'";

(reduce ($prices[] | select(.amount and (.min_qty // 1) == 1)) as $p ({}; .[$p.sku] = $p.amount)) as $price
| [$rates[] | select(.class == "standard")] as $standard
| "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE stock (sku TEXT PRIMARY KEY, on_hand INTEGER, reserved INTEGER, CHECK (reserved <= on_hand)) WITHOUT ROWID;
CREATE TABLE hold (order_id TEXT PRIMARY KEY, lines TEXT) WITHOUT ROWID;
CREATE TABLE charge (key TEXT PRIMARY KEY, order_id TEXT, amount INTEGER, state TEXT) WITHOUT ROWID;
CREATE TABLE orders (id TEXT PRIMARY KEY, state TEXT, total INTEGER, record TEXT) WITHOUT ROWID;
BEGIN;",
"INSERT INTO stock VALUES (\($price | keys[] | quoted), 1000000, 0);",
(foreach inputs as $order (0; . + 1;
	. as $number
	| $order
	| .time[:10] as $day
	| .ship_to.country as $country
	| first($standard[]
		| select(.country == $country and (.from // "") <= $day and $day < (.to // "9999"))
		| .rate | tonumber) as $rate
	| .price.lines = [.lines[] | {unit_price: $price[.sku], subtotal: ($price[.sku] * .qty)}
		| .tax = (.subtotal * $rate / 100 + 0.5 | floor)]
	| .price.subtotal = (.price.lines | map(.subtotal) | add)
	| .total.tax = (.price.lines | map(.tax) | add)
	| .total.total = .price.subtotal + .total.tax
	| .stock.state = "committed" | .pay.state = "authorized" | .order.state = "placed"
	| (if $number % 1000 == 1 then "COMMIT; BEGIN;" else empty end),
	  (.lines[] | "UPDATE stock SET reserved = reserved + \(.qty) WHERE sku = \(.sku | quoted);"),
	  "INSERT INTO hold VALUES (\(.id | quoted), \(.lines | map({(.sku): .qty}) | tojson | quoted));",
	  "INSERT INTO charge VALUES (\(.id + "/1" | quoted), \(.id | quoted), \(.total.total), 'authorized');",
	  "INSERT INTO orders VALUES (\(.id | quoted), 'placed', \(.total.total), \(tojson | quoted)) RETURNING record;")),
"COMMIT;"
