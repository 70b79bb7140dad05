#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-stock: levels and holds, to the piece.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z

# receive ID SKU QTY: goods come in.
receive() {
	printf '{"id":"%s","sku":"%s","qty":%s}\n' "$@" | souk-stock receive --now $NOW -e
}

# order ID SKU QTY [SKU QTY]...: a record that asks for stock.
order() {
	local id=$1 lines=''
	shift
	while [ $# -gt 0 ]; do
		lines+="${lines:+,}{\"sku\":\"$1\",\"qty\":$2}"
		shift 2
	done
	printf '{"id":"%s","lines":[%s]}\n' "$id" "$lines"
}

# What came of each record.
codes() {
	jq -r '.error.code // .stock.state // "no state"'
}

# The levels: sku on_hand reserved committed available.
levels() {
	souk-stock list | jq -r '"\(.sku) " + (.stock | "\(.on_hand) \(.reserved) \(.committed) \(.available)")'
}

# settle ID STATE
settle() {
	printf '{"id":"%s","order":{"state":"%s"}}\n' "$@" | souk-stock settle
}

# refused VERB RECORD CODE MESSAGE [MORE]: the error, and that nothing was stored.
refused() {
	local before
	before=$(souk-stock export)
	run souk-stock "$1" <<<"$2"
	assert_success
	assert_output "${2%\}},\"error\":{\"by\":\"stock\",\"code\":\"$3\",\"message\":\"$4\"${5:+,$5}}}"
	[ "$1" = reserve ] || assert_equal "$(souk-stock export)" "$before"
}

# ---- Movements ----

@test "receive: exact bytes, what passes is untouched, goods add up" {
	run souk-stock receive <<<'{ "sku":"A","id" : "r1","qty":5, "price":1.10,"stock":"old", "x":"\u0041"}'
	assert_success
	assert_output '{ "sku":"A","id" : "r1","qty":5, "price":1.10, "x":"\u0041","stock":{"qty":5,"on_hand":5}}'
	run souk-stock receive <<<'{"id":"r2","sku":"A","qty":7,"reason":"delivery 4"}'
	assert_output '{"id":"r2","sku":"A","qty":7,"reason":"delivery 4","stock":{"qty":7,"on_hand":12}}'
	assert_equal "$(levels)" 'A 12 0 0 12'
}

@test "a movement again gives the stored answer and moves nothing" {
	receive r1 A 5 >first
	receive r2 A 5
	run receive r1 A 5
	assert_output "$(cat first)"
	assert_equal "$(levels)" 'A 10 0 0 10'
	# Within one batch too.
	receive r3 B 1 >line
	cat line line | souk-stock receive | jq -c .stock | uniq -c >counted
	assert_equal "$(tr -s ' ' <counted)" ' 2 {"qty":1,"on_hand":1}'
	assert_equal "$(levels)" "$(printf 'A 10 0 0 10\nB 1 0 0 1')"
}

@test "the id of a movement with other content is id_conflict" {
	receive r1 A 5
	local message='this id was used for another movement of stock'
	refused receive '{"id":"r1","sku":"A","qty":6}' id_conflict "$message"
	refused receive '{"id":"r1","sku":"B","qty":5}' id_conflict "$message"
	refused receive '{"id":"r1","sku":"A","qty":5,"reason":"x"}' id_conflict "$message"
	# What stock does not act on, and how it is spelled, is no content.
	run codes < <(souk-stock receive <<<'{"qty":5,"note":"new","sku":"\u0041","id":"r\u0031"}')
	assert_output 'no state'
	assert_equal "$(levels)" 'A 5 0 0 5'
}

@test "adjust: up, down to nothing, never below; ids of its own" {
	receive m1 A 5
	run souk-stock adjust <<<'{"id":"m1","sku":"A","qty":-5,"reason":"stolen"}'
	assert_output '{"id":"m1","sku":"A","qty":-5,"reason":"stolen","stock":{"qty":-5,"on_hand":0}}'
	refused adjust '{"id":"m2","sku":"A","qty":-1,"reason":"lost"}' below_zero \
		'there are 0 pieces of A, fewer than would go'
	refused adjust '{"id":"m2","sku":"NEVER","qty":-1,"reason":"lost"}' below_zero \
		'there are 0 pieces of NEVER, fewer than would go'
	# Nothing was stored under m2: it is free.
	souk-stock adjust -e <<<'{"id":"m2","sku":"A","qty":3,"reason":"found"}'
	assert_equal "$(levels)" 'A 3 0 0 3'
}

@test "movements that make no sense are refused by name of the member" {
	refused receive '{"id":"x","sku":"A","qty":0}' bad_record 'qty: must be a whole number from 1 to 1000000000'
	refused receive '{"id":"x","sku":"A","qty":1000000001}' bad_record \
		'qty: must be a whole number from 1 to 1000000000'
	refused receive '{"id":"x","sku":"A","qty":-1}' bad_record 'qty: must be a whole number from 1 to 1000000000'
	refused receive '{"id":"x","sku":"A","qty":"1"}' bad_record 'qty: must be a whole number from 1 to 1000000000'
	refused receive '{"id":"x","sku":"A","qty":1.5}' bad_record 'qty: must be a whole number from 1 to 1000000000'
	refused receive '{"id":"x","sku":"A"}' bad_record 'qty is missing'
	refused receive '{"id":"x","qty":1}' bad_record 'sku is missing'
	refused receive '{"sku":"A","qty":1}' bad_record 'id is missing'
	refused receive '{"id":"x","sku":"","qty":1}' bad_record 'sku: must be 1 to 128 bytes long'
	refused receive '{"id":"x","sku":"a\u0000b","qty":1}' bad_record 'sku: must not hold control characters'
	refused adjust '{"id":"x","sku":"A","qty":1}' bad_record 'reason is missing'
	refused adjust '{"id":"x","sku":"A","qty":-1000000001,"reason":"r"}' bad_record \
		'qty: must be a whole number from -1000000000 to 1000000000'
	assert_equal "$(levels)" ''
}

# ---- Holds ----

@test "reserve: exact bytes; what is held is no longer available" {
	receive r1 A 5
	run souk-stock reserve <<<'{"id":"o1", "lines":[ {"qty":3,"sku":"A"} ],"total":{"total":1}}'
	assert_success
	assert_output '{"id":"o1", "lines":[ {"qty":3,"sku":"A"} ],"total":{"total":1},"stock":{"state":"held"}}'
	assert_equal "$(levels)" 'A 5 3 0 2'
}

@test "all or nothing: one line that lacks, and nothing is held" {
	receive r1 A 5
	receive r2 B 1
	refused reserve "$(order o1 A 2 B 2 C 1)" out_of_stock 'of B 2 are wanted, 1 are there' \
		'"lines":[{"sku":"B","wanted":2,"available":1},{"sku":"C","wanted":1,"available":0}]'
	assert_equal "$(levels)" "$(printf 'A 5 0 0 5\nB 1 0 0 1')"
}

@test "the last piece goes to the first that asks, in one batch or in two" {
	receive r1 A 3
	{ order o1 A 2; order o2 A 2; order o3 A 1; order o4 A 1; } >in
	run codes < <(souk-stock reserve <in)
	assert_output "$(printf '%s\n' held out_of_stock held out_of_stock)"
	run codes < <(order o5 A 1 | souk-stock reserve)
	assert_output out_of_stock
	assert_equal "$(levels)" 'A 3 3 0 0'
}

@test "lines of one sku are added up" {
	receive r1 A 5
	refused reserve "$(order o1 A 3 A 3)" out_of_stock 'of A 6 are wanted, 5 are there' \
		'"lines":[{"sku":"A","wanted":6,"available":5}]'
	run codes < <(order o2 A 3 A 2 | souk-stock reserve)
	assert_output held
	run jq -c 'select(.id == "o2") | .lines' < <(souk-stock export)
	assert_output '[{"sku":"A","qty":5}]'
}

@test "lines that are not kept in stock need none" {
	receive r1 A 1
	run codes < <(souk-stock reserve <<'END'
{"id":"o1","lines":[{"sku":"WRAP","qty":9},{"sku":"A","qty":1}],"catalog":{"lines":[{"manage_stock":false},{"manage_stock":true}]}}
{"id":"o2","lines":[{"sku":"WRAP","qty":9}],"catalog":{"lines":[{"title":"Wrapping","manage_stock":false}]}}
{"id":"o3","lines":[{"sku":"WRAP","qty":9}],"catalog":{"lines":[{"title":"Wrapping"}]}}
{"id":"o4","lines":[{"sku":"WRAP","qty":9}],"catalog":{"lines":[{"manage_stock":null}]}}
END
	)
	assert_output "$(printf '%s\n' held held out_of_stock out_of_stock)"
	assert_equal "$(levels)" 'A 1 1 0 0'
	settle o2 placed
	run souk-stock export
	assert_line '{"export":"stock.hold","id":"o2","state":"committed","lines":[]}'
	refused reserve '{"id":"o5","lines":[{"sku":"A","qty":1}],"catalog":{"lines":[]}}' bad_record \
		'catalog.lines: must be as long as lines'
	refused reserve '{"id":"o5","lines":[{"sku":"A","qty":1}],"catalog":{"lines":[{"manage_stock":0}]}}' bad_record \
		'catalog.lines[0].manage_stock: must be true or false'
}

@test "an order again: held once; a refusal is final, even if goods come in" {
	receive r1 A 5
	{ order o1 A 3; order o2 A 3; } >in
	souk-stock reserve <in >first
	receive r2 A 100
	souk-stock reserve <in >second
	cmp first second
	run codes <second
	assert_output "$(printf 'held\nout_of_stock')"
	assert_equal "$(levels)" 'A 105 3 0 102'
	# The same attempt under an id of its own is another one.
	run codes < <(order o3 A 3 | souk-stock reserve)
	assert_output held
}

@test "the id of an order with other lines is id_conflict, held or refused" {
	receive r1 A 5
	{ order o1 A 3; order o2 A 9; } | souk-stock reserve
	refused reserve "$(order o1 A 2)" id_conflict 'this id holds stock for other lines'
	refused reserve "$(order o1 B 3)" id_conflict 'this id holds stock for other lines'
	refused reserve "$(order o2 A 1)" id_conflict 'this id holds stock for other lines'
	assert_equal "$(levels)" 'A 5 3 0 2'
}

@test "of many lines that lack, twenty are named" {
	local skus=()
	for n in {1..25}; do skus+=("S$n" "$n"); done
	order o1 "${skus[@]}" | souk-stock reserve >out
	assert_equal "$(jq '.error.lines | length' out)" 20
	assert_equal "$(jq -c '.error.lines[-1]' out)" '{"sku":"S20","wanted":20,"available":0}'
}

@test "orders that make no sense are refused, and their ids stay free" {
	receive r1 A 5
	refused reserve '{"id":"o1"}' bad_record 'lines is missing'
	refused reserve '{"id":"o1","lines":[]}' bad_record 'lines: must hold at least one line'
	refused reserve '{"id":"o1","lines":[7]}' bad_record 'lines[0]: must be an object'
	refused reserve '{"id":"o1","lines":[{"sku":"A","qty":1},{"sku":"A","qty":0}]}' bad_record \
		'lines[1].qty: must be a whole number from 1 to 1000000000'
	refused reserve '{"id":"o1","lines":[{"sku":"A","qty":1,"qty":2}]}' bad_record 'lines[0]: a member name stands twice in it'
	refused reserve '{"lines":[{"sku":"A","qty":1}]}' bad_record 'id is missing'
	run codes < <(order o1 A 5 | souk-stock reserve)
	assert_output held
}

@test "what a correction took away can't be sold; available tells it" {
	receive r1 A 5
	order o1 A 4 | souk-stock reserve
	souk-stock adjust -e <<<'{"id":"a1","sku":"A","qty":-3,"reason":"broken"}'
	assert_equal "$(levels)" 'A 2 4 0 -2'
	refused reserve "$(order o2 A 1)" out_of_stock 'of A 1 are wanted, 0 are there' \
		'"lines":[{"sku":"A","wanted":1,"available":0}]'
	settle o1 rejected
	assert_equal "$(levels)" 'A 2 0 0 2'
}

@test "reserve passes failed and waiting records untouched" {
	receive r1 A 5
	local failed='{"id":"o1","lines":[{"sku":"A","qty":1}],"error":{"by":"price","code":"no_price"}}'
	local waiting='{"id":"o2","lines":[{"sku":"A","qty":1}],"wait":{"by":"pay","code":"unknown"}}'
	run souk-stock reserve < <(printf '%s\n' "$failed" "$waiting")
	assert_output "$(printf '%s\n' "$failed" "$waiting")"
	assert_equal "$(levels)" 'A 5 0 0 5'
}

# ---- Settling ----

@test "settle: a placed order's pieces are committed, a rejected one's given back" {
	receive r1 A 9
	{ order o1 A 2; order o2 A 3; order o3 A 4; } | souk-stock reserve
	run settle o1 placed
	assert_output '{"id":"o1","order":{"state":"placed"},"stock":{"state":"committed"}}'
	run settle o2 rejected
	assert_output '{"id":"o2","order":{"state":"rejected"},"stock":{"state":"released"}}'
	assert_equal "$(levels)" 'A 9 4 2 3'
	# What was given back can be sold again.
	run codes < <(order o4 A 3 | souk-stock reserve)
	assert_output held
}

@test "what comes after its order was rejected holds nothing" {
	receive r1 A 9
	order o1 A 2 | souk-stock reserve
	settle o1 rejected
	run settle o2 rejected
	assert_output '{"id":"o2","order":{"state":"rejected"},"stock":{"state":"none"}}'
	run settle o2 rejected
	assert_output '{"id":"o2","order":{"state":"rejected"},"stock":{"state":"none"}}'
	run codes < <({ order o1 A 2; order o2 A 2; } | souk-stock reserve)
	assert_output "$(printf 'released\nreleased')"
	assert_equal "$(levels)" 'A 9 0 0 9'
}

@test "settle again changes nothing, and the first decision stands" {
	receive r1 A 9
	{ order o1 A 2; order o2 A 3; } | souk-stock reserve
	{ settle o1 placed; settle o2 rejected; } >first
	{ settle o1 placed; settle o2 rejected; } | cmp first
	run codes < <({ settle o1 rejected; settle o2 placed; })
	assert_output "$(printf 'committed\nreleased')"
	assert_equal "$(levels)" 'A 9 0 2 7'
	# Nor does the order hold anything anew.
	order o2 A 3 | souk-stock reserve
	assert_equal "$(levels)" 'A 9 0 2 7'
}

@test "settle: undecided orders pass, unknown and refused ones hold nothing" {
	receive r1 A 1
	{ order o1 A 1; order o2 A 1; } | souk-stock reserve
	local record
	for record in '{"id":"o1","order":{"state":"open"}}' '{"id":"o1"}' '{"id":"o1","order":{}}' \
		'{"id":"o1","order":{"state":"none"},"stock":{"state":"held"}}'; do
		run souk-stock settle <<<"$record"
		assert_output "$record"
	done
	run settle o2 rejected
	assert_output '{"id":"o2","order":{"state":"rejected"},"stock":{"state":"none"}}'
	run settle o2 placed
	assert_output '{"id":"o2","order":{"state":"placed"},"stock":{"state":"none"}}'
	run settle never placed
	assert_output '{"id":"never","order":{"state":"placed"},"stock":{"state":"none"}}'
	assert_equal "$(levels)" 'A 1 1 0 0'
	refused settle '{"id":"o1","order":[]}' bad_record 'order: must be an object'
	refused settle '{"id":"o1","order":{"state":1}}' bad_record 'order.state: must be a string'
	assert_equal "$(levels)" 'A 1 1 0 0'
}

@test "settle acts on failed and waiting records, keeps what else its member says" {
	receive r1 A 9
	{ order o1 A 2; order o2 A 3; order o3 A 4; } | souk-stock reserve
	run souk-stock settle <<<'{"id":"o1","order":{"state":"rejected"},"error":{"by":"pay","code":"declined"}}'
	assert_output '{"id":"o1","order":{"state":"rejected"},"error":{"by":"pay","code":"declined"},"stock":{"state":"released"}}'
	run souk-stock settle <<<'{"id":"o2","order":{"state":"placed"},"wait":{"by":"mail","code":"unknown"}}'
	assert_output '{"id":"o2","order":{"state":"placed"},"wait":{"by":"mail","code":"unknown"},"stock":{"state":"committed"}}'
	run souk-stock settle <<<'{"id":"o3","stock":{"state":"held","bin":[1.0, 2]},"order":{"state":"placed"},"x":1}'
	assert_output '{"id":"o3","order":{"state":"placed"},"x":1,"stock":{"bin":[1.0, 2],"state":"committed"}}'
	assert_equal "$(levels)" 'A 9 0 7 2'
}

# ---- Asking ----

@test "level and list say the same; a sku that never came is unknown" {
	receive r1 A 9
	receive r2 b 1
	{ order o1 A 2; order o2 A 3; } | souk-stock reserve
	settle o1 placed
	run souk-stock level < <(printf '%s\n' '{"sku":"A","q":1.0}' '{"sku":"B"}' '{}')
	assert_success
	assert_line -n 0 '{"sku":"A","q":1.0,"stock":{"on_hand":9,"reserved":3,"committed":2,"available":4}}'
	assert_line -n 1 '{"sku":"B","error":{"by":"stock","code":"unknown_sku","message":"B was never received"}}'
	assert_line -n 2 '{"error":{"by":"stock","code":"bad_record","message":"sku is missing"}}'
	run souk-stock list
	assert_output "$(printf '%s\n' \
		'{"sku":"A","stock":{"on_hand":9,"reserved":3,"committed":2,"available":4}}' \
		'{"sku":"b","stock":{"on_hand":1,"reserved":0,"committed":0,"available":1}}')"
}

@test "export: everything, exact bytes" {
	receive r1 A 9
	souk-stock adjust --now 2026-01-02T03:04:05Z -e <<<'{"id":"a1","sku":"A","qty":-1,"reason":"a \"b\" é"}'
	{ order o1 A 2 B 1; order o2 A 3; order o3 A 1; order o4 A 1; } | souk-stock reserve
	settle o2 placed
	settle o3 rejected
	run souk-stock export
	assert_success
	assert_output "$(cat <<'END'
{"export":"stock.movement","verb":"adjust","id":"a1","sku":"A","qty":-1,"reason":"a \"b\" é","on_hand":8,"time":"2026-01-02T03:04:05Z"}
{"export":"stock.movement","verb":"receive","id":"r1","sku":"A","qty":9,"on_hand":9,"time":"2026-01-01T00:00:00Z"}
{"export":"stock.hold","id":"o1","state":"refused","lines":[]}
{"export":"stock.hold","id":"o2","state":"committed","lines":[{"sku":"A","qty":3}]}
{"export":"stock.hold","id":"o3","state":"released","lines":[{"sku":"A","qty":1}]}
{"export":"stock.hold","id":"o4","state":"held","lines":[{"sku":"A","qty":1}]}
{"export":"stock.level","sku":"A","on_hand":8,"taken":4}
END
	)"
}

