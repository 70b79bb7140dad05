#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The state on disk: what goes wrong with it is said, ends with exit 3, and is never
# reported as done; what was reported is there.

bats_require_minimum_version 1.5.0
load helper

# What writes state, and a record for each.
FUNCTIONS=(catalog price tax stock order pay)
declare -gA VERB=([catalog]=put [price]=put [tax]=put [stock]=receive [order]=open [pay]=authorize)
declare -gA RECORD=(
	[catalog]='{"sku":"A","title":"Mug","tax_class":"standard"}'
	[price]='{"sku":"A","currency":"GBP","amount":255}'
	[tax]='{"country":"GB","class":"standard","rate":"20"}'
	[stock]='{"id":"r1","sku":"A","qty":5}'
	[order]='{"id":"o1","currency":"GBP","lines":[{"sku":"A","qty":1}],"total":{"total":5}}'
	[pay]='{"id":"o1","currency":"GBP","total":{"total":5},"pay_with":[{"method":"test","token":"pm_card_visa"}]}'
)

# put FUNCTION: its record into its tables.
put() {
	"souk-$1" "${VERB[$1]}" -e <<<"${RECORD[$1]}"
}

# What is in a function's tables.
dump() {
	sqlite3 "$SOUK_DB/$1/$1.db" .dump
}

# Without the powers by which root may write anything; as others it changes nothing.
powerless() {
	if [ "$(id -u)" -eq 0 ]; then setpriv --bounding-set=-all --inh-caps=-all -- "$@"; else "$@"; fi
}

# fails MESSAGE COMMAND...: exit 3, the message as a part of stderr, nothing on stdout.
fails() {
	local message=$1 state=0
	shift
	"$@" >out 2>err || state=$?
	[ "$state" -eq 3 ] || fail "$*: exit $state: $(cat out err)"
	[ ! -s out ] || fail "$*: wrote $(cat out)"
	grep -qF -- "$message" err || fail "$*: said: $(cat err)"
}

# movements FROM TO: receipts of one piece each, of five skus.
movements() {
	awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i <= to; i++)
		printf("{\"id\":\"m%07d\",\"sku\":\"S%d\",\"qty\":1}\n", i, i % 5) }'
}

# many FUNCTION FROM TO: its record under other ids, o2 to o5000 say.
many() {
	awk -v record="${RECORD[$1]}" -v from="$2" -v to="$3" 'BEGIN { for (i = from; i <= to; i++) {
		line = record; sub(/"o1"/, "\"o" i "\"", line); print line } }'
}

# Until the condition holds; fails after ten seconds.
await() {
	local tries
	for ((tries = 0; tries < 1000; tries++)); do
		if "$@"; then return 0; fi
		sleep 0.01
	done
	fail "waited in vain: $*"
}

has_lines() {
	[ "$(wc -l <"$1")" -eq "$2" ]
}

# strace, under which the leak sanitizer can't work.
traced() {
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 strace -f "$@"
}

# ---- Where it is ----

@test "SOUK_DB that is not set is misuse; without a folder there it is exit 3" {
	touch file
	for function in "${FUNCTIONS[@]}"; do
		run --separate-stderr env -u SOUK_DB "souk-$function" "${VERB[$function]}" <<<"${RECORD[$function]}"
		assert_equal "$status" 2
		assert_equal "$output" ''
		assert_equal "$stderr" "souk-$function: SOUK_DB is not set: it names the folder that holds the shop's state, as in: mkdir shop && export SOUK_DB=\$PWD/shop (see souk-$function --help)"
		SOUK_DB=none fails 'SOUK_DB: none: make it with mkdir: No such file or directory' put "$function"
		SOUK_DB=file fails 'SOUK_DB: file is not a folder' put "$function"
	done
	assert [ ! -e none ]
}

@test "a folder that can't be written to" {
	chmod 500 db
	for function in "${FUNCTIONS[@]}"; do
		fails "cannot make $SOUK_DB/$function: Permission denied" \
			powerless "souk-$function" "${VERB[$function]}" <<<"${RECORD[$function]}"
	done
	chmod 700 db
	assert_equal "$(ls db)" ''
}

