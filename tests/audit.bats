#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-audit: the books of a real checkout are consistent; each rule is broken in one
# place, and exactly that rule is named with exactly that record.

bats_require_minimum_version 1.5.0
load helper

# A shop of four skus: a globe, a bead whose price is finer than a penny, a service
# that is not kept in stock, and the last pen.
furnish() {
	souk-catalog put >/dev/null <<-'END'
		{"sku":"globe","title":"Globe","tax_class":"standard"}
		{"sku":"bead","title":"Bead","tax_class":"reduced"}
		{"sku":"visit","title":"Visit","tax_class":"standard","manage_stock":false}
		{"sku":"pen","title":"Pen","tax_class":"standard"}
	END
	souk-price put >/dev/null <<-'END'
		{"sku":"globe","currency":"GBP","amount":255}
		{"sku":"bead","currency":"GBP","amount_decimal":"0.5"}
		{"sku":"visit","currency":"GBP","amount":5000}
		{"sku":"pen","currency":"GBP","amount":99}
	END
	printf '{"country":"GB","class":"%s","rate":"%s"}\n' standard 20 reduced 5 | souk-tax put >/dev/null
	printf '{"id":"r%s","sku":"%s","qty":%s}\n' 1 globe 50 2 bead 900 3 pen 1 |
		souk-stock receive >/dev/null
	echo '{"id":"a1","sku":"globe","qty":-8,"reason":"broken"}' | souk-stock adjust >/dev/null
}

# order ID LINES PAY_WITH
order() {
	printf '{"id":"%s","currency":"GBP","ship_to":{"country":"GB"},"lines":%s,"pay_with":%s}\n' "$@"
}

# quote [TAX-OPTION...]: prices, and five pounds of postage on orders named post-...
quote() {
	souk-catalog | souk-price | jq -c 'if .id | startswith("post-")
		then .ship = {charges: [{label: "post", amount: 500, tax_class: "standard"}]} else . end' |
		souk-tax "$@" | souk-total
}

book() {
	souk-order open | souk-stock reserve | souk-pay authorize | souk-order place |
		souk-stock settle | souk-pay settle | souk-order close
}

exports() {
	souk-order export && souk-stock export && souk-pay export
}

CARD='[{"id":"card","method":"test","token":"pm_card_visa"}]'
DECLINED='[{"id":"card","method":"test","token":"pm_card_visa","amount":100},
	{"id":"other","method":"test","token":"pm_card_chargeDeclined"}]'

# Orders placed: o1 (two lines of one sku, beads), o2 (only a visit), o3 (captured,
# refunded in part), o4 (voided later), post-5 (a charge, two payments). Rejected: o6
# (out of stock), o7 (declined; its first payment was voided). Refused before the
# book: o8.
setup_file() {
	export SOUK_DB="$BATS_FILE_TMPDIR/db" BOOKS="$BATS_FILE_TMPDIR/books"
	export STATEMENT="$BATS_FILE_TMPDIR/statement"
	mkdir -p "$SOUK_DB"
	cd "$BATS_FILE_TMPDIR" || return
	furnish
	{
		order o1 '[{"sku":"globe","qty":2},{"sku":"bead","qty":3},{"sku":"globe","qty":1}]' "$CARD"
		order o2 '[{"sku":"visit","qty":1}]' "$CARD"
		order o3 '[{"sku":"globe","qty":4}]' "$CARD"
		order o4 '[{"sku":"bead","qty":10}]' "$CARD"
		order post-5 '[{"sku":"pen","qty":1},{"sku":"visit","qty":1}]' \
			'[{"id":"bill","method":"invoice","amount":50},{"id":"card","method":"test","token":"pm_card_visa"}]'
		order o6 '[{"sku":"pen","qty":1}]' "$CARD"
		order o7 '[{"sku":"globe","qty":1}]' "$(tr -d '\n\t' <<<"$DECLINED")"
		order o8 '[{"sku":"nothing","qty":1}]' "$CARD"
	} >orders
	quote <orders | book >answers
	echo '{"id":"c1","order_id":"o3","amount":1000}' | souk-pay capture >/dev/null
	echo '{"id":"f1","order_id":"o3","amount":300}' | souk-pay refund >/dev/null
	echo '{"id":"v1","order_id":"o4"}' | souk-pay void >/dev/null
	exports >"$BOOKS"
	souk-pay statement >"$STATEMENT"
}

# findings: rule and id of each finding in the books on stdin.
findings() {
	souk-audit "$@" | jq -r 'if .audit != "verdict" then .audit + " " + .id else "" end' >findings
	# Where the last line is no verdict, nothing found means nothing.
	[ "$(tail -n 1 findings | wc -c)" -eq 1 ] || echo 'no verdict'
	sed '$d' findings
}

# broken FILTER [OPTION...]: the same of the books changed by a jq filter.
broken() {
	jq -c "$1" "$BOOKS" | findings "${@:2}"
}

# with_statement FILTER: of the books with a changed statement of the provider.
with_statement() {
	{ cat "$BOOKS" && jq -c "$1" "$STATEMENT"; } | findings
}

# What a jq filter needs to pick a record.
ORDER='select(.export == "order" and .id ==' HOLD='select(.export == "stock.hold" and .id =='
LEVEL='select(.export == "stock.level" and .sku =='
PAY='select(.export == "pay.payment" and .order_id ==' EVENT='select(.export == "pay.event" and .id =='

# ---- Good books ----

@test "the books of a checkout are consistent, in any order of the exports" {
	run -0 souk-audit "$BOOKS"
	assert_output '{"audit":"verdict","verdict":"consistent","orders":7,"placed":5,"rejected":2,"open":0,"movements":4,"payments":8,"broken":0}'
	run -0 souk-audit < <(tac "$BOOKS")
	assert_output --partial '"verdict":"consistent"'
	run -0 souk-audit <(grep '^{"export":"pay' "$BOOKS") - <(grep '^{"export":"stock' "$BOOKS") \
		< <(grep '^{"export":"order' "$BOOKS")
	assert_output --partial '"orders":7,"placed":5,"rejected":2,"open":0,"movements":4,"payments":8,"broken":0}'
}