@test "an empty shop: nothing to list, nothing to export" {
	run souk-stock list
	assert_success
	assert_output ''
	run souk-stock export
	assert_success
	assert_output ''
}

# ---- Over many batches, beside others ----

@test "levels kept in memory are dropped when another process changes them" {
	receive r1 A 3
	mkfifo in out
	souk-stock reserve <in >out &
	exec 5>in 6<out
	order o1 A 1 >&5
	read -r line <&6
	assert_equal "$(codes <<<"$line")" held
	# Another process takes one, a third takes one from the house, a fourth brings two.
	order p1 A 1 | souk-stock reserve
	order o2 A 2 >&5
	read -r line <&6
	assert_equal "$(codes <<<"$line")" out_of_stock
	receive r2 A 2
	order o3 A 3 >&5
	read -r line <&6
	assert_equal "$(codes <<<"$line")" held
	settle p1 rejected
	order o4 A 1 >&5
	read -r line <&6
	assert_equal "$(codes <<<"$line")" held
	order o5 A 1 >&5
	read -r line <&6
	assert_equal "$(codes <<<"$line")" out_of_stock
	exec 5>&- 6<&-
	wait $!
	assert_equal "$(levels)" 'A 5 5 0 0'
}

@test "2,500 orders over several batches: sold to the last piece, twice the same bytes" {
	for sku in A B C; do receive "r-$sku" $sku 1000; done
	awk 'BEGIN { for (i = 1; i <= 2500; i++) printf("{\"id\":\"o%d\",\"lines\":[{\"sku\":\"%c\",\"qty\":%d}]}\n",
		i, 65 + i % 3, 1 + i % 2) }' >in
	souk-stock reserve <in >first
	assert_equal "$(lines first)" 2500
	souk-stock reserve <in >second
	cmp first second
	# Those held add up to what is taken, and whatever is left is too little for who was refused.
	jq -r 'select(.stock) | .lines[0] | "\(.sku) \(.qty)"' first |
		awk '{ sum[$1] += $2 } END { for (s in sum) print s, 1000, sum[s], 0, 1000 - sum[s] }' | sort >held
	assert_equal "$(levels)" "$(cat held)"
	assert_equal "$(awk '$5 > 0' held)" ''
}

