#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-ledger: hledger and bean-check take the journal, every account holds what the
# records add up to, and of books that do not fit together there is none.

bats_require_minimum_version 1.5.0
load helper

# order ID TIME CURRENCY LINES
order() {
	printf '{"id":"%s","time":"%s","currency":"%s","ship_to":{"country":"GB"},"lines":%s,"pay_with":[{"id":"card","method":"test","token":"pm_card_visa"}]}\n' "$@"
}

furnish() {
	souk-catalog put >/dev/null <<-'END'
		{"sku":"globe","title":"Globe","cost":{"currency":"GBP","amount":120}}
		{"sku":"bead","title":"Bead","cost":{"currency":"GBP","amount_decimal":"0.25"}}
		{"sku":"fan","title":"Fan"}
	END
	souk-price put >/dev/null <<-'END'
		{"sku":"globe","currency":"GBP","amount":255}
		{"sku":"bead","currency":"GBP","amount_decimal":"0.5"}
		{"sku":"fan","currency":"JPY","amount":1500}
		{"sku":"fan","currency":"KWD","amount":4125}
	END
	echo '{"country":"GB","class":"standard","rate":"17.5"}' | souk-tax put >/dev/null
	printf '{"id":"r%s","sku":"%s","qty":%s}\n' 1 globe 50 2 bead 900 3 fan 10 |
		souk-stock receive --now 2010-11-30 >/dev/null
	echo '{"id":"a1","sku":"globe","qty":-2,"reason":"broken"}' | souk-stock adjust --now 2010-12-02 >/dev/null
}

# quote [TAX-OPTION...]: prices; a fifth off order promo-1, postage on it of two pounds.
quote() {
	souk-catalog | souk-price | jq -c 'if .id == "promo-1" then
			.promo = {lines: [{discount: 102}, {discount: 0}], discount: 102}
			| .ship = {charges: [{label: "Post", amount: 200, tax_class: "standard"}]}
			| .wrap = {charges: [{label: "Gift wrap", amount: 50, tax_class: "standard"}]}
		else . end' | souk-tax "$@" | souk-total
}

book() {
	souk-order open | souk-stock reserve | souk-pay authorize | souk-order place |
		souk-stock settle | souk-pay settle | souk-order close
}

exports() {
	souk-order export && souk-stock export && souk-pay export
}

# shop [TAX-OPTION...]: four orders, of which dear-4 is rejected; books in `books`.
shop() {
	furnish
	{
		order promo-1 2010-12-01T08:26:00Z GBP '[{"sku":"globe","qty":2},{"id":"b","sku":"bead","qty":3}]'
		order yen-2 2010-12-01T09:00:00Z JPY '[{"sku":"fan","qty":2}]'
		order dinar-3 2010-12-03 KWD '[{"sku":"fan","qty":1}]'
		order dear-4 2010-12-03 GBP '[{"sku":"globe","qty":100}]'
	} | quote "$@" | book >answers
	exports >books
}

balance() { # JOURNAL ACCOUNT [CURRENCY]
	hledger -f "$1" balance --flat --no-total --layout=bare -O csv "$2" ${3:+cur:$3} |
		tr -d '"' | tail -n +2 | cut -d, -f2,3 | paste -sd' '
}

# checked OPTION...: the journals that both programs take, in j.hledger and j.beancount.
checked() {
	souk-ledger "$@" >j.hledger
	souk-ledger -f beancount "$@" >j.beancount
	hledger -f j.hledger check --strict ordereddates
	bean-check j.beancount
}

