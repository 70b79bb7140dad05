#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-cart: what is put into a cart is in it, once, whoever else changes it.

bats_require_minimum_version 1.5.0
load helper

# change VERB ID CART JSON: its member, or the code of its error.
change() {
	local verb=$1 line
	line=$(printf '{"id":"%s","cart_id":"%s"%s}' "$2" "$3" "${4:+,$4}")
	shift 4
	souk-cart "$verb" "$@" <<<"$line" | jq -c 'if .error then .error.code else .cart end'
}
add() { change add "$1" "$2" '"line":{"sku":"'"$3"'","qty":'"$4"'}' "${@:5}"; }
set_line() { change set "$1" "$2" '"line":{"sku":"'"$3"'","qty":'"$4"'}' "${@:5}"; }
get() { change get g "$1" '' | jq -c .; }
skus() { jq -c '[.lines[] | [.sku, .qty]]'; }

@test "lines stand in the order in which they were added, to the byte" {
	assert_equal "$(get c1)" '{"state":"empty","lines":[],"version":0}'
	run souk-cart add <<<'{"id":"a1","n": 1.10,"cart_id":"c1","line":{"sku":"B\u0041","qty":2}}'
	assert_output '{"id":"a1","n": 1.10,"cart_id":"c1","line":{"sku":"B\u0041","qty":2},"cart":{"state":"open","lines":[{"id":"1","sku":"BA","qty":2}],"version":1}}'
	add a2 c1 A 1 >/dev/null
	assert_equal "$(add a3 c1 BA 3)" '{"state":"open","lines":[{"id":"1","sku":"BA","qty":5},{"id":"2","sku":"A","qty":1}],"version":3}'
	assert_equal "$(get c1)" '{"state":"open","lines":[{"id":"1","sku":"BA","qty":5},{"id":"2","sku":"A","qty":1}],"version":3}'
	# Without qty it is one piece; another cart is another cart.
	assert_equal "$(change add a4 c2 '"line":{"sku":"quo\"te"}')" '{"state":"open","lines":[{"id":"1","sku":"quo\"te","qty":1}],"version":1}'
	assert_equal "$(change add a5 c2 '"line":{"sku":"quo\"te"}' | skus)" '[["quo\"te",2]]'
}

@test "set says how many there are to be, and remove takes out" {
	set_line s1 c1 A 4 >/dev/null
	add a1 c1 B 1 >/dev/null
	assert_equal "$(set_line s2 c1 A 2 | skus)" '[["A",2],["B",1]]'
	assert_equal "$(change set s3 c1 '"line":{"id":"2","qty":7}' | skus)" '[["A",2],["B",7]]'
	assert_equal "$(change set s4 c1 '"line":{"id":"9","qty":7}')" '"unknown_line"'
	assert_equal "$(change set s4 c1 '"line":{"id":"2","sku":"B","qty":7}')" '"bad_record"'
	assert_equal "$(set_line s5 c1 A 0 | skus)" '[["B",7]]'
	assert_equal "$(set_line s6 c1 C 0 | skus)" '[["B",7]]'
	# A line that comes again is a new line, behind the others.
	assert_equal "$(add a2 c1 A 1)" '{"state":"open","lines":[{"id":"2","sku":"B","qty":7},{"id":"3","sku":"A","qty":1}],"version":7}'
	assert_equal "$(change remove r1 c1 '"line":{"id":"2"}' | skus)" '[["A",1]]'
	assert_equal "$(change remove r2 c1 '"line":{"sku":"none"}')" '{"state":"open","lines":[{"id":"3","sku":"A","qty":1}],"version":8}'
	assert_equal "$(change remove r3 c1 '')" '{"state":"empty","lines":[],"version":9}'
	assert_equal "$(get c1)" '{"state":"empty","lines":[],"version":9}'
}

@test "the same event again adds nothing, and gives the same answer; another under its id is refused" {
	souk-cart add <<<'{"id":"a1","cart_id":"c1","line":{"sku":"A","qty":2}}' >first
	add a2 c1 A 5 >/dev/null
	run souk-cart add <<<'{"id":"a1","cart_id":"c1","line":{"qty":2,"sku":"\u0041"}}'
	assert_equal "$(jq -c .cart <<<"$output")" "$(jq -c .cart first)"
	assert_equal "$(get c1 | skus)" '[["A",7]]'
	assert_equal "$(add a1 c1 A 3)" '"id_conflict"'
	assert_equal "$(add a1 c2 A 2)" '"id_conflict"'
	# Twice in one batch as well.
	yes '{"id":"a3","cart_id":"c1","line":{"sku":"A","qty":1}}' | head -n 50 | souk-cart add | jq -c .cart | sort | uniq -c |
		awk '{ exit $1 != 50 }'
	assert_equal "$(get c1 | skus)" '[["A",8]]'
}