@test "with the provider's statement or a stocktake they are reconciled" {
	run -0 souk-audit "$BOOKS" "$STATEMENT"
	assert_output --partial '"verdict":"reconciled"'
	assert_output --partial '"statements":6,"broken":0}'
	# A sku may lie on two shelves; what nobody counted is not compared.
	printf '{"export":"stocktake","sku":"%s","qty":%s}\n' globe 40 globe 2 bead 900 >counted
	run -0 souk-audit "$BOOKS" counted
	assert_output --partial '"verdict":"reconciled"'
	assert_output --partial '"counted":3,"broken":0}'
}

@test "empty books are consistent" {
	run -0 souk-audit </dev/null
	assert_output '{"audit":"verdict","verdict":"consistent","orders":0,"placed":0,"rejected":0,"open":0,"movements":0,"payments":0,"broken":0}'
	run -0 souk-audit < <(exports)
	assert_output --partial '"verdict":"consistent","orders":0'
}

@test "all ways of rounding and inclusive prices add up" {
	furnish
	for way in '--round line' '--round order' '--rounding half-even' '--inclusive' \
		'--inclusive --round order --rounding half-even'; do
		for n in 1 2 3 5 7; do
			order "post-$n${way//[^a-z]/}" "$(printf '[{"sku":"globe","qty":1},{"sku":"bead","qty":%s},
				{"sku":"visit","qty":1},{"sku":"bead","qty":1}]' "$n" | tr -d '\n')" "$CARD"
		done >orders
		# shellcheck disable=SC2086 # options, to be split
		quote $way <orders | book >/dev/null
	done
	run -0 souk-audit < <(exports)
	assert_output --partial '"verdict":"consistent","orders":25,"placed":25'
}

@test "the demo shop with real orders is consistent" {
	for function in catalog price tax; do
		file=$function
		[ $function = price ] && file=prices
		[ $function = tax ] && file=tax-rates
		souk-$function put <"$SOUK_DATA/$file.ndjson" >/dev/null
	done
	souk-stock receive <"$SOUK_DATA/stock.ndjson" >/dev/null
	python3 "$ROOT/bench/orders.py" 500 --lines 9 | sed '7~9s/_visa/_chargeDeclined/' >orders
	souk-catalog <orders | souk-price | souk-tax | souk-total | book >answers
	run -0 souk-audit --closed --entered orders --answers answers <(exports) <(souk-pay statement)
	assert_output --partial '"verdict":"reconciled","entered":500,"orders":500'
	assert_output --partial '"broken":0}'
	refute_output --partial '"rejected":0'
}

@test "orders under way are open and break nothing; --closed demands that none is" {
	furnish
	order o1 '[{"sku":"globe","qty":2}]' "$CARD" | quote >quoted
	for last in open reserve authorize place settle-stock settle-pay; do
		souk-order open <quoted | if [ $last = open ]; then cat; else souk-stock reserve |
			if [ $last = reserve ]; then cat; else souk-pay authorize |
				if [ $last = authorize ]; then cat; else souk-order place |
					if [ $last = place ]; then cat; else souk-stock settle |
						if [ $last = settle-stock ]; then cat; else souk-pay settle; fi; fi; fi; fi; fi \
			>/dev/null
		run -0 souk-audit < <(exports && souk-pay statement)
		assert_output --partial '"open":1'
	done
	assert_equal "$(exports | findings --closed)" 'not_closed o1'
}

# ---- The order's own record ----

@test "a record that does not follow from itself" {
	assert_equal "$(broken "($ORDER \"o1\") | .record.price.lines[1].subtotal) = 3")" \
		"$(printf '%s o1\n' line_subtotal price_subtotal tax_rates)"
	assert_equal "$(broken "($ORDER \"o3\") | .record.tax.lines[0].tax, .record.tax.rates[0].tax, .record.tax.tax,
		.record.total.tax) = 200")" "$(printf '%s o3\n' tax_line total_sum)"
	assert_equal "$(broken "($ORDER \"o3\") | .record.tax.rates[0].net) += 1")" 'tax_rates o3'
	assert_equal "$(broken "($ORDER \"o3\") | .record.tax.tax) += 1")" \
		"$(printf '%s o3\n' tax_sum tax_sum total_parts)"
	assert_equal "$(broken "($ORDER \"post-5\") | .record.ship.charges[0].amount) -= 1")" 'total_parts post-5'
	assert_equal "$(broken "($ORDER \"o6\") | (.total, .record.total.total)) += 1")" 'total_sum o6'
	assert_equal "$(broken "($ORDER \"o1\") | .record) |= (.promo = {lines: [{discount: 1}, {}, {}], discount: 2}
		| .total.discount = 2 | .tax.rates[0].net -= 1)")" "$(printf '%s o1\n' discount_sum total_sum)"
	assert_equal "$(broken "($ORDER \"o6\") | .total) += 1")" 'record_differs o6'
	assert_equal "$(broken "($ORDER \"o6\") | .record.id) = \"x\"")" 'record_differs o6'
	assert_equal "$(broken "($ORDER \"o6\") | .record.currency) = \"EUR\"")" 'record_differs o6'
}