@test "an order is a receivable, made of sales, discount, postage, charges and VAT" {
	shop
	souk-ledger books >j
	run -0 cat j
	# 510 + 2 (1.5 rounded) - 102 + 200 + 50 = 660; VAT 71 + 0 + 35 + 9.
	assert_output "; made by souk-ledger $(sed -n '1s/^Souk //p' "$ROOT/NEWS") of the books of a shop
commodity 1000.00 GBP
commodity 1000. JPY
commodity 1000.000 KWD
account assets:receivable
account expenses:discounts
account income:charges:wrap
account income:sales
account income:shipping
account liabilities:vat:GB:17.5

2010-12-01 * order promo-1
    assets:receivable                               7.75 GBP
    expenses:discounts                              1.02 GBP
    income:charges:wrap                            -0.50 GBP
    income:sales                                   -5.12 GBP
    income:shipping                                -2.00 GBP
    liabilities:vat:GB:17.5                        -1.15 GBP

2010-12-01 * order yen-2
    assets:receivable                               3525 JPY
    income:sales                                   -3000 JPY
    liabilities:vat:GB:17.5                         -525 JPY

2010-12-03 * order dinar-3
    assets:receivable                              4.847 KWD
    income:sales                                  -4.125 KWD
    liabilities:vat:GB:17.5                       -0.722 KWD"
	checked books
	run -0 cat j.beancount
	assert_line 'option "operating_currency" "KWD"'
	assert_line '2010-12-01 open Liabilities:Vat:GB:17-5'
	assert_line '2010-12-03 * "order dinar-3"'
	assert_line '  Assets:Receivable                              4.847 KWD'
	# The order of the exports does not matter.
	tac books | souk-ledger - | cmp - j
}

@test "of prices that contain the tax, sales and discount are without it" {
	shop --inclusive
	checked books
	# 510 + 2 - 102 with 61 of VAT, 15 in the discount of 102: sales 512 - 61 - 15.
	run -0 balance j.hledger 'income:sales' GBP
	assert_output "GBP,-4.36"
	run -0 balance j.hledger 'expenses:discounts' GBP
	assert_output "GBP,0.87"
	run -0 balance j.hledger 'income:shipping' GBP
	assert_output "GBP,-1.70"
	run -0 balance j.hledger 'assets:receivable' GBP
	assert_output "GBP,6.60"
}

@test "captures and refunds are money at the provider, a gift card what the shop owed" {
	shop
	echo '{"id":"c1","order_id":"promo-1"}' | souk-pay capture --now 2010-12-05 >/dev/null
	echo '{"id":"f1","order_id":"promo-1","amount":175}' | souk-pay refund --now 2010-12-06 >/dev/null
	exports >books
	checked books
	run -0 balance j.hledger assets:provider:test
	assert_output "GBP,6.00"
	# So says the provider.
	assert_equal "$(souk-pay statement | jq -s 'map(select(.currency == "GBP") | .captured - .refunded) | add')" 600
	run -0 balance j.hledger assets:receivable GBP
	assert_output "GBP,1.75"
	run -0 grep -A 2 '^2010-12-05' j.hledger
	assert_output "2010-12-05 * capture c1, order promo-1
    assets:provider:test                            7.75 GBP
    assets:receivable                              -7.75 GBP"
	jq -c 'if .export == "pay.payment" then .method = "credit" else . end' books >credit
	checked credit
	run -0 balance j.hledger liabilities:credit
	assert_output "GBP,6.00"
	# What is not done yet, or was declined, is not money.
	jq -c 'if .verb == "refund" then .state = "intended" else . end' books >intended
	checked intended
	run -0 balance j.hledger assets:provider:test
	assert_output "GBP,7.75"
}

@test "a gift card is owed from its issue until it is spent" {
	shop
	echo '{"id":"g1","currency":"GBP","amount":5000,"code":"GIFT-FOR-ANNA"}' | souk-pay issue --now 2010-12-01 >/dev/null
	exports >books
	checked books
	run -0 grep -A 2 'gift card' j.hledger
	assert_output '2010-12-01 * gift card g1
    income:gift-cards                              50.00 GBP
    liabilities:credit                            -50.00 GBP'
	order card-5 2010-12-04 GBP '[{"sku":"globe","qty":2}]' | jq -c '.pay_with = [{method: "credit", token: "gift for anna"}]' |
		quote | book >/dev/null
	echo '{"id":"c5","order_id":"card-5"}' | souk-pay capture --now 2010-12-05 >/dev/null
	echo '{"id":"f5","order_id":"card-5","amount":100}' | souk-pay refund --now 2010-12-06 >/dev/null
	exports >books
	checked books
	# What is owed is what the cards have left.
	run -0 balance j.hledger liabilities:credit
	assert_output 'GBP,-45.01'
	assert_equal "$(souk-pay cards | jq .balance)" 4501
	run -1 souk-ledger books <(grep pay.card books)
	run -0 souk-audit books
}