@test "lines and pieces have a limit, and what is refused changes nothing" {
	add a1 c1 A 9 --max-qty 10 --max-lines 2 >/dev/null
	assert_equal "$(add a2 c1 A 2 --max-qty 10)" '"too_many"'
	run souk-cart add --max-qty 10 <<<'{"id":"a2","cart_id":"c1","line":{"sku":"A","qty":2}}'
	assert_equal "$(jq -c .error <<<"$output")" '{"by":"cart","code":"too_many","message":"a line of a cart holds 10 pieces at most, not 11","sku":"A","limit":10}'
	assert_equal "$(add a2 c1 A 1 --max-qty 10 | skus)" '[["A",10]]'
	add a3 c1 B 1 --max-lines 2 >/dev/null
	assert_equal "$(add a4 c1 C 1 --max-lines 2)" '"cart_full"'
	assert_equal "$(set_line a4 c1 C 1 --max-lines 2)" '"cart_full"'
	assert_equal "$(get c1 | skus)" '[["A",10],["B",1]]'
	for line in '{"sku":"A","qty":0}' '{"sku":"A","qty":-1}' '{"sku":"A","qty":1.5}' '{"qty":1}' '{"sku":"","qty":1}' '{"sku":"A","qty":1000000001}' '[]'; do
		assert_equal "$(change add bad c1 "\"line\":$line")" '"bad_record"'
	done
	# The largest cart there may be fits into its answer.
	for i in {1..250}; do printf '{"id":"l%d","cart_id":"big","line":{"sku":"%0128d","qty":1}}\n' "$i" "$i"; done |
		souk-cart add --max-lines 250 | jq -r '.cart.lines | length' | tail -n 1 | grep -qx 250
	assert_equal "$(get big | jq '.lines | length')" 250
}

@test "on login the guest's cart goes into the customer's, once; what has no room stays" {
	add a1 guest A 8 >/dev/null
	add a2 guest B 1 >/dev/null
	add a3 customer:1 A 5 >/dev/null
	assert_equal "$(change merge m1 customer:1 '"from_cart_id":"guest"')" \
		'{"state":"open","lines":[{"id":"1","sku":"A","qty":13},{"id":"2","sku":"B","qty":1}],"version":2}'
	assert_equal "$(get guest)" '{"state":"empty","lines":[],"version":3}'
	# A retry, and another login, add nothing.
	change merge m1 customer:1 '"from_cart_id":"guest"' >/dev/null
	assert_equal "$(change merge m2 customer:1 '"from_cart_id":"guest"' | skus)" '[["A",13],["B",1]]'
	add a4 guest A 9 >/dev/null
	add a5 guest C 1 >/dev/null
	assert_equal "$(change merge m3 customer:1 '"from_cart_id":"guest"' --max-qty 20 --max-lines 2)" \
		'{"state":"open","lines":[{"id":"1","sku":"A","qty":20},{"id":"2","sku":"B","qty":1}],"version":3,"left":{"cart_id":"guest","lines":[{"id":"3","sku":"A","qty":2},{"id":"4","sku":"C","qty":1}]}}'
	assert_equal "$(get guest | skus)" '[["A",2],["C",1]]'
	assert_equal "$(change merge m4 customer:1 '"from_cart_id":"customer:1"')" '"bad_record"'
}

@test "what a placed order has bought leaves the cart, and nothing else does" {
	add a1 c1 A 3 >/dev/null
	add a2 c1 B 1 >/dev/null
	add a3 c1 C 1 >/dev/null
	order='"lines":[{"sku":"A","qty":2},{"sku":"B","qty":1},{"sku":"D","qty":1}]'
	line="{\"id\":\"o1\",\"cart_id\":\"c1\",$order,\"order\":{\"state\":\"STATE\"}}"
	for state in rejected open; do
		run souk-cart settle <<<"${line/STATE/$state}"
		assert_output "${line/STATE/$state}"
	done
	run souk-cart settle <<<'{"id":"o2","lines":[{"sku":"A","qty":2}],"order":{"state":"placed"}}'
	refute_output --partial '"cart"'
	souk-cart settle <<<"${line/STATE/placed}" | jq -c .cart >first
	assert_equal "$(skus <first)" '[["A",1],["C",1]]'
	# The order once more, when the customer has chosen again.
	add a4 c1 B 1 >/dev/null
	souk-cart settle <<<"${line/STATE/placed}" | jq -c .cart | cmp - first
	assert_equal "$(get c1 | skus)" '[["A",1],["C",1],["B",1]]'
}

