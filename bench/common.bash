# SPDX-License-Identifier: ISC
# Loaded by every bench: the built commands on PATH, a folder that goes when it ends.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH="$ROOT/bin:$PATH" LC_ALL=C
WORK=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/souk-bench.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

# `seconds COMMAND...`: how long it takes, to the millisecond.
seconds() {
	local from to
	from=$(date +%s%N)
	"$@"
	to=$(date +%s%N)
	awk -v ns=$((to - from)) 'BEGIN { printf "%.3f", ns / 1e9 }'
}

# The best of N runs: what else goes on only makes it slower.
best() {
	local runs=$1 best='' now
	shift
	for ((i = 0; i < runs; i++)); do
		now=$(seconds "$@")
		best=$(awk -v a="$now" -v b="${best:-$now}" 'BEGIN { print (a < b) ? a : b }')
	done
	echo "$best"
}

# `best_booked COMMAND`: the best of 3 runs, each on an empty book, a copy of $WORK/shop as
# $WORK/db; what it takes to make one is not counted.
best_booked() {
	local best='' now
	for _ in 1 2 3; do
		rm -rf "$WORK/db" "$WORK"/*.db*
		cp -r "$WORK/shop" "$WORK/db"
		now=$(SOUK_DB=$WORK/db seconds "$1")
		best=$(awk -v a="$now" -v b="${best:-$now}" 'BEGIN { print (a < b) ? a : b }')
	done
	echo "$best"
}

# `shop FOLDER`: the demo shop's catalogue, prices and rates, a million pieces of each sku.
shop() {
	mkdir -p "$1"
	souk-catalog put <"$ROOT/data/catalog.ndjson" >"$1.log"
	souk-price put <"$ROOT/data/prices.ndjson" >>"$1.log"
	souk-tax put <"$ROOT/data/tax-rates.ndjson" >>"$1.log"
	jq -c '{id: "receipt-\(.sku)", sku, qty: 1000000}' "$ROOT/data/catalog.ndjson" | souk-stock receive >>"$1.log"
	if grep -m1 '"error"' "$1.log"; then return 1; fi
}
