#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-fx: amounts at the rate of the day, exact to the minor unit.

load helper

# The ECB's real rates of December 2010.
prepare() {
	sed 's/,$//' "$SOUK_DATA/eurofxref-2010-12.csv" | souk-csv | souk-map -f "$ROOT/maps/ecb-rates.jq" |
		souk-fx put >stored.ndjson
}

# order CURRENCY TOTAL TIME
order() {
	printf '{"id":"o1","currency":"%s","time":"%s","total":{"total":%s}}\n' "$1" "$3" "$2"
}

# The member that souk-fx gives to the record on stdin; of a failed one the error.
fx() {
	souk-fx "$@" | jq -c '.fx // .error'
}

@test "the ECB's file comes in by souk-csv and souk-map, and goes out as put takes it" {
	run jq -r '.fx.state' stored.ndjson
	assert_equal "$(sort -u <<<"$output")" stored
	assert_equal "$(lines stored.ndjson)" 31
	souk-fx list >list.ndjson
	assert_equal "$(lines list.ndjson)" 31
	assert_equal "$(head -c 60 list.ndjson)" '{"date":"2010-11-26","rates":{"AUD":"1.3715","BGN":"1.9558",'
	# Row by row what the file says, but for N/A.
	awk -F, 'NR == 1 { split($0, name) } NR > 1 { for (i = 2; i < NF; i++) if ($i != "N/A") print $1, name[i], $i }' \
		"$SOUK_DATA/eurofxref-2010-12.csv" | sort >file
	jq -r '.date as $d | .rates | to_entries[] | "\($d) \(.key) \(.value)"' list.ndjson | sort >listed
	# 1.9280 is listed as 1.928.
	diff <(awk '{ print $1, $2, $3 + 0 }' file) <(awk '{ print $1, $2, $3 + 0 }' listed)
	souk-fx put <list.ndjson >/dev/null
	cmp list.ndjson <(souk-fx list)
}

@test "the total at the rate of the order's day" {
	run souk-fx --to EUR < <(order GBP 10000 2010-12-03T15:00:00Z)
	assert_success
	assert_output '{"id":"o1","currency":"GBP","time":"2010-12-03T15:00:00Z","total":{"total":10000},"fx":{"currency":"EUR","rate":"1.179245283","date":"2010-12-03","euro":{"GBP":"0.848"},"total":11792}}'
	run fx --to USD < <(order EUR 10000 2010-12-03)
	assert_output '{"currency":"USD","rate":"1.3246","date":"2010-12-03","euro":{"USD":"1.3246"},"total":13246}'
	# Through the euro: 139.10 / 0.848 x 1.3246 = 217.278...
	run fx -t USD < <(order GBP 13910 2010-12-03)
	assert_output '{"currency":"USD","rate":"1.562028302","date":"2010-12-03","euro":{"GBP":"0.848","USD":"1.3246"},"total":21728}'
}

@test "a weekend takes Friday's rate, a gap of more than seven days none" {
	run jq -r '.fx.date // .error.code' < <(for day in 2010-11-25 2010-11-26 2010-11-28 2010-12-26 2011-01-07 2011-01-14 2011-01-15; do
		order GBP 100 "${day}T23:59:59Z"; done | souk-fx --to USD)
	assert_output 'no_rate
2010-11-26
2010-11-26
2010-12-24
2011-01-07
2011-01-07
no_rate'
	run souk-fx --to USD < <(order GBP 100 2011-01-15)
	assert_output '{"id":"o1","currency":"GBP","time":"2011-01-15","total":{"total":100},"error":{"by":"fx","code":"no_rate","message":"no rate of GBP in USD is known for 2011-01-15 or the 7 days before","from":"GBP","to":"USD","date":"2011-01-15"}}'
	# A time with an offset is a day in UTC; without a time it is now.
	run jq -r .fx.date < <(order GBP 100 2010-12-04T00:30:00+01:00 | souk-fx --to USD)
	assert_output 2010-12-03
	run jq -r .fx.date < <(order GBP 100 x | jq -c 'del(.time)' | souk-fx --to USD --now 2010-12-07T12:00:00Z)
	assert_output 2010-12-07
	run jq -r .error.code < <(order GBP 100 1960-01-01 | souk-fx --to USD)
	assert_output no_rate
}

