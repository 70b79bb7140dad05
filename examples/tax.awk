#!/bin/sh
# SPDX-License-Identifier: ISC
# souk-tax in awk (mawk): rates by country, class of goods and date.
#
# Usage: tax.awk [RATES], a file as data/tax-rates.ndjson; or $TAX_RATES names it. Rates of
# parts of a country and reliefs are left to souk-tax. What awk can't do of the contract:
#   bad-json     a zero byte ends a line for it
#   last-line    behind a long last line without LF comes what was left of an older one
#   sigterm, full-disk   it ends by the signal, and with another exit state
# souk-serve and souk-call in front of it do all of that for it. Amounts are exact up to 15 digits;
# records nested deeper than 100 are refused.
case $1 in
--describe)
	echo '{"contract":1,"function":"tax","about":"the tax on an order","verb":"","summary":"compute the tax on an order","kind":"filter","effects":"none","reads":["lines","price","promo?","catalog?","ship_to.country","time?","*.charges"],"writes":"tax","on_failed":false,"on_waiting":false,"needs_id":false,"options":[]}'
	exit ;;
esac
export RATES="${1:-$TAX_RATES}" LC_ALL=C
[ -r "$RATES" ] || { echo "tax.awk: cannot read the rates: ${RATES:-\$TAX_RATES is not set}" >&2; exit 2; }
exec mawk -W interactive '
# ---- A record: its tokens, T[1] ..., and its values by their paths, V[...] ----

# Once \\ and \" are out of the way a quote begins or ends a text. Between texts each word
# and each of { } [ ] , : is a token. False if one is none.
function tokens(line,    part, parts, i, word, words, k) {
	count = 0
	gsub(/\\\\/, "\001", line)
	gsub(/\\"/, "\002", line)
	parts = split(line, part, "\"")
	for (i = 1; i <= parts; i++) {
		if (i % 2 == 0) {
			if (part[i] ~ /\t/ || (part[i] ~ /\\/ && part[i] !~ /^([^\\]|\\[\/bfnrt]|\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F])*$/))
				return 0
			T[++count] = "\"" part[i] "\""
			continue
		}
		gsub(/[][{},:]/, " & ", part[i])
		words = split(part[i], word, " ")
		for (k = 1; k <= words; k++) {
			if (word[k] !~ /^([][{},:]|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)$/)
				return 0
			T[++count] = word[k]
		}
	}
	return parts % 2
}

# Reads the value that begins at token `at`. False if there is none. null counts as missing.
function value(path, depth,    i, name) {
	if (at > count || depth > 100)
		return 0
	if (T[at] == "{" || T[at] == "[") {
		V[path] = T[at]
		for (i = 0; i == 0 || T[at] == ","; i++) {
			if (i == 0 && T[at + 1] == (V[path] == "{" ? "}" : "]")) {
				at++
				break
			}
			name = i
			if (V[path] == "{") {
				if (T[++at] !~ /^"/ || T[at + 1] != ":")
					return 0
				name = text_of(T[at++])
				if ((path, name) in SEEN)
					TWICE[path] = 1
				SEEN[path, name] = 1
				if (depth == 1) {
					NAME[i] = name
					FIRST[i] = at - 1
				}
			}
			at++
			if (!value(path SUBSEP name, depth + 1))
				return 0
		}
		LEN[path] = i
		return T[at++] == (V[path] == "{" ? "}" : "]")
	}
	if (T[at] ~ /^[]}:,]/)
		return 0
	if (T[at] != "null")
		V[path] = T[at]
	at++
	return 1
}

function restored(token) {
	gsub(/\001/, "\\\\", token)
	gsub(/\002/, "\\\"", token)
	return token
}

