#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The images of all functions: what is in them, how large they are, that they do what the
# binaries do. Built here with names of their own.

bats_require_minimum_version 1.5.0
load ../helper
load ../containers

setup_file() {
	containers_open
	export SOUK_IMAGES=souk-test- SOUK_TAG=images SOURCE=https://example.org/souk
	export SIZES=$BATS_FILE_TMPDIR/sizes HELD=$BATS_FILE_TMPDIR/held
	cd "$BATS_TEST_DIRNAME/../.." || return
	deploy/images all >"$SIZES"
	deploy/images >"$SIZES.shop"
	for function in $(functions); do unpack "$function" "$HELD/$function"; done
}

teardown_file() {
	local function
	for function in $(functions); do
		"$ENGINE" rmi -f "souk-test-$function:images" "souk-test-$function:again"
	done >/dev/null 2>&1
	return 0
}

functions() {
	sed -n 's/^souk-test-\([a-z]*\) .*/\1/p' "$SIZES"
}

# What is in the layers of an image, as files and as the listing `FOLDER.list`.
unpack() {
	local layer
	mkdir -p "$2.saved" "$2"
	"$ENGINE" save "souk-test-$1:${3:-images}" | tar -x -C "$2.saved"
	for layer in $(jq -r '.[].Layers[]' "$2.saved/manifest.json"); do
		tar -tv --numeric-owner -f "$2.saved/$layer"
		tar -x -C "$2" -f "$2.saved/$layer"
	done >"$2.list"
	rm -rf "$2.saved"
}

# Runs an image as strictly as can be: inside FUNCTION ARGUMENT..., with the volume `data`.
inside() {
	local function=$1
	shift
	"$ENGINE" run -i --rm --read-only --cap-drop all --security-opt no-new-privileges --network none \
		-v "$PWD/data:/data" "souk-test-$function:images" "$@"
}

size_of() {
	awk -v name="$SOUK_IMAGES$1" '$1 == name { print $2 }' "$SIZES"
}

# at_most SIZE LIMIT
at_most() {
	awk -v size="$1" -v limit="$2" 'BEGIN { exit !(size && size <= limit) }'
}

has_tables() {
	[ -e "$ROOT/cmd/$1/schema.sql" ] || grep -q 'sqlite\|scratch\.h' "$ROOT/cmd/$1"/*.[ch]
}

links() {
	grep -qs -e "$2" "$ROOT/cmd/$1/libs"
}

filters_of_pipelines() {
	grep -ohE 'souk-[a-z]+' "$ROOT"/pipelines/* | sort -u | while IFS=- read -r _ name; do
		! grep -qs '= SOUK_FILTER' "$ROOT/cmd/$name"/*.c || echo "$name"
	done
}

# What is to be in the image of a function: each file, with its owner and mode.
expected() {
	echo "-rwxr-xr-x 0/0 bin/souk-$1"
	for name in souk souk-serve; do
		[ "souk-$1" = "$name" ] || echo "lrwxrwxrwx 0/0 bin/$name -> souk-$1"
	done
	[ ! -e "$ROOT/cmd/$1/schema.sql" ] || echo "drwx------ 65532/65532 data/"
	[ "$1" != catalog ] || echo "-rw-r--r-- 0/0 usr/lib/locale/C.utf8/LC_CTYPE"
}

@test "an image holds the binary, the names it is called by, and nothing else" {
	for function in $(functions); do
		# Of folders only the one for tables is of interest, of shared objects what asked for them.
		sed -E 's/ +[0-9]+ [0-9-]+ [0-9:]+ / /; s| \./| |' "$HELD/$function.list" |
			grep -vE '^drwxr-xr-x 0/0 |^-rw[x-]r-[x-]r-[x-] 0/0 lib(64)?/' | sort >held
		if [ "$function" = shop ]; then
			{
				echo "-rwxr-xr-x 0/0 bin/souk"
				for name in call serve $(filters_of_pipelines); do echo "lrwxrwxrwx 0/0 bin/souk-$name -> souk"; done
				printf -- '-rw-r--r-- 0/0 share/souk/%s\n' addresses addresses-two
				echo "drwx------ 65532/65532 run/souk/"
				(cd "$ROOT/pipelines" && printf -- '-rwxr-xr-x 0/0 share/souk/pipelines/%s\n' *) | grep -v '/services$\|/up$'
				echo "-rw-r--r-- 0/0 usr/lib/locale/C.utf8/LC_CTYPE"
			} | sort >wanted
		else
			expected "$function" | sort >wanted
		fi
		diff -u wanted held || fail "$function"
		binary=$HELD/$function/bin/souk
		run nm "$binary"
		assert_output --partial "no symbols"
		objects=$(cd "$HELD/$function" && find . -name '*.so*' | sed -E 's|.*/||; s/(-linux.*)?\.so.*//' | sort | paste -s -d ' ')
		case $function in
		promo | map | shop) assert_equal "$objects" "ld libc libjq libm libonig" ;;
		smtp) [[ $objects == *libcurl* ]] ;;
		*) assert_equal "$objects" "" ;;
		esac
	done
}

