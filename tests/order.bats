#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-order: the book of orders, and that it decides once.

bats_require_minimum_version 1.5.0
load helper

NOW='--now 2026-11-22T10:00:00Z'
FAIL='"error":{"by":"stock","code":"out_of_stock","message":"none left"}'

# A priced order with the id, and members that are added to it as they are given.
order() {
	printf '{"id":"%s","currency":"GBP","customer":{"id":"c1"},"lines":[{"id":"1","sku":"A","qty":2}],"pay_with":[{"id":"p1","method":"test","token":"pm_card_visa"}],"total":{"total":1836}%s}\n' \
		"$1" "${2:+,$2}"
}

# The same id, but three pieces.
other() {
	order "$@" | sed 's/"qty":2/"qty":3/'
}

open() { souk-order open $NOW; }
place() { souk-order place $NOW; }
close() { souk-order close $NOW; }

# The stages that an order fails in: adds the error as souk-stock does.
stock_fails() { sed "s/}\$/,$FAIL}/"; }

# What the book says of each order.
states() { souk-order list | jq -rc '[.id, .order.state, .order.closed] | join(" ")'; }

# The order's member, or the code of the error.
says() { jq -rc 'if .error then .error.code else empty end, (.order // empty)'; }

@test "open, place, close: the member to the byte, the rest as it came" {
	order o1 '"n": 1.10' >in
	open <in >opened
	assert_equal "$(cat opened)" "$(sed 's/}$/,"order":{"state":"open"}}/' in)"
	place <opened >placed
	assert_equal "$(cat placed)" "$(sed 's/}$/,"order":{"state":"placed"}}/' in)"
	close <placed >closed
	assert_equal "$(cat closed)" "$(sed 's/}$/,"order":{"state":"placed","closed":true}}/' in)"
}

@test "the same file again gives the same lines, of placed and rejected orders" {
	{ order o1; order o2; order o3; } >in
	step() { open | sed '/"id":"o2"/{/"error"/!s/}$/,'"$FAIL"'}/}' | tee middle | place | close; }
	step <in >first
	run states
	assert_output $'o1 placed true\no2 rejected true\no3 placed true'
	assert_equal "$(sed -n 2p first | says)" $'out_of_stock\n{"state":"rejected","closed":true}'
	step <in >second
	cmp first second
	# The second time the error comes with the first stage, so that none holds.
	run says <middle
	assert_output $'{"state":"placed"}\nout_of_stock\n{"state":"rejected"}\n{"state":"placed"}'
	step <in >third
	cmp first third
	# The results are an input as good as any.
	step <first >fourth
	assert_equal "$(jq -c .order fourth)" "$(jq -c .order first)"
}

@test "values are compared, not bytes" {
	order o1 | open >first
	order o1 '"note":"x"' | sed 's/"sku":"A"/ "sku" : "\\u0041"/; s/"time"/"x"/' | open | says >second
	assert_equal "$(cat second)" '{"state":"open"}'
}

@test "each value that counts makes another order" {
	order o1 '"time":"2026-01-01T00:00:00Z"' | open >opened
	for change in 's/GBP/EUR/' 's/c1/c2/' 's/"customer":{"id":"c1"},//' 's/"id":"1",//' 's/"A"/"B"/' \
		's/"qty":2/"qty":20/' 's/:1836/:1837/' 's/"p1"/"p2"/' 's/"test"/"invoice"/' 's/visa/mc/' \
		's/"token"/"amount":5,"token"/' 's/"lines":\[/&{"sku":"A","qty":1},/' 's/2026-01/2026-02/' \
		's/"pay_with"/"pay"/' 's/}$/,"expect_total":1836}/'; do
		order o1 '"time":"2026-01-01T00:00:00Z"' | sed "$change" | open >result
		assert_equal "$change $(says <result)" "$change id_conflict"
	done
	# The same moment, spelled otherwise.
	order o1 '"time":"2026-01-01T01:00:00+01:00"' | open >result
	assert_equal "$(says <result)" '{"state":"open"}'
}

