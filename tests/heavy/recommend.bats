#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-recommend over a month of real orders.

load ../helper

@test "the real December: every count as awk counts it, every suggestion as fractions say" {
	souk-catalog put <"$SOUK_DATA/catalog.ndjson" >/dev/null
	zcat "$SOUK_DATA/orders-2010-12.csv.gz" >invoices.csv
	SOUK_MAPS=$ROOT/maps souk run "$ROOT/pipelines/import-uci-orders" <invoices.csv | souk-catalog |
		jq -c '.order = {state: "placed"}' >orders.ndjson
	assert_equal "$(lines orders.ndjson)" 1559
	# In three pieces, the second one twice.
	head -n 600 orders.ndjson | souk-recommend learn >/dev/null
	for _ in 1 2; do sed -n 601,1100p orders.ndjson | souk-recommend learn >/dev/null; done
	tail -n +1101 orders.ndjson | souk-recommend learn >/dev/null
	# Goods of each order, each once, the first hundred.
	jq -r '.id as $id | [.lines, .catalog.lines] | transpose[] | select(.[1].manage_stock != false) | "\($id)\t\(.[0].sku)"' orders.ndjson |
		awk -F '\t' '!seen[$0]++ && count[$1]++ < 100' >goods
	awk -F '\t' '
		$1 != id { flush(); id = $1 }
		{ sku[++n] = $2; orders[$2]++ }
		function flush(  i, j) {
			for (i = 1; i <= n; i++) for (j = 1; j <= n; j++) if (i != j) pair[sku[i] "\t" sku[j]]++
			n = 0
		}
		END { flush(); for (s in orders) print s "\t" orders[s] >"orders"; for (p in pair) print p "\t" pair[p] >"pairs" }
	' goods
	souk-recommend list | jq -r '"\(.sku)\t\(.orders)"' | LC_ALL=C sort | diff - <(LC_ALL=C sort orders)
	sqlite3 -separator $'\t' "$SOUK_DB/recommend/recommend.db" \
		'SELECT x.sku, y.sku, pair.orders FROM pair JOIN sku x ON x.number = a JOIN sku y ON y.number = b
		UNION ALL SELECT y.sku, x.sku, pair.orders FROM pair JOIN sku x ON x.number = a JOIN sku y ON y.number = b' |
		LC_ALL=C sort | cmp - <(LC_ALL=C sort pairs)
	souk-recommend list 22726 | jq -r '"22726\t\(.sku)\t\(.count)"' | LC_ALL=C sort |
		cmp - <(grep -P '^22726\t' pairs | LC_ALL=C sort)
	# Green and red alarm clocks of one make go together.
	assert_equal "$(souk-recommend list 22726 | head -n 1 | jq -r .sku)" 22727

	cut -f 1 orders | jq -Rc '{sku: .}' >asked.ndjson
	head -n 300 orders.ndjson >>asked.ndjson
	cat >check.py <<-'END'
	import json, sys
	from decimal import Decimal, ROUND_HALF_UP
	from fractions import Fraction
	by, top, least = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
	orders = {s: int(n) for s, n in (l.rstrip("\n").split("\t") for l in open("orders"))}
	pairs = {}
	for l in open("pairs"):
	    a, b, n = l.rstrip("\n").split("\t")
	    pairs.setdefault(a, {})[b] = int(n)
	# Every order counts as one, also one that has no goods.
	total = sum(1 for l in open("orders.ndjson"))
	def suggestions(skus):
	    best = {}
	    for a in skus:
	        for b, n in pairs.get(a, {}).items():
	            if n < least or b in skus:
	                continue
	            score = Fraction(n, orders[a]) * (Fraction(total, orders[b]) if by == "lift" else 1)
	            if b not in best or (score, n) > best[b]:
	                best[b] = (score, n)
	    return sorted(best.items(), key=lambda i: (-i[1][0], -i[1][1], i[0].encode()))[:top]
	count = 0
	for line in sys.stdin:
	    r = json.loads(line)
	    if "sku" in r:
	        skus = [r["sku"]]
	    else:
	        skus = list(dict.fromkeys(l["sku"] for l, c in zip(r["lines"], r["catalog"]["lines"]) if c.get("manage_stock", True)))
	        if len(skus) > 50:
	            continue
	    expected = [(s, Decimal(f.numerator * 20000 // f.denominator + 1) // 2 / 10000, n) for s, (f, n) in suggestions(skus)]
	    found = [(i["sku"], Decimal(i["score"]), i["count"]) for i in r["recommend"]["items"]]
	    assert found == expected, (skus, found, expected)
	    count += len(found)
	print(count)
	END
	for options in 'confidence 5 3' 'lift 5 3' 'confidence 100 2'; do
		read -r by top least <<<"$options"
		souk-recommend --by "$by" --top "$top" --min-count "$least" <asked.ndjson >answers.ndjson
		run python3 check.py "$by" "$top" "$least" <answers.ndjson
		assert_success
		[ "$output" -gt 5000 ] || fail "only $output suggestions"
	done
}