@test "both rates are of one day" {
	souk-fx put >/dev/null <<-'END'
	{"date":"2026-01-05","rates":{"USD":"1.1","GBP":"0.9"}}
	{"date":"2026-01-06","rates":{"USD":"1.2"}}
	END
	run jq -c '.fx | [.date, .euro]' < <({ order GBP 100 2026-01-07; order EUR 100 2026-01-07; } | souk-fx --to USD)
	assert_output '["2026-01-05",{"GBP":"0.9","USD":"1.1"}]
["2026-01-06",{"USD":"1.2"}]'
}

@test "currencies without and with three decimals" {
	souk-fx put >/dev/null <<<'{"date":"2010-12-03","rates":{"KWD":"0.37330","BHD":"0.5"}}'
	# 100.00 GBP / 0.848 x 110.86 = 13073.11 yen; x 0.3733 = 44.021 dinars.
	run jq -c .fx.total < <(order GBP 10000 2010-12-03 | souk-fx --to JPY; order GBP 10000 2010-12-03 | souk-fx --to KWD)
	assert_output '13073
44021'
	# And back: 13073 yen are 100.00 pounds, 44.021 dinars too.
	run jq -c .fx.total < <(order JPY 13073 2010-12-03 | souk-fx --to GBP; order KWD 44021 2010-12-03 | souk-fx --to GBP)
	assert_output '10000
10000'
	run jq -c .fx.total < <(order KWD 1000 2010-12-03 | souk-fx --to BHD; order JPY 1000 2010-12-03 | souk-fx --to KWD)
	assert_output '1339
3367'
}

@test "halves: up, or to the even neighbour" {
	souk-fx put >/dev/null <<<'{"date":"2010-12-03","rates":{"USD":"0.5"}}'
	run jq -c .fx.total < <({ order EUR 1 2010-12-03; order EUR 3 2010-12-03; order EUR -1 2010-12-03; } | souk-fx --to USD)
	assert_output '1
2
-1'
	run jq -c .fx.total < <({ order EUR 1 2010-12-03; order EUR 3 2010-12-03; } | souk-fx --to USD --rounding half-even)
	assert_output '0
2'
}

@test "other amounts are named by their paths" {
	run fx --to EUR -a tax.tax --amount price.lines.1.subtotal -a ship.amount -a price.lines.7.subtotal < <(
		order GBP 848 2010-12-03 | jq -c '.tax = {tax: 1696} | .price = {lines: [{subtotal: 1}, {subtotal: 424}]}')
	assert_output '{"currency":"EUR","rate":"1.179245283","date":"2010-12-03","euro":{"GBP":"0.848"},"total":1000,"amounts":{"tax.tax":2000,"price.lines.1.subtotal":500}}'
	# A refund has an amount and no total.
	run fx --to EUR -a amount <<<'{"id":"r1","currency":"GBP","time":"2010-12-03","amount":848}'
	assert_output --partial '"amounts":{"amount":1000}}'
	for path in '' . tax. .tax tax..tax customer.id 'tax.t x' 'ta'; do
		run souk-fx --to EUR -a "$path"
		assert_failure 2
		assert_output --partial "souk-fx: --amount $path: must be a path such as tax.tax"
	done
}

@test "the same currency is itself, and needs no rates" {
	rm -rf "$SOUK_DB/fx"
	run fx --to GBP < <(order GBP 12345 2010-12-05T10:00:00Z)
	assert_output '{"currency":"GBP","rate":"1","date":"2010-12-05","total":12345}'
}

@test "any amount between any currencies of any day: as exact fractions say" {
	seed=${SEED:-$RANDOM}
	echo "seed $seed (SEED=$seed repeats it)"
	cat >check.py <<-'END'
	import csv, json, random, subprocess, sys
	from decimal import Decimal
	from fractions import Fraction
	random.seed(int(sys.argv[1]))
	digits = {"JPY": 0, "KRW": 0, "ISK": 0}
	days = {row["Date"]: {c: v for c, v in row.items() if c and c != "Date" and v != "N/A"} for row in csv.DictReader(open(sys.argv[2]))}
	for rates in days.values():
	    rates["EUR"] = "1"
	# Currencies that are still in use; kroons and lats are not.
	codes = ["EUR", "USD", "JPY", "GBP", "CHF", "SEK", "KRW", "PLN", "ZAR", "AUD", "INR"]
	count = 0
	for to in codes:
	    orders = []
	    for i in range(100):
	        day = random.choice(sorted(days))
	        orders.append({"id": "o%d" % i, "currency": random.choice(codes), "time": day,
	            "total": {"total": random.choice([1, -1]) * random.randint(0, 10 ** random.randint(1, 15))}})
	    out = subprocess.run(["souk-fx", "--to", to], input="".join(json.dumps(o) + "\n" for o in orders),
	        capture_output=True, text=True, check=True).stdout
	    for order, line in zip(orders, out.splitlines(), strict=True):
	        fx = json.loads(line)["fx"]
	        rate = Fraction(days[order["time"]][to]) / Fraction(days[order["time"]][order["currency"]])
	        exact = order["total"]["total"] * rate * Fraction(10) ** (digits.get(to, 2) - digits.get(order["currency"], 2))
	        rounded = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
	        assert fx["total"] == rounded, (order, fx, float(exact))
	        assert fx["date"] == order["time"] and fx["currency"] == to, (order, fx)
	        assert abs(Fraction(fx["rate"]) / rate - 1) < Fraction(1, 10 ** 9), (order, fx)
	        count += 1
	print(count)
	END
	run python3 check.py "$seed" "$SOUK_DATA/eurofxref-2010-12.csv"
	assert_output 1100
}

