#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The packages: built, installed in a system of their own, run, upgraded, removed. Needs root, for
# that system's root folder, and Debian's mirror.

bats_require_minimum_version 1.5.0
load ../helper

# The tests of this file are one story, in this order.
setup_file() {
	export ALONE=
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ "$(id -u)" -eq 0 ] || { [ -n "${CI:-}" ] || skip "needs root"; echo "needs root" >&2; return 1; }
	version=$(sed -n '1s/^Souk //p' "$ROOT/NEWS")
	out=$BATS_FILE_TMPDIR system=$BATS_FILE_TMPDIR/system
	export version out system
}

# What still stands in a system of ours would be deleted through the mount.
teardown_file() {
	[ ! -d "$out/containers/souk" ] || lxc-stop --kill -n souk -P "$out/containers" || true
	! grep -q " $BATS_FILE_TMPDIR" /proc/mounts
}

# in_system COMMAND...: in the root of the test's system, its processes ended with the command.
# With ALONE=1 in a network of its own.
in_system() {
	unshare --mount --pid --fork --kill-child ${ALONE:+--net} -- sh -ec '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		[ -z "$ALONE" ] || ip link set lo up
		exec chroot "$root" "$@"' - "$system" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive SOUK_DB=/var/lib/souk "$@" </dev/null
}

# shop SCRIPT: in that system, as the user whose tables they are.
shop() {
	in_system runuser -u souk -- sh -euc "cd /srv/demo; $1"
}

# next_version: the tree here is of the version after this one, and moves a service's metrics.
next_version() {
	sed -i "1s/.*/Souk $version.1/" NEWS
	sed -i '/^souk-fx/s/:7150/:7160/' pipelines/services
}

# What `systemctl start souk.target` starts and the sockets pass on, without systemd: each as its
# unit says. Then checkout through them.
serve_and_check_out() {
	ALONE=1 in_system bash -euc '
		rm -rf /run/souk
		install -d -o souk -g souk /run/souk
		for name in $(sed -n "s/^Wants=souk@\(.*\)\.socket$/\1/p" "$1/souk.target"); do
			FILTER=souk-$name OPTIONS=
			eval "$(sed "s/=\(.*\)/='"'\\1'"'/" "/etc/souk/souk-$name")"
			eval "exec=\"$(sed -n s/^ExecStart=//p "$1/souk@.service")\""
			runuser -u souk -- systemd-socket-activate -E SOUK_DB -l "/run/souk/$name" $exec 2>/dev/null &
		done
		until [ "$(ls /run/souk | wc -l)" -eq "$(grep -c ^Wants= "$1/souk.target")" ]; do sleep 0.1; done
		cd /srv/demo
		sed "s/web-1/$2/" web-order.ndjson | runuser -u souk -- souk run --services /etc/souk/services checkout
		for port in 8101 8115 8106; do curl -s "http://127.0.0.1:$port/healthz"; done' - "$@"
}