@test "an image is no larger than what its function links allows" {
	for function in $(functions); do
		limit=1.5
		! has_tables "$function" || limit=4
		! links "$function" -ljq || limit=8
		! links "$function" -lcurl || limit=20
		[ "$function" != shop ] || limit=8
		at_most "$(size_of "$function")" "$limit" || fail "$function: $(size_of "$function") MiB, at most $limit"
	done
	together=$(sed -n 's/^together *//p' "$SIZES.shop")
	at_most "$together" 40 || fail "$together MiB"
}

@test "the table of the README is what images are" {
	together=$(sed -n 's/^together *//p' "$SIZES.shop")
	sed -n '/^| image /,/^$/p' "$ROOT/README.md" | tail -n +3 >table
	for function in $(functions); do
		figure=$(sed -n "/^|.*\`$function\`/s/.*| \([0-9.]*\) |\$/\1/p" table)
		at_most "$(size_of "$function")" "$figure" && at_most "$figure" "$(size_of "$function" | awk '{ print $1 + 0.15 }')" ||
			fail "$function: ${figure:-nothing} in the README, $(size_of "$function") here"
	done
	figure=$(sed -n '/together/s/.*| \([0-9.]*\) |$/\1/p' table)
	at_most "$together" "$figure" && at_most "$figure" "$(awk "BEGIN { print $together + 0.5 }")" ||
		fail "together: ${figure:-nothing} in the README, $together here"
	# And names no image that is none.
	run comm -23 <(grep -o '`[a-z]*`' table | tr -d '`' | sort) <(functions | sort)
	assert_output ""
}

@test "an image says what it is, and runs as an ordinary user" {
	version=$(sed -n '1s/^Souk //p' "$ROOT/NEWS")
	for function in $(functions); do
		command=souk-$function
		[ "$function" = shop ] && command=souk
		"$ENGINE" image inspect "souk-test-$function:images" | jq '.[].Config' >config
		run jq -r '.User, .Entrypoint[], (.Env[] | select(startswith("SOUK"))),
			(.Labels | (.["org.opencontainers.image." + ("title", "version", "licenses", "source", "description")]))' config
		assert_equal "${lines[*]:0:7}" "65532:65532 /bin/souk SOUK_DB=/data souk-$function $version ISC https://example.org/souk"
		about=$("$command" --describe | jq -rs '.[0].about')
		assert_equal "${lines[7]}" "$about"
	done
}

@test "there is no shell in an image, and nothing can be written but tables" {
	mkdir -m 777 data
	run -127 "$ENGINE" run --rm --entrypoint /bin/sh souk-test-tax:images -c true
	run inside tax put --rejects /rejected <<<'no JSON'
	assert_failure
	assert_output --partial "Read-only file system"
	run inside tax put <<<'{"country":"GB","class":"standard","rate":20}'
	assert_success
	[ -s data/tax/tax.db ]
}

@test "every image declares what the binary does" {
	mkdir -m 777 data
	for function in $(functions); do
		command=souk-$function
		[ "$function" = shop ] && command=souk
		"$command" --describe >declared
		inside "$function" --describe | diff declared - || fail "$function"
	done
	# The entry knows what its services declare.
	for function in catalog price promo ship tax total order stock pay; do
		"souk-$function" --describe >declared
		"$ENGINE" run --rm --entrypoint "/bin/souk-$function" souk-test-shop:images --describe | diff declared - ||
			fail "$function in the entry"
	done
}

# both FUNCTION [ARGUMENT...] <INPUT: by the binary and in the image; leaves `out`.
both() {
	local function=$1 state=0 inside=0
	shift
	cat >in
	mkdir -p -m 777 data here
	SOUK_DB=$PWD/here "souk-$function" "$@" <in >out 2>messages || state=$?
	inside "$function" "$@" <in >inside.out 2>inside.messages || inside=$?
	cmp out inside.out && diff messages inside.messages && assert_equal "$inside" "$state" || fail "$function $*"
	echo "$function" >>ran
}

