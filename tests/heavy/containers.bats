#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The whole shop in containers, by docker or podman: what it takes, what each may not do, and what
# becomes of orders while containers are killed and replaced.

bats_require_minimum_version 1.5.0
load ../helper
load ../containers
load ../containers-shop

setup_file() {
	# One shop, one test after the other.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	containers_open
	build_images
	export SHOP_DATA=$BATS_FILE_TMPDIR
	zcat "$SOUK_DATA/orders-2010-12.csv.gz" | souk run "$ROOT/pipelines/import-uci-orders" >"$SHOP_DATA/orders"
	new_project
	containers up
	containers load
}

teardown_file() {
	containers down --volumes
}

# With orders of its own for each test.
prepare() {
	sed "s/\"id\":\"uci/\"id\":\"$BATS_TEST_NUMBER-uci/" "$SHOP_DATA/orders" >orders
}

send() {
	souk-call --idempotent "127.0.0.1:$SOUK_PORT"
}

# order ID: one that can be placed.
order() {
	jq -c --arg id "$1" '.id = $id' "$SOUK_DATA/web-order.ndjson"
}

books_are_consistent() {
	for function in order stock pay promo; do containers ask $function export; done >books
	run --separate-stderr souk-audit books
	assert_success
	assert_equal "$(tail -n 1 <<<"$output" | jq -r .verdict)" consistent
}

outcomes() {
	jq -r '[.order.state, .error.by, .error.code, .wait.code] | map(values) | join(" ")' "$@" | sort | uniq -c | sed 's/^ *//'
}

say() {
	echo "# $*" >&3
}

now_ms() {
	date +%s%3N
}

@test "from nothing that runs to the first order, and what was in the books before is there" {
	order first | send >before
	assert_equal "$(outcomes before)" "1 placed"
	containers down
	assert_equal "$("$ENGINE" ps -aq --filter "label=com.docker.compose.project=$SOUK_PROJECT")" ""
	from=$(now_ms)
	containers up &
	# The buyer does not wait until all are healthy.
	until order second | send >answer 2>log && [ "$(outcomes answer)" = "1 placed" ]; do sleep 0.1; done
	placed=$(now_ms)
	wait $!
	memory=$(memory_of_all)
	say "the first order placed $((placed - from)) ms after up, which took $(($(now_ms) - from)) ms; $memory KiB in all containers"
	[ "$memory" -gt 0 ] && [ "$memory" -lt $((100 * 1024)) ]
	order first | send | cmp - before
	assert_equal "$(containers ask order export | jq -r 'select(.export == "order") | .id' | sort | tr '\n' ' ')" "first second "
	send <orders >booked
	memory=$(memory_of_all)
	say "memory, once the orders of a month went through: $(outcomes booked | tr '\n' ';') $memory KiB"
	books_are_consistent
}

@test "only the entry can be reached from outside, each service only by the shop" {
	assert_equal "$("$ENGINE" ps --filter "label=com.docker.compose.project=$SOUK_PROJECT" --format '{{.Names}} {{.Ports}}' |
		grep -e '->' | sed "s/$SOUK_PROJECT-\(.*\)-1 .*127\.0\.0\.1:$SOUK_PORT->7000.tcp/\1/")" entry
	# From another network, and from where the entry is.
	for network in podman bridge "${SOUK_PROJECT}_front"; do
		"$ENGINE" network inspect "$network" >/dev/null 2>&1 || continue
		for service in tax order-open; do
			run "$ENGINE" run --rm -i --pull never --network "$network" --entrypoint /bin/souk-call "${SOUK_IMAGES}shop" \
				--timeout 2s "$(address_of "$service"):7000" <<<'{"id":"1"}'
			assert_output --partial '"code":"un'
		done
	done
	run "$ENGINE" exec -i "$SOUK_PROJECT-shop-1" /bin/souk-call tax:7000 <<<'{"id":"1"}'
	refute_output --partial '"code":"un'
}

