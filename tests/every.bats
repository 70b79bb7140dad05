#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What holds of every command and every verb, whichever there are: adding one puts
# it under test. Samples of what a verb takes are in tests/samples/FUNCTION-VERB.ndjson;
# for the stages of checkout they are what the stages before it wrote.

bats_require_minimum_version 1.5.0
load helper

CHAIN='catalog price promo ship tax total order-open stock-reserve pay-authorize order-place
	stock-settle pay-settle order-close'

# All commands, and "function verb kind..." of all verbs.
commands() {
	find "$SOUK_BIN" -maxdepth 1 -name 'souk*' -printf '%f\n' | sort
}

verbs() {
	local command
	for command in $(commands); do "$command" --describe; done |
		jq -r '[.function, .verb, .kind, .effects, .needs_id, (.on_failed or .on_waiting)] | map(tostring) | join("|")'
}

# A shop with goods, and for each stage of checkout what it gets. One product, so
# that whatever conform makes of the sample finds its price.
setup_file() {
	export SHOP=$BATS_FILE_TMPDIR/shop SAMPLES=$BATS_FILE_TMPDIR/samples
	: "${SOUK_BIN:=$(cd "$BATS_TEST_DIRNAME/../bin" && pwd)}"
	export PATH="$SOUK_BIN:$PATH" SOUK_BIN
	mkdir -p "$SHOP" "$SAMPLES"
	cp "$BATS_TEST_DIRNAME"/samples/*.ndjson "$SAMPLES"
	echo '{"sku":"85123A","title":"HEART","weight_grams":10}' | SOUK_DB=$SHOP souk-catalog put
	echo '{"sku":"85123A","currency":"GBP","amount":255}' | SOUK_DB=$SHOP souk-price put
	echo '{"country":"GB","class":"standard","rate":"20"}' | SOUK_DB=$SHOP souk-tax put
	echo '{"id":"r1","sku":"85123A","qty":1000000000}' | SOUK_DB=$SHOP souk-stock receive
	echo '{"id":"sample","codes":["SAMPLE"],"kind":"percent","on":"order","percent":"10","usage_limit":1000000}' | SOUK_DB=$SHOP souk-promo put
	echo '{"location":"north"}' | SOUK_DB=$SHOP souk-stock put
	echo '{"id":"sent","lines":[{"sku":"85123A","qty":9}],"order":{"state":"placed"}}' |
		SOUK_DB=$SHOP souk-stock reserve | SOUK_DB=$SHOP souk-stock settle
	local stage input=$BATS_TEST_DIRNAME/samples/order.ndjson
	cp -r "$SHOP" "$SHOP.chain"
	for stage in $CHAIN; do
		cp "$input" "$SAMPLES/$stage.ndjson"
		SOUK_DB=$SHOP.chain "souk-${stage%%-*}" $(case $stage in *-*) echo "${stage#*-}" ;; esac) \
			<"$input" >"$SAMPLES/$stage.out"
		input=$SAMPLES/$stage.out
	done
	grep -q '"closed":true' "$input"
}

@test "every command answers --help within a screen, and --version" {
	for command in $(commands); do
		run "$command" --help
		assert_success
		[ "${#lines[@]}" -le 40 ] || fail "$command --help has ${#lines[@]} lines"
		for line in "${lines[@]}"; do [ "${#line}" -le 100 ] || fail "$command --help: $line"; done
		run "$command" --version
		assert_output "$command 0.1.0 (contract 1)"
	done
}

@test "every verb answers --help within a screen" {
	while IFS='|' read -r function verb _; do
		command=souk-$function
		[ "$function" = souk ] && command=souk
		run "$command" ${verb:+"$verb"} --help
		assert_success
		assert_output --partial "usage: $command${verb:+ $verb}"
		[ "${#lines[@]}" -le 30 ] || fail "$command $verb --help has ${#lines[@]} lines"
	done < <(verbs)
}

@test "every command has a man page that lints, says what is declared, and a test" {
	for command in $(commands); do
		[ -e "$ROOT/man/$command.1" ] || fail "no man/$command.1"
		[ -e "$ROOT/tests/${command#souk-}.bats" ] || fail "no tests/${command#souk-}.bats"
	done
	run mandoc -Tlint -Wwarning "$ROOT"/man/*.[1-8]
	assert_output ""
	run "$ROOT/man/refresh" --check
	assert_success
}

@test "the examples of every man page and of the README run as they say" {
	failed=
	for page in "$ROOT"/man/*.1 "$ROOT"/README.md; do
		grep -q '^\.Sh EXAMPLES\|^```console' "$page" || continue
		rm -rf "$BATS_TEST_TMPDIR/example"
		mkdir -p "$BATS_TEST_TMPDIR/example/db"
		# Pages speak of the tree they are in; `make` has been run.
		ln -s "$ROOT"/{data,pipelines,maps} "$BATS_TEST_TMPDIR/example"
		printf 'all:\n' >"$BATS_TEST_TMPDIR/example/Makefile"
		run env -C "$BATS_TEST_TMPDIR/example" PATH="$PATH:$ROOT/pipelines" \
			SOUK_DB="$BATS_TEST_TMPDIR/example/db" "$ROOT/tests/examples" "$page"
		[ "$status" -eq 0 ] || { echo "$page: $output"; failed=1; }
	done
	[ -z "$failed" ]
}

@test "every verb refuses an unknown option and a needless operand with exit 2" {
	while IFS='|' read -r function verb _; do
		command=souk-$function
		[ "$function" = souk ] && command=souk
		run "$command" ${verb:+"$verb"} --no-such-option </dev/null
		[ "$status" -eq 2 ] || fail "$command $verb: exit $status: $output"
		assert_output --partial "no option --no-such-option"
	done < <(verbs)
	run souk-tax extra </dev/null
	assert_failure 2
}

@test "every command gives completions that bash and fish can read" {
	for command in $(commands); do
		"$command" --completion bash >completion
		bash -n completion
		grep -q "complete .* $command$" completion
		"$command" --completion fish >completion
		grep -q "complete -c $command" completion
		# Each quote that begins ends on its line, as fish takes quotes and backslashes.
		run -1 grep -vnE "^([^'\\\\]|\\\\.|'([^'\\\\]|\\\\.)*')*\$" completion
	done
}

@test "every filter keeps the contract" {
	failed=
	while IFS='|' read -r function verb kind effects needs_id settles; do
		[ "$kind" = filter ] || continue
		options=(--skip memory)
		sample=$SAMPLES/$function${verb:+-$verb}.ndjson
		[ -e "$sample" ] && options+=(--input "$sample")
		[ "$needs_id" = true ] && options+=(--effects)
		[ "$settles" = true ] && options+=(--settles)
		# What a settling verb acts on is the decision, not the order's content.
		[ "$effects" != none ] && [ "$settles" = true ] && options[1]=memory,conflict
		rm -rf db
		cp -r "$SHOP" db
		run env SOUK_DB=db souk-conform "${options[@]}" -- "souk-$function" ${verb:+"$verb"}
		[ "$status" -eq 0 ] || { echo "souk-$function $verb: $output"; failed=1; }
	done < <(verbs)
	[ -z "$failed" ]
}

@test "every source fails clearly when its output can't be written" {
	rm -rf db
	cp -r "$SHOP.chain" db
	while IFS='|' read -r function verb kind _; do
		[ "$kind" = source ] || continue
		case $function-$verb in order-expire | notify-forget) continue ;; esac
		[ -n "$(SOUK_DB=db "souk-$function" "$verb")" ] || continue
		run env SOUK_DB=db bash -c "souk-$function $verb >/dev/full"
		[ "$status" -eq 3 ] || fail "souk-$function $verb: exit $status"
		assert_output --partial "cannot write the output: No space left on device"
	done < <(verbs)
}

@test "every verb with state says what to do without SOUK_DB and without its folder" {
	while IFS='|' read -r function verb kind effects _; do
		[ "$effects" != none ] || continue
		run env -u SOUK_DB "souk-$function" ${verb:+"$verb"} </dev/null
		[ "$status" -eq 2 ] || fail "souk-$function $verb: exit $status: $output"
		case $function-$verb in order-expire | notify-forget) continue ;; esac
		run env SOUK_DB="$PWD/none" "souk-$function" ${verb:+"$verb"} </dev/null
		[ "$status" -eq 3 ] || fail "souk-$function $verb: exit $status: $output"
		assert_output --partial "make it with mkdir"
	done < <(verbs)
}

@test "every source file names its licence and stays a page or two" {
	cd "$ROOT"
	# Code by its name, scripts by their first line.
	run -0 xargs awk '
		FNR == 1 && (/^#!/ || FILENAME ~ /(\.(c|h|jq|py|sql|bats|bash)|Makefile)$/) { nameless[FILENAME] }
		/SPDX-License-Identifier: ISC/ { delete nameless[FILENAME] }
		FNR == 3 { nextfile }
		END { for (file in nameless) print file " names no licence" }' \
		< <(git ls-files --cached --others --exclude-standard | xargs ls -d 2>/dev/null)
	assert_output ''
	run -0 awk '$1 > 250 && $2 != "total" { print $2 " has " $1 " lines" }' < <(wc -l cmd/*/*.c)
	assert_output ''
}