# What a text says, in UTF-8. Control characters stay escaped: no path can be made of them.
function text_of(token,    out, i, code) {
	token = substr(token, 2, length(token) - 2)
	if (token !~ /[\\\001\002]/)
		return token
	while (match(token, /\\(u....|.)/)) {
		out = out substr(token, 1, RSTART - 1)
		code = hex(substr(token, RSTART + 2, 4))
		if (code >= 55296 && code < 56320 && substr(token, RSTART + 6) ~ /^\\u[dD][c-fC-F]/) {
			code = 65536 + (code - 55296) * 1024 + hex(substr(token, RSTART + 8, 4)) - 56320
			RLENGTH = 12
		}
		if (RLENGTH == 2)
			out = out (substr(token, RSTART + 1, 1) == "/" ? "/" : substr(token, RSTART, 2))
		else if (code < 32)
			out = out tolower(substr(token, RSTART, 6))
		else
			out = out utf8(code)
		token = substr(token, RSTART + RLENGTH)
	}
	out = out token
	gsub(/\001/, "\\", out)
	gsub(/\002/, "\"", out)
	return out
}

function hex(digits,    i, n) {
	for (i = 1; i <= 4; i++)
		n = n * 16 + index("123456789abcdef", tolower(substr(digits, i, 1)))
	return n
}

function utf8(code) {
	if (code < 128)
		return sprintf("%c", code)
	if (code < 2048)
		return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
	if (code < 65536)
		return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
	return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
}

function is_utf8(line) {
	return line !~ /[\200-\377]/ || line ~ /^([\001-\177]|[\302-\337][\200-\277]|\340[\240-\277][\200-\277]|[\341-\354\356\357][\200-\277][\200-\277]|\355[\200-\237][\200-\277]|\360[\220-\277][\200-\277][\200-\277]|[\361-\363][\200-\277][\200-\277][\200-\277]|\364[\200-\217][\200-\277][\200-\277])*$/
}

# False if the line is no record.
function parse(line) {
	delete V; delete SEEN; delete TWICE; delete LEN
	at = 1
	return line !~ /[\000-\010\012-\037]/ && is_utf8(line) && tokens(line) && T[1] == "{" && value("", 1) && at == count + 1 && !("" in TWICE)
}

# The line with a member more, and without an older member tax.
function with(line, name, json,    i, k, out, kept) {
	if (!(("", "tax") in SEEN)) {
		match(line, /}[ \t]*$/)
		return substr(line, 1, RSTART - 1) (LEN[""] ? "," : "") "\"" name "\":" json substr(line, RSTART)
	}
	FIRST[LEN[""]] = count + 1
	for (i = 0; i < LEN[""]; i++) {
		if (NAME[i] == "tax")
			continue
		out = out (kept++ ? "," : "{")
		for (k = FIRST[i]; k < FIRST[i + 1] - 1; k++)
			out = out restored(T[k])
	}
	return out (kept ? "," : "{") "\"" name "\":" json "}"
}

# ---- Reading members. What is wrong first is the refusal: awk has no exceptions ----

function refuse(code, message, more) {
	if (why == "")
		why = "{\"by\":\"tax\",\"code\":\"" code "\",\"message\":\"" message "\"" more "}"
	return ""
}