@test "goods are worth their cost from the receipt until they are sold" {
	shop
	souk-catalog list >costs
	checked --costs costs books
	# 50 - 2 - 2 globes at 1.20, 900 - 3 beads at a quarter of a penny (0.75 is rounded to a penny).
	run -0 balance j.hledger assets:stock
	assert_output "GBP,57.44"
	run -0 balance j.hledger expenses:cost
	assert_output "GBP,2.41"
	run -0 balance j.hledger expenses:shrinkage
	assert_output "GBP,2.40"
	run -0 balance j.hledger liabilities:goods-received
	assert_output "GBP,-62.25"
	run -0 grep -A 2 '^2010-12-02' j.hledger
	assert_output "2010-12-02 * adjust a1, globe
    assets:stock                                   -2.40 GBP
    expenses:shrinkage                              2.40 GBP"
	# What is shipped was sold before; what comes back is no cost any more.
	{
		cat books
		echo '{"export":"stock.movement","verb":"ship","id":"s1","sku":"globe","qty":-2,"on_hand":46,"time":"2010-12-04T00:00:00Z"}'
		echo '{"export":"stock.movement","verb":"return","id":"b1","sku":"globe","qty":1,"on_hand":47,"time":"2010-12-09T00:00:00Z"}'
		echo '{"export":"stock.movement","verb":"transfer","id":"t1","sku":"globe","location":"attic","qty":5,"on_hand":5,"time":"2010-12-09T00:00:00Z"}'
	} >moved
	checked --costs costs moved
	run -0 balance j.hledger assets:stock
	assert_output "GBP,58.64"
	run -0 balance j.hledger expenses:cost
	assert_output "GBP,1.21"
	# What was counted is as adjusted; what a cancellation released was never a cost.
	{
		jq -c 'if .export == "stock.hold" and .id == "promo-1" then .lines[0].released = 2 else . end' books
		echo '{"export":"stock.movement","verb":"stocktake","id":"t1","sku":"globe","qty":-1,"on_hand":47,"time":"2010-12-09T00:00:00Z"}'
	} >moved
	checked --costs costs moved
	run -0 balance j.hledger expenses:cost
	assert_output "GBP,0.01"
	run -0 balance j.hledger expenses:shrinkage
	assert_output "GBP,3.60"
	run -2 souk-ledger --costs - <books
	assert_output --partial "the standard input holds the exports"
}

@test "orders without an address are of the shop's own country, if that is told" {
	shop
	jq -c 'if .export == "order" then del(.record.ship_to) else . end' books >here
	run -1 souk-ledger here
	assert_output --partial "order promo-1: ship_to is missing, and no --country is given for it"
	checked --country JE here
	run -0 balance j.hledger liabilities:vat:JE:17.5 GBP
	assert_output "GBP,-1.15"
}

@test "returns give back price and VAT as they were paid, to the penny when all is back" {
	shop
	# Of the line of two globes 408 + 71 were paid; one comes back for 240, then the other.
	RETURN='{"export":"return","id":"%s","order_id":"promo-1","time":"2010-12-07T00:00:00Z","state":"%s","currency":"GBP","amount":%s,"lines":[{"id":"1","sku":"globe","amount":%s}]}\n'
	{
		cat books
		printf "$RETURN" t1 refunded 240 240 t2 refunded 239 239 t3 received 0 0
		echo '{"export":"return.step","verb":"refund","id":"x1","return_id":"t1","time":"2010-12-08T00:00:00Z"}'
	} >back
	checked back
	run -0 grep --no-group-separator -A 3 'return t' j.hledger
	assert_output "2010-12-07 * return t2, order promo-1
    assets:receivable                              -2.39 GBP
    income:returns                                  2.04 GBP
    liabilities:vat:GB:17.5                         0.35 GBP
2010-12-08 * return t1, order promo-1
    assets:receivable                              -2.40 GBP
    income:returns                                  2.04 GBP
    liabilities:vat:GB:17.5                         0.36 GBP"
	printf "$RETURN" t4 refunded 1 1 >>back
	run -1 --separate-stderr souk-ledger back
	assert_output ""
	assert_equal "$stderr" "souk-ledger: return t1, order promo-1: more is given back for a line than was paid
souk-ledger: 1 record can't be taken: no journal of half a book"
}

