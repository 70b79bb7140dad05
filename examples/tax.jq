#!/bin/sh
# SPDX-License-Identifier: ISC
# souk-tax in jq 1.6: rates by country, class of goods and date.
#
# Usage: tax.jq [RATES], a file as data/tax-rates.ndjson; or $TAX_RATES names it. Rates of
# parts of a country and reliefs are left to souk-tax. What jq can't do of the contract:
#   older        a line with an older member tax is written anew, its numbers as jq spells them
#   pass         a lone surrogate is no JSON for it; all other bytes stay as they came
#   duplicate    of names that stand twice it sees one
#   bad-utf8     it takes all bytes, and makes U+FFFD of what is wrong
#   bad-json, not-object, partial, deep, too-long   the record of a bad line holds no sha256: it
#                knows none; and it takes some of what is no JSON (01, nan), nested 256 deep at most
#   sigterm, full-disk   it ends by the signal, and with another exit state
# Amounts are exact up to 2^53. souk-serve and souk-call in front of it do all of that for it.
case $1 in
--describe)
	echo '{"contract":1,"function":"tax","about":"the tax on an order","verb":"","summary":"compute the tax on an order","kind":"filter","effects":"none","reads":["lines","price","promo?","catalog?","ship_to.country","time?","*.charges"],"writes":"tax","on_failed":false,"on_waiting":false,"needs_id":false,"options":[]}'
	exit ;;
esac
exec jq -nRr --unbuffered --slurpfile rates "${1:-$TAX_RATES}" '
def refuse(code; message): {by: "tax", code: code, message: message} | error;

# A time in UTC, or a date, in a form that can be compared.
def moment:
	if test("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z)?$")
	then (. + "T00:00:00")[:19]
	else refuse("bad_record"; "time must be RFC 3339 in UTC, as 2011-01-04T00:00:00Z") end;

# The rates of each country and class, those that began last first.
(reduce ($rates[] | select(.rate and (.region or .postcode | not))) as $r ({};
	.[$r.country][$r.class] += [$r | {rate: (.rate | tostring),
		from: (.from // "0001-01-01" | moment), to: (.to // "9999-12-31" | moment)}])
| map_values(map_values(sort_by(.from) | reverse))) as $known

| def rate($country; $class; $when):
	$known[$country] // $known["*"] // {}
	| first(.[$class][]?, .["*"][]? | select(.from <= $when and $when < .to) | .rate)
	// ({by: "tax", code: "no_tax_rate", message: "no rate is known for class \($class) in \($country) at \($when)Z",
		country: $country, class: $class, time: "\($when)Z"} | error);

def need($kind; $what):
	if type == $kind then . else refuse("bad_record"; "\($what) is missing, or no \($kind)") end;
def whole($what):
	need("number"; $what) | if . == floor and fabs <= 9007199254740992 then .
	else refuse("bad_record"; "\($what) is no whole number, or too large") end;

# In whole minor units, halves away from zero; all numbers are whole, and so exact.
def tax($rate):
	($rate | split(".")) as [$whole, $decimals]
	| ("\($whole)\($decimals // "")" | tonumber) as $times
	| (100 * pow(10; $decimals // "" | length)) as $divisor
	| (2 * fabs * $times + $divisor) as $dividend
	| if $dividend > 9007199254740992 then refuse("overflow"; "an amount is too large") else . end
	| (($dividend - $dividend % (2 * $divisor)) / (2 * $divisor)) as $tax
	| if . < 0 then 0 - $tax else $tax end;

# The lines of the member of a stage, which are as many as those of the order.
def lines_of($order; $stage):
	$order[$stage] // {} | need("object"; $stage)
	| if .lines == null and $stage != "price" and (.discount // 0) == 0 then [$order.lines[] | {}]
	else .lines | need("array"; "\($stage).lines")
		| if length == ($order.lines | length) then map(need("object"; "what is in \($stage).lines"))
		else refuse("bad_record"; "\($stage).lines must be as long as lines") end end;

# What an order brings itself can not charge, or a customer could.
def no_charges: ["customer", "ship_to", "bill_to", "lines", "coupons", "pay_with", "tax", "total", "order"];

def items:
	. as $order | .lines | need("array"; "lines")
	| ([lines_of($order; "price", "promo", "catalog")] | transpose[]
		| {amount: ((.[0].subtotal | whole("a subtotal")) - (.[1].discount // 0 | whole("a discount"))),
			class: .[2].tax_class, most: .[0].subtotal}
		| if .amount < 0 or .amount > .most
			then refuse("bad_record"; "a subtotal or discount is out of range") else . end),
	($order | keys_unsorted - no_charges | map($order[.] | objects)[] | .charges // [] | need("array"; "charges")[]
		| need("object"; "a charge")
		| {amount: (.amount | whole("an amount")), class: .tax_class, "label": (.label | need("string"; "label"))});

def member:
	(.time // (now | todate) | need("string"; "time") | moment) as $when
	| (.ship_to | need("object"; "ship_to") | .country | need("string"; "ship_to.country")) as $country
	| [items | .rate = rate($country; .class // "standard" | need("string"; "tax_class"); $when)
		| .rate as $rate | .tax = (.amount | tax($rate))]
	| {inclusive: false, lines: map(select(.label | not) | {rate, tax}),
		charges: map(select(.label) | {"label": .label, amount, rate, tax}),
		# In the order in which they first come, as reduce keeps it.
		rates: (reduce .[] as $i ([]; (map(.rate == $i.rate) | index(true)) as $at
			| if $at then .[$at].net += $i.amount | .[$at].tax += $i.tax
			else . + [$i | {rate, net: .amount, tax}] end)),
		tax: (map(.tax) | add // 0)}
	| if .charges == [] then del(.charges) else . end;

# The line with one member more.
def with($line; $record; $member):
	(if $record | has("tax") then $record | del(.tax) | tojson else $line end
		| capture("^(?<open>.*)}(?<space>[ \t]*)$"; "m"))
	| .open + (if $record | del(.tax) == {} then "" else "," end) + ($member | tojson | .[1:]) + .space;

def bad($line; $at; $code; $message):
	{error: {by: "tax", code: $code, message: "line \($at.line): \($message)", line: $at.line,
		byte: $at.byte, length: ($line | utf8bytelength), input: ($line | @base64)}} | tojson;

def answer($line; $at):
	if $line | utf8bytelength > 1048576 then bad($line; $at; "too_long"; "it is longer than 1048576 bytes")
	else (try ($line | fromjson) catch null) as $record
	| if $record | type != "object" then bad($line; $at; "bad_record"; "it is no JSON object")
	elif $record | has("error") or has("wait") then $line
	else with($line; $record; try {tax: ($record | member)} catch {error: (objects //
		{by: "tax", code: "bad_record", message: .})}) end end;

foreach (inputs, null) as $raw ({line: 0, byte: 0, next: 0};
	if $raw == null then . else
	.line += 1 | .byte = .next | .next += ($raw | utf8bytelength) + 1
	| . as $at | .answer = ($raw | rtrimstr("\r") | if test("[^ \t]") then answer(.; $at) else null end)
	# Only a bad line becomes a record that begins by an error of this line.
	| .bad = (.bad or ((.answer // "") | startswith("{\"error\":{\"by\":\"tax\"") and . != $raw)) end;
	if $raw == null then select(.bad) | "" | halt_error(1) else .answer // empty end)
'