@test "a second order under an id in use changes nothing of the first, open or placed" {
	order o1 | open >opened
	other o1 | open >stranger
	run says <stranger
	assert_output id_conflict
	place <stranger | close >after
	cmp stranger after
	run states
	assert_output 'o1 open false'
	place <opened | close >/dev/null
	place <stranger | close >after
	cmp stranger after
	other o1 | open | place | close | says >again
	assert_equal "$(cat again)" id_conflict
	run states
	assert_output 'o1 placed true'
	assert_equal "$(souk-order get <<<'{"id":"o1"}' | jq -c .order.record)" "$(order o1)"
}

@test "a second order that comes with a decision of its own settles nothing" {
	order o1 | open >opened
	for claim in '{"state":"rejected"}' '{"state":"placed"}' '{"state":"open","state":"rejected"}' '"rejected"' \
		'{"st\u0061te":"rejected"}'; do
		# Failed before it was opened; waiting; and with everything missing.
		for line in "$(other o1 "\"order\":$claim,$FAIL")" \
			"$(other o1 "\"order\":$claim,\"wait\":{\"by\":\"pay\"}")" \
			"{\"id\":\"o1\",\"order\":$claim,$FAIL}"; do
			printf '%s\n' "$line" | open | place >result
			assert_equal "$line $(jq -c .order result)" "$line {\"state\":\"none\"}"
			close <result >after
			cmp result after
		done
	done
	run states
	assert_output 'o1 open false'
}

@test "a decision that a waiting record has is answered as it is stored" {
	order o1 | open | place >placed
	sed 's/}$/,"wait":{"by":"pay","code":"x"}}/; s/"placed"/"rejected"/' placed | place >result
	assert_equal "$(jq -c '[.order, .wait.code]' result)" '[{"state":"placed"},"x"]'
	close <result >after
	cmp result after
	run states
	assert_output 'o1 placed false'
}

@test "what waits is not decided, and is taken up when it no longer waits" {
	order o1 | open >opened
	sed 's/}$/,"wait":{"by":"pay","code":"away"}}/' opened >waiting
	open <waiting | place | close >after
	cmp waiting after
	run states
	assert_output 'o1 open false'
	run bash -c "souk-order place <opened | souk-order close | jq -c .order"
	assert_output '{"state":"placed","closed":true}'
}

@test "failed before it was opened: passes untouched, nothing is stored" {
	order o1 "$FAIL" >in
	echo '{"error":{"by":"csv","code":"ragged_row","message":"x"}}' >>in
	echo "{\"id\":\"o1\",\"lines\":5,$FAIL}" >>in
	open <in | place | close >out
	cmp in out
	run states
	assert_output ''
}

@test "lines that are no records become errors once and pass the other verbs untouched" {
	printf '{"id":"o1"\nnot json\n[1]\n\xff\n' >in
	run bash -c 'souk-order open <in >out 2>err'
	assert_failure 1
	assert_equal "$(jq -r .error.code out | uniq -c | tr -s ' ')" ' 4 bad_record'
	place <out | close | souk-order get | souk-order history >after
	cmp out after
}