@test "old carts are written and gone; those that were changed since stay" {
	add a1 old A 1 --now 2026-01-01T00:00:00Z >/dev/null
	add a2 young A 1 --now 2026-01-01T00:00:00Z >/dev/null
	add a3 young B 1 --now 2026-02-10T00:00:00Z >/dev/null
	run souk-cart expire --now 2026-01-15T00:00:00Z
	assert_output ''
	run souk-cart expire --events 30d --now 2026-02-14T00:00:00Z
	assert_output '{"cart_id":"old","cart":{"state":"open","lines":[{"id":"1","sku":"A","qty":1}],"version":1}}'
	assert_equal "$(get old)" '{"state":"empty","lines":[],"version":0}'
	assert_equal "$(get young | skus)" '[["A",1],["B",1]]'
	# What was done is remembered for a day: so long a change that comes again is told.
	souk-cart expire --after 99d --now 2026-02-10T23:59:59Z
	assert_equal "$(add a3 young B 1 --now 2026-02-11T00:00:00Z | skus)" '[["A",1],["B",1]]'
	souk-cart expire --after 99d --events 1h --now 2026-02-11T00:00:00Z
	assert_equal "$(add a3 young B 1 --now 2026-02-10T00:00:00Z | skus)" '[["A",1],["B",2]]'
	run souk-cart expire --after 1d --now 2026-02-14T00:00:00Z
	assert_equal "$(jq -r .cart_id <<<"$output")" young
	# More than a batch of them.
	for i in {1..2500}; do echo '{"id":"b'$i'","cart_id":"many'$i'","line":{"sku":"A","qty":1}}'; done |
		souk-cart add --now 2026-01-01T00:00:00Z >/dev/null
	souk-cart expire --now 2026-03-01T00:00:00Z | jq -r .cart_id | sort -u | wc -l | grep -qx 2500
	run souk-cart expire --now 2026-03-01T00:00:00Z
	assert_output ''
	assert_equal "$(python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM event").fetchone())' "$SOUK_DB/cart/cart.db")" 0
}

# Random changes of a few carts by several writers at once. Each writer has skus of its own,
# whose quantities its own changes alone decide, and all add to one sku that they share.
@test "writers at once: every cart is what a model says, and no change is lost" {
	seed=${SEED:-$RANDOM}
	echo "SEED=$seed"
	writers=6 changes=300
	python3 - "$seed" "$writers" "$changes" <<-'END'
		import json, random, sys
		seed, writers, changes = map(int, sys.argv[1:])
		rng = random.Random(seed)
		model = {}
		for w in range(writers):
		    events, files = [], {verb: [] for verb in ("add", "set", "remove")}
		    with open(f"writer{w}", "w") as out:
		        for n in range(changes):
		            cart, own = f"c{rng.randrange(4)}", f"w{w}-{rng.randrange(3)}"
		            lines = model.setdefault(cart, {})
		            verb = rng.choices(("share", "add", "set", "remove"), (4, 3, 2, 1))[0]
		            qty = rng.randrange(1, 10)
		            sku = "shared" if verb == "share" else own
		            record = {"id": f"{w}-{n}", "cart_id": cart, "line": {"sku": sku}}
		            if verb in ("share", "add"):
		                lines[sku] = lines.get(sku, 0) + qty
		                record["line"]["qty"] = qty
		            elif verb == "set":
		                qty = rng.randrange(0, 5)
		                lines[sku] = qty
		                record["line"]["qty"] = qty
		            else:
		                lines[sku] = 0
		            name = "add" if verb == "share" else verb
		            print(name, json.dumps(record), file=out)
		            # Now and then the same event comes twice.
		            if rng.random() < 0.1:
		                print(name, json.dumps(record), file=out)
		with open("model", "w") as out:
		    for cart, lines in sorted(model.items()):
		        for sku, qty in sorted(lines.items()):
		            if qty:
		                print(cart, sku, qty, file=out)
	END
	pids=()
	for w in $(seq 0 $((writers - 1))); do
		# Runs of one verb go through one filter, as they are.
		awk -v w="$w" '{ verb = $1; sub(/^[a-z]+ /, "")
			if (verb != last) { if (last) close(pipe); pipe = "souk-cart " verb " --max-qty 1000000 -e >>out" w
				if (verb == "remove") sub(/ --max-qty 1000000/, "", pipe); last = verb }
			print | pipe }' "writer$w" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	assert_equal "$(cat out? | wc -l)" "$(cat writer? | wc -l)"
	run -1 grep -h '"error"' out?
	for cart in c0 c1 c2 c3; do
		get "$cart" | jq -r --arg cart "$cart" '.lines[] | "\($cart) \(.sku) \(.qty)"'
	done | sort >found
	sort model | diff - found
}