@test "a database that can't be written to is read, but not written" {
	for function in "${FUNCTIONS[@]}"; do
		put "$function"
		dump "$function" >"$function.before"
		chmod 400 "db/$function/$function.db"
		fails 'the database or its folder is read-only' powerless "souk-$function" "${VERB[$function]}" \
			< <(sed 's/"A"/"B"/; s/o1/o2/; s/r1/r2/; s/GB"/FR"/' <<<"${RECORD[$function]}")
		[ "$function" = order ] || [ -n "$(powerless "souk-$function" list)" ]
		chmod 600 "db/$function/$function.db"
		dump "$function" | cmp "$function.before"
	done
}

@test "state is for its owner's eyes only" {
	for function in "${FUNCTIONS[@]}"; do put "$function"; done
	run find db -mindepth 1 -perm /077
	assert_output ''
}

# ---- What it holds ----

@test "a file that is no database, and one with damaged pages" {
	for function in "${FUNCTIONS[@]}"; do
		put "$function"
		cp -r db whole
		yes garbage | head -c 100 | dd of="db/$function/$function.db" conv=notrunc status=none
		fails "$SOUK_DB/$function/$function.db: cannot read it: the file is damaged or no database; restore it from a backup" \
			put "$function"
		rm -rf db
		cp -r whole db
		# All pages but the first, which says where the tables are.
		size=$(stat -c %s "db/$function/$function.db")
		yes garbage | head -c $((size - 16384)) | dd of="db/$function/$function.db" conv=notrunc status=none bs=16384 seek=1
		fails 'the file is damaged or no database; restore it from a backup' put "$function"
		truncate -s 20000 "db/$function/$function.db"
		fails 'the file is damaged or no database; restore it from a backup' put "$function"
		rm -rf db
		mv whole db
		put "$function"
	done
}

@test "tables one version newer are used, those beyond are not touched" {
	for function in "${FUNCTIONS[@]}"; do
		put "$function" >first
		version=$(sqlite3 "db/$function/$function.db" 'PRAGMA user_version')
		sqlite3 "db/$function/$function.db" "PRAGMA user_version = $((version + 1))"
		put "$function" | cmp first
		sqlite3 "db/$function/$function.db" "PRAGMA user_version = $((version + 2))"
		dump "$function" >before
		fails "its tables are of version $((version + 2)), this program knows up to $version: use a newer souk" put "$function"
		dump "$function" | cmp before
	done
}

# ---- No room ----

# Runs receipts into the full disk in DIR and checks what was reported against what
# is there, then goes on where there is room.
check_full() {
	local dir=$1 done
	[ "$(cat "$dir/state")" -eq 3 ]
	grep -qE "$2" "$dir/err" || fail "said: $(cat "$dir/err")"
	grep -qE '^souk-stock: receive stopped at line [0-9]+: this batch of [0-9]+ is not answered; it can be run again$' "$dir/err"
	done=$(lines "$dir/out")
	[ "$done" -gt 0 ]
	# What was reported is what is there, no more and no less.
	assert_equal "$(jq -s 'map(.stock.on_hand) | add' "$dir/list")" "$done"
	movements 1 "$done" | jq -r .id | cmp - <(jq -r .id "$dir/out")
}

@test "a limit on file size: the same, and it goes on once there is room" {
	mkdir result
	movements 1 20000 >in
	(
		ulimit -f 300
		souk-stock receive <in >result/out 2>result/err || echo $? >result/state
	)
	souk-stock list >result/list
	check_full result 'cannot commit: disk I/O error'
	souk-stock receive <in >all
	assert_equal "$(jq -s 'map(.stock.on_hand) | add' <(souk-stock list))" 20000
	# What was reported before is answered with the same bytes.
	head -n "$(lines result/out)" all | cmp - result/out
}