@test "what an order must have" {
	check() { order o1 | sed "$1" | open | jq -r .error.message; }
	assert_equal "$(check 's/,"total":{"total":1836}//')" 'total is missing'
	assert_equal "$(check 's/"total":1836//')" 'total.total is missing'
	assert_equal "$(check 's/1836/-1/')" 'total.total: must be a whole number from 0 to 9223372036854775807'
	assert_equal "$(check 's/1836/18.36/')" 'total.total: must be a whole number from 0 to 9223372036854775807'
	assert_equal "$(check 's/GBP/GBX/')" 'currency: GBX is no currency of ISO 4217 in use'
	assert_equal "$(check 's/"qty":2/"qty":0/')" 'lines[0].qty: must be a whole number from 1 to 1000000000'
	assert_equal "$(check 's/"lines":\[.*\],"pay_with"/"lines":[],"pay_with"/')" 'lines: must hold at least one line'
	assert_equal "$(check 's/"pay_with":\[/"pay_with":[5,/')" 'pay_with[0]: must be an object'
	assert_equal "$(check 's/{"id":"c1"}/7/')" 'customer: must be an object'
	assert_equal "$(check 's/}$/,"time":"soon"}/')" 'time: must be a time such as 2010-12-01T08:26:00Z or 2010-12-01'
	assert_equal "$(check 's/"id":"o1",//')" 'id is missing'
	assert_equal "$(check 's/"customer":{"id":"c1"},"/"/; s/"pay_with"/"x"/')" null
	run states
	assert_output 'o1 open false'
}

@test "the total must be the one that is expected, if one is" {
	order o1 '"expect_total":1835' | open >result
	assert_equal "$(jq -c .error result)" '{"by":"order","code":"price_changed","message":"the total is 1836, not the 1835 that is expected","total":1836,"expect_total":1835}'
	place <result | close >after
	cmp result after
	order o1 '"expect_total":1836' | open | says >result
	assert_equal "$(cat result)" '{"state":"open"}'
	# A copy that expects another price can't reject the order that is open.
	order o1 '"expect_total":1' | open | place | close >/dev/null
	run states
	assert_output 'o1 open false'
}

@test "a card number never reaches the database" {
	order o1 | sed 's/pm_card_visa/4242424242424242/' | open | place >result
	assert_equal "$(jq -c '[keys, .error.code]' result)" '[["error","id"],"card_number"]'
	run grep -r 4242424242424242 "$SOUK_DB"
	assert_failure 1
}

@test "place: an order that was never opened, or whose content has changed since" {
	# What was held for it is let go: the settling stages are told so, close says why.
	order o1 | place | tee placed | says >result
	assert_equal "$(cat result)" '{"state":"rejected"}'
	close <placed | says >result
	assert_equal "$(cat result)" unknown_order
	order o1 | open | sed 's/"qty":2/"qty":1/' | place | says >result
	assert_equal "$(cat result)" id_conflict
	run states
	assert_output 'o1 open false'
}

@test "where it goes to is part of an order" {
	order o1 '"ship_to":{"country":"GB","line1":"1 High Street"}' | open >opened
	order o1 '"ship_to": {"country":"GB","line1":"1 High\u0020Street"}' | open | says >result
	assert_equal "$(cat result)" '{"state":"open"}'
	order o1 '"ship_to":{"country":"FR","line1":"1 High Street"}' | open | says >result
	assert_equal "$(cat result)" id_conflict
	order o1 | open | says >result
	assert_equal "$(cat result)" id_conflict
	order o1 '"ship_to":{"country":"GB","line1":"1 High Street"},"ship_method":"express"' | open | says >result
	assert_equal "$(cat result)" id_conflict
}