# The demo shop's orders through checkout, with what came of them in order, twice the same.
demo_shop() {
	mkdir -p "$system/srv/demo"
	cp "$SOUK_DATA"/* "$system/srv/demo"
	[ -z "${1:-}" ] || chown -R "$1" "$system/srv/demo"
	shop "souk catalog put -e <catalog.ndjson >put; souk price put -e <prices.ndjson >put
		souk promo put -e <promotions.ndjson >put; souk ship put -e <shipping.ndjson >put
		souk tax put -e <tax-rates.ndjson >put; souk stock receive -e <stock.ndjson >put
		zcat orders-2010-12.csv.gz | souk run import-uci-orders >orders
		souk run checkout --agreed <orders >booked"
	assert_equal "$(jq -r .order.state "$system/srv/demo/booked" | sort | uniq -c | tr -s ' \n' ' ')" " 1535 placed 24 rejected "
}

# The books are as the demo left them: audited, and a replay changes nothing.
same_books() {
	shop "for f in order stock pay; do souk \$f export; done | souk audit" | jq -e '.verdict == "consistent"'
	shop "souk run checkout --agreed <orders | cmp - booked"
}

# ---- Debian ----

@test "a Debian package is built, and lintian has nothing against it" {
	run "$ROOT/deploy/package" deb "$out"
	assert_success
	assert_output --partial "$out/souk_${version}_$(dpkg --print-architecture).deb"
	run lintian --allow-root --fail-on error,warning --suppress-tags bad-distribution-in-changes-file "$out"/souk_"$version"_*.changes
	assert_success
	assert_output ""
}

@test "installed on a clean Debian: the shop runs, and its pages and completions are found" {
	debootstrap --variant=minbase bookworm "$system" >log 2>&1 || fail "$(tail log)"
	cp /etc/resolv.conf "$system/etc"
	cp "$out"/souk_"$version"_*.deb "$system/root"
	in_system sh -c 'apt-get update -q && apt-get install -y -q man-db bash-completion jq curl socat /root/souk_*.deb' >log 2>&1 ||
		fail "$(tail log)"
	assert_equal "$(in_system souk --version)" "souk $version (contract 1)"
	assert_equal "$(in_system stat -c '%U %G %a' /var/lib/souk)" "souk souk 700"
	run in_system man -w souk-stock
	assert_output /usr/share/man/man1/souk-stock.1.gz
	in_system man souk-filter | grep -q 'One line in'
	run in_system bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader souk-stock
		COMP_WORDS=(souk-stock res) COMP_CWORD=1; $(complete -p souk-stock | sed "s/.*-F \([^ ]*\) .*/\1/") souk-stock res souk-stock
		echo "${COMPREPLY[@]}"'
	assert_output "reserve restock"
	in_system systemctl is-enabled souk.target
	for name in $("$ROOT/deploy/services" names); do
		grep -q "^Wants=souk@$name.socket$" "$system/lib/systemd/system/souk.target"
		[ -s "$system/etc/souk/souk-$name" ]
	done
	demo_shop "$(in_system id -u souk)"
	same_books
}

# As deploy/JAILS.md says.
booted() {
	lxc-attach -n souk -P "$out/containers" --clear-env -v LC_ALL=C.UTF-8 -- "$@" </dev/null
}

# ordered ID: the web order under that id, through the services.
ordered() {
	booted sh -c "cd /srv/demo; sed s/web-1/$1/ web-order.ndjson |
		runuser -u souk -- timeout 60 souk run --services /etc/souk/services checkout" | jq -c '[.id, .order.state, .total.total]'
}

@test "booted by systemd in a container of LXC, the services start when asked, reload, and end" {
	mkdir -p "$out/containers/souk"
	sed -n "/^    lxc\\./s|^    ||p" "$ROOT/deploy/JAILS.md" | sed "s|/srv/souk|$system|" >"$out/containers/souk/config"
	lxc-start -n souk -P "$out/containers" -o log || fail "$(cat log)"
	until booted systemctl is-active -q souk.target; do [ $((tries += 1)) -lt 300 ] && sleep 0.2; done
	assert_equal "$(booted ls /run/souk | wc -l)" "$("$ROOT/deploy/services" names | wc -l)"
	assert_equal "$(booted systemctl list-units --no-legend 'souk@*.service')" ""
	assert_equal "$(ordered booted-1)" '["booted-1","placed",3882]'
	assert_equal "$(booted systemctl list-units --no-legend --state active 'souk@*.service' | wc -l)" 15
	booted systemctl reload souk@tax
	assert_equal "$(ordered booted-2)" '["booted-2","placed",3882]'
	booted systemctl restart souk.target
	assert_equal "$(ordered booted-3)" '["booted-3","placed",3882]'
	assert_equal "$(booted systemctl --failed --no-legend)" ""
	booted systemctl stop souk.target
	assert_equal "$(booted systemctl list-units --no-legend 'souk@*')" ""
	assert_equal "$(booted ls /run/souk)" ""
	lxc-stop -n souk -P "$out/containers"
}

@test "an upgrade keeps the books, and what the shopkeeper has configured" {
	(
		cd "$out/deb/souk-$version"
		next_version
		{ sed "1s/($version)/($version.1)/" debian/changelog && echo && cat debian/changelog; } >changelog
		mv changelog debian/changelog
		rm debian/debhelper-build-stamp
		dpkg-buildpackage -b -nc -us -uc >log 2>&1 || { tail log; false; }
	)
	cp "$out/deb/souk_$version.1"_*.deb "$system/root/next.deb"
	sed -i 's/^OPTIONS=/&-w 2 /' "$system/etc/souk/souk-tax"
	before=$(cat "$system/etc/souk/souk-tax")
	run in_system apt-get install -y -q /root/next.deb
	assert_success
	assert_equal "$(in_system souk --version)" "souk $version.1 (contract 1)"
	assert_equal "$(cat "$system/etc/souk/souk-tax")" "$before"
	grep -q '8160$' "$system/etc/souk/souk-fx"
	same_books
}