@test "no room in the middle of a checkout: no function reports what it did not do" {
	for function in order pay; do
		many "$function" 1 3000 >in
		(
			ulimit -f 600
			"souk-$function" "${VERB[$function]}" <in >out 2>err || echo $? >state
		)
		assert_equal "$(cat state)" 3
		reported=$(lines out)
		# What pay intends it stores before it asks; it counts when it is answered.
		case $function in
		order) stored=$(sqlite3 db/order/order.db 'SELECT count(*) FROM orders') ;;
		pay) stored=$(sqlite3 db/pay/pay.db "SELECT count(*) FROM payment WHERE state = 'authorized'") ;;
		esac
		[ "$reported" -gt 0 ] && [ "$reported" -lt 3000 ]
		assert_equal "$stored" "$reported"
		"souk-$function" "${VERB[$function]}" <in >all
		head -n "$reported" all | cmp - out
	done
	assert_equal "$(souk-pay statement | wc -l)" 3000
}

# ---- Others at it ----

@test "another program has locked the database" {
	# The ten seconds of waiting are passed over: strace lets sleeps return at once.
	for function in "${FUNCTIONS[@]}"; do
		put "$function"
		dump "$function" >before
		rm -f held
		printf '%s\n' 'BEGIN EXCLUSIVE;' '.shell touch held; while [ -e held ]; do sleep 0.01; done' |
			sqlite3 "db/$function/$function.db" &
		await test -e held
		fails 'cannot begin a transaction: another program has held the database for 10 s' \
			traced -o /dev/null -e trace=clock_nanosleep,nanosleep \
			-e inject=clock_nanosleep,nanosleep:retval=0 "souk-$function" "${VERB[$function]}" \
			<<<"${RECORD[$function]}"
		rm held
		wait $!
		dump "$function" | cmp before
		put "$function"
	done
}

