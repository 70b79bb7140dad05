#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What `make run` shows, and that showing it again changes nothing.
bats_require_minimum_version 1.5.0
load helper

# The only figure that depends on the machine.
timeless() {
	sed -E 's/in [0-9.]+ s$/in N s/' "$1"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$ROOT/demo/run" "$PWD/shop" >first
}

@test "the demo shop books, ships, invoices and sells once more; again it is the same" {
	run -0 cat "$BATS_FILE_TMPDIR/first"
	assert_line '  placed    1535'
	assert_line '  rejected  24  (stock: out_of_stock)'
	assert_line '  revenue   GBP 761,430.97, net of VAT'
	assert_line '  1528 parcels, GBP 893,985.61 captured'
	assert_line '  1535 invoices, 2010-000001 to 2010-001535'
	assert_line --regexp '^ +Discount +-3\.05$'
	assert_line --regexp '^ +Shipping +4\.95$'
	assert_line --regexp '^ +TOTAL GBP +38\.82$'
	assert_line '  consistent'
	cp -r "$BATS_FILE_TMPDIR/shop" shop
	run -0 --separate-stderr "$ROOT/demo/run" "$PWD/shop"
	assert_equal "$stderr" ''
	echo "$output" >second
	sed "s|$BATS_FILE_TMPDIR/shop|$PWD/shop|g" "$BATS_FILE_TMPDIR/first" >first
	diff <(timeless first) <(timeless second)
	# All that was captured is what the orders of the month came to.
	run -0 hledger -f shop/journal balance --depth 2 assets
	assert_line --regexp '^ +38\.82 GBP +assets:receivable$'
	assert_line --regexp '^ +893985\.61 GBP +assets:provider$'
}

@test "what it says to go on with works as it stands there" {
	cp -r "$BATS_FILE_TMPDIR/shop" shop
	sed -n '/^Go on:$/,$s/^  //p' "$BATS_FILE_TMPDIR/first" | grep -v '^man ' |
		sed "s|$BATS_FILE_TMPDIR/shop|$PWD/shop|g" >steps
	assert_equal "$(lines steps)" 7
	run -0 --separate-stderr bash -euo pipefail steps
	assert_line --partial '"code":"out_of_stock"'
	assert_line 'Promotion new-year (code NEWYEAR) takes off 3.05'
	assert_line 'INVOICE 2010-000001'
	assert_line --regexp '^2011-01-05,GB,GBP,1,2,7,32\.35,6\.47,38\.82$'
	assert_line 1559
}

@test "every file of the demo shop says where it is from" {
	for file in "$ROOT"/data/*; do
		[ "${file##*/}" != README.md ] || continue
		grep -qF "${file##*/}" "$ROOT/data/README.md" || fail "data/README.md says nothing of ${file##*/}"
	done
}
