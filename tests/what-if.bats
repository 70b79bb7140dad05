#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk what-if, past and compare: past orders under other prices, to the penny.

bats_require_minimum_version 1.5.0
load helper

QUOTE=$ROOT/pipelines/quote

prepare() {
	souk-catalog put >/dev/null <<-'END'
		{"sku":"globe","title":"Globe","cost":{"currency":"GBP","amount":120}}
		{"sku":"bead","title":"Bead","cost":{"currency":"GBP","amount_decimal":"0.25"}}
		{"sku":"fan","title":"Fan"}
	END
	souk-price put >/dev/null <<-'END'
		{"sku":"globe","currency":"GBP","amount":255}
		{"sku":"bead","currency":"GBP","amount_decimal":"0.5"}
		{"sku":"fan","currency":"JPY","amount":1500}
	END
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put >/dev/null
	printf '{"id":"r%s","sku":"%s","qty":%s}\n' 1 globe 500 2 bead 900 3 fan 10 | souk-stock receive >/dev/null
	mkdir new
}

# order ID TIME CURRENCY LINES
order() {
	printf '{"id":"%s",%s"currency":"%s","ship_to":{"country":"GB"},"lines":%s,"pay_with":[{"id":"card","method":"test","token":"pm_card_visa"}]}\n' "$@"
}

# On o1 there is a discount of a fifth of the globes, and postage.
shop() {
	{
		order o1 '"time":"2010-12-01T08:26:00Z",' GBP '[{"sku":"globe","qty":2},{"sku":"bead","qty":3}]'
		order o2 '"time":"2010-12-01T09:00:00Z",' JPY '[{"sku":"fan","qty":2}]'
		order o3 '"time":"2010-12-02T09:00:00Z",' GBP '[{"sku":"globe","qty":1}]'
		order o4 '"time":"2010-12-02T10:00:00Z",' GBP '[{"sku":"globe","qty":999}]'
		order o5 '' GBP '[{"sku":"bead","qty":100}]'
	} | souk-catalog | souk-price | jq -c 'if .id == "o1" then
			.promo = {lines: [{discount: 102}, {discount: 0}], discount: 102}
			| .wrap = {charges: [{label: "Wrap", amount: 50, tax_class: "standard"}]}
		else . end' | souk-tax | souk-total | souk-order open --now 2010-12-03 | souk-stock reserve |
		souk-pay authorize | souk-order place | souk-stock settle | souk-pay settle | souk-order close >answers
}

@test "past gives what entered, with its time, and what it was" {
	shop
	souk-order export | souk past >past
	assert_equal "$(jq -r .id past | paste -sd' ')" "o1 o2 o3 o5"
	run -0 jq -c 'keys_unsorted' past
	assert_line --index 0 '["id","time","currency","ship_to","lines","pay_with","wrap","was"]'
	assert_line --index 3 '["id","currency","ship_to","lines","pay_with","time","was"]'
	assert_equal "$(jq -r .time past | tail -n 1)" "2010-12-03T00:00:00Z"
	# `was` is what the record says, byte for byte.
	assert_equal "$(jq -c '.was.total' past | head -n 1)" \
		"$(jq -c 'select(.id == "o1") | .total' answers)"
	assert_equal "$(souk-order export | souk past --since 2010-12-01T09:00:00Z --until 2010-12-03 | jq -r .id | paste -sd' ')" "o2 o3"
	run -0 --separate-stderr souk past <<<'{"export":"order","state":"placed","opened":"2010-12-01T00:00:00Z","record":{"id":"x","was":1}}'
	assert_equal "$(jq -r .error.message <<<"$output")" 'the order has a member "was" of its own'
}

@test "nothing changes where no rule does, but for what is no rule: the discount is gone" {
	shop
	run -0 souk what-if "$QUOTE"
	assert_output 'GBP, 3 orders                 before           after      difference
revenue                         7.65            8.67           +1.02
discount                        1.02            0.00           -1.02
tax                             1.53            1.73           +0.20
total                           9.18           10.40           +1.22
margin                          3.29            4.31           +1.02

day                   revenue before           after      difference        discount             tax
2010-12-01                      4.60            5.62           +1.02           -1.02           +0.20
2010-12-02                      2.55            2.55            0.00            0.00            0.00
2010-12-03                      0.50            0.50            0.00            0.00            0.00

sku                   revenue before           after      difference        discount             tax
globe                           6.63            7.65           +1.02           -1.02           +0.20

JPY, 1 order                  before           after      difference
revenue                         3000            3000               0
discount                           0               0               0
tax                              600             600               0
total                           3600            3600               0

day                   revenue before           after      difference        discount             tax
2010-12-01                      3000            3000               0               0               0'
}