@test "an order as long as may be leaves room for all that is said of it later" {
	export SOUK_DB=$PWD/long
	mkdir long
	echo '{"id":"r","sku":"A","qty":9}' | souk-stock receive >receipt
	for over in 0 1; do
		short=$(order "o$over" '"pad":""')
		pad=$(head -c $((1048576 - 65536 - ${#short} + over)) /dev/zero | tr '\0' x)
		echo "${short/\"pad\":\"\"/\"pad\":\"$pad\"}"
	done >in
	assert_equal "$(head -n 1 in | tr -d '\n' | wc -c)" $((1048576 - 65536))
	open <in | souk-stock reserve | souk-pay authorize | place | souk-stock settle | souk-pay settle | close | says >result
	assert_equal "$(cat result)" $'{"state":"placed","closed":true}\ntoo_long'
	assert_equal "$(souk-order list --open)" ''
	assert_equal "$(souk-stock list | jq -c .stock)" '{"on_hand":9,"reserved":0,"committed":2,"available":7}'
}

@test "place: a reason that is no object is passed on as one" {
	order o1 | open >opened
	sed 's/}$/,"error":"none"}/' opened | place >/dev/null
	run place <opened
	assert_output "$(sed 's/,"order":.*//' opened),\"error\":{\"by\":\"order\",\"code\":\"rejected\",\"message\":\"the order was rejected for an error that is no object\",\"error\":\"none\"},\"order\":{\"state\":\"rejected\"}}"
}

@test "a wait for open is not taken up by place" {
	order o1 | open >opened
	order o1 '"wait":{"by":"order","code":"away"}' >in
	place <in | cmp - in
	run states
	assert_output 'o1 open false'
	# open takes it up.
	open <in | cmp - opened
}

@test "a decision stands whatever comes after it" {
	order o1 | open | tee opened | place >placed
	# A copy that failed: the order is placed all the same, and not closed by it.
	stock_fails <opened | place | close | says >result
	assert_equal "$(cat result)" $'out_of_stock\n{"state":"placed"}'
	order o2 | open | tee opened | stock_fails | place >rejected
	# A good copy gets the error that decided; one with an error of its own keeps that,
	# is settled like the other, and does not close the order.
	place <opened >result
	cmp result rejected
	sed 's/}$/,"error":{"by":"pay","code":"declined"}}/' opened | place | close >result
	assert_equal "$(says <result)" $'declined\n{"state":"rejected"}'
	run states
	assert_output $'o1 placed false\no2 rejected false'
}

@test "close: only what is decided and settled" {
	order o1 | open | place >placed
	order o2 | open | stock_fails | place >rejected
	order o3 | open >opened
	with() { sed "s/}\$/,$1}/" "$2"; }
	for unsettled in "$(cat opened)" "$(with '"stock":{"state":"held"}' placed)" \
		"$(with '"stock":{"state":"held"}' rejected)" "$(with '"stock":"x"' placed)" \
		"$(with '"stock":{}' placed)" "$(with '"pay":{"state":"authorized"}' rejected)" \
		"$(with '"wait":{"by":"pay"}' placed)" "$(with "$FAIL" placed)" \
		"$(sed 's/"rejected"/"placed"/' rejected)" "$(sed 's/"placed"/"rejected"/' placed)" \
		"$(sed 's/none left/another error/' rejected)"; do
		printf '%s\n' "$unsettled" | close >after
		assert_equal "$(cat after)" "$unsettled"
	done
	run states
	assert_output $'o1 placed false\no2 rejected false\no3 open false'
	with '"stock":{"state":"committed"},"pay":{"state":"authorized"}' placed >in1
	with '"stock":{"state":"released"},"pay":{"state":"voided"}' rejected >in2
	cat in1 in2 | close >closed
	run jq -c .order closed
	assert_output $'{"state":"placed","closed":true}\n{"state":"rejected","closed":true}'
	cat in1 in2 | close >again
	cmp closed again
	run states
	assert_output $'o1 placed true\no2 rejected true\no3 open false'
	order o9 '"order":{"state":"placed"}' | close | says >result
	assert_equal "$(cat result)" unknown_order
}

@test "list --open: the records as they came in, oldest first, until they are closed" {
	for i in 3 1 2; do order o$i "\"n\": $i.0"; done >in
	open <in >opened
	souk-order list --open >stored
	cmp in stored
	sed -n 1p opened | place | close >/dev/null
	sed -n 2p opened | stock_fails | place >/dev/null
	souk-order list --open >stored
	sed 1d in | cmp - stored
	souk-order list --open | open | place | close >/dev/null
	run souk-order list --open
	assert_output ''
}

@test "list --open into the same book ends, whatever is opened meanwhile" {
	seq 5000 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	open <in >/dev/null
	# Each order that is read opens another one.
	timeout 60 souk-order list --open | sed 's/"id":"o/"id":"p/' | open | wc -l >count
	assert_equal "$(tr -d ' ' <count)" 5000
	timeout 60 souk-order list --open | open | place | close >closed
	assert_equal "$(lines closed)" 10000
	run souk-order list --open
	assert_output ''
}

@test "list of 20,000 open orders in little memory, and a slow reader holds up nobody" {
	pad=$(head -c 800 /dev/zero | tr '\0' x)
	seq 20000 | awk -v pad="$pad" '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1},\"pad\":\"%s\"}\n", $1, pad}' >in
	open <in >/dev/null
	memory() { ASAN_OPTIONS=quarantine_size_mb=1 /usr/bin/time -f %M -o memory "$@" >stored 2>/dev/null && cat memory; }
	few=$(memory souk-order list --open --customer nobody)
	all=$(memory souk-order list --open)
	cmp in stored
	# These are 17 MiB of records; a sanitizer keeps what is freed.
	[ $((all - few)) -lt 8192 ]
	# The reader stops after one record; the log is emptied all the same.
	mkfifo go
	{ souk-order list --open | { read -r line; read -r line <go; cat >/dev/null; }; } &
	sleep 0.3
	sqlite3 "$SOUK_DB/order/order.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >busy
	echo >go
	wait
	assert_equal "$(cut -d'|' -f1 busy)" 0
}

@test "list: by state, customer and time of opening; summaries or records" {
	order o1 | souk-order open --now 2026-01-01T00:00:00Z | souk-order place --now 2026-01-01T00:00:05Z | souk-order close >/dev/null
	order o2 | sed 's/c1/c2/' | souk-order open --now 2026-01-02T00:00:00Z | stock_fails | souk-order place --now 2026-01-02T00:00:07Z >/dev/null
	order o3 | sed 's/"customer":{"id":"c1"},//' | souk-order open --now 2026-01-03T00:00:00Z >/dev/null
	run souk-order list
	assert_output '{"id":"o1","order":{"state":"placed","closed":true,"currency":"GBP","total":1836,"customer":"c1","opened":"2026-01-01T00:00:00Z","decided":"2026-01-01T00:00:05Z"}}
{"id":"o2","order":{"state":"rejected","closed":false,"currency":"GBP","total":1836,"customer":"c2","opened":"2026-01-02T00:00:00Z","decided":"2026-01-02T00:00:07Z","reason":{"by":"stock","code":"out_of_stock","message":"none left"}}}
{"id":"o3","order":{"state":"open","closed":false,"currency":"GBP","total":1836,"opened":"2026-01-03T00:00:00Z"}}'
	ids() { souk-order list "$@" | jq -r .id | paste -sd' '; }
	assert_equal "$(ids --state open)" o3
	assert_equal "$(ids --state placed)" o1
	assert_equal "$(ids --state rejected)" o2
	assert_equal "$(ids --state any)" 'o1 o2 o3'
	assert_equal "$(ids --customer c2)" o2
	assert_equal "$(ids --since 2026-01-02)" 'o2 o3'
	assert_equal "$(ids --until 2026-01-02)" o1
	assert_equal "$(ids --since 2026-01-02 --until 2026-01-03T00:00:01Z)" 'o2 o3'
	assert_equal "$(ids --open)" 'o2 o3'
	assert_equal "$(ids --open --state rejected --customer c2)" o2
	assert_equal "$(souk-order list --records --customer c1)" "$(order o1)"
	run souk-order list --state lost
	assert_failure 2
}

@test "get" {
	order o1 '"x": 1.50' | souk-order open --now 2026-01-01T00:00:00Z | stock_fails | souk-order place --now 2026-01-01T00:00:05Z >/dev/null
	run souk-order get <<<'{"id":"o1","order":{"history":[]},"n":1.0}'
	assert_success
	assert_output '{"id":"o1","n":1.0,"order":{"state":"rejected","closed":false,"currency":"GBP","total":1836,"customer":"c1","opened":"2026-01-01T00:00:00Z","decided":"2026-01-01T00:00:05Z","reason":{"by":"stock","code":"out_of_stock","message":"none left"},"record":'"$(order o1 '"x": 1.50')"'}}'
	run bash -c 'echo "{\"id\":\"o2\"}" | souk-order get -e'
	assert_failure 1
	assert_output '{"id":"o2","error":{"by":"order","code":"unknown_order","message":"no order of this id was opened"}}'
}

@test "history: who, when and why" {
	order o1 | souk-order open --now 2026-01-01T00:00:00Z | souk-order place --now 2026-01-01T00:00:05Z | souk-order close --now 2026-01-01T00:00:09Z >/dev/null
	run souk-order history <<<'{"id":"o1"}'
	assert_output '{"id":"o1","order":{"history":[{"at":"2026-01-01T00:00:00Z","what":"opened"},{"at":"2026-01-01T00:00:05Z","what":"placed"},{"at":"2026-01-01T00:00:09Z","what":"closed"}]}}'
	order o2 | souk-order open --now 2026-01-01T00:00:00Z | stock_fails | souk-order place --now 2026-01-01T00:00:05Z >/dev/null
	run souk-order history <<<'{"id":"o2","order":{"state":"rejected"}}'
	assert_output '{"id":"o2","order":{"state":"rejected","history":[{"at":"2026-01-01T00:00:00Z","what":"opened"},{"at":"2026-01-01T00:00:05Z","what":"rejected","by":"stock","reason":"out_of_stock"}]}}'
	order o3 | souk-order open --now 2026-01-01T00:00:00Z >/dev/null
	souk-order expire --after 1h --now 2026-01-01T01:00:00Z >/dev/null
	run bash -c 'echo "{\"id\":\"o3\"}" | souk-order history | jq -c .order.history[1]'
	assert_output '{"at":"2026-01-01T01:00:00Z","what":"expired","by":"order","reason":"expired"}'
	# A stage of the shop's own may write any error.
	order o4 | open | sed 's/}$/,"error":"no"}/' | place | close >/dev/null
	run bash -c 'echo "{\"id\":\"o4\"}" | souk-order history | jq -c .order.history[1]'
	assert_output '{"at":"2026-11-22T10:00:00Z","what":"rejected"}'
	run bash -c 'echo "{\"id\":\"o5\"}" | souk-order history | jq -r .error.code'
	assert_output unknown_order
}

@test "times before 1970 and at its first second are times like any" {
	order o1 | souk-order open --now 1970-01-01T00:00:00Z | souk-order place --now 1970-01-01T00:00:00Z | souk-order close --now 1970-01-01T00:00:00Z >/dev/null
	run states
	assert_output 'o1 placed true'
	order o2 | souk-order open --now 1960-01-01T00:00:00Z >/dev/null
	run souk-order expire --after 106751991167300d --now 0001-01-01T00:00:00Z
	assert_success
	assert_output ''
}

@test "expire: rejects what is undecided for long enough, and the pipeline closes it" {
	order o1 '"wait":{"by":"order"}' | souk-order open --now 2026-01-01T00:00:00Z >opened
	order o2 | souk-order open --now 2026-01-01T00:00:00Z | souk-order place >/dev/null
	order o3 | souk-order open --now 2026-01-01T00:00:00Z | stock_fails | souk-order place >/dev/null
	order o4 | souk-order open --now 2026-01-01T00:00:01Z >/dev/null
	souk-order expire --after 15m --now 2026-01-01T00:14:59Z >none
	assert_equal "$(cat none)" ''
	souk-order expire --after 15m --now 2026-01-01T00:15:00Z >expired
	assert_equal "$(cat expired)" "$(order o1 '"error":{"by":"order","code":"expired","message":"undecided for 900 s or more"},"order":{"state":"rejected"}')"
	# The pipeline that still has it comes late: the order stays rejected.
	place <opened >late
	assert_equal "$(says <late)" $'expired\n{"state":"rejected"}'
	close <expired | says >closed
	assert_equal "$(cat closed)" $'expired\n{"state":"rejected","closed":true}'
	run states
	assert_output $'o1 rejected true\no2 placed false\no3 rejected false\no4 open false'
	souk-order expire --after 15m --now 2026-01-01T00:15:00Z >none
	assert_equal "$(cat none)" ''
	run souk-order expire
	assert_failure 2
}

@test "expire of many orders, more than a batch, tells each once" {
	seq 2500 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	open <in >/dev/null
	souk-order expire --after 0s $NOW >expired
	assert_equal "$(jq -r .id expired | sort -u | wc -l)" 2500
	assert_equal "$(lines expired)" 2500
	close <expired >/dev/null
	run souk-order list --open
	assert_output ''
}

@test "expire: a transaction that another program made void is repeated, and a failure is told" {
	seq 1500 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	open <in >/dev/null
	# A library in SQLite's place whose commits fail VOID times, as while another program
	# recovers the log.
	cat >void.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <stdlib.h>
		#include <string.h>
		typedef struct sqlite3 sqlite3;
		typedef struct sqlite3_stmt sqlite3_stmt;
		const char *sqlite3_sql(sqlite3_stmt *);
		sqlite3 *sqlite3_db_handle(sqlite3_stmt *);
		int sqlite3_txn_state(sqlite3 *, const char *);
		static int voided;
		int sqlite3_step(sqlite3_stmt *s) {
			static int left = -1;
			if (left < 0) left = atoi(getenv("VOID"));
			voided = sqlite3_sql(s) && !strcmp(sqlite3_sql(s), "COMMIT") &&
				sqlite3_txn_state(sqlite3_db_handle(s), 0) == 2 && left-- > 0;
			return voided ? 5 : ((int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_step"))(s);
		}
		int sqlite3_errcode(sqlite3 *db) {
			return voided ? 5 : ((int (*)(sqlite3 *))dlsym(RTLD_NEXT, "sqlite3_errcode"))(db);
		}
		int sqlite3_extended_errcode(sqlite3 *db) {
			return voided ? 261 : ((int (*)(sqlite3 *))dlsym(RTLD_NEXT, "sqlite3_extended_errcode"))(db);
		}
	END
	cc -shared -fPIC -o void.so void.c -ldl
	run -3 env PATH="$ROOT/bin:$PATH" VOID=1000 LD_PRELOAD="$PWD/void.so" souk-order expire --after 0s $NOW
	assert_output 'souk-order: another program made each of 20 attempts void: orders that are not written are as they were, and expire can be run again'
	assert_equal "$(souk-order list --state open | wc -l)" 1500
	PATH="$ROOT/bin:$PATH" VOID=10 LD_PRELOAD="$PWD/void.so" souk-order expire --after 0s $NOW >expired
	jq -r .id expired | cmp - <(jq -r .id in)
	assert_equal "$(souk-order list --state rejected | wc -l)" 1500
}

@test "expire beside place: each order is decided once, and both say the same" {
	seq 4000 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	open <in >opened
	place <opened >decided &
	souk-order expire --after 0s $NOW >expired
	wait
	assert_equal "$(lines decided)" 4000
	souk-order list | jq -r '[.id, .order.state] | join(" ")' >book
	jq -r '[.id, .order.state] | join(" ")' decided | cmp - book
	jq -r '[.id, .order.state] | join(" ")' expired | cmp - <(grep rejected book)
}

@test "one id opened by two processes at once is one order" {
	seq 2000 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	sed 's/"qty":1/"qty":2/' in >in2
	open <in >out1 & open <in >out2 & open <in2 >out3 &
	wait
	cmp out1 out2
	souk-order list --records >stored
	assert_equal "$(lines stored)" 2000
	# Of the two contents of each id one was taken, the other refused.
	assert_equal "$(cat out1 out3 | grep -c id_conflict)" 2000
	cat out1 out3 | grep -v '"error"' | sed 's/,"order":{"state":"open"}//' | sort | cmp - <(sort stored)
}

@test "killed between open and place: list --open has every order that was told" {
	seq 20000 | awk '{printf "{\"id\":\"o%05d\",\"currency\":\"GBP\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],\"total\":{\"total\":1}}\n", $1}' >in
	souk-order open <in >told &
	sleep 0.05
	kill -9 $! || true
	wait || true
	souk-order list --open >stored
	head -n "$(lines stored)" in | cmp - stored
	[ "$(lines told)" -le "$(lines stored)" ]
	head -n "$(lines told)" told | sed 's/,"order":{"state":"open"}//' | cmp - <(head -n "$(lines told)" in)
	souk-order list --open | open | place | close >/dev/null
	run souk-order list --open
	assert_output ''
}

@test "export: every order with its record, by id" {
	order o2 | souk-order open --now 2026-01-01T00:00:00Z | stock_fails | souk-order place --now 2026-01-01T00:00:05Z >/dev/null
	order o1 '"x":1.0' | souk-order open --now 2026-01-01T00:00:00Z >/dev/null
	run souk-order export
	assert_output '{"export":"order","id":"o1","state":"open","closed":false,"currency":"GBP","total":1836,"customer":"c1","opened":"2026-01-01T00:00:00Z","record":'"$(order o1 '"x":1.0')"'}
{"export":"order","id":"o2","state":"rejected","closed":false,"currency":"GBP","total":1836,"customer":"c1","opened":"2026-01-01T00:00:00Z","decided":"2026-01-01T00:00:05Z","reason":{"by":"stock","code":"out_of_stock","message":"none left"},"record":'"$(order o2)"'}'
}

@test "a body that is gone is said, and nothing is written as if it were there" {
	order o1 | open >/dev/null
	sqlite3 "$SOUK_DB/order/order.db" 'DELETE FROM body'
	for verb in 'list --open' export 'expire --after 0s'; do
		run --separate-stderr souk-order $verb
		assert_failure 3
		assert_output ''
		assert_equal "$stderr" 'souk-order: the record of order number 1 is not in the database'
	done
	run states
	assert_output 'o1 open false'
}

@test "the verbs keep the filter contract" {
	for verb in open place close get history; do
		run souk-conform -- souk-order $verb
		assert_success
	done
}

@test "what is not closed is found, in whatever order the others are closed" {
	for i in 1 2 3 4; do order o$i | open | souk-order place; done >placed
	open_orders() { souk-order list --open | jq -r .id | paste -sd' '; }
	upto() { sqlite3 "$SOUK_DB/order/order.db" 'SELECT seq FROM closed_upto'; }
	assert_equal "$(open_orders) $(upto)" 'o1 o2 o3 o4 0'
	sed -n '2p;4p' placed | souk-order close >/dev/null
	assert_equal "$(open_orders) $(upto)" 'o1 o3 0'
	sed -n 1p placed | souk-order close >/dev/null
	assert_equal "$(open_orders) $(upto)" 'o3 2'
	order o5 | open >/dev/null
	sed -n 3p placed | souk-order close >/dev/null
	assert_equal "$(open_orders) $(upto)" 'o5 4'
	order o5 | open | souk-order place | souk-order close >/dev/null
	assert_equal "$(open_orders) $(upto)" ' 5'
	order o6 | open >/dev/null
	assert_equal "$(open_orders) $(upto)" 'o6 5'
}
