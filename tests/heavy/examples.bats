#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-tax in other languages (examples/): the same tax on the same orders, what of the
# contract each language keeps, and one put in the place of the other while requests come.

bats_require_minimum_version 1.5.0
load ../helper

setup_file() {
	load ../helper
	export SOUK_DB=$BATS_FILE_TMPDIR/db ORDERS=$BATS_FILE_TMPDIR/orders TAXED=$BATS_FILE_TMPDIR/taxed
	export SMALL=$BATS_FILE_TMPDIR/small SHOP=$BATS_FILE_TMPDIR/db
	mkdir -p "$SOUK_DB"
	souk-catalog put -e <"$SOUK_DATA/catalog.ndjson" >/dev/null
	souk-price put -e <"$SOUK_DATA/prices.ndjson" >/dev/null
	grep -v '"postcode"' "$SOUK_DATA/tax-rates.ndjson" | souk-tax put -e >/dev/null
	zcat "$SOUK_DATA/orders-2010-12.csv.gz" | souk run import-uci-orders | souk-catalog |
		souk-price --agreed | souk-promo >"$ORDERS"
	# Real orders have neither gift wrap nor coupons nor another date; some get them.
	jq -c '(.id[-1:] | tonumber? // 5) as $n
		| if $n == 1 then .wrap = {charges: [{"label": "Gift \"wrap\", \u20ac", amount: 295},
			{"label": "back", amount: -3, tax_class: "reduced"}]} | .time = "2011-01-04" else . end
		| if $n == 2 then .promo = {discount: 1, lines: (.lines | map({discount: 0}) | .[0].discount = 1)}
			| .time = "2011-01-03T23:59:59.9Z" | .tax = {old: true} else . end
		| if $n == 3 then .price.lines[0].subtotal = 9 | .time = "2009-12-31T23:59:59Z" | .customer.charges = [1] else . end
		| if $n == 4 and .lines[5] then .catalog.lines[1].tax_class = "wine" else . end' <"$ORDERS" >"$ORDERS.odd"
	mv "$ORDERS.odd" "$ORDERS"
	souk-tax <"$ORDERS" >"$TAXED"
	jq -c 'select((.lines | length) < 8 and .promo.lines == null)' "$ORDERS" | head -n 3 >"$SMALL"
}

prepare() {
	export SOUK_DB=$SHOP TAX_RATES=$SOUK_DATA/tax-rates.ndjson EXAMPLES=$ROOT/examples
}

