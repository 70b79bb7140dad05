#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The shop in containers, as far as it can be seen without any: what is written agrees.

bats_require_minimum_version 1.5.0
load helper

@test "the compose files are those that deploy/containers writes" {
	diff "$ROOT/deploy/compose.yaml" <("$ROOT/deploy/containers" compose)
	diff "$ROOT/deploy/compose.two.yaml" <("$ROOT/deploy/containers" compose two)
	diff "$ROOT/deploy/compose.socat.yaml" <("$ROOT/deploy/containers" compose socat)
	run -2 "$ROOT/deploy/containers" compose three
}

@test "every stage of checkout is in a container, and no other, also with two of each" {
	for addresses in addresses addresses-two; do
		run --separate-stderr souk check --services "$ROOT/deploy/$addresses" checkout
		assert_success
		[ "${#lines[@]}" -eq 16 ]
		run ! grep -q ' here$' <<<"$output"
		assert_equal "$(grep -c '^souk-' "$ROOT/deploy/$addresses")" 15
	done
}

@test "two of each are those of one, and a second beside each that only computes" {
	while read -r command words; do
		verb=$(tr ' ' '\n' <<<"$words" | grep -v : || true)
		read -r first second <<<"${words#"$verb"}"
		effects=$("$command" --describe | jq -r --arg verb "$verb" 'select(.verb == $verb) | .effects')
		assert_equal "$second" "$([ "$effects" != none ] || echo "${first%:*}-2:7000")"
		grep -q "^$command $verb *$first$" "$ROOT/deploy/addresses"
	done < <(grep '^souk-' "$ROOT/deploy/addresses-two" | sed 's/  */ /g')
}

@test "who has tables has a volume, and each service a network that is the shop's alone" {
	run awk '/^  [a-z-]+:$/ { service = $1 } /volumes: \[/ { print service, $2 }' "$ROOT/deploy/compose.yaml"
	for function in catalog price promo ship tax order stock pay; do
		assert_line --regexp "^$function[a-z-]*: \\[\"$function:/data\"\\]$"
	done
	refute_line --partial total
	run awk '/^networks:/ { exit } /^  [a-z-]+:$/ { service = substr($1, 1, length($1) - 1) }
		/networks: \[/ && service != "shop" && $0 !~ "\\[" (service == "entry" ? "front" : service) "\\]" { print }' \
		"$ROOT/deploy/compose.yaml"
	assert_output ""
	assert_equal "$(grep -c 'internal: true' "$ROOT/deploy/compose.yaml")" 15
}