@test "a fine unit price is right rounded either way, and wrong otherwise" {
	# Three beads at half a penny: 1.5, which is 2 both ways; five are 2.5.
	filter="($ORDER \"o4\") | .record) |= (.price.lines[0].unit_price_decimal = \"0.25\" | .price.lines[0].subtotal = S
		| .price.subtotal = S | .tax.rates[0].net = S | .tax.rates[0].tax = 0 | .tax.lines[0].tax = 0 | .tax.tax = 0
		| .total = {subtotal: S, charges: 0, tax: 0, total: S})
		| ($ORDER \"o4\") | .total) = S"
	for subtotal in 2 3; do
		assert_equal "$(broken "${filter//S/$subtotal}" --no-pay | grep -v payment)" ''
	done
	assert_equal "$(broken "${filter//S/4}" --no-pay)" 'line_subtotal o4'
}

@test "what can't be read of a record is named with the reason" {
	run -1 souk-audit < <(jq -c "($ORDER \"o1\") | .record.price.lines) |= .[1:]" "$BOOKS")
	assert_line --index 0 '{"audit":"record_unreadable","id":"o1","message":"what the order'\''s record says can'\''t be read","error":{"by":"audit","code":"bad_record","message":"price.lines: must be as long as lines"}}'
	assert_line --index 1 --partial '"verdict":"broken"'
	assert_equal "${#lines[@]}" 2
	assert_equal "$(broken "($ORDER \"o1\") | .record.lines[0].qty) = 0")" 'record_unreadable o1'
	assert_equal "$(broken "($ORDER \"o1\") | .record.price.subtotal) = \"much\"")" 'record_unreadable o1'
}

# ---- Orders ----

@test "a record that stands twice counts once" {
	for record in 'export":"order","id":"o1"' 'stock.hold","id":"o1"' 'verb":"adjust","id":"a1"' \
		'pay.payment","order_id":"o1"' 'verb":"capture","id":"c1"' 'stock.level","sku":"globe"'; do
		id=${record##*\":\"}
		run -1 souk-audit "$BOOKS" <(grep "$record" "$BOOKS")
		assert_line --index 0 --partial '{"audit":"exported_twice","id":"'"${id%\"}"
		assert_equal "${#lines[@]}" 2
		assert_line --index 1 --partial '"orders":7,"placed":5,"rejected":2,"open":0,"movements":4,"payments":8,"broken":1}'
	done
}

@test "closed, and not decided" {
	assert_equal "$(broken "($ORDER \"o6\") | .state) = \"open\"")" 'closed_undecided o6'
}

@test "what entered has an outcome, and the one that was told" {
	cd "$BATS_FILE_TMPDIR"
	run -0 souk-audit --entered orders --answers answers "$BOOKS"
	assert_output --partial '"entered":8,"orders":7'
	# Without the answers nobody knows that o8 was refused before the book.
	assert_equal "$(findings --entered orders <"$BOOKS")" 'order_lost o8'
	assert_equal "$(grep -v '"o2"' "$BOOKS" | findings --entered orders --answers answers)" \
		"$(printf '%s o2\n' order_lost answer_differs)"
	assert_equal "$(findings --answers <(sed '/"o6"/s/"rejected"/"placed"/' answers) <"$BOOKS")" 'answer_differs o6'
	# Lines that are no records entered without an id.
	run -0 souk-audit --entered <(echo '{"id":'; echo '[]'; echo '{"id":"o1"}'; echo '{"id":7}') "$BOOKS"
	assert_output --partial '"entered":1,'
}

@test "uses of promotions that do not fit their order, their sum, or their limit" {
	furnish
	printf '%s\n' '{"id":"l","codes":["L"],"kind":"percent","on":"order","percent":"10","usage_limit":3,"per_customer_limit":2}' \
		'{"id":"free","codes":["F"],"kind":"percent","on":"order","percent":"5"}' |
		souk-promo put -e >/dev/null
	coupon() { order "$1" '[{"sku":"globe","qty":4}]' "$3" | jq -c ".customer.id = \"$2\" | .coupons = [\"L\", \"F\"]"; }
	{
		coupon o1 c1 "$CARD"
		coupon o2 c2 "$(tr -d '\n\t' <<<"$DECLINED")"
		coupon o3 c1 "$CARD"
	} | souk-catalog | souk-price | souk-promo | souk-tax | souk-total | souk-order open | souk-promo reserve |
		souk-stock reserve | souk-pay authorize | souk-order place | souk-promo settle | souk-stock settle |
		souk-pay settle | souk-order close | jq -r '.order.state + " " + .promo.state' >states
	assert_equal "$(cat states)" "$(printf '%s\n' 'placed committed' 'rejected released' 'placed committed')"
	{ exports; souk-promo export; } >books
	BOOKS=books
	assert_equal "$(findings <books)" ''
	assert_equal "$(tac books | findings)" ''
	local uses='select(.export == "promo.hold" and .id ==' use='select(.export == "promo.use"'
	assert_equal "$({ cat books; echo '{"export":"promo.hold","id":"o9","state":"none","uses":[]}'; } | findings)" \
		'uses_without_order o9'
	assert_equal "$(broken "($uses \"o1\") | .state) = \"refused\" | ($use and .customer != \"c2\") | .taken) -= 1")" \
		'uses_against_order o1'
	assert_equal "$(broken "($ORDER \"o2\") |= (.state = \"open\" | .closed = false))" | grep uses)" 'uses_against_order o2'
	assert_equal "$(broken "($uses \"o2\") | .state) = \"committed\" | ($use and .customer != \"c1\") | .taken) += 1")" \
		'uses_against_order o2'
	assert_equal "$(broken "($uses \"o1\") | .state) = \"held\"")" 'uses_outlive_order o1'
	assert_equal "$(broken "($uses \"o1\") | .uses) += [{promotion: \"other\"}]")" \
		"$(printf '%s\n' 'uses_differ o1' 'uses_balance other')"
	# Of what the rows are lost.
	assert_equal "$(grep -v 'promo.use' books | findings)" "$(printf 'uses_balance l\nuses_balance l')"
	run -1 souk-audit < <(jq -c "($use and .customer == \"c1\") | .taken) += 1" books)
	assert_line --index 0 '{"audit":"uses_balance","id":"l","message":"what is held and committed does not add up to how often it was taken","customer":"c1","found":3,"expected":2}'
	assert_line --index 1 '{"audit":"used_too_often","id":"l","message":"the promotion was taken more often than its limit ever allowed","customer":"c1","taken":3,"limit":2}'
	assert_equal "$(broken "($use and .customer == null) | .limit) = 1")" 'used_too_often l'
	assert_equal "$({ cat books; grep '"promo[.]' books; } | findings | sort | uniq -c | tr -s ' ')" \
		"$(printf ' %s\n' '3 exported_twice l' '1 exported_twice o1' '1 exported_twice o2' '1 exported_twice o3')"
	# A limit that was narrowed since has nothing to say of what was taken before.
	echo '{"id":"l","codes":["L"],"kind":"percent","on":"order","percent":"10","usage_limit":1,"per_customer_limit":1}' |
		souk-promo put -e >/dev/null
	assert_equal "$({ exports; souk-promo export; } | findings)" ''
	run -1 --separate-stderr souk-audit < <(grep 'promo.hold","id":"o1"' books | jq -c '.uses[0].promotion = 5')
	assert_output ''
	assert_equal "${stderr_lines[0]}" 'souk-audit: line 1: uses[0].promotion: must be a string'
}

# cancellation ID ORDER SKU QTY: takes QTY of the order's pieces back.
cancellation() {
	printf '{"export":"order.cancellation","id":"%s","time":"2026-01-01T00:00:00Z","currency":"GBP","order":{"lines":[{"match":"none","of":[],"rest":1},{"match":"exact","of":[{"order_id":"%s","line":"1","qty":%s}],"rest":0}]},"record":{"id":"%s","currency":"GBP","lines":[{"sku":"x","qty":1},{"sku":"%s","qty":%s}]}}\n' \
		"$1" "$2" "$4" "$1" "$3" "$4"
}

@test "cancellations take back what is placed, and no more than there was" {
	{ cat "$BOOKS"; cancellation b1 o1 globe 2; cancellation b2 o1 globe 1; cancellation b3 o4 bead 10; } >in
	assert_equal "$(findings <in)" ''
	# One piece too many, in another cancellation than the rest.
	assert_equal "$({ cat in; cancellation b4 o1 globe 1; } | findings)" 'cancelled_twice o1'
	assert_equal "$({ cat in; cancellation b4 o6 pen 1; } | findings)" 'cancelled_unplaced o6'
	assert_equal "$({ cat in; cancellation b4 o99 pen 1; } | findings)" 'cancelled_unplaced o99'
	assert_equal "$({ cat in; cancellation b3 o4 bead 10; } | findings)" 'exported_twice b3'
	run -1 souk-audit < <(cancellation b1 o1 globe 2 | sed 's/{"match":"none","of":\[\],"rest":1},//')
	assert_output --partial 'order.lines: must be as long as the lines of the record'
}

@test "events of orders" {
	event() { printf '{"export":"order.event","id":"%s","order_id":"%s","event":"%s","time":"2026-01-01T00:00:00Z"}\n' "$@"; }
	# o4 was voided; what it held is given back with its cancellation.
	jq -c "($HOLD \"o4\") | .lines[0].released) = 10 | ($LEVEL \"bead\") | .taken) -= 10" "$BOOKS" >given
	event x1 o4 cancel >x1
	assert_equal "$(cat given x1 | findings)" ''
	assert_equal "$(cat "$BOOKS" x1 | findings)" 'hold_of_cancelled o4'
	assert_equal "$({ cat given x1; event x2 o4 ship; } | findings)" 'cancelled_shipped o4'
	assert_equal "$({ cat "$BOOKS"; event x2 o3 cancel; } | findings)" \
		"$(printf '%s\n' 'hold_of_cancelled o3' 'payment_of_cancelled o3')"
	assert_equal "$({ cat "$BOOKS"; event x2 o7 ship; event x3 o99 note; } | findings)" 'event_unplaced x2'
	assert_equal "$({ cat given x1 x1; } | findings)" 'exported_twice x1'
}

@test "returns" {
	# return ID ORDER SKU ACCEPTED AMOUNT
	returned() { printf '{"export":"return","id":"%s","order_id":"%s","time":"2026-01-01T00:00:00Z","state":"refunded","currency":"GBP","amount":%s,"lines":[{"id":"1","sku":"%s","requested":9,"received":9,"accepted":%s,"restock":0,"amount":%s}]}\n' "$1" "$2" "$5" "$3" "$4" "$5"; }
	refunded=$(jq -s 'map(select(.export == "pay.payment" and .order_id == "o3").refunded) | add' "$BOOKS")
	echo '{"export":"return.step","verb":"refund","id":"r1","return_id":"r1","time":"2026-01-01T00:00:00Z"}' >step
	assert_equal "$({ cat "$BOOKS" step; returned r1 o3 globe 3 1; returned r2 o3 globe 1 $((refunded - 1)); } | findings)" ''
	assert_equal "$({ cat "$BOOKS"; returned r1 o3 globe 3 1; returned r2 o3 globe 2 0; } | findings)" 'returned_twice o3'
	assert_equal "$({ cat "$BOOKS"; returned r1 o3 globe 3 1; returned r2 o3 globe 1 "$refunded"; } | findings)" 'return_unpaid o3'
	assert_equal "$({ cat "$BOOKS"; returned r1 o3 globe 3 1; returned r1 o3 globe 3 1; } | findings)" 'exported_twice r1'
}

@test "returns: the pieces of each step, and what went to the shelf" {
	# return_of RESTOCK ACCEPTED RECEIVED REQUESTED
	return_of() { printf '{"export":"return","id":"r1","order_id":"o3","time":"2026-01-01T00:00:00Z","state":"%s","currency":"GBP","amount":1,"lines":[{"id":"1","sku":"globe","requested":%s,"received":%s,"accepted":%s,"restock":%s,"amount":1}]}\n' refunded "$4" "$3" "$2" "$1"; }
	echo '{"export":"return.step","verb":"refund","id":"f9","return_id":"r1","time":"2026-01-01T00:00:00Z"}' >step
	# One globe goes back to the shelf.
	jq -c "($LEVEL \"globe\") | .on_hand) += 1" "$BOOKS" >books
	echo '{"export":"stock.movement","verb":"restock","id":"f9","sku":"globe","qty":1,"on_hand":43,"time":"2026-01-01T00:00:00Z"}' >>books
	assert_equal "$({ cat books step; return_of 1 2 3 4; } | findings)" ''
	for pieces in '3 2 3 4' '1 4 3 4' '1 2 5 4'; do
		# shellcheck disable=SC2086 # to be split
		assert_equal "$({ cat "$BOOKS"; return_of $pieces; } | findings --no-stock)" 'return_pieces r1'
	done
	assert_equal "$({ cat books step; return_of 2 2 3 4; } | findings)" 'restock_differs r1'
	assert_equal "$({ cat books step; return_of 0 2 3 4; } | findings)" 'restock_differs r1'
	assert_equal "$({ cat "$BOOKS" step; return_of 1 2 3 4; } | findings)" 'restock_differs r1'
	# Restocked by the refund of a return that has no such sku.
	assert_equal "$({ cat books step; return_of 1 1 1 1 | sed s/globe/pen/; } | findings | sort)" 'restock_differs r1
restock_differs r1
returned_twice o3'
}

@test "gift cards" {
	# c1 holds 1000 of 5000 for one order; 1500 was spent by another, 500 of it given back.
	card() { printf '{"export":"pay.card","card":"%s","last4":"ABCD","currency":"%s","amount":%s,"balance":0,"held":%s,"spent":%s,"time":"2026-01-01T00:00:00Z"}\n' "$@"; }
	jq -c "($PAY \"o3\") | .method, .reference) |= . | ($PAY \"o3\")) |= (.method = \"credit\" | .reference = \"c1\")" "$BOOKS" >books
	held=$(jq -s 'map(select(.export == "pay.payment" and .method == "credit"))[0] | .authorized - .captured' books)
	assert_equal "$({ cat books; card c1 GBP 5000 "$held" 700; card c2 GBP 100 0 0; } | findings)" ''
	assert_equal "$({ cat books; card c1 GBP 700 "$held" 700; } | findings)" 'card_overdrawn c1'
	assert_equal "$({ cat books; card c1 GBP 5000 "$held" 700; card c2 GBP 100 -1 0; } | findings)" "$(printf '%s c2\n' card_overdrawn card_differs)"
	assert_equal "$({ cat books; card c1 GBP 5000 "$held" 1000; } | findings)" 'card_differs c1'
	assert_equal "$({ cat books; card c1 GBP 5000 0 700; } | findings)" 'card_differs c1'
	assert_equal "$({ cat books; card c1 EUR 5000 "$held" 700; } | findings)" 'card_unknown o3'
	assert_equal "$(findings <books)" 'card_unknown o3'
	assert_equal "$({ cat books; card c1 GBP 5000 "$held" 700; card c1 GBP 5000 "$held" 700; } | findings)" 'exported_twice c1'
}

@test "invoices and credit notes" {
	# invoice NUMBER ORDER TOTAL [OF]
	invoice() { printf '{"export":"invoice","number":"%s","kind":"x","id":"i","order_id":"%s"%s,"date":"2026-01-01T00:00:00Z","currency":"GBP","net":%s,"tax":1,"total":%s,"document":{}}\n' "$1" "$2" "${4:+,\"of\":\"$4\"}" $(($3 - 1)) "$3"; }
	{ cat "$BOOKS"; invoice 2026-000001 o3 600; invoice 2026-000002 o3 400; invoice C-2026-000001 o3 300 2026-000001; } >in
	run -0 souk-audit --invoiced in
	assert_output --partial '"payments":8,"invoices":3,"broken":0}'
	assert_equal "$(findings --invoiced <"$BOOKS")" 'invoice_missing o3'
	assert_equal "$(sed 's/2026-000002/2026-000003/' in | findings)" 'invoice_gap 2026'
	assert_equal "$(sed 's/"2026-000001/"2026-000004/' in | sed 's/"C-2026-000004/"C-2026-000001/' | findings)" 'invoice_gap 2026'
	assert_equal "$(sed 's/"net":599/"net":598/' in | findings)" 'invoice_sum 2026-000001'
	assert_equal "$({ cat in; invoice 2026-000003 o6 1; } | findings)" "$(printf '%s\n' 'invoice_unplaced 2026-000003' 'invoice_differs o6')"
	assert_equal "$(sed 's/"currency":"GBP","net":599/"currency":"EUR","net":599/' in | findings)" 'invoice_unplaced 2026-000001'
	assert_equal "$(sed 's/"of":"2026-000001"/"of":"2026-000009"/' in | findings)" 'credit_note_of_none C-2026-000001'
	assert_equal "$(sed 's/"net":299,"tax":1,"total":300/"net":600,"tax":1,"total":601/' in | findings)" \
		"$(printf '%s\n' 'over_credited 2026-000001' 'credit_note_differs o3')"
	assert_equal "$(grep -v '"number":"2026-000002"' in | findings)" 'invoice_differs o3'
	assert_equal "$(grep -v '"number":"C-' in | findings)" 'credit_note_differs o3'
	assert_equal "$({ cat in; invoice 2026-000001 o3 600; } | findings)" 'exported_twice 2026-000001'
	# What was invoiced of an order that is cancelled is credited.
	echo '{"export":"order.event","id":"x1","order_id":"o4","event":"cancel","time":"2026-01-01T00:00:00Z"}' >x1
	jq -c "($HOLD \"o4\") | .lines[0].released) = 10 | ($LEVEL \"bead\") | .taken) -= 10" in >given
	invoice 2026-000003 o4 5 >>given
	assert_equal "$(cat given x1 | findings)" 'invoice_of_cancelled o4'
	assert_equal "$({ cat given x1; invoice C-2026-000002 o4 5 2026-000003; } | findings)" ''
}

# ---- Stock ----

@test "holds that do not fit their order" {
	assert_equal "$(grep -v 'hold","id":"o2"' "$BOOKS" | findings)" ''
	assert_equal "$(grep -v 'hold","id":"o1"' "$BOOKS" | findings)" \
		"$(printf '%s\n' 'hold_missing o1' 'holds_balance bead' 'holds_balance globe')"
	assert_equal "$(grep -v 'hold","id":"o1"' "$BOOKS" | findings --no-stock)" \
		"$(printf '%s\n' 'holds_balance bead' 'holds_balance globe')"
	assert_equal "$(broken "($HOLD \"o1\") | .state) = \"released\" | ($LEVEL \"globe\") | .taken) -= 3
		| ($LEVEL \"bead\") | .taken) -= 3")" 'hold_missing o1'
	assert_equal "$(broken "($HOLD \"o7\") | .lines[0].qty) = 2")" 'hold_differs o7'
	assert_equal "$(broken "($HOLD \"o7\") | .lines) += [{sku: \"pen\", qty: 1}]")" 'hold_differs o7'
	assert_equal "$(broken "($HOLD \"o1\") | .lines) = []")" "$(printf '%s\n' 'hold_differs o1' 'hold_differs o1' \
		'holds_balance bead' 'holds_balance globe')"
	assert_equal "$({ cat "$BOOKS"; echo '{"export":"stock.hold","id":"o9","state":"released","lines":[]}'; } |
		findings)" 'hold_without_order o9'
	assert_equal "$(broken "($ORDER \"o7\") |= (.state = \"open\" | .closed = false))" | grep -v payment)" \
		'hold_undecided o7'
	assert_equal "$(broken "($HOLD \"o7\") | .state) = \"committed\" | ($LEVEL \"globe\") | .taken) += 1")" \
		'hold_of_rejected o7'
	assert_equal "$(broken "($HOLD \"o7\") | .state) = \"held\" | ($LEVEL \"globe\") | .taken) += 1")" \
		'hold_outlives_order o7'
	assert_equal "$(broken "($HOLD \"o3\") | .state) = \"held\"")" 'hold_outlives_order o3'
}

@test "an order that was rejected before it came to stock has a hold of nothing" {
	furnish
	order o1 '[{"sku":"globe","qty":3}]' "$CARD" | quote | souk-order open |
		jq -c '.error = {by: "promo", code: "promotion_used_up", message: "used up"}' |
		souk-stock reserve | souk-pay authorize | souk-order place | souk-stock settle | souk-pay settle |
		souk-order close >answer
	assert_equal "$(jq -c '[.order.state, .stock.state]' answer)" '["rejected","none"]'
	run souk-audit --closed <(exports)
	assert_success
	assert_output --partial '"verdict":"consistent"'
}

@test "levels that do not balance" {
	run -1 souk-audit < <(jq -c "($LEVEL \"globe\") | .on_hand) -= 1" "$BOOKS")
	assert_line --index 0 '{"audit":"movements_balance","id":"globe","message":"what came and went does not add up to what is on hand","found":41,"expected":42}'
	assert_equal "$(grep -v '"a1"' "$BOOKS" | findings)" 'movements_balance globe'
	assert_equal "$(grep -v 'level","sku":"bead"' "$BOOKS" | findings)" \
		"$(printf '%s bead\n' movements_balance holds_balance)"
	assert_equal "$(broken "($LEVEL \"pen\") | .taken) = 0")" 'holds_balance pen'
}

@test "movements that are no running balance" {
	MOVE='select(.export == "stock.movement" and .id =='
	furnish
	for id in a2:3 a3:-3 a4:7; do
		echo "{\"id\":\"${id%:*}\",\"sku\":\"globe\",\"qty\":${id#*:},\"reason\":\"counted\"}" | souk-stock adjust
	done >/dev/null
	exports >books
	BOOKS=books
	assert_equal "$(findings <books)" ''
	# Each alone, and what keeps the sum.
	for id in r1 a1 a2 a3 a4; do
		assert_equal "$(broken "($MOVE \"$id\") | .on_hand) += 2")" 'movements_chain globe'
		assert_equal "$(broken "($MOVE \"$id\") | .qty) += 2 | ($LEVEL \"globe\") | .on_hand) += 2")" \
			'movements_chain globe'
	done
	run -1 souk-audit < <(jq -c "($MOVE \"a1\") | .on_hand) = 40" books)
	assert_line --index 0 '{"audit":"movements_chain","id":"globe","message":"no order of the movements has each begin with what the one before left","on_hand":40,"left":1,"found":0}'
	# There and back where the stock never was.
	assert_equal "$(broken "($MOVE \"a2\") | .on_hand) = 103 | ($MOVE \"a3\") | .on_hand) = 100")" \
		'movements_chain globe'
	# Nothing moved at a level that was, and at one that never was.
	assert_equal "$(broken "($MOVE \"a4\") | .qty, .on_hand) = 0 | ($LEVEL \"globe\") | .on_hand) = 42")" ''
	assert_equal "$(broken "($MOVE \"a4\") | .qty) = 0 | ($LEVEL \"globe\") | .on_hand) = 42")" \
		'movements_chain globe'
	# A movement gone, and the level with it.
	assert_equal "$(grep -v '"a1"' books | jq -c "($LEVEL \"globe\") | .on_hand) += 8" | findings)" \
		'movements_chain globe'
}

@test "more taken than there was; a loss may make it so" {
	furnish
	order o1 '[{"sku":"globe","qty":42}]' "$CARD" | quote | book >/dev/null
	echo '{"id":"a2","sku":"globe","qty":-5,"reason":"lost"}' | souk-stock adjust >/dev/null
	run -0 souk-audit < <(exports)
	assert_equal "$(exports | jq -c 'if .id == "r1" then .qty = 49 else . end |
		if .sku == "globe" and .on_hand then .on_hand -= 1 else . end' | findings)" ''
	assert_equal "$(exports | jq -c 'select(.id != "a1" and .id != "a2") | if .id == "r1" then (.qty, .on_hand) = 37
		else . end' | findings)" 'oversold globe'
}

@test "goods at several locations, ordered before they come, shipped and brought back" {
	furnish
	printf '%s\n' '{"location":"north"}' '{"sku":"pen","allow_backorder":true}' | souk-stock put -e >/dev/null
	echo '{"id":"t1","sku":"globe","qty":20,"to":"north"}' | souk-stock transfer -e >/dev/null
	{ order o1 '[{"id":"1","sku":"globe","qty":30}]' "$CARD"; order o2 '[{"id":"1","sku":"pen","qty":4}]' "$CARD"
	order o3 '[{"id":"1","sku":"globe","qty":1}]' "$CARD"; } | quote | book >/dev/null
	assert_equal "$(exports | findings)" ''
	echo '{"id":"r9","sku":"pen","qty":2}' | souk-stock receive -e >/dev/null
	printf '{"id":"%s","order_id":"%s","ship":{"lines":[{"sku":"%s","qty":%d}]}}\n' s1 o1 globe 25 s2 o2 pen 3 |
		souk-stock ship -e >/dev/null
	echo '{"id":"c1","order_id":"o3"}' | souk-stock release -e >/dev/null
	echo '{"id":"b1","lines":[{"sku":"globe","qty":3}],"location":"north"}' | souk-stock restock -e >/dev/null
	echo '{"id":"k1","sku":"globe","qty":1,"location":"north"}' | souk-stock stocktake -e >/dev/null
	exports >books
	BOOKS=books
	run -0 findings <books
	assert_output ''
	SHELF='select(.export == "stock.shelf" and .sku =='
	assert_equal "$(broken "($SHELF \"globe\") | .on_hand) += 1")" 'shelf_balance globe'
	assert_equal "$(broken 'select(.export == "stock.shelf" | not)')" 'shelf_balance globe'
	assert_equal "$(broken '(select(.id == "k1") | .on_hand) += 1')" 'movements_chain globe'
	assert_equal "$(broken '(select(.export == "stock.hold") | .lines[].shipped) = 0')" \
		"$(printf 'holds_balance %s\n' globe pen)"
	assert_equal "$(broken '(select(.export == "stock.hold") | .lines[].released) = 0')" 'holds_balance globe'
	assert_equal "$(broken '(select(.export == "stock.hold") | .lines[].backordered) = 0')" 'oversold pen'
}

# ---- Payments ----

@test "payments that do not fit their order" {
	assert_equal "$({ cat "$BOOKS" && sed -n '/pay.payment","order_id":"o2"/s/o2/o9/gp' "$BOOKS"; } | findings)" \
		'payment_without_order o9'
	assert_equal "$(broken "($PAY \"o2\") | .currency) = \"EUR\"")" 'payment_currency o2'
	assert_equal "$(broken "($PAY \"o2\") | .key) = \"authorize/o1/1\"")" 'payment_key_twice o1'
	assert_equal "$(broken "($PAY \"o3\") | .amount) -= 1")" 'payment_amounts o3'
	assert_equal "$(broken "($PAY \"o2\") | (.amount, .authorized)) += 1")" 'payment_total o2'
	assert_equal "$(broken "($PAY \"o2\") | .state) = \"declined\"")" 'payment_total o2'
	assert_equal "$(grep -v 'payment","order_id":"post-5","id":"bill"' "$BOOKS" | findings)" 'payment_total post-5'
	assert_equal "$(grep -v 'pay.payment","order_id":"o1"' "$BOOKS" | findings --no-pay)" ''
	assert_equal "$(broken "($PAY \"o2\") | .settled) = false")" 'payment_unsettled o2'
	assert_equal "$(broken "($PAY \"o7\" and .id == \"card\") | .settled) = true")" 'payment_settled_unplaced o7'
	for state in authorized intended voiding; do
		assert_equal "$(broken "($PAY \"o7\" and .id == \"card\") | .state) = \"$state\"")" 'payment_of_rejected o7'
	done
	assert_equal "$({ jq -c "($PAY \"o7\" and .id == \"card\") | .captured) = 100" "$BOOKS"
		echo '{"export":"pay.event","verb":"capture","id":"c2","order_id":"o7","payment":"card","amount":100,"state":"done"}'
	} | findings)" 'captured_unplaced o7'
}

@test "captures, voids and refunds that do not fit their payment" {
	assert_equal "$(broken "($EVENT \"c1\") | .amount) += 1")" 'events_balance o3'
	assert_equal "$(broken "($EVENT \"f1\") | .state) = \"declined\"")" 'events_balance o3'
	assert_equal "$(broken "($PAY \"o3\") | .refunded) = 301")" 'events_balance o3'
	assert_equal "$(grep -v '"v1"' "$BOOKS" | findings)" 'void_unexplained o4'
	assert_equal "$(broken "($PAY \"o4\") | .state) = \"authorized\"")" 'void_unexplained o4'
	assert_equal "$({ cat "$BOOKS"
		echo '{"export":"pay.event","verb":"refund","id":"f2","order_id":"o1","payment":"x","amount":1,"state":"done"}'
	} | findings)" 'event_without_payment f2'
	# Amounts whose sum does not fit break a rule, not the audit.
	assert_equal "$({ cat "$BOOKS"
		printf '{"export":"pay.event","verb":"capture","id":"c%s","order_id":"o3","payment":"card","amount":9223372036854775807,"state":"done"}\n' 2 3
	} | findings)" 'events_balance o3'
}