teardown() {
	local pid
	touch "$BATS_TEST_TMPDIR/enough"
	for pid in $(cat "$BATS_TEST_TMPDIR/pids" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	wait
}

# serve NAME PROGRAM...: a service at the socket NAME.
serve() {
	local name=$1
	shift
	souk-serve -l "unix:$PWD/$name" --control "unix:$name.control" -- "$@" 2>"$name.log" 3>&- &
	echo $! | tee "$name.pid" >>"$BATS_TEST_TMPDIR/pids"
	for _ in {1..200}; do
		[ -S "$name" ] && return
		sleep 0.05
	done
	cat "$name.log"
	return 1
}

# same_tax PROGRAM: over the real orders of a month. A message is a program's own.
same_tax() {
	local same='if .error then .error |= {by, code, country, class, time} else . end'
	"$EXAMPLES/$1" <"$ORDERS" >got
	cmp <(grep -v '"error":' "$TAXED") <(grep -v '"error":' got)
	cmp <(jq -c "$same" "$TAXED") <(jq -c "$same" got)
}

# breaks NAMES PROGRAM: exactly these checks are broken, in the order of --list.
breaks() {
	run --separate-stderr souk-conform --input "$SMALL" --skip memory -- "$EXAMPLES/$2"
	assert_equal "$(sed -n 's/^broken  \([a-z0-9-]*\), rule.*/\1/p' <<<"$output" | paste -sd ' ')" "$1"
	assert_line --regexp '^souk-conform: [0-9]+ kept'
}

@test "the orders try what there is: every rate, charges, discounts, refusals" {
	assert_equal "$(jq -r '.tax.rates[]?.rate' "$TAXED" | sort -u | paste -sd ' ')" "0 10 15 17.5 19 19.6 20 21 22 23 24 25 5 6 7"
	assert_equal "$(jq -r '.error.code // empty' "$TAXED" | sort -u)" no_tax_rate
	[ "$(jq -c 'select(.tax.charges)' "$TAXED" | wc -l)" -gt 100 ]
	assert_equal "$(lines "$TAXED")" 1559
}

@test "Python: the same tax, and the whole contract" {
	same_tax tax.py
	breaks "" tax.py
}

@test "Perl: the same tax, and the whole contract" {
	same_tax tax.pl
	breaks "" tax.pl
}

@test "jq: the same tax, and what it can't do" {
	same_tax tax.jq
	breaks "older pass bad-json bad-utf8 deep duplicate not-object partial too-long full-disk sigterm" tax.jq
}

@test "awk: the same tax, and what it can't do" {
	same_tax tax.awk
	breaks "last-line bad-json full-disk sigterm" tax.awk
}

@test "what a language can't do souk-serve and souk-call do for it: the whole contract" {
	for program in tax.jq tax.awk; do
		serve "$program" "$EXAMPLES/$program"
		run --separate-stderr souk-conform --input "$SMALL" --skip memory -- souk-call -s "$EXAMPLES/$program" "unix:$program"
		assert_output --partial " 0 broken"
		souk-call -s "$EXAMPLES/$program" "unix:$program" <"$ORDERS" | grep -v '"error":' | cmp - <(grep -v '"error":' "$TAXED")
	done
}

@test "a stand-in on PATH takes the place of the stage in a pipeline file" {
	mkdir stand-in
	for program in tax.py tax.pl tax.jq tax.awk; do
		ln -sf "$EXAMPLES/$program" stand-in/souk-tax
		run env PATH="$PWD/stand-in:$PATH" souk check quote
		assert_success
		head -n 200 "$ORDERS" | grep -v '"promo":{"discount":1' | jq -c 'del(.catalog, .price, .promo, .tax)' >orders
		PATH="$PWD/stand-in:$PATH" souk run quote --agreed <orders >got
		PATH="$PWD/stand-in:$PATH" souk run --fused quote --agreed <orders >got.fused
		souk run quote --agreed <orders >expected
		cmp <(grep -v '"error":' expected) <(grep -v '"error":' got)
		cmp got got.fused
		grep -q '"tax":{"inclusive"' got
	done
}

@test "rates that can't be read are wrong use, and said" {
	for program in tax.py tax.pl tax.jq tax.awk; do
		run env TAX_RATES=./missing "$EXAMPLES/$program" <"$SMALL"
		assert_failure 2
		assert_output --partial "missing"
	done
}

# answered N: waits for so many answers more.
answered() {
	local until=$(($(lines answers) + $1))
	for _ in {1..600}; do
		[ "$(lines answers)" -lt "$until" ] || return 0
		sleep 0.05
	done
	echo "only $(lines answers) answers; $(cat tax.log call.log)"
	return 1
}

# worked_by NAME: waits until the service has no worker but such.
worked_by() {
	local pid names
	for _ in {1..200}; do
		names=$(for pid in $(cat "/proc/$(cat tax.pid)/task/"*/children); do cat "/proc/$pid/comm"; done 2>/dev/null)
		case $names in *$'\n'*) ;; "$1"*) return 0 ;; esac
		sleep 0.05
	done
	echo "workers: $names"
	return 1
}

@test "under load one language takes the place of another and back: no request fails, none is lost" {
	ln -s "$(command -v souk-tax)" stage
	serve tax ./stage
	# A steady load: some hundred records a second until it is told to end.
	grep -v '"error"' "$TAXED" | jq -c 'del(.tax)' | head -n 400 >load
	{
		i=0
		until [ -e enough ]; do
			awk -v i=$((i += 1)) '{ sub(/"id":"/, "&" i "-"); print }' load | split -l 20 --filter='cat; sleep 0.02'
		done
	} 3>&- | tee sent | souk-call -s souk-tax unix:tax >answers 2>call.log 3>&- &
	caller=$!
	# By a link and SIGHUP, then by an order: the programs, and what their processes are called.
	while read -r program name; do
		answered 300
		ln -s "$program" stage.new
		mv -T stage.new stage
		kill -HUP "$(cat tax.pid)"
		worked_by "$name"
	done <<-END
		$EXAMPLES/tax.py python
		$(command -v souk-tax) stage
	END
	while read -r program name; do
		answered 300
		echo "{\"swap\":[\"$program\"]}" | socat -t 10 - UNIX-CONNECT:tax.control >said
		assert_equal "$(cat said)" '{"ok":true}'
		worked_by "$name"
	done <<-END
		$EXAMPLES/tax.pl perl
		$(command -v souk-tax) souk-tax
	END
	answered 300
	touch enough
	wait $caller
	assert_equal "$(cat call.log tax.log)" ""
	assert_equal "$(lines answers)" "$(lines sent)"
	souk-tax <sent | cmp - answers
}
