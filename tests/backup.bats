#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk backup and souk restore: what a shop is after it was put back, to the penny.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-01-01T00:00:00Z
BOOK=$ROOT/pipelines

# A shop that sells one thing.
prepare() {
	echo '{"sku":"A","title":"Thing"}' | souk-catalog put
	echo '{"sku":"A","currency":"GBP","amount":100}' | souk-price put
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put
	echo '{"id":"r1","sku":"A","qty":1000000}' | souk-stock receive
} >/dev/null

# orders FROM TO: each for one to three pieces, paid by card, some of which decline and
# some lose their first answer.
orders() {
	seq "$1" "$2" | jq -c '{id: "o\(1000000 + .)", currency: "GBP", ship_to: {country: "GB"},
		lines: [{id: "1", sku: "A", qty: (1 + . % 3)}],
		pay_with: [{method: "test", token: (if . % 11 == 0 then "pm_card_chargeDeclined"
			elif . % 13 == 0 then "pm_card_timeout" else "pm_card_visa" end)}]}'
}

# books [PROGRAM]: what each function exports, and the provider's books.
books() {
	souk-order export && souk-stock export && souk-pay export && souk-pay statement
}

verdict() {
	tail -n 1 | jq -r .verdict
}

# restored BACKUP FOLDER: the shop is FOLDER from now on.
restored() {
	export SOUK_DB=$2
	souk restore "$1"
}

@test "what is restored is what was backed up, byte for byte of what it exports" {
	orders 1 200 | souk run "$BOOK/checkout" >out
	books >before
	run souk backup copy
	assert_success
	assert_output ''
	assert_equal "$(ls -A)" "$(printf '%s\n' before copy db out)"
	assert_equal "$(ls copy)" "$(printf '%s\n' backup.json catalog.db order.db pay-credit.db pay-test.db pay.db price.db promo.db ship.db stock.db tax.db)"
	assert_equal "$(jq -r '.databases[] | "\(.name) \(.schema)"' copy/backup.json | tr '\n' ,)" \
		"$(for f in catalog order pay pay-credit pay-test price promo ship stock tax; do
			echo "$f $(sqlite3 "db/$f/$f.db" 'PRAGMA user_version')"; done | tr '\n' ,)"
	restored copy "$PWD/again"
	books >after
	cmp before after
	# It goes on as the first one did: the log, the pages, the mark of a database that was made.
	for f in catalog order pay price stock tax; do
		assert_equal "$(sqlite3 "again/$f/$f.db" 'PRAGMA journal_mode; PRAGMA page_size')" "$(printf 'wal\n16384')"
		assert_equal "$(cat "again/$f/lock")" made
	done
	assert_equal "$(stat -c %a again again/order again/order/order.db copy copy/order.db)" \
		"$(printf '%s\n' 700 700 600 700 600)"
	# An empty SOUK_DB that is there is as good as none.
	mkdir third
	restored copy "$PWD/third"
	assert_equal "$(ls -A third)" "$(ls -A again)"
}

@test "a shop that was restored tells and takes the gift cards that it had issued" {
	echo '{"id":"g1","currency":"GBP","amount":5000}' >issue
	souk-pay issue --now $NOW <issue >issued
	run -0 --separate-stderr souk backup copy
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %a copy/pay-credit.key)" 600
	jq -e '.databases[] | select(.name == "pay-credit").key.bytes == 32' copy/backup.json >out
	restored copy "$PWD/again"
	assert_equal "$(stat -c %a again/pay-credit/key)" 600
	cmp db/pay-credit/key again/pay-credit/key
	# The same record has the same answer, with the code; a new one has the code it would have had.
	souk-pay issue --now $NOW <issue | cmp - issued
	assert_equal "$(sed s/g1/g2/ issue | souk-pay issue | jq -r .pay.code)" \
		"$(sed s/g1/g2/ issue | SOUK_DB=db souk-pay issue | jq -r .pay.code)"
	jq -c '{id: "o1", currency: "GBP", total: {total: 600}, pay_with: [{method: "credit", token: .pay.code}]}' issued |
		souk-pay authorize >out
	assert_equal "$(jq -r .pay.state out)" authorized
	# A damaged key would make other codes; one that is gone is missed.
	cp -r copy broken
	printf x | dd of=broken/pay-credit.key bs=1 seek=7 conv=notrunc 2>/dev/null
	run -3 env SOUK_DB="$PWD/third" souk restore broken
	assert_output 'souk: broken/pay-credit.key is damaged: it is not what was backed up'
	rm broken/pay-credit.key
	run -3 env SOUK_DB="$PWD/third" souk restore broken
	assert_output --partial 'cannot read broken/pay-credit.key'
	assert_equal "$(ls -d third* 2>/dev/null)" ''
}

