# SPDX-License-Identifier: ISC
# The shop in containers, for tests and benches: its images, and one that goes with them.

# Docker where it works, else podman; a test that has neither fails.
find_engine() {
	local candidate
	for candidate in docker podman; do
		[ -n "${ENGINE:-}" ] || ! "$candidate" info >/dev/null 2>&1 || export ENGINE=$candidate
	done
	[ -n "${ENGINE:-}" ] || { echo "neither docker nor podman answers: deploy/packages containers" >&2; return 1; }
}

# Images as they are made from this tree; what has not changed is not built again.
build_images() {
	find_engine
	# In a container, as tests may be, podman can't mount what a build runs.
	export BUILDAH_ISOLATION=chroot SOUK_IMAGES=souk-test-
	"$ROOT/deploy/images" >/dev/null
}

# build_image NAME DOCKERFILE FOLDER [OPTION...]
build_image() {
	"$ENGINE" build -q "${@:4}" -f "$2" -t "$SOUK_IMAGES$1" "$3" >/dev/null
}

# A shop of its own beside all others.
new_project() {
	export SOUK_PROJECT=souktest$$-$RANDOM
	SOUK_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	export SOUK_PORT
}

containers() {
	"$ROOT/deploy/containers" "$@" 3>&-
}

# The processes of a container, as this machine has them.
processes_of() {
	local parent child
	for parent; do
		[ "$parent" != 0 ] || continue
		echo "$parent"
		for child in $(pgrep -P "$parent"); do processes_of "$child"; done
	done
}

# Proportional set size of all containers, in KiB.
memory_of_all() {
	local pid container
	for container in $("$ENGINE" ps -q --filter "label=com.docker.compose.project=$SOUK_PROJECT"); do
		for pid in $(processes_of "$("$ENGINE" inspect --format '{{.State.Pid}}' "$container")"); do
			sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup"
		done
	done | awk '{ sum += $1 } END { print sum }'
}

# address_of INSTANCE: on the network of its service.
address_of() {
	"$ENGINE" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$SOUK_PROJECT-$1-1"
}