@test "random receipts, corrections, orders and settlements: as a plain model says" {
	run python3 "$ROOT/tests/reference/stock.py" "${STOCK_SEED:-$RANDOM}"
	echo "$output"
	assert_success
	assert_line --regexp '^[0-9]+ records as expected$'
}

# ---- Locations ----

# locations NAME[:PRIORITY]...
locations() {
	local place
	for place in "$@"; do
		printf '{"location":"%s","priority":%s}\n' "${place%:*}" "$([[ $place == *:* ]] && echo "${place#*:}" || echo 0)"
	done | souk-stock put -e >/dev/null
}

# at LOCATION ID SKU QTY: goods come in there.
at() {
	printf '{"location":"%s","id":"%s","sku":"%s","qty":%s}\n' "$@" | souk-stock receive --now $NOW -e >/dev/null
}

# Where the pieces of a sku are: LOCATION ON_HAND AVAILABLE
places() {
	echo "{\"sku\":\"$1\"}" | souk-stock level | jq -r '.stock.locations[] | "\(.location) \(.on_hand) \(.available)"'
}

# What a hold has of a sku where.
held_at() {
	souk-stock export | jq -r --arg id "$1" 'select(.export == "stock.hold" and .id == $id).lines[] | "\(.location // "main") \(.qty)"'
}

@test "put: locations and backorders; a location must be put before it is used" {
	run souk-stock put < <(printf '%s\n' '{"location":"north", "priority":5}' '{"sku":"A","allow_backorder":true}' \
		'{"x":1}' '{"location":"n","sku":"A"}' '{"sku":"A"}' '{"sku":"A","allow_backorder":1}' '{"location":"n","priority":"1"}')
	assert_line -n 0 '{"location":"north", "priority":5,"stock":{"state":"stored"}}'
	assert_line -n 1 '{"sku":"A","allow_backorder":true,"stock":{"state":"stored"}}'
	assert_line -n 2 --partial 'location or sku is missing'
	assert_line -n 3 --partial 'location and sku stand both there: put each by itself'
	assert_line -n 4 --partial 'allow_backorder is missing'
	assert_line -n 5 --partial 'allow_backorder: must be true or false'
	assert_line -n 6 --partial 'priority: must be a whole number from -1000000 to 1000000'
	refused receive '{"id":"r1","sku":"A","qty":1,"location":"south"}' unknown_location \
		'there is no location south yet: put it first'
	assert_equal "$(souk-stock list)" '{"sku":"A","stock":{"on_hand":0,"reserved":0,"committed":0,"available":0,"allow_backorder":true}}'
}

@test "receive and adjust at a location: its own level, and the sum" {
	locations north
	receive r1 A 5
	run souk-stock receive <<<'{"id":"r2","sku":"A","qty":7,"location":"north"}'
	assert_output '{"id":"r2","sku":"A","qty":7,"location":"north","stock":{"qty":7,"location":"north","on_hand":7}}'
	run souk-stock receive <<<'{"id":"r2","sku":"A","qty":7,"location":"north"}'
	assert_output --partial '"stock":{"qty":7,"location":"north","on_hand":7}'
	refused receive '{"id":"r2","sku":"A","qty":7}' id_conflict 'this id was used for another movement of stock'
	# main is a name like any other.
	run souk-stock receive <<<'{"id":"r1","sku":"A","qty":5,"location":"main"}'
	assert_output --partial '"stock":{"qty":5,"on_hand":5}'
	# What is elsewhere can't be taken from here.
	refused adjust '{"id":"a1","sku":"A","qty":-6,"reason":"lost"}' below_zero 'there are 5 pieces of A, fewer than would go'
	souk-stock adjust -e <<<'{"id":"a1","sku":"A","qty":-6,"reason":"lost","location":"north"}'
	assert_equal "$(levels)" 'A 6 0 0 6'
	run places A
	assert_output "$(printf 'north 1 1\nmain 5 5')"
	run souk-stock list
	assert_output '{"sku":"A","stock":{"on_hand":6,"reserved":0,"committed":0,"available":6,"locations":[{"location":"north","on_hand":1,"available":1},{"location":"main","on_hand":5,"available":5}]}}'
}

@test "reserve takes by priority, then from where most is; a hold may be split" {
	locations north south:1 west
	receive r1 A 3
	at north r2 A 5
	at south r3 A 1
	at west r4 A 5
	{ order o1 A 4; order o2 A 6; order o3 A 4; order o4 A 1; } >in
	run codes < <(souk-stock reserve <in)
	assert_output "$(printf '%s\n' held held held out_of_stock)"
	assert_equal "$(held_at o1)" "$(printf 'south 1\nnorth 3')"
	assert_equal "$(held_at o2)" "$(printf 'west 5\nmain 1')"
	# Of two with as much main comes first, and then the name.
	assert_equal "$(held_at o3)" "$(printf 'main 2\nnorth 2')"
	assert_equal "$(levels)" 'A 14 14 0 0'
	souk-stock reserve <in | cmp - <(souk-stock reserve <in)
	settle o2 rejected
	run places A
	assert_output "$(printf 'north 5 0\nsouth 1 0\nwest 5 5\nmain 3 1')"
	locations main:9
	order o5 A 2 | souk-stock reserve
	assert_equal "$(held_at o5)" "$(printf 'main 1\nwest 1')"
}

@test "backorders: held beyond what there is, and told" {
	receive r1 A 2
	souk-stock put -e <<<'{"sku":"A","allow_backorder":true}'
	local B='"catalog":{"lines":[{"allow_backorder":true}]}' N='"catalog":{"lines":[{"allow_backorder":false}]}'
	run souk-stock reserve <<<'{"id":"o1","lines":[{"sku":"A","qty":5}]}'
	assert_output '{"id":"o1","lines":[{"sku":"A","qty":5}],"stock":{"state":"held","backordered":[{"sku":"A","qty":3}]}}'
	run souk-stock reserve <<<'{"id":"o1","lines":[{"sku":"A","qty":5}]}'
	assert_output '{"id":"o1","lines":[{"sku":"A","qty":5}],"stock":{"state":"held","backordered":[{"sku":"A","qty":3}]}}'
	assert_equal "$(levels)" 'A 2 5 0 -3'
	# The catalogue's word goes before; it may allow it for what never came.
	run codes < <(souk-stock reserve <<<"{\"id\":\"o2\",\"lines\":[{\"sku\":\"A\",\"qty\":1}],$N}")
	assert_output out_of_stock
	run jq -c .stock < <(souk-stock reserve <<<"{\"id\":\"o3\",\"lines\":[{\"sku\":\"NEW\",\"qty\":4}],$B}")
	assert_output '{"state":"held","backordered":[{"sku":"NEW","qty":4}]}'
	# What is not told to be backordered is not.
	run codes < <(order o4 NEW 1 | souk-stock reserve)
	assert_output out_of_stock
	assert_equal "$(levels)" "$(printf 'A 2 5 0 -3\nNEW 0 4 0 -4')"
	run souk-stock settle <<<'{"id":"o1","order":{"state":"placed"},"stock":{"state":"held","backordered":[{"sku":"A","qty":3}]}}'
	assert_output '{"id":"o1","order":{"state":"placed"},"stock":{"backordered":[{"sku":"A","qty":3}],"state":"committed"}}'
	settle o3 rejected
	receive r2 A 4
	assert_equal "$(levels)" "$(printf 'A 6 0 5 1\nNEW 0 0 0 0')"
}

@test "many backorders in one batch, beside others: the same as one by one" {
	receive r1 A 10
	locations north:1
	at north r2 A 3
	souk-stock put -e <<<'{"sku":"A","allow_backorder":true}'
	cp -r "$SOUK_DB" each
	for i in {1..40}; do order "o$i" A 1; done >in
	souk-stock reserve <in >once
	while read -r line; do echo "$line"; sleep 0.003; done <in | SOUK_DB=$PWD/each souk-stock reserve >one
	cmp once one
	souk-stock export | cmp - <(SOUK_DB=$PWD/each souk-stock export)
	assert_equal "$(levels)" 'A 13 40 0 -27'
	assert_equal "$(places A)" "$(printf 'north 3 -27\nmain 10 0')"
}

@test "transfer: from one location to another, what is free there" {
	locations north
	receive r1 A 5
	run souk-stock transfer <<<'{"id":"t1","sku":"A","qty":3,"to":"north"}'
	assert_output '{"id":"t1","sku":"A","qty":3,"to":"north","stock":{"qty":3,"from":{"location":"main","on_hand":2},"to":{"location":"north","on_hand":3}}}'
	souk-stock transfer <<<'{"id":"t1","sku":"A","qty":3,"to":"north"}' | jq -e '.stock.to.on_hand == 3'
	refused transfer '{"id":"t1","sku":"A","qty":2,"to":"north"}' id_conflict 'this id was used for another movement of stock'
	order o1 A 3 | souk-stock reserve
	assert_equal "$(held_at o1)" 'north 3'
	refused transfer '{"id":"t2","sku":"A","qty":1,"from":"north"}' not_available \
		'of A 1 are to go and 0 are free at north' '"available":0'
	refused transfer '{"id":"t2","sku":"A","qty":3,"to":"north"}' not_available \
		'of A 3 are to go and 2 are free at main' '"available":2'
	refused transfer '{"id":"t2","sku":"A","qty":1}' bad_record 'from and to are both main: one of them may be left out for main'
	settle o1 rejected
	souk-stock transfer -e <<<'{"id":"t2","sku":"A","qty":3,"from":"north"}'
	assert_equal "$(places A)" "$(printf 'north 0 0\nmain 5 5')"
	assert_equal "$(levels)" 'A 5 0 0 5'
}

@test "stocktake: what was counted is on hand, the difference is a movement" {
	locations north
	receive r1 A 5
	at north r2 A 4
	run souk-stock stocktake <<<'{"id":"k1","sku":"A","qty":3}'
	assert_output '{"id":"k1","sku":"A","qty":3,"stock":{"qty":-2,"on_hand":3}}'
	receive r3 A 5
	# Counted then, not now.
	run souk-stock stocktake <<<'{"id":"k1","sku":"A","qty":3}'
	assert_output --partial '"stock":{"qty":-2,"on_hand":3}'
	refused stocktake '{"id":"k1","sku":"A","qty":4}' id_conflict 'this id was used for another movement of stock'
	run souk-stock stocktake <<<'{"id":"k2","sku":"A","qty":4,"location":"north"}'
	assert_output --partial '"stock":{"qty":0,"location":"north","on_hand":4}'
	souk-stock stocktake -e <<<'{"id":"k3","sku":"NEW","qty":2}'
	assert_equal "$(levels)" "$(printf 'A 12 0 0 12\nNEW 2 0 0 2')"
	run souk-stock export
	assert_line --partial '{"export":"stock.movement","verb":"stocktake","id":"k1","sku":"A","qty":-2,"reason":"stocktake","on_hand":3,'
	refute_line --partial '"id":"k2"'
}

# ---- What leaves and comes back ----

# shipped ID ORDER LINES [LOCATION]: as souk-ship has answered.
shipped() {
	printf '{"id":"%s","order_id":"%s","ship":{"lines":%s%s}}\n' "$1" "$2" "$3" "${4:+,\"location\":\"$4\"}" |
		souk-stock ship --now $NOW | jq -c '.stock // .error // .wait'
}

@test "ship: what is sent is no longer on hand, nor held" {
	receive r1 A 9
	receive r2 B 2
	order o1 A 5 B 2 | souk-stock reserve
	run shipped s0 o1 '[{"sku":"A","qty":1}]'
	assert_output '{"by":"stock","code":"not_committed","message":"what order o1 asked for is held"}'
	settle o1 placed
	# What was refused is given up by who asked: it must not go through later.
	run shipped s0 o1 '[{"sku":"A","qty":1}]'
	assert_output '{"by":"stock","code":"not_committed","message":"what order o1 asked for is held"}'
	run shipped s0 o1 '[{"sku":"A","qty":2}]'
	assert_output '{"by":"stock","code":"id_conflict","message":"this id was used for another movement of stock"}'
	run shipped s1 o1 '[{"sku":"A","qty":2},{"sku":"GIFT","qty":1},{"sku":"B","qty":1},{"sku":"A","qty":1}]'
	assert_output '{"state":"shipped","lines":[{"sku":"A","qty":3,"on_hand":6},{"sku":"B","qty":1,"on_hand":1}]}'
	run shipped s1 o1 '[{"sku":"A","qty":2},{"sku":"GIFT","qty":1},{"sku":"B","qty":1},{"sku":"A","qty":1}]'
	assert_output '{"state":"shipped","lines":[{"sku":"A","qty":3,"on_hand":6},{"sku":"B","qty":1,"on_hand":1}]}'
	run shipped s1 o1 '[{"sku":"A","qty":3}]'
	assert_output '{"by":"stock","code":"id_conflict","message":"this id was used for another movement of stock"}'
	run shipped s2 o1 '[{"sku":"A","qty":3}]'
	assert_output '{"by":"stock","code":"too_many","message":"of A 2 are held for order o1, fewer than would go","left":2}'
	run shipped s3 o9 '[{"sku":"A","qty":3}]'
	assert_output '{"by":"stock","code":"nothing_held","message":"nothing is held for an order o9"}'
	run souk-stock ship <<<'{"id":"s2","order_id":"o1"}'
	assert_output --partial 'ship is missing: souk-ship ship has to run before souk-stock ship'
	assert_equal "$(levels)" "$(printf 'A 6 0 2 4\nB 1 0 1 0')"
	shipped s4 o1 '[{"sku":"A","qty":2},{"sku":"B","qty":1}]'
	assert_equal "$(levels)" "$(printf 'A 4 0 0 4\nB 0 0 0 0')"
	# The order again, as recovery sends it, is settled already.
	run settle o1 placed
	assert_output --partial '"stock":{"state":"committed"}'
	run souk-stock export
	assert_line '{"export":"stock.hold","id":"o1","state":"committed","lines":[{"sku":"A","qty":5,"shipped":5},{"sku":"B","qty":2,"shipped":2}]}'
	assert_line '{"export":"stock.movement","verb":"ship","id":"s1","sku":"A","qty":-3,"on_hand":6,"time":"2026-01-01T00:00:00Z"}'
}

@test "ship from where it is held, or from where it is sent" {
	locations north
	receive r1 A 4
	at north r2 A 3
	order o1 A 6 | souk-stock reserve
	assert_equal "$(held_at o1)" "$(printf 'main 4\nnorth 2')"
	settle o1 placed
	run shipped s1 o1 '[{"sku":"A","qty":1}]' north
	assert_output '{"state":"shipped","lines":[{"sku":"A","qty":1,"location":"north","on_hand":2}]}'
	run shipped s2 o1 '[{"sku":"A","qty":2}]' north
	assert_output '{"state":"shipped","lines":[{"sku":"A","qty":2,"location":"north","on_hand":0}]}'
	assert_equal "$(places A)" "$(printf 'north 0 0\nmain 4 1')"
	run shipped s3 o1 '[{"sku":"A","qty":1}]' north
	assert_output '{"by":"stock","code":"not_on_hand","message":"of A 1 are to go and 0 are on hand at north","left":0}'
	run shipped s4 o1 '[{"sku":"A","qty":3}]'
	assert_output '{"state":"shipped","lines":[{"sku":"A","qty":3,"on_hand":1}]}'
	assert_equal "$(levels)" 'A 1 0 0 1'
}

@test "what was ordered before it came is not shipped until it is there" {
	receive r1 A 1
	souk-stock put -e <<<'{"sku":"A","allow_backorder":true}'
	order o1 A 3 | souk-stock reserve
	settle o1 placed
	run shipped s1 o1 '[{"sku":"A","qty":3}]'
	assert_output '{"by":"stock","code":"not_on_hand","message":"of A 3 are to go and 1 are on hand at main","left":1}'
	assert_equal "$(levels)" 'A 1 0 3 -2'
	run shipped s2 o1 '[{"sku":"A","qty":1}]'
	assert_output --partial '"state":"shipped"'
	receive r2 A 2
	run shipped s3 o1 '[{"sku":"A","qty":2}]'
	assert_output --partial '"state":"shipped"'
	assert_equal "$(levels)" 'A 0 0 0 0'
}

@test "unship: what a shipment that was given up took is on hand and held again, once" {
	locations north
	receive r1 A 4
	at north r2 A 3
	receive r3 B 1
	order o1 A 6 B 1 | souk-stock reserve
	assert_equal "$(held_at o1 | tr '\n' ' ')" 'main 4 north 2 main 1 '
	settle o1 placed
	souk-stock export >before
	event='{"id":"s1","order_id":"o1","ship":{"state":"void","lines":[{"sku":"A","qty":3}],"location":"north"},"error":{"by":"pay","code":"declined"}}'
	undone() { souk-stock unship <<<"$event" | jq -c .stock; }
	# Not of a shipment that stands, nor of a record that is good, nor of another under its id.
	shipped s1 o1 '[{"sku":"A","qty":3}]' north
	jq -c '.ship.state = "shipped"' <<<"$event" >standing
	souk-stock unship <standing | cmp - standing
	jq -c 'del(.error)' <<<"$event" >standing
	souk-stock unship <standing | cmp - standing
	sed 's/"qty":3/"qty":2/' <<<"$event" >standing
	souk-stock unship <standing | cmp - standing
	assert_equal "$(levels | tr '\n' ' ')" 'A 4 0 3 1 B 1 0 1 0 '
	# From north went what is held there, and a piece that is held at main.
	run undone
	assert_output '{"state":"unshipped","lines":[{"sku":"A","qty":3,"location":"north","on_hand":3}]}'
	run undone
	assert_output '{"state":"unshipped","lines":[{"sku":"A","qty":3,"location":"north","on_hand":3}]}'
	souk-stock export | grep -v 'movement.*"s1"' | cmp - before
	souk-stock export >books
	run grep -c '"verb":"unship"' books
	assert_output 1
	# The same shipment, late from another process, takes nothing.
	run shipped s1 o1 '[{"sku":"A","qty":3}]' north
	assert_output '{"by":"stock","code":"void","message":"this shipment was given up"}'
	# Nor does one that was given up before it came here.
	event=${event//s1/s2}
	run undone
	assert_output '{"state":"none","lines":[]}'
	run shipped s2 o1 '[{"sku":"A","qty":1}]'
	assert_output --partial '"code":"void"'
	run shipped s3 o1 '[{"sku":"A","qty":6},{"sku":"B","qty":1}]'
	assert_output --partial '"state":"shipped"'
	assert_equal "$(levels | tr '\n' ' ')" 'A 1 0 0 1 B 0 0 0 0 '
	# Orders are not in the books here.
	souk-stock export | souk-audit | jq -r .audit >found || true
	assert_equal "$(sort -u found | tr '\n' ' ')" 'hold_without_order verdict '
}

@test "release: a cancelled order gives back what was not shipped" {
	locations north:1
	receive r1 A 5
	at north r2 A 2
	order o1 A 6 | souk-stock reserve
	settle o1 placed
	shipped s1 o1 '[{"sku":"A","qty":1}]'
	run souk-stock release <<<'{"id":"c1","order_id":"o1"}'
	assert_output '{"id":"c1","order_id":"o1","stock":{"state":"released","lines":[{"sku":"A","qty":1,"location":"north"},{"sku":"A","qty":4}]}}'
	run souk-stock release <<<'{"id":"c1","order_id":"o1"}'
	assert_output --partial '"lines":[{"sku":"A","qty":1,"location":"north"},{"sku":"A","qty":4}]'
	assert_equal "$(levels)" 'A 6 0 0 6'
	run shipped s2 o1 '[{"sku":"A","qty":1}]'
	assert_output --partial 'of A 0 are held for order o1'
	run souk-stock release <<<'{"id":"c2","order_id":"o1"}'
	assert_output --partial '"stock":{"state":"released","lines":[]}'
	run souk-stock release <<<'{"id":"c3","order_id":"never"}'
	assert_output --partial '"stock":{"state":"none","lines":[]}'
	order o2 A 1 | souk-stock reserve
	run souk-stock release <<<'{"id":"c4","order_id":"o2"}'
	assert_output --partial '"code":"not_committed"'
}

@test "restock: what came back can be sold again" {
	locations north
	receive r1 A 1
	run souk-stock restock <<<'{"id":"b1","lines":[{"sku":"A","qty":2},{"sku":"B","qty":1},{"sku":"A","qty":1}],"location":"north"}'
	assert_output --partial '"stock":{"state":"restocked","lines":[{"sku":"A","qty":3,"location":"north","on_hand":3},{"sku":"B","qty":1,"location":"north","on_hand":1}]}'
	# Of a return what its inspection says.
	run jq -c .stock < <(souk-stock restock <<<'{"id":"b2","lines":[{"id":"1","qty":9}],"return":{"lines":[{"id":"1","sku":"A","qty":3,"restock":2},{"sku":"B","qty":1,"restock":0}]}}')
	assert_output '{"state":"restocked","lines":[{"sku":"A","qty":2,"on_hand":3}]}'
	run jq -c .stock < <(souk-stock restock <<<'{"id":"b2","return":{"lines":[{"sku":"A","qty":3,"restock":2}]}}')
	assert_output '{"state":"restocked","lines":[{"sku":"A","qty":2,"on_hand":3}]}'
	refused restock '{"id":"b2","return":{"lines":[{"sku":"A","qty":3}]}}' id_conflict 'this id was used for another movement of stock'
	run jq -c .stock < <(souk-stock restock <<<'{"id":"b3","return":{"lines":[{"sku":"A","qty":3,"restock":0}]}}')
	assert_output '{"state":"none","lines":[]}'
	run souk-stock export
	assert_line --partial '"verb":"restock","id":"b2","sku":"A","qty":2,"reason":"return","on_hand":3,'
	assert_equal "$(levels)" "$(printf 'A 6 0 0 6\nB 1 0 0 1')"
}

@test "export: shelves and split holds, exact bytes" {
	locations north
	receive r1 A 2
	at north r2 A 1
	souk-stock put -e <<<'{"sku":"A","allow_backorder":true}'
	order o1 A 5 | souk-stock reserve
	run souk-stock export
	assert_output "$(cat <<'END'
{"export":"stock.movement","verb":"receive","id":"r1","sku":"A","qty":2,"on_hand":2,"time":"2026-01-01T00:00:00Z"}
{"export":"stock.movement","verb":"receive","id":"r2","sku":"A","location":"north","qty":1,"on_hand":1,"time":"2026-01-01T00:00:00Z"}
{"export":"stock.hold","id":"o1","state":"held","lines":[{"sku":"A","qty":4,"backordered":2},{"sku":"A","qty":1,"location":"north"}]}
{"export":"stock.level","sku":"A","on_hand":3,"taken":5}
{"export":"stock.shelf","sku":"A","location":"north","on_hand":1,"taken":1}
END
	)"
}

@test "a database of before there were locations goes on" {
	receive r1 A 5
	order o1 A 2 | souk-stock reserve
	# As the first version of the tables made it.
	python3 - "$SOUK_DB/stock/stock.db" "$ROOT/cmd/stock/schema.sql" <<-'END'
		import sqlite3, sys
		schema = open(sys.argv[2]).read().split("-- version 2\n")[0]
		db = sqlite3.connect(sys.argv[1])
		rows = {table: db.execute(f"SELECT {columns} FROM {table}").fetchall() for table, columns in (
		    ("level", "*"), ("hold", "*"), ("movement", "verb, id, sku, qty, reason, on_hand, at"))}
		for table in ("level", "level_version", "location", "shelf", "hold", "movement", "event"):
		    db.execute(f"DROP TABLE {table}")
		db.executescript(schema)
		for table, columns in (("level", 4), ("hold", 4), ("movement", 7)):
		    for row in rows[table]:
		        db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * columns)})", row[:columns])
		db.execute("PRAGMA user_version = 1")
		db.commit()
	END
	assert_equal "$(levels)" 'A 5 2 0 3'
	locations north
	souk-stock transfer -e <<<'{"id":"t1","sku":"A","qty":3,"to":"north"}'
	settle o1 placed
	assert_equal "$(places A)" "$(printf 'north 3 3\nmain 2 0')"
	run receive r1 A 5
	assert_output --partial '"on_hand":5'
}

@test "random goods at random places, in every way at once: as a plain model says" {
	run python3 "$ROOT/tests/reference/stock_places.py" "${STOCK_SEED:-$RANDOM}"
	echo "$output"
	assert_success
	assert_line --regexp '^[0-9]+ records as expected$'
}