@test "records and rates that make no sense are refused" {
	while IFS='|' read -r record message; do
		run jq -rc '[.error.by, .error.code, .error.message] | join("|")' <(souk-fx --to USD <<<"$record")
		assert_output "fx|$message"
	done <<-'END'
	{"total":{"total":1}}|bad_record|currency is missing
	{"currency":"EEK","total":{"total":1}}|bad_record|currency: EEK is no currency of ISO 4217 in use
	{"currency":"GBP"}|bad_record|total is missing: souk-total has to run before souk-fx
	{"currency":"GBP","time":"2010-12-03","total":{"total":"5"}}|bad_record|total.total: must be a whole number of minor units
	{"currency":"GBP","time":"2010-12-03","total":{"total":1.5}}|bad_record|total.total: must be a whole number of minor units
	{"currency":"GBP","time":"2010-12-03","total":{"total":9223372036854775807}}|overflow|the amounts of this order are too large in USD
	{"currency":"GBP","time":"2010-12-03","total":{"total":9223372036854775808}}|bad_record|total.total: must be a whole number of minor units
	{"currency":"GBP","time":"2010-12-03","total":{"total":1e3}}|bad_record|total.total: must be a whole number of minor units
	END
	while IFS='|' read -r record message; do
		run jq -rc '[.error.by, .error.code, .error.message] | join("|")' <(souk-fx put <<<"$record")
		assert_output "fx|bad_record|$message"
	done <<-'END'
	{"rates":{}}|date is missing
	{"date":"2010-12-03"}|rates is missing
	{"date":"3 Dec","rates":{}}|date: must be a date from 1970 on, such as 2010-12-01
	{"date":"2010-12-03T00:00:00Z","rates":{}}|date: must be a date from 1970 on, such as 2010-12-01
	{"date":"2010-12-03","rates":{"USD":"0"}}|rates.USD: must be a decimal number above 0, such as "0.87058"
	{"date":"2010-12-03","rates":{"USD":"1,1"}}|rates.USD: must be a decimal number above 0, such as "0.87058"
	{"date":"2010-12-03","rates":{"USD":null}}|rates.USD: must be a decimal number above 0, such as "0.87058"
	{"date":"2010-12-03","rates":{"usd":"1"}}|rates.usd: rates have names such as USD, and are of one EUR
	{"date":"2010-12-03","rates":{"EUR":"1"}}|rates.EUR: rates have names such as USD, and are of one EUR
	{"date":"2010-12-03","rates":{"USD":"1","USD":"2"}}|rates: a member name stands twice in it
	END
	run souk-fx --to gbp
	assert_failure 2
	assert_output --partial '--to gbp: no currency of ISO 4217 in use'
}

@test "rates that another process stores are seen in the next batch" {
	mkfifo in out
	souk-fx --to USD <in >out 3>&- &
	exec 7>in 8<out
	order EUR 100 2010-12-03 >&7
	read -r -t 5 first <&8
	souk-fx put >/dev/null <<<'{"date":"2010-12-03","rates":{"USD":2}}'
	order EUR 100 2010-12-03 >&7
	read -r -t 5 second <&8
	exec 7>&-
	wait
	assert_equal "$(jq -c .fx.total <<<"$first$second" | tr '\n' ' ')" '132 200 '
}

@test "failed and waiting records pass as they came" {
	printf '%s\n' '{"id":"o1","error":{"by":"price","code":"no_price","message":"m"}}' \
		'{"id":"o2","wait":{"by":"pay"}}' >in.ndjson
	souk-fx --to USD <in.ndjson | cmp - in.ndjson
}
