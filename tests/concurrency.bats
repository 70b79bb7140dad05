#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Several checkouts at once on one shop: never more is sold than there is, and no
# order is taken or charged twice.

bats_require_minimum_version 1.5.0
load helper

prepare() {
	echo '{"sku":"A","title":"Mug"}' | souk-catalog put -e
	echo '{"sku":"A","currency":"GBP","amount":250}' | souk-price put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	echo '{"id":"r1","sku":"A","qty":100}' | souk-stock receive -e
}

checkout() {
	sh "$ROOT/pipelines/checkout"
}

# orders PREFIX COUNT [TOKEN]: for a piece each, 300 with tax.
orders() {
	awk -v prefix="$1" -v count="$2" -v token="${3:-pm_card_visa}" 'BEGIN { for (i = 1; i <= count; i++)
		printf("{\"id\":\"%s-%d\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"pay_with\":[{\"method\":\"test\",\"token\":\"%s\"}]}\n",
		prefix, i, token) }'
}

# What came of each order.
outcomes() {
	jq -r '.error.code // .wait.code // .order.state' "$@" | sort | uniq -c | awk '{ print $1, $2 }'
}

# waits for all, which must succeed.
wait_all() {
	local pid
	for pid in "$@"; do wait "$pid"; done
}

@test "eight checkouts on the last hundred pieces: a hundred are sold" {
	local i pids=()
	for i in {1..8}; do
		# One of them sends its orders one by one, as customers come.
		if [ "$i" -eq 8 ]; then
			orders "$i" 50 | while read -r line; do echo "$line"; sleep 0.002; done | checkout >"out$i" &
		else
			orders "$i" 50 | checkout >"out$i" &
		fi
		pids+=($!)
	done
	wait_all "${pids[@]}"
	run outcomes out?
	assert_output "$(printf '300 out_of_stock\n100 placed')"
	# Each order was answered, by the checkout that it was sent to.
	for i in {1..8}; do orders "$i" 50 | jq -r .id | cmp - <(jq -r .id "out$i"); done
	run souk-stock list
	assert_output '{"sku":"A","stock":{"on_hand":100,"reserved":0,"committed":100,"available":0}}'
	# The books of order, stock and payment name the same hundred.
	jq -r 'select(.order.state == "placed").id' out? | sort >sold
	souk-order export | jq -r 'select(.state == "placed" and .closed and .total == 300).id' | sort | cmp - sold
	souk-stock export | jq -r 'select(.state == "committed" and .lines == [{"sku":"A","qty":1}]).id' | sort | cmp - sold
	souk-pay statement | jq -r 'select(.voided == false and .authorized == 300).key | split("/")[1]' | sort | cmp - sold
	assert_equal "$(souk-pay statement | jq -s 'map(select(.voided | not).authorized) | add')" 30000
	assert_equal "$(souk-order export | jq -s 'map(select(.state == "rejected" and .closed)) | length')" 300
}

@test "the same orders through two checkouts at once: each is taken once" {
	local round
	for round in 1 2 3; do
		rm -rf db
		mkdir db
		prepare
		orders o 60 >in
		orders slow 10 pm_card_slow >>in
		orders lost 10 pm_card_timeout >>in
		orders declined 20 pm_card_chargeDeclined >>in
		checkout <in >out1 &
		first=$!
		checkout <in >out2 &
		wait_all $first $!
		# Who lost an answer is waiting, in one of them or in both; once more, and all is
		# decided, the same for both.
		checkout <in >again1
		checkout <in >again2
		cmp again1 again2
		run outcomes again1
		assert_output "$(printf '20 declined\n80 placed')"
		for out in out1 out2; do
			assert_equal "$(lines $out)" 100
			jq -c 'select(.wait | not) | {id, order, error}' $out | sort >decided
			assert_equal "$(comm -23 decided <(jq -c '{id, order, error}' again1 | sort))" ''
		done
		assert_equal "$(souk-order export | wc -l)" 100
		assert_equal "$(souk-order list --open | wc -l)" 0
		assert_equal "$(souk-pay statement | jq -s -c '[length, (map(.authorized) | add), (map(select(.voided)) | length)]')" '[80,24000,0]'
		run souk-stock list
		assert_output '{"sku":"A","stock":{"on_hand":100,"reserved":0,"committed":80,"available":20}}'
	done
}

@test "goods come in and orders are rejected while others sell: no piece is lost" {
	local i pids=()
	for i in 1 2 3; do
		orders "good$i" 60 | checkout >"good$i" &
		pids+=($!)
		orders "bad$i" 60 pm_card_chargeDeclined | checkout >"bad$i" &
		pids+=($!)
	done
	for i in {2..101}; do echo '{"id":"r'"$i"'","sku":"A","qty":1}'; sleep 0.001; done |
		souk-stock receive -e >received &
	wait_all "${pids[@]}" $!
	placed=$(jq -r 'select(.order.state == "placed").id' good? | wc -l)
	run souk-stock list
	assert_output '{"sku":"A","stock":{"on_hand":200,"reserved":0,"committed":'"$placed"',"available":'$((200 - placed))'}}'
	assert_equal "$(souk-pay statement | jq -s 'map(select(.voided | not)) | length')" "$placed"
	# The levels that the receipts were answered with go up by one each.
	jq .stock.on_hand received | cmp - <(seq 101 200)
	# What was free again when others had given up is there for who comes late.
	orders late $((200 - placed)) | checkout >late
	assert_equal "$(jq -r .order.state late | sort | uniq -c | tr -s ' ')" " $((200 - placed)) placed"
}