has_handler_for_alarm() {
	local caught
	caught=$(sed -n 's/^SigCgt:\s*//p' "/proc/$1/status")
	[ $((16#$caught >> 13 & 1)) -eq 1 ]
}

@test "a writer waits for its turn, and gives up in the end" {
	put stock
	(
		exec 7>>db/stock/lock
		flock 7
		exec sleep 60 3>&-
	) &
	holder=$!
	await bash -c '! flock -n db/stock/lock true'
	kill -STOP "$holder"
	# It waits as long as it takes ...
	souk-stock receive <<<'{"id":"r2","sku":"A","qty":1}' >patient &
	patient=$!
	await has_handler_for_alarm "$patient"
	# ... unless its clock says that it has been too long, which is not awaited here.
	souk-stock receive <<<'{"id":"r3","sku":"A","qty":1}' >tired 2>err &
	tired=$!
	await has_handler_for_alarm "$tired"
	sleep 0.2
	kill -ALRM "$tired"
	state=0
	wait "$tired" || state=$?
	assert_equal "$state" 3
	assert_equal "$(head -1 err)" "souk-stock: $SOUK_DB/stock/lock: another writer has held it for 30 s"
	assert [ ! -s tired ]
	# Readers do not queue.
	assert_equal "$(souk-stock list)" '{"sku":"A","stock":{"on_hand":5,"reserved":0,"committed":0,"available":5}}'
	# The lock goes with whoever holds it, however it ends.
	kill -KILL "$holder"
	wait "$patient"
	assert_equal "$(cat patient)" '{"id":"r2","sku":"A","qty":1,"stock":{"qty":1,"on_hand":6}}'
}

@test "many begin on an empty folder at once: one makes the tables" {
	for round in 1 2 3; do
		rm -rf db
		mkdir db
		pids=()
		for i in {1..6}; do
			souk-stock receive <<<"{\"id\":\"r$i\",\"sku\":\"A\",\"qty\":1}" >"out$i" &
			pids+=($!)
			souk-stock list >/dev/null &
			pids+=($!)
			for function in order pay; do
				many "$function" "$i" "$i" | "souk-$function" "${VERB[$function]}" -e >"$function$i" &
				pids+=($!)
			done
		done
		for pid in "${pids[@]}"; do wait "$pid"; done
		assert_equal "$(souk-stock list | jq .stock.on_hand)" 6
		assert_equal "$(cat out? | jq .stock.on_hand | sort | tr -d '\n')" 123456
		assert_equal "$(sqlite3 db/order/order.db 'SELECT count(*), max(seq) FROM orders')" '6|6'
		assert_equal "$(souk-pay statement | wc -l)" 6
	done
}

# ---- Durability ----

@test "the log torn or damaged anywhere: what is left is what the first batches did" {
	seed=${STORE_SEED:-$RANDOM}
	echo "STORE_SEED=$seed"
	mkfifo in out
	souk-stock receive <in >out &
	victim=$!
	exec 5>in 6<out
	for batch in {0..11}; do
		movements $((batch * 50 + 1)) $((batch * 50 + 50)) >&5
		for ((i = 0; i < 50; i++)); do read -r _ <&6; done
	done
	kill -KILL $victim
	exec 5>&- 6<&-
	wait $victim || true
	mv db crashed
	size=$(stat -c %s crashed/stock/stock.db-wal)
	[ "$size" -gt 200000 ]
	cp -r crashed db
	assert_equal "$(souk-stock export | grep -c stock.movement)" 600
	RANDOM=$seed
	short=0
	for ((n = 0; n < 30; n++)); do
		rm -rf db
		cp -r crashed db
		# The shared memory is lost with a machine.
		rm -f db/stock/stock.db-shm
		at=$(((RANDOM * 32768 + RANDOM) % size))
		if ((n % 2)); then
			truncate -s $at db/stock/stock.db-wal
		else
			printf "\\x$(printf %02x $((RANDOM % 256)))" | dd of=db/stock/stock.db-wal bs=1 seek=$at conv=notrunc status=none
		fi
		# Where not even the tables are left, that is said, and nothing begun anew.
		state=0
		souk-stock export >left 2>err || state=$?
		if ((state)); then
			assert_equal "$state $(lines left)" "3 0"
			grep -q 'restore it from a backup' err
			short=$((short + 1))
			continue
		fi
		# The first so many movements, whole, each with the level that it led to.
		count=$(grep -c stock.movement left || true)
		movements 1 600 | head -n "$count" | jq -r .id | cmp - <(jq -r 'select(.verb) | .id' left)
		jq -r 'select(.verb) | "\(.sku) \(.on_hand)"' left | awk '++n[$1] != $2 { exit 1 }'
		jq -r 'select(.taken != null) | .on_hand' left |
			awk -v count="$count" '{ sum += $1 } END { exit sum + 0 != count }'
		((count == 600)) || short=$((short + 1))
	done
	# Else nothing was torn.
	[ "$short" -ge 15 ]
	# And it goes on from there.
	[ "$state" = 0 ] || { rm -rf db && cp -r crashed db; }
	movements 1 600 | souk-stock receive -e >again
	assert_equal "$(souk-stock export | grep -c stock.movement)" 600
	assert_equal "$(souk-stock list | jq -s 'map(.stock.on_hand) | add')" 600
}

@test "one sync a batch, and only then the batch is written" {
	for function in stock order pay; do
		put "$function"
		case $function in
		stock) movements 1 5000 ;;
		*) many "$function" 2 5001 ;;
		esac >in
		traced -y -o trace -e signal=none -e trace=fsync,fdatasync,write,pwrite64 \
			"souk-$function" "${VERB[$function]}" <in >out
		# In order: changes of the log (W), syncs of it (S), batches written (o).
		sed -nE "s|.* pwrite64\([0-9]+<[^>]*/$function\.db-wal>.*|W|p
			s|.*f(data)?sync\([0-9]+<[^>]*/$function\.db-wal>.*|S|p
			s|.* write\(1<.*|o|p" trace | uniq | tr -d '\n' >order
		case $function in
		# The first sync is that of the log's head; the last one is the clean-up.
		stock | order) assert_equal "$(cat order)" 'WSWSoWSoWSoWSoWSoS' ;;
		# Of a payment the intent, then, after the provider, the answer.
		pay) assert_equal "$(cat order)" 'WSWSWSoWSWSoWSWSoWSWSoWSWSoS' ;;
		esac
		assert_equal "$(lines out)" 5000
	done
	# The provider's own books: a batch each, too.
	assert_equal "$(grep -cE 'f(data)?sync.*pay-test\.db-wal' trace)" 7
}

# Of a trace: syncs (S) and batches written (o), in order.
syncs_and_answers() {
	sed -nE 's|.*sync\(.*|S|p; s|.* write\(1, .*|o|p' trace | tr -d '\n'
}

@test "that an order is closed waits for no disk, and is noted again if it is lost" {
	many order 1 5 >in
	souk-order open -e <in >opened
	traced -o trace -e signal=none -e trace=fdatasync,fsync,write souk-order place <opened >placed
	# The log's head and its folder, what was decided: then the answer.
	assert_equal "$(syncs_and_answers)" SSSoSS
	# What is on disk now is what a failure of the power leaves at the least.
	cp -r "$SOUK_DB" before
	traced -o trace -e signal=none -e trace=fdatasync,fsync,write souk-order close <placed >closed
	assert_equal "$(syncs_and_answers)" SSoSS
	assert_equal "$(souk-order list --open | wc -l)" 0
	rm -rf "$SOUK_DB" && mv before "$SOUK_DB"
	assert_equal "$(souk-order list --open | wc -l)" 5
	souk-order list --open | souk-order open | souk-order place | souk-order close >again
	cmp closed again
	assert_equal "$(souk-order list --open | wc -l)" 0
}

@test "the log grows ahead of what is written to it, and a crash leaves nothing but zeros there" {
	mkfifo go
	souk-stock receive <go >out &
	pid=$!
	exec 9>go
	movements 1 40 >&9
	await has_lines out 40
	size=$(stat -c %s "$SOUK_DB/stock/stock.db-wal")
	used=$(python3 - "$SOUK_DB/stock/stock.db-wal" <<-'END'
		import sys
		log = open(sys.argv[1], "rb").read()
		print(len(log.rstrip(b"\0")))
	END
	)
	[ $((size - used)) -gt $((16 << 10)) ]
	kill -9 $pid
	exec 9>&-
	wait $pid || true
	assert_equal "$(souk-stock list | jq -s 'map(.stock.on_hand) | add')" 40
	assert_equal "$(souk-stock export | grep -c stock.movement)" 40
	movements 1 60 | souk-stock receive -e >again
	assert_equal "$(souk-stock list | jq -s 'map(.stock.on_hand) | add')" 60
}

@test "an output that can't be written is no success, and the effect is not lost" {
	for function in "${FUNCTIONS[@]}"; do
		put "$function" >first
		state=0
		put "$function" >/dev/full 2>err || state=$?
		assert_equal "$state" 3
		assert_equal "$(cat err)" "souk-$function: cannot write the output: No space left on device"
		put "$function" | cmp first
	done
}

@test "a database that was emptied or removed is not taken for a new one" {
	for function in "${FUNCTIONS[@]}"; do
		put "$function" >first
		rm -rf kept
		cp -r "$SOUK_DB" kept
		rm -f "$SOUK_DB/$function/$function.db-wal" "$SOUK_DB/$function/$function.db-shm"
		: >"$SOUK_DB/$function/$function.db"
		state=0
		put "$function" >out 2>err || state=$?
		assert_equal "$state $(cat out)" "3 "
		grep -q "has been damaged, emptied or removed: restore it from a backup, or remove the folder $SOUK_DB/$function to begin anew" err
		rm "$SOUK_DB/$function/$function.db"
		run -3 put "$function"
		rm -r "$SOUK_DB/$function"
		cp -r "kept/$function" "$SOUK_DB/$function"
		put "$function" | cmp first
	done
}