# ---- The provider's books ----

@test "what the provider has otherwise" {
	assert_equal "$(with_statement .)" ''
	assert_equal "$({ cat "$BOOKS" "$STATEMENT" && grep o2 "$STATEMENT"; } | findings)" 'double_charge authorize/o2/1'
	assert_equal "$({ cat "$BOOKS" "$STATEMENT" && sed -n '/o2/s/o2/again/p' "$STATEMENT"; } | findings)" \
		'statement_unknown authorize/again/1'
	assert_equal "$(with_statement 'select(.key != "authorize/o2/1")')" 'statement_missing o2'
	for change in '.authorized += 1' '.captured += 1' '.refunded += 1' '.currency = "EUR"' '.reference = "x"'; do
		assert_equal "$(with_statement "if .key == \"authorize/o3/1\" then $change else . end")" 'statement_differs o3'
	done
}

@test "a lost void, a charge that was done though we know nothing of it" {
	# The void of a rejected order never got there.
	sqlite3 "$BATS_FILE_TMPDIR/db/pay-test/pay-test.db" "UPDATE charge SET voided = 0 WHERE key = 'authorize/o7/1'"
	lost=$(SOUK_DB="$BATS_FILE_TMPDIR/db" souk-pay statement)
	sqlite3 "$BATS_FILE_TMPDIR/db/pay-test/pay-test.db" "UPDATE charge SET voided = 1 WHERE key = 'authorize/o7/1'"
	assert_equal "$({ cat "$BOOKS" && echo "$lost"; } | findings)" 'statement_void o7'
	assert_equal "$(with_statement 'if .key == "authorize/o2/1" then .voided = true else . end')" 'statement_void o2'
	# Declined here, charged there.
	assert_equal "$({ cat "$BOOKS" "$STATEMENT"
		sed -n 's/"authorized":100,/"authorized":206,/; s,authorize/o7/1,authorize/o7/2,p' "$STATEMENT"
	} | findings)" "$(printf '%s o7\n' statement_differs statement_void)"
}