@test "a cancelled order is undone" {
	shop
	{
		cat books
		echo '{"export":"order.event","id":"e1","order_id":"yen-2","event":"cancel","time":"2010-12-04T00:00:00Z"}'
		echo '{"export":"order.event","id":"e2","order_id":"promo-1","event":"ship","time":"2010-12-04T00:00:00Z"}'
	} >cancelled
	checked cancelled
	run -0 grep -A 3 '^2010-12-04' j.hledger
	assert_output "2010-12-04 * cancel e1, order yen-2
    assets:receivable                              -3525 JPY
    income:sales                                    3000 JPY
    liabilities:vat:GB:17.5                          525 JPY"
	run -0 balance j.hledger income:returns
	assert_output ""
}

@test "what a cancellation matched is given back once, by the returns that are made of it" {
	furnish
	printf '{"id":"o1","time":"2010-12-01T08:26:00Z","currency":"GBP","customer":{"id":"c1"},"ship_to":{"country":"GB"},"lines":[{"id":"1","sku":"globe","qty":2},{"sku":"bead","qty":3}],"pay_with":[{"method":"invoice"}]}\n' |
		souk run "$ROOT/pipelines/checkout" >answer
	echo '{"id":"s1","order_id":"o1","event":"ship"}' | souk run "$ROOT/pipelines/ship" >>answer
	exports >before
	souk-ledger before >unmatched
	echo '{"id":"k1","time":"2010-12-02T00:00:00Z","currency":"GBP","customer":{"id":"c1"},"lines":[{"sku":"globe","qty":2},{"sku":"bead","qty":1}]}' |
		souk-order match >matched
	run -0 jq -c '[.order.lines[].of[]]' matched
	assert_output '[{"order_id":"o1","line":"1","qty":2},{"order_id":"o1","line":1,"qty":1}]'
	exports >books
	souk-ledger books | diff unmatched -
	# 255 x 2 and 17.5 %: all of the line, with all of its VAT.
	echo '{"id":"t1","order_id":"o1","event":"return","lines":[{"id":"1","qty":2}]}' |
		souk run "$ROOT/pipelines/return" >>answer
	run ! grep '"error"' answer
	{ exports; souk-return export; } >books
	checked books
	run -0 balance j.hledger income:returns
	assert_output "GBP,5.10"
	run -0 balance j.hledger assets:receivable
	assert_output ""
	run -0 balance j.hledger liabilities:vat
	assert_output ""
	run -0 souk-audit books
}

@test "ids can't end a title or begin a comment" {
	shop
	sed 's/yen-2/; 2 \\"x\\" a\\\\b/g' books >odd
	checked odd
	run -0 hledger -f j.hledger register -O csv assets:receivable cur:JPY
	assert_output --partial 'order %3B 2 ""x"" a\b'
}

@test "of books that do not add up, or stand twice, there is no journal" {
	shop
	jq -c 'if .id == "yen-2" then .record.tax.lines[0].tax += 1 else . end' books >wrong
	run -1 --separate-stderr souk-ledger wrong
	assert_output ""
	assert_equal "${stderr_lines[0]}" "souk-ledger: wrong: line 4: order yen-2: order yen-2 does not add up: souk-audit tells where"
	run -1 --separate-stderr souk-ledger books <(grep '"order","id":"promo' books)
	assert_output ""
	assert_equal "${stderr_lines[0]##*: line }" "1: order promo-1 stands twice"
	run -1 --separate-stderr souk-ledger <(grep -v '"pay.payment"' books) - <<<'{"export":"pay.event","verb":"capture","id":"c9","order_id":"o9","payment":"card","amount":1,"state":"done","time":"2010-12-05T00:00:00Z"}'
	assert_output ""
	assert_equal "${stderr_lines[0]}" "souk-ledger: capture c9: order o9 has no payment card"
	run -1 --separate-stderr souk-ledger <<<'no record'
	assert_equal "${stderr_lines[0]##*: line }" "1: not a JSON object (byte 1 of the line)"
}

@test "amounts beyond counting are refused, not made floating" {
	order='{"export":"order","id":"%s","state":"placed","closed":true,"currency":"GBP","total":9000000000000000000,"opened":"2010-12-01T00:00:00Z","record":{"id":"%s","currency":"GBP","lines":[{"sku":"x","qty":1}],"total":{"total":9000000000000000000}}}\n'
	printf "$order" a a | souk-ledger | grep -q '90000000000000000.00 GBP'
	hold='{"export":"stock.hold","id":"a","state":"committed","lines":[{"sku":"x","qty":1000000000}]}'
	echo '{"sku":"x","cost":{"currency":"GBP","amount":9000000000000000000}}' >costs
	run -1 souk-ledger --costs costs <(printf "$order" a a; echo "$hold")
	assert_output --partial "1000000000 pieces of x are worth more than can be counted"
}