@test "with another price in a folder: all, by day, by sku, and margin, as records" {
	shop
	echo '{"sku":"globe","currency":"GBP","amount":300}' | SOUK_DB=new souk-price put >/dev/null
	printf '%s\n' '{"sku":"fan","currency":"JPY","amount":1600}' '{"sku":"bead","currency":"GBP","amount":1}' |
		SOUK_DB=new souk-price put >/dev/null
	cp -r db before
	run -0 souk what-if --with new --json "$QUOTE"
	# o1: 2 x 300 + 3 + 50; o3: 300; o5: 100. Before: 512 - 102 + 50, 255, 50.
	assert_line --index 0 '{"by":"all","currency":"GBP","orders":3,"before":{"revenue":765,"discount":102,"tax":153,"total":918,"margin":329},"after":{"revenue":1053,"discount":0,"tax":211,"total":1264,"margin":617},"difference":{"revenue":288,"discount":-102,"tax":58,"total":346,"margin":288}}'
	assert_line --index 3 '{"by":"day","currency":"GBP","day":"2010-12-03","orders":1,"before":{"revenue":50,"discount":0,"tax":10,"total":60,"margin":25},"after":{"revenue":100,"discount":0,"tax":20,"total":120,"margin":75},"difference":{"revenue":50,"discount":0,"tax":10,"total":60,"margin":50}}'
	assert_line --index 4 '{"by":"sku","currency":"GBP","sku":"globe","pieces":3,"before":{"revenue":663,"discount":102,"tax":133,"total":796,"margin":303},"after":{"revenue":900,"discount":0,"tax":180,"total":1080,"margin":540},"difference":{"revenue":237,"discount":-102,"tax":47,"total":284,"margin":237}}'
	assert_line --partial '{"by":"all","currency":"JPY","orders":1,"before":{"revenue":3000,"discount":0,"tax":600,"total":3600},"after":{"revenue":3200,'
	# It only reads, both here and there.

	for function in order stock pay; do
		cmp <(SOUK_DB=before "souk-$function" export) <("souk-$function" export)
	done
	assert_equal "$(ls new)" price
}

@test "what can't be quoted is left out of both sides, and counted" {
	shop
	echo '{"sku":"globe","currency":"GBP","amount":300}' | SOUK_DB=new souk-price put >/dev/null
	run -0 souk what-if --with new "$QUOTE"
	assert_line --index 0 --partial 'GBP, 1 order '
	assert_line '3 orders left out: price: no_price'
	run -0 souk what-if --with new --json "$QUOTE"
	assert_line '{"by":"failure","failure":"price: no_price","orders":3}'
}

@test "tax rules, prices with tax, and operands of the pipeline" {
	shop
	echo '{"country":"GB","class":"standard","rate":"25"}' | SOUK_DB=new souk-tax put >/dev/null
	run -0 souk what-if --with new --since 2010-12-02 --until 2010-12-03 --json "$QUOTE"
	assert_line --index 0 '{"by":"all","currency":"GBP","orders":1,"before":{"revenue":255,"discount":0,"tax":51,"total":306,"margin":135},"after":{"revenue":255,"discount":0,"tax":64,"total":319,"margin":135},"difference":{"revenue":0,"discount":0,"tax":13,"total":13,"margin":0}}'
	printf '%s\n' '#!/usr/bin/env -S souk run' 'souk-catalog | souk-price "$@" | souk-tax --inclusive | souk-total' >mine
	run -0 souk what-if --since 2010-12-02 --until 2010-12-03 --json mine --agreed
	# 255 contains 42.5 of tax at 20 %.
	assert_line --index 0 --partial '"after":{"revenue":212,"discount":0,"tax":43,"total":255,"margin":92}'
}

@test "what has effects is not run, a folder without tables is told" {
	shop
	souk-order export >before
	run -2 souk what-if "$ROOT/pipelines/checkout"
	assert_output --partial 'souk-order open is no stage that only computes: what-if runs the half that quotes'
	cmp <(souk-order export) before
	run -2 souk what-if --with new "$QUOTE"
	assert_output --partial '--with new: it has tables of no stage of'
	run -2 souk what-if
	assert_output --partial 'a pipeline file is needed, such as quote'
	run -0 souk what-if --until 2000-01-01 "$QUOTE"
	assert_output 'no orders'
}

@test "half an answer is none: a stage that dies leaves no table" {
	shop
	printf '%s\n' '#!/usr/bin/env -S souk run' 'souk-catalog | souk-price | sh -c "head -n 1; exit 3" | souk-tax | souk-total' >mine
	run -3 --separate-stderr souk what-if mine
	assert_output ""
	run -2 --separate-stderr env -u SOUK_DB souk what-if "$QUOTE"
	assert_output ""
}

@test "December under the list prices is what jq makes of it" {
	for f in catalog price:prices tax:tax-rates; do
		"souk-${f%:*}" put <"$SOUK_DATA/${f#*:}.ndjson" >/dev/null
	done
	souk-stock receive <"$SOUK_DATA/stock.ndjson" >/dev/null
	zcat "$SOUK_DATA"/orders-2010-12.csv.gz | head -n 12000 | souk run "$ROOT/pipelines/import-uci-orders" |
		souk run "$ROOT/pipelines/checkout" --agreed >answers
	souk what-if --json "$QUOTE" >found
	jq -c 'select(.order.state == "placed") | .former = .total.total' answers | souk run "$ROOT/pipelines/quote" >again
	run -0 jq -sc '[.[] | select(.error | not)] | [length, (map(.former) | add), (map(.total.total) | add), (map(.total.tax) | add)]' again
	assert_equal "$(jq -c 'select(.by == "all") | [.orders, .before.total, .after.total, .after.tax]' found)" "$output"
	# Days and skus add up to all; charges are in the days only.
	run -0 jq -sc '[.[] | select(.by == "day").difference] | [(map(.revenue) | add), (map(.tax) | add)]' found
	assert_equal "$(jq -c 'select(.by == "all").difference | [.revenue, .tax]' found)" "$output"
	run -0 jq -sc '[.[] | select(.by == "sku").difference] | [(map(.revenue) | add), (map(.tax) | add)]' found
	assert_equal "$(jq -c 'select(.by == "all").difference | [.revenue, .tax]' found)" "$output"
	run -0 jq -r 'select(.by == "failure").orders' found
	assert_equal "$output" "$(jq -c 'select(.error)' again | wc -l)"
}

@test "progress is shown on standard error where it is asked for" {
	shop
	run -0 --separate-stderr souk what-if --progress always "$QUOTE"
	[[ $stderr == *"souk-order export"*"souk past"*"souk-price"* ]]
	[[ $output == "GBP, 3 orders"* ]]
}