@test "a charge whose answer is still due is no difference" {
	furnish
	order o1 '[{"sku":"globe","qty":2}]' "${CARD/visa/timeout}" | quote | souk-order open | souk-stock reserve |
		souk-pay authorize >waiting
	assert_equal "$(jq -r .wait.code waiting)" unknown
	run -0 souk-audit < <(exports && souk-pay statement)
	assert_output --partial '"verdict":"reconciled"'
	# Once the order is closed it is one.
	assert_equal "$({ exports && souk-pay statement; } | jq -c "($ORDER \"o1\") |= (.state = \"rejected\" | .closed = true))
		| ($HOLD \"o1\") | .state) = \"released\" | ($LEVEL \"globe\") | .taken) = 0" | findings)" 'payment_of_rejected o1'
}

@test "other pieces counted than are on hand" {
	printf '{"export":"stocktake","sku":"%s","qty":%s}\n' globe 41 bead 900 lamp 0 brush 2 >counted
	run -1 souk-audit "$BOOKS" counted
	assert_line --index 0 '{"audit":"stocktake_differs","id":"brush","message":"other pieces were counted than are on hand","counted":2,"on_hand":0}'
	assert_line --index 1 --partial '"id":"globe","message":"other pieces were counted than are on hand","counted":41,"on_hand":42}'
	assert_line --index 2 --partial '"verdict":"broken"'
	assert_equal "${#lines[@]}" 3
}

# ---- Bad input, options ----

@test "bad lines are named, and there is no verdict" {
	{
		head -1 "$BOOKS"
		echo 'no json'
		echo
		echo '{"export":"loan","id":"l1"}'
		echo '{"id":"o1"}'
		jq -c "$HOLD \"o1\") | del(.state)" "$BOOKS"
		jq -c "$ORDER \"o1\") | .state = \"lost\"" "$BOOKS"
		jq -c "$PAY \"o1\") | .authorized = \"1\"" "$BOOKS"
		printf '{"export":"order","id":"%01100d"}\n' 0
	} >bad
	run -1 --separate-stderr souk-audit --max-record 1500 bad
	assert_output ''
	# shellcheck disable=SC2154 # set by run
	assert_equal "$stderr" "$(cat <<-'END'
		souk-audit: bad: line 2: not a JSON object (byte 1 of the line)
		souk-audit: bad: line 4: export: loan is none that souk-audit knows
		souk-audit: bad: line 5: export is missing
		souk-audit: bad: line 6: state is missing
		souk-audit: bad: line 7: state: must be open, placed or rejected
		souk-audit: bad: line 8: authorized: must be a whole number from -9223372036854775807 to 9223372036854775807
		souk-audit: bad: line 9: id: must be 1 to 128 bytes long
		souk-audit: 7 lines can't be taken: no verdict on half a book
	END
	)"
	run -1 --separate-stderr souk-audit --max-record 1024 bad
	assert_regex "$stderr" 'line 9: the line is longer than 1024 bytes'
}