@test "the real orders of December: hledger, beancount, jq and souk-audit agree" {
	souk-catalog put <"$SOUK_DATA/catalog.ndjson" >/dev/null
	souk-price put <"$SOUK_DATA/prices.ndjson" >/dev/null
	souk-tax put <"$SOUK_DATA/tax-rates.ndjson" >/dev/null
	souk-stock receive <"$SOUK_DATA/stock.ndjson" >/dev/null
	zcat "$SOUK_DATA"/orders-2010-12.csv.gz | souk run "$ROOT/pipelines/import-uci-orders" |
		souk-catalog | souk-price --agreed | souk-tax | souk-total | book >answers
	# Every third order is captured, every sixth given back in part.
	souk-order list --state placed | jq -c 'select(.id[-1:] | tonumber % 3 == 0) | {id: ("c-" + .id), order_id: .id}' |
		souk-pay capture >captured
	jq -c 'select(.order_id[-1:] == "6") | {id: ("f-" + .order_id), order_id, amount: ((.pay.payments[0].amount / 2) | floor)} | select(.amount > 0)' captured |
		souk-pay refund >refunded
	exports >books
	sed 's/}$/,"cost":{"currency":"GBP","amount":100}}/' "$SOUK_DATA/catalog.ndjson" >costs
	checked --costs costs books
	pounds='def pounds: (. as $n | (if $n < 0 then "-" else "" end) + ((($n | fabs) / 100 | floor) | tostring) + "." + ("0" + (($n | fabs) % 100 | tostring))[-2:]);'
	# What jq adds up of the same records.
	jq -rn "$pounds"'
		def post($account; $amount): .[$account] = (.[$account] // 0) + $amount;
		reduce inputs as $x ({};
		if $x.export == "order" and $x.state == "placed" then
			post("assets:receivable"; $x.total) | post("income:sales"; -$x.record.price.subtotal)
			| reduce $x.record.tax.rates[] as $r (.; post("liabilities:vat:\($x.record.ship_to.country):\($r.rate)"; -$r.tax))
		elif $x.export == "pay.event" and $x.state == "done" then
			(if $x.verb == "capture" then $x.amount else -$x.amount end) as $n
			| post("assets:provider:invoice"; $n) | post("assets:receivable"; -$n)
		elif $x.export == "stock.level" then post("assets:stock"; 100 * ($x.on_hand - $x.taken))
		elif $x.export == "stock.hold" and $x.state == "committed" then
			post("expenses:cost"; 100 * ([$x.lines[].qty] | add // 0))
		elif $x.export == "stock.movement" then post("liabilities:goods-received"; -100 * $x.qty)
		else . end) | to_entries[] | select(.value != 0) | "\(.key),GBP,\(.value | pounds)"' books | sort >expected
	hledger -f j.hledger balance --flat --no-total --layout=bare -O csv | tr -d '"' | tail -n +2 | sort >found
	diff expected found
	[ "$(lines found)" -ge 20 ]
	# The audit's count of orders.
	run -0 souk-audit books
	assert_equal "$(jq .placed <<<"$output")" "$(grep -c ' \* order ' j.hledger)"
	# beancount's own sums are hledger's.
	bean-query -f csv j.beancount "SELECT account, sum(position) GROUP BY account" | tr -d ' \r"' | tail -n +2 |
		sed 's/\([0-9]\)GBP/\1/; s/,/,GBP,/' | tr -d ' ' | sort >bean
	tr a-z A-Z <found | tr . - | sed 's/-\([0-9][0-9]\)$/.\1/; s/,--*/,-/' | sort >hledger
	tr a-z A-Z <bean | sort | diff hledger -
}

@test "memory does not grow with the books" {
	shop
	grep '"export":"order","id":"yen' books >one
	peak() {
		awk -v n="$1" '{ for (i = 1; i <= n; i++) { o = $0; gsub(/yen-2/, "yen-" i, o); print o } }' one >many
		command time -f %M -o kb souk-ledger many >/dev/null
		cat kb
	}
	small=$(peak 2000)
	large=$(peak 20000)
	[ $((large - small)) -lt 8192 ] || fail "$small KiB for 2,000 orders, $large KiB for 20,000"
}
