# SPDX-License-Identifier: ISC
# Loaded by every bats file: the built commands on PATH, an empty shop for each test.
bats_load_library bats-support
bats_load_library bats-assert

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${SOUK_BIN:=$ROOT/bin}"
# The system's own python before that of a version manager: it has the packages that tests
# need, and starts in a quarter of the time.
export PATH="$SOUK_BIN:/usr/bin:$PATH" LC_ALL=C.UTF-8
export SOUK_DATA="$ROOT/data"

setup() {
	export SOUK_DB="$BATS_TEST_TMPDIR/db"
	mkdir -p "$SOUK_DB"
	cd "$BATS_TEST_TMPDIR" || return
	if declare -F prepare >/dev/null; then prepare; fi
}

# `lines FILE`: how many.
lines() {
	wc -l <"$1" | tr -d ' '
}