function need(path, kind) {
	if (substr(V[path], 1, 1) == kind && !(path in TWICE))
		return 1
	gsub(SUBSEP, ".", path)
	gsub(/[\\"]/, "?", path)
	refuse("bad_record", substr(path, 2) " is missing, of a wrong type, or has a name twice")
	return 0
}

function text(path, otherwise) {
	if (!(path in V) && otherwise != "")
		return otherwise
	return need(path, "\"") ? text_of(V[path]) : ""
}

function whole(path, otherwise) {
	if (!(path in V) && otherwise != "")
		return otherwise
	if (V[path] ~ /^-?(0|[1-9][0-9]*)$/ && length(V[path]) <= 15)
		return V[path] + 0
	need(path, "a whole number")
	return 0
}

function quoted(string) {
	gsub(/[\\"]/, "\\\\&", string)
	return "\"" string "\""
}

# ---- The tax ----

# A time in UTC, or a date, in a form that can be compared.
function moment(time) {
	if (time !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9](T[0-9][0-9]:[0-9][0-9]:[0-9][0-9](\.[0-9]+)?Z)?$/)
		refuse("bad_record", "time must be RFC 3339 in UTC, as 2011-01-04T00:00:00Z")
	return substr(time "T00:00:00", 1, 19)
}

# RATE[country, class, 1 ... RATES[country, class]], in the order of the file.
function read_rates(file,    line, class, ok) {
	while ((ok = (getline line <file)) > 0) {
		if (!parse(line))
			break
		if ((SUBSEP "region") in V || (SUBSEP "postcode") in V || !((SUBSEP "rate") in V))
			continue
		class = text(SUBSEP "country") SUBSEP text(SUBSEP "class")
		KNOWN[text(SUBSEP "country")] = 1
		RATE[class, ++RATES[class]] = V[SUBSEP "rate"]
		gsub(/"/, "", RATE[class, RATES[class]])
		FROM[class, RATES[class]] = moment(text(SUBSEP "from", "0001-01-01"))
		TO[class, RATES[class]] = moment(text(SUBSEP "to", "9999-12-31"))
	}
	if (ok || why != "") {
		print "tax.awk: cannot read the rates: " file | "cat >&2"
		failed = 2
		exit
	}
}

# Of the rates that hold the one that began last; one of the class before one of all classes.
function rate_of(country, class, when,    c, i, own, found, begun) {
	own = country in KNOWN ? country : "*"
	for (c = class; !found; c = "*") {
		for (i = 1; i <= RATES[own, c]; i++)
			if (FROM[own, c, i] <= when && when < TO[own, c, i] && (!found || FROM[own, c, i] > begun)) {
				found = own SUBSEP c SUBSEP i
				begun = FROM[own, c, i]
			}
		if (c == "*")
			break
	}
	if (!found)
		refuse("no_tax_rate", "no rate is known", ",\"country\":" quoted(country) ",\"class\":" quoted(class) ",\"time\":\"" when "Z\"")
	return RATE[found]
}

# In whole minor units, halves away from zero; all numbers are whole, and so exact.
function tax_on(amount, rate,    parts, part, dividend, divisor) {
	parts = split(rate, part, ".")
	divisor = 200 * 10 ^ length(part[2])
	dividend = 2 * (amount < 0 ? -amount : amount) * (part[1] part[2]) + divisor / 2
	if (dividend > 9007199254740992)
		refuse("overflow", "an amount is too large")
	dividend = (dividend - dividend % divisor) / divisor
	return amount < 0 && dividend ? -dividend : dividend
}

# Adds an item to those that are taxed alike; gives its rate and tax as members.
function owes(amount, class,    rate, tax) {
	rate = rate_of(country, class, when)
	tax = tax_on(amount, rate)
	if (!(rate in NET))
		BAND[++bands] = rate
	NET[rate] += amount
	TAX[rate] += tax
	return sprintf("\"rate\":\"%s\",\"tax\":%.0f}", rate, tax)
}

# The lines of the member of a stage, which are as many as those of the order.
function lines_of(stage,    path) {
	path = SUBSEP stage SUBSEP "lines"
	if (!(path in V) && stage != "price") {
		if (V[SUBSEP stage, "discount"] + 0)
			refuse("bad_record", stage ".lines is missing")
		return
	}
	if (need(SUBSEP stage, "{") && need(path, "[") && LEN[path] != LEN[SUBSEP "lines"])
		refuse("bad_record", stage ".lines must be as long as lines")
}

function member(    i, k, path, amount, subtotal, discount, lines, charges, rates, all) {
	delete NET; delete TAX
	bands = 0
	when = moment(text(SUBSEP "time", strftime("%Y-%m-%dT%H:%M:%SZ", systime(), 1)))
	need(SUBSEP "ship_to", "{")
	country = text(SUBSEP "ship_to" SUBSEP "country")
	need(SUBSEP "lines", "[")
	lines_of("price"); lines_of("promo"); lines_of("catalog")
	for (i = 0; i < LEN[SUBSEP "lines"] && why == ""; i++) {
		subtotal = whole(SUBSEP "price" SUBSEP "lines" SUBSEP i SUBSEP "subtotal")
		discount = whole(SUBSEP "promo" SUBSEP "lines" SUBSEP i SUBSEP "discount", "0")
		if (discount < 0 || discount > subtotal)
			refuse("bad_record", "a subtotal or discount is out of range")
		lines = lines (i ? ",{" : "{") owes(subtotal - discount, text(SUBSEP "catalog" SUBSEP "lines" SUBSEP i SUBSEP "tax_class", "standard"))
	}
	# What an order brings itself can not charge, or a customer could.
	for (k = 0; k < LEN[""] && why == ""; k++) {
		path = SUBSEP NAME[k]
		if (NAME[k] ~ /^(customer|ship_to|bill_to|lines|coupons|pay_with|tax|total|order)$/ || V[path] != "{" || !((path, "charges") in V))
			continue
		path = path SUBSEP "charges"
		need(path, "[")
		for (i = 0; i < LEN[path] && why == ""; i++) {
			need(path SUBSEP i, "{"); need(path SUBSEP i SUBSEP "label", "\"")
			amount = whole(path SUBSEP i SUBSEP "amount")
			charges = charges sprintf("%s{\"label\":%s,\"amount\":%.0f,", charges == "" ? "" : ",", restored(V[path, i, "label"]), amount) owes(amount, text(path SUBSEP i SUBSEP "tax_class", "standard"))
		}
	}
	for (i = 1; i <= bands; i++) {
		rates = rates sprintf("%s{\"rate\":\"%s\",\"net\":%.0f,\"tax\":%.0f}", i > 1 ? "," : "", BAND[i], NET[BAND[i]], TAX[BAND[i]])
		all += TAX[BAND[i]]
	}
	return "{\"inclusive\":false,\"lines\":[" lines "]" (charges == "" ? "" : ",\"charges\":[" charges "]") ",\"rates\":[" rates "],\"tax\":" sprintf("%.0f", all) "}"
}

# ---- The stream ----

# What awk can not compute other programs do, through a file.
function answer_of(command,    answer) {
	command | getline answer
	close(command)
	return answer
}

function bad_line(line, code, message) {
	failed = 1
	if (scratch == "")
		scratch = answer_of("mktemp")
	printf "%s", line >scratch
	close(scratch)
	return "{\"error\":{\"by\":\"tax\",\"code\":\"" code "\",\"message\":\"line " NR ": " message "\",\"line\":" NR sprintf(",\"byte\":%.0f", offset) ",\"length\":" length(line) ",\"sha256\":\"" substr(answer_of("sha256sum <" scratch), 1, 64) "\",\"input\":\"" answer_of("head -c 65536 " scratch " | base64 -w 0") "\"}}"
}

BEGIN {
	read_rates(ENVIRON["RATES"])
}

{
	size = length($0) + 1
	sub(/\r$/, "")
	why = ""
	if (length($0) > 1048576)
		print bad_line($0, "too_long", "it is longer than 1048576 bytes")
	else if (/[^ \t]/) {
		if (!parse($0))
			print bad_line($0, "bad_record", "it is no JSON object in UTF-8")
		else if (("", "error") in SEEN || ("", "wait") in SEEN)
			print
		else {
			tax = member()
			print why == "" ? with($0, "tax", tax) : with($0, "error", why)
		}
	}
	offset += size
}

END {
	if (scratch != "")
		system("rm -f " scratch)
	exit failed
}
'