@test "every image answers as the binary does, byte for byte" {
	now=(--now 2010-12-09T12:00:00Z)
	both catalog put "${now[@]}" <<<'{"sku":"85123A","title":"Ärmel 心 ΚΑΡΔΙΑ","weight_grams":10}'
	both price put "${now[@]}" <<<'{"sku":"85123A","currency":"GBP","amount":255}'
	both tax put "${now[@]}" <<<'{"country":"GB","class":"standard","rate":"20"}'
	both stock receive "${now[@]}" <<<'{"id":"r1","sku":"85123A","qty":1000000000}'
	both stock put "${now[@]}" <<<'{"location":"north"}'
	cp "$ROOT/tests/samples/order.ndjson" out
	for stage in catalog price promo ship tax total "order open" "promo reserve" "stock reserve" "pay authorize" \
		"order place" "promo settle" "stock settle" "pay settle" "order close"; do
		# shellcheck disable=SC2086 # words of a command
		both $stage "${now[@]}" < <(cat out)
	done
	grep -q '"closed":true' out
	for sample in "$ROOT"/tests/samples/*.ndjson; do
		stage=$(basename "$sample" .ndjson)
		case $stage in
		# No sample of a verb; what makes up a code by chance; what needs a mail server.
		order | pay-issue | notify-send) continue ;;
		*-*) both "${stage%%-*}" "${stage#*-}" "${now[@]}" <"$sample" ;;
		*) both "$stage" "${now[@]}" <"$sample" ;;
		esac
	done
	both csv < <(printf 'sku,title\n1,\xc3\x84\n')
	both map -- '{id, n: (.n * 2), w: (.t | test("^a"))}' <<<'{"id":"o1","n":2,"t":"ab"}'
	both group --by id --into lines < <(printf '{"id":"o1","n":1}\n{"id":"o1","n":2}\n')
	both audit </dev/null
	both ledger </dev/null
	# Tools that run other programs, and what asks a service, have tests of their own.
	run comm -13 <(sort -u ran) <(functions | sort)
	assert_output $'call\nconform\nnotify\nserve\nshop\nsmtp'
}

@test "an image serves on a network, and finds others by name" {
	net=souk-test-$BATS_SUITE_TEST_NUMBER-$$
	"$ENGINE" network create "$net" >/dev/null
	served=$("$ENGINE" run -d --rm --read-only --cap-drop all --network "$net" --network-alias totals \
		--entrypoint /bin/souk-serve souk-test-total:images -l :7000 -- souk-total)
	for _ in {1..100}; do
		answer=$(echo '{"id":"o1","wait":{}}' | "$ENGINE" run -i --rm --read-only --network "$net" souk-test-call:images \
			--reads '*' --writes total totals:7000 2>&1) || true
		case $answer in *unavailable*) sleep 0.2 ;; *) break ;; esac
	done
	gone=$(echo '{"id":"o1"}' | "$ENGINE" run -i --rm --network "$net" souk-test-call:images --reads id --writes total nobody:7000 2>&1) || true
	"$ENGINE" stop "$served" >/dev/null
	"$ENGINE" network rm "$net" >/dev/null
	assert_equal "$answer" '{"id":"o1","wait":{}}'
	[[ $gone == *"nobody:7000 is away"* ]]
}

@test "a build without TLS says so to who asks for it" {
	for option in "--tls=a --tls-key=b --tls-ca=c" ""; do
		# shellcheck disable=SC2086 # words of a command
		run "$ENGINE" run --rm -e SOUK_TLS_CERT=a -e SOUK_TLS_KEY=b -e SOUK_TLS_CA=c --entrypoint /bin/souk-serve \
			souk-test-tax:images $option -l :7000 -- souk-tax
		assert_failure 2
		assert_output --partial "this build has no TLS"
	done
}

@test "two builds give the same binaries" {
	BUILD_OPTIONS=--no-cache SOUK_TAG=again "$ROOT/deploy/images" promo
	unpack promo again again
	cmp again/bin/souk-promo "$HELD/promo/bin/souk-promo"
	# Elsewhere and by another user's rights too.
	for folder in one another/longer; do
		mkdir -p "$folder"
		cp -r "$ROOT"/{Makefile,NEWS,cmd,lib,deploy,pipelines} "$folder"
		(umask 077 && make -s -j"$(nproc)" -C "$folder" STATIC=1 NO_TLS=1 image-tax)
	done
	cmp one/build-static-no-tls/images/tax/bin/souk-tax another/longer/build-static-no-tls/images/tax/bin/souk-tax
}