@test "removed, it leaves configuration and books; installed again, it goes on" {
	run in_system apt-get remove -y -q souk
	assert_success
	[ ! -e "$system/usr/bin/souk" ] && [ ! -e "$system/usr/share/souk" ] && [ ! -e "$system/lib/systemd/system/souk.target" ]
	grep -q '^OPTIONS=-w 2 ' "$system/etc/souk/souk-tax"
	[ -s "$system/var/lib/souk/order/order.db" ] || fail "$(find "$system/var/lib/souk")"
	run in_system apt-get install -y -q /root/next.deb
	assert_success
	grep -q '^OPTIONS=-w 2 ' "$system/etc/souk/souk-tax"
	same_books
}

@test "purged, it leaves the books and says so, and nothing where there are none" {
	find "$system/var/lib/souk" -type f -exec sha256sum {} + >before
	run in_system apt-get purge -y -q souk
	assert_success
	assert_output --partial "The books of the shop are kept, in /var/lib/souk: delete them with rm -r /var/lib/souk"
	sha256sum --quiet -c before
	run find "$system"/{etc,lib,usr,var/lib} -name '*souk*'
	assert_output "$system/var/lib/souk"
	rm -r "${system:?}/var/lib/souk"
	in_system apt-get install -y -q /root/next.deb >log 2>&1
	[ -d "$system/var/lib/souk" ]
	run in_system apt-get purge -y -q souk
	assert_success
	refute_output --partial "are kept"
	[ ! -e "$system/var/lib/souk" ] && [ ! -e "$system/etc/souk" ]
}

# ---- RPM ----

# rpm of this machine on the root of that system. What the package needs there it got as Debian's.
rpm_there() {
	rpm --root "$system" --force-debian --nodeps "$@"
}

@test "an RPM is built and installed, and the shop runs" {
	run "$ROOT/deploy/package" rpm "$out"
	assert_success
	package=$(echo "$out/souk-$version"-*."$(rpm --eval '%{_arch}').rpm")
	in_system userdel souk
	rm -rf "${system:?}/srv/demo"
	rpm_there -i "$package"
	assert_equal "$(in_system souk --version)" "souk $version (contract 1)"
	assert_equal "$(in_system stat -c '%U %G %a' /var/lib/souk)" "souk souk 700"
	run rpm_there -V souk
	assert_output ""
	run in_system man -w souk-stock
	assert_output --regexp '^/usr/share/man/man1/souk-stock\.1'
	demo_shop "$(in_system id -u souk)"
	same_books
	run --separate-stderr serve_and_check_out /usr/lib/systemd/system served
	assert_success
	assert_equal "$(jq -c '[.id, .order.state, .total.total]' <<<"${lines[0]}")" '["served","placed",3882]'
}

@test "an upgrade of the RPM keeps books and configuration, and so does its removal" {
	# From the source archive, and quickly.
	tar -xf "$out/souk-$version.tar.gz"
	echo '%optflags -O0' >.rpmmacros
	(cd "souk-$version" && next_version)
	HOME=$PWD run "souk-$version/deploy/package" rpm next
	assert_success
	sed -i 's/^OPTIONS=/&-w 2 /' "$system/etc/souk/souk-tax"
	rpm_there -U "next/souk-$version.1-1"*".$(rpm --eval '%{_arch}').rpm"
	assert_equal "$(in_system souk --version)" "souk $version.1 (contract 1)"
	grep -q '^OPTIONS=-w 2 ' "$system/etc/souk/souk-tax"
	grep -q '8160$' "$system/etc/souk/souk-fx"
	same_books
	find "$system/var/lib/souk" -type f -exec sha256sum {} + >before
	rpm_there -e souk
	sha256sum --quiet -c before
	grep -q '^OPTIONS=-w 2 ' "$system/etc/souk/souk-tax.rpmsave"
	run find "$system"/{etc,lib,usr} -name 'souk*' ! -name souk-tax.rpmsave
	assert_output "$system/etc/souk"
}