@test "backups while a checkout runs: each is one moment, and recovery mends it" {
	orders 1 4000 >in
	souk run "$BOOK/checkout" <in >out &
	local checkout=$! n=0
	while kill -0 $checkout 2>/dev/null && [ $n -lt 12 ]; do
		souk backup "copy$n"
		n=$((n + 1))
	done
	wait $checkout
	[ $n -ge 2 ] || fail "only $n backups were made meanwhile"
	local i open=0
	# The first, one from the middle, the last that was begun before the end.
	for i in 0 $((n / 2)) $((n - 1)); do
		[ -e "copy$i" ] || continue
		restored "copy$i" "$PWD/shop$i"
		[ "$(souk-order export | wc -l)" -lt 4000 ] && open=$((open + 1))
		# Before anything is mended: nothing is held or charged that the book does not
		# know, and every order that is closed has all it should.
		run -0 souk-audit < <(books)
		souk run "$BOOK/recover" >recovered
		# An answer that was lost is asked for again.
		souk run "$BOOK/recover" >recovered
		run souk-audit --closed < <(books)
		[ "$status" -eq 0 ] || fail "backup $i of $n: $output"
		# Who sends the orders again gets them all, each charged once.
		souk run "$BOOK/checkout" <in >again
		souk run "$BOOK/recover" >recovered
		run souk-audit --closed --entered in < <(books)
		[ "$status" -eq 0 ] || fail "backup $i of $n, sent again: $output"
		assert_equal "$(souk-order export | wc -l)" 4000
		rm -rf "$SOUK_DB" "copy$i"
	done
	[ $open -ge 1 ] || fail "only $open backups were made before the checkout was over"
}

@test "what was charged since: the provider's statement names it, and the same orders are not charged twice" {
	orders 1 100 >old
	orders 101 150 >new
	souk run "$BOOK/checkout" <old >out
	souk run "$BOOK/recover" >out
	souk backup copy
	souk run "$BOOK/checkout" <new >out
	souk run "$BOOK/recover" >out
	local shop=$SOUK_DB
	restored copy "$PWD/again"
	# The provider is far away, and has not gone back in time.
	rm -rf again/pay-test
	cp -r "$shop/pay-test" again/
	souk run "$BOOK/recover" >out
	run -1 souk-audit < <(books)
	assert_equal "$(jq -r 'select(.audit != "verdict").audit' <<<"$output" | sort -u)" statement_unknown
	assert_equal "$(jq -r 'select(.audit != "verdict").id' <<<"$output" | wc -l)" \
		"$(jq -r 'select(.pay_with[0].token != "pm_card_chargeDeclined").id' new | wc -l)"
	souk run "$BOOK/checkout" <new >out
	souk run "$BOOK/recover" >out
	run -0 souk-audit --closed < <(books)
	assert_equal "$(verdict <<<"$output")" reconciled
	assert_equal "$(souk-pay statement | jq -s 'map(.authorized) | add')" \
		"$(SOUK_DB=$shop souk-pay statement | jq -s 'map(.authorized) | add')"
}

@test "nothing is written over" {
	souk backup copy
	cp -r copy before
	run -3 souk backup copy
	assert_output 'souk: copy is there already: a backup is never written over'
	diff -r before copy
	mkdir empty
	run -3 souk backup empty
	ln -s nowhere link
	run -3 souk backup link
	run -3 souk restore copy
	assert_output "souk: SOUK_DB: $SOUK_DB is not empty: a backup is restored into a folder that is empty or new"
	# What came between the look and the end does not lose either.
	run -3 souk backup none/there
	assert_output --partial 'cannot make a folder beside none/there: No such file or directory'
	assert_equal "$(echo ./*partial*)" './*partial*'
}

@test "a damaged backup is refused, and nothing is left of the attempt" {
	souk backup copy
	damage() { # WHAT EXPECTED
		rm -rf broken
		cp -r copy broken
		(cd broken && eval "$1")
		run env SOUK_DB="$PWD/again" souk restore broken
		[ "$status" -eq 3 ] || fail "$1: exit $status: $output"
		assert_output --partial "$2"
		assert_equal "$(ls -d again* 2>/dev/null)" ''
	}
	damage 'printf x | dd of=stock.db bs=1 seek=20000 conv=notrunc 2>/dev/null' \
		'broken/stock.db is damaged: it is not what was backed up'
	damage 'truncate -s -1 order.db 2>/dev/null || rm price.db; rm -f tax.db' 'cannot read broken/tax.db'
	damage 'truncate -s 16384 price.db' 'is damaged'
	damage 'rm backup.json' 'cannot read broken/backup.json: this is no backup'
	damage 'echo "{}" >backup.json' 'broken/backup.json is no manifest of a backup'
	damage 'sed -i "s/\"name\":\"tax\"/\"name\":\"..\/x\"/" backup.json' 'is no manifest of a backup'
	damage 'sed -i "s/\"backup\":1/\"backup\":2/" backup.json' 'use a newer souk'
	# One whose digest is right and whose pages are not.
	damage 'printf "\377\377\377\377" | dd of=tax.db bs=1 seek=16390 conv=notrunc 2>/dev/null
		sed -i "s/\(\"name\":\"tax\".*\"blake2b\":\"\)[0-9a-f]*/\1$(b2sum -l 256 tax.db | cut -d" " -f1)/" backup.json' \
		'tax.db is damaged: '
}