@test "usage and failures" {
	run -2 souk-audit --closd
	assert_output --partial 'did you mean --closed?'
	run -3 souk-audit nowhere
	assert_output 'souk-audit: cannot open nowhere: No such file or directory'
	run -3 bash -c 'souk-audit "$1" >/dev/full' - "$BOOKS"
	assert_output --partial 'No space left on device'
}

@test "each rule is listed, is in the manual, and is broken by a test" {
	run -0 souk-audit --list
	for rule in "${lines[@]%% *}"; do
		grep -q "^\.It Er $rule\$" "$ROOT/man/souk-audit.1" || fail "$rule is not in the manual"
		[ "$(grep -c "\b$rule\b" "$BATS_TEST_FILENAME")" -gt 0 ] || fail "$rule is broken by no test"
	done
	assert_equal "$(grep -c '^\.It Er' "$ROOT/man/souk-audit.1")" "${#lines[@]}"
}

@test "memory does not grow with the books" {
	# A sanitizer takes memory of its own: it is the plain binary that is measured.
	PATH="$ROOT/bin:$PATH"
	python3 - >large <<-'END'
		for n in range(60000):
		    print('{"export":"order","id":"o%08d","state":"rejected","closed":true,"currency":"GBP","total":5,"record":{"id":"o%08d","currency":"GBP","lines":[{"sku":"s%d","qty":2},{"sku":"t%d","qty":1}],"total":{"total":5}}}' % ((n * 7919 % 60000,) * 2 + (n, n)))
	END
	run -0 bash -c '/usr/bin/time -f %M souk-audit large >/dev/null'
	[ "$output" -lt 16384 ]
}