@test "a filter that was taken over reaches nothing but its own tables" {
	${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -O2 -static -o compromised "$ROOT/tests/containers/compromised.c"
	build_image compromised "$ROOT/tests/containers/compromised.Dockerfile" . --build-arg "FILTER=${SOUK_IMAGES}tax"
	"$ROOT/deploy/roll" tax "${SOUK_IMAGES}compromised"
	{
		for instance in price order-open pay-authorize pay-settle shop; do
			for address in $("$ENGINE" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$SOUK_PROJECT-$instance-1"); do
				echo "connect $address 7000"
				echo "connect $address 9000"
			done
		done | grep -v "connect $(address_of tax | cut -d . -f 1-3)\."
		echo "connect 1.1.1.1 53"
		printf '%s\n' raw remount root capabilities namespace fork
		printf 'write %s\n' /x /bin/x /bin/souk-tax /etc/passwd /usr/x /proc/sys/kernel/hostname /sys/x /dev/x
		printf 'read %s\n' /data/../pay /data/pay /proc/kcore /dev/mem /proc/1/root/data/pay "$("$ENGINE" volume inspect --format '{{.Mountpoint}}' "${SOUK_PROJECT}_pay")"
		printf 'mount %s\n' /data /proc
		printf 'device %s\n' /data/disk /dev/disk
		printf 'execute %s\n' /bin/sh /usr/bin/env
	} >attempts
	[ "$(lines attempts)" -gt 60 ]
	jq -Rc '{id: input_line_number | tostring, do: .}' attempts >asked
	# What it may do tells that it does as it is told.
	printf '{"id":"may-%s","do":"%s"}\n' 1 'write /data/own' 2 'connect 127.0.0.1 7000' >>asked
	"$ENGINE" exec -i "$SOUK_PROJECT-shop-1" /bin/souk-call --idempotent --timeout 100s tax:7000 <asked >answered
	assert_equal "$(lines answered)" "$(lines asked)"
	assert_equal "$(jq -r 'select(.did == "done" or .did == null or .did == "Invalid argument") | .id' answered | tr '\n' ' ')" "may-1 may-2 "
	# Whom it calls with is the shop; nobody listens there.
	for address in $("$ENGINE" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$SOUK_PROJECT-shop-1" |
		tr ' ' '\n' | grep "^$(address_of tax | cut -d . -f 1-3)\."); do
		for port in 7000 9000; do
			run "$ENGINE" exec -i "$SOUK_PROJECT-tax-1" /bin/souk-serve --probe "$address:$port"
			assert_failure 1
		done
	done
	"$ROOT/deploy/roll" tax "${SOUK_IMAGES}tax"
	order after | send >answer
	assert_equal "$(outcomes answer)" "1 placed"
}

@test "each container has what compose.yaml gives it, and one that was replaced as well" {
	"$ROOT/deploy/roll" order-open "${SOUK_IMAGES}order"
	for container in $("$ENGINE" ps -q --filter "label=com.docker.compose.project=$SOUK_PROJECT"); do
		"$ENGINE" inspect --format '{{.Name}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.SecurityOpt}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.PidsLimit}} {{.HostConfig.Memory}}' "$container"
		pid=$("$ENGINE" inspect --format '{{.State.Pid}}' "$container")
		grep -E '^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Uid|Seccomp):' "/proc/$pid/status" | tr -d '\t\n ' | sed 's/$/\n/'
	done | sed 's/:true\]/]/' | paste - - >given
	[ "$(lines given)" -eq 17 ]
	# In it the filter has a sandbox of its own; what serves it has the engine's.
	server=$("$ENGINE" inspect --format '{{.State.Pid}}' "$SOUK_PROJECT-tax-1")
	filters() { awk '/^Seccomp_filters:/ { print $2 }' "/proc/$1/status"; }
	for filter in $(pgrep -P "$server"); do [ "$(filters "$filter")" -gt "$(filters "$server")" ]; done
	run grep -vE ' true \[no-new-privileges\] unless-stopped (32 67108864|96 268435456)	Uid:65532655326553265532CapPrm:0*CapEff:0*CapBnd:0*CapAmb:0*NoNewPrivs:1Seccomp:2' given
	assert_output ""
}

@test "an image that is no good takes nobody's place" {
	printf 'FROM %s\nENTRYPOINT ["/bin/none"]\n' "${SOUK_IMAGES}total" >Dockerfile
	build_image wrong Dockerfile .
	before=$("$ENGINE" inspect --format '{{.Id}}' "$SOUK_PROJECT-tax-1")
	SECONDS_TO_HEALTH=3 run -3 "$ROOT/deploy/roll" tax "${SOUK_IMAGES}wrong"
	assert_output --partial "does not become healthy as $SOUK_PROJECT-tax-1"
	assert_equal "$("$ENGINE" inspect --format '{{.Id}}' "$SOUK_PROJECT-tax-1")" "$before"
	assert_equal "$("$ENGINE" ps -aq --filter "name=$SOUK_PROJECT-tax-1-next")" ""
	for service in entry shop; do run -2 "$ROOT/deploy/roll" $service "${SOUK_IMAGES}shop"; done
	run -2 "$ROOT/deploy/roll" taxes "${SOUK_IMAGES}tax"
	run -2 "$ROOT/deploy/roll" tax "${SOUK_IMAGES}none"
}

@test "in any order: an order that comes before the services do is placed" {
	containers down
	containers up
	mapfile -t names < <("$ENGINE" ps --filter "label=com.docker.compose.project=$SOUK_PROJECT" --format '{{.Names}}')
	"$ENGINE" stop -t 10 "${names[@]}" >/dev/null
	"$ENGINE" start "$SOUK_PROJECT-shop-1" "$SOUK_PROJECT-entry-1" >/dev/null
	order early | send >answer &
	for name in "${names[@]}"; do "$ENGINE" start "$name" >/dev/null; done
	wait $!
	# It was undecided if that took longer than the shop waits: a replay takes it up.
	for _ in {1..5}; do
		! jq -e .wait answer >/dev/null || { sleep 2; order early | send >answer; }
	done
	assert_equal "$(outcomes answer)" "1 placed"
}

@test "two of each: one is killed half way, its place taken by Python: every order is placed" {
	# Goods for all.
	jq -c '{id: "two-\(.sku)", sku, qty: 1000000}' "$SOUK_DATA/catalog.ndjson" |
		"$ENGINE" exec -i "$SOUK_PROJECT-stock-reserve-1" /bin/souk-stock receive >received
	refute grep -q '"error"' received
	containers down
	containers up two
	cp "$ROOT"/examples/tax.py "$ROOT"/examples/souk_filter.py "$SOUK_DATA/tax-rates.ndjson" .
	build_image python "$ROOT/examples/Dockerfile" . --build-arg "FILTER=${SOUK_IMAGES}tax"
	grep -v -F "$(send <orders | jq -r 'select(.error) | "\"id\":\"\(.id)\""')" orders >good
	[ "$(lines good)" -gt 1400 ]
	from=$(now_ms)
	# Orders come until all is replaced, and a while longer.
	{
		left=3
		for n in {1..2000}; do
			[ ! -e rolled ] || [ "$((left -= 1))" -gt 0 ] || break
			sed "s/\"id\":\"/&$n-/" good
		done | tee many | send >booked
	} &
	sending=$!
	until [ "$(lines booked)" -gt 1000 ]; do sleep 0.1; done
	"$ENGINE" kill "$SOUK_PROJECT-tax-2-1" >/dev/null
	killed=$(lines booked)
	"$ENGINE" start "$SOUK_PROJECT-tax-2-1" >/dev/null
	"$ROOT/deploy/roll" tax "${SOUK_IMAGES}python" >rolling
	mv rolling rolled
	replaced=$(lines booked)
	wait "$sending"
	say "$(lines many) orders in $(($(now_ms) - from)) ms; one tax killed after $killed, both replaced by $replaced"
	assert_equal "$(sed 's|localhost/||; s/:latest$//' rolled)" "$SOUK_PROJECT-tax-1: ${SOUK_IMAGES}python
$SOUK_PROJECT-tax-2-1: ${SOUK_IMAGES}python"
	[ "$replaced" -lt "$(lines many)" ]
	assert_equal "$(outcomes booked)" "$(lines many) placed"
	assert_equal "$(jq -c '[.id, .total]' booked | sed 's/"[0-9]*-/"/' | sort -u | wc -l)" "$(lines good)"
	books_are_consistent

	# Where the second can't be replaced, the first becomes again what it was.
	printf '#!/bin/sh\ncase "$*" in start*tax-2-1-next) exit 1 ;; esac\nexec %s "$@"\n' "$ENGINE" >engine
	chmod +x engine
	ENGINE=$PWD/engine run -3 "$ROOT/deploy/roll" tax "${SOUK_IMAGES}tax"
	assert_output --partial "all stay, or become again, what they were"
	for instance in tax tax-2; do
		assert_equal "$("$ENGINE" inspect --format '{{.Image}}' "$SOUK_PROJECT-$instance-1")" \
			"$("$ENGINE" image inspect --format '{{.Id}}' "${SOUK_IMAGES}python")"
	done
	assert_equal "$("$ENGINE" ps -a --filter "name=$SOUK_PROJECT-.*-next" --format '{{.Names}}')" ""
	# What one that was killed left is put away.
	"$ENGINE" rename "$SOUK_PROJECT-tax-1" "$SOUK_PROJECT-tax-1-next"
	"$ROOT/deploy/roll" tax "${SOUK_IMAGES}tax"
	for instance in tax tax-2; do
		assert_equal "$("$ENGINE" inspect --format '{{.Image}}' "$SOUK_PROJECT-$instance-1")" \
			"$("$ENGINE" image inspect --format '{{.Id}}' "${SOUK_IMAGES}tax")"
	done
}

@test "behind socat, in place of souk-serve" {
	containers down
	for function in catalog price promo ship tax total order stock pay; do
		build_image $function-socat "$ROOT/deploy/socat.Dockerfile" "$ROOT/deploy" --build-arg "FILTER=${SOUK_IMAGES}$function"
	done
	containers up socat
	order socat | send >answer
	assert_equal "$(outcomes answer)" "1 placed"
	head -n 200 orders | send >booked
	assert_equal "$(lines booked)" 200
	refute jq -e .wait booked
	books_are_consistent
}

@test "by compose, from the files" {
	containers down
	# An implementation that asks the engine that the images are in.
	for compose in "docker compose" docker-compose podman-compose; do
		case $compose$ENGINE in podman*docker | docker*podman) continue ;; esac
		! $compose version >/dev/null 2>&1 || break
	done
	for files in "-f $ROOT/deploy/compose.yaml" "-f $ROOT/deploy/compose.yaml -f $ROOT/deploy/compose.two.yaml"; do
		# shellcheck disable=SC2086 # words of commands
		$compose -p "$SOUK_PROJECT" $files up -d >log 2>&1 3>&-
		# Services come when they are ready: until then orders wait.
		for n in {1..120}; do
			order "compose-$n" | send >answer
			jq -e .wait answer >/dev/null || break
			sleep 0.5
		done
		assert_equal "$(outcomes answer)" "1 placed"
		# shellcheck disable=SC2086
		$compose -p "$SOUK_PROJECT" $files down >>log 2>&1 3>&-
	done
	containers up
	order after-compose | send >answer
	assert_equal "$(outcomes answer)" "1 placed"
}

@test "one command gives a working shop, and says where it is" {
	containers down
	new_project
	run make -s -C "$ROOT" run-containers 3>&-
	order mine | send >answer || true
	containers down --volumes
	assert_success
	assert_output --partial '"order":{"state":"placed","closed":true}'
	assert_output --partial "The shop is at 127.0.0.1:$SOUK_PORT"
	assert_equal "$(outcomes answer)" "1 placed"
}