@test "tables of a version that this program does not know are refused" {
	sqlite3 "$SOUK_DB/tax/tax.db" 'PRAGMA user_version=9'
	souk backup copy
	run env SOUK_DB="$PWD/again" souk restore copy
	[ "$status" -eq 3 ]
	assert_output --regexp '^souk: tax: its tables are of version 9, .*/souk-tax knows up to [0-9]+: use a newer souk$'
	[ ! -e again ]
}

@test "a shop whose database was emptied is not backed up as if it had none" {
	rm "$SOUK_DB/stock/stock.db"*
	run -3 souk backup copy
	assert_output "souk: $SOUK_DB/stock/stock.db: it has been damaged, emptied or removed: there is nothing to back up"
	[ ! -e copy ]
	# A damaged one does not become a backup that is damaged.
	export SOUK_DB=$PWD/other
	mkdir other
	orders 1 300 | souk-order open >/dev/null
	prepare
	dd if=/dev/urandom of="$SOUK_DB/tax/tax.db" bs=1 seek=16384 count=4096 conv=notrunc 2>/dev/null
	run -3 souk backup copy
	assert_output --partial 'tax'
	assert_equal "$(ls -d copy* 2>/dev/null)" ''
}

@test "what is no database is said not to be in the backup; an empty folder of a function is none" {
	mkdir "$SOUK_DB/notes" "$SOUK_DB/promo" "$SOUK_DB/ship"
	: >"$SOUK_DB/promo/lock"
	# One that another process is just making.
	: >"$SOUK_DB/ship/lock"
	sqlite3 "$SOUK_DB/ship/ship.db" 'PRAGMA page_size=16384; PRAGMA journal_mode=WAL; CREATE TABLE t (x)' >/dev/null
	: >"$SOUK_DB/tax/table.txt"
	run -0 souk backup copy
	assert_output "$(printf '%s\n' "souk: $SOUK_DB/notes is no function's folder: it is not backed up" \
		"souk: $SOUK_DB/tax/table.txt is no database of a function: it is not backed up" | sort)"
	assert_equal "$(jq -r '.databases[].name' copy/backup.json | tr '\n' ' ')" 'catalog price stock tax '
	SOUK_DB=$PWD/none run -3 souk backup other
	mkdir nothing
	SOUK_DB=$PWD/nothing run -3 souk backup other
	assert_output --partial 'no function has stored anything in it'
	run -2 env -u SOUK_DB souk backup other
	run -2 env -u SOUK_DB souk restore copy
	run -2 souk backup
}

@test "a writer is waited for, and signals leave nothing behind" {
	# Whoever holds the lock of a function is in the middle of a transaction.
	flock "$SOUK_DB/tax/lock" sleep 1 &
	sleep 0.2
	local from=${EPOCHREALTIME/./}
	souk backup copy
	[ $((${EPOCHREALTIME/./} - from)) -gt 500000 ] || fail 'it did not wait'
	wait
	flock "$SOUK_DB/tax/lock" sleep 5 &
	local writer=$!
	sleep 0.2
	souk backup other 2>message &
	local backup=$!
	sleep 0.3
	kill -TERM $backup
	local state=0
	wait $backup || state=$?
	assert_equal "$state" 3
	kill $writer 2>/dev/null || true
	assert_equal "$(cat message)" 'souk: stopped by signal 15: nothing is left of it'
	assert_equal "$(ls -d other* 2>/dev/null)" ''
}

@test "nothing is renamed into place before it is on disk" {
	# No sanitizer looks for leaks while it is traced itself.
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,fsync,rename,write -o trace souk backup copy
	# Of each database a sync; then of the manifest and the folder; then the name.
	assert_equal "$(grep -c 'fsync(' trace)" $((4 + 1 + 1 + 1))
	run grep -E 'rename|fsync' trace
	[[ ${lines[-2]} == *rename*copy* && ${lines[-1]} == *fsync* ]]
}

@test "on a terminal it tells how far it is" {
	script -qec 'souk backup copy' screen >/dev/null
	grep -q 'backup: 4 databases, [0-9.]* MB' screen
	export SOUK_DB=$PWD/again
	script -qec 'souk restore copy' screen >/dev/null
	grep -q 'restore: 4 databases, [0-9.]* MB; now run recover' screen
}
