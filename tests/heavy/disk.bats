#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A disk that is really full: a small file system of its own, in a namespace of its own.
load ../helper

@test "a full disk: what was reported is there, nothing else" {
	mkdir disk
	seq 20000 | awk '{ printf("{\"id\":\"m%07d\",\"sku\":\"S\",\"qty\":1}\n", $1) }' >in
	unshare -rm bash -c '
		mount -t tmpfs -o size=500k none disk && mkdir disk/db && export SOUK_DB=$PWD/disk/db
		souk-stock receive <in >out 2>err
		echo $? >state
		souk-stock list >list'
	assert_equal "$(cat state)" 3
	grep -q 'cannot commit: no space left on the device$' err
	[ "$(lines out)" -gt 0 ]
	assert_equal "$(jq .stock.on_hand list)" "$(lines out)"
	head -n "$(lines out)" in | jq -r .id | cmp - <(jq -r .id out)
}
