# SPDX-License-Identifier: ISC
# Containers in tests: with docker where it answers, else podman (`make packages-containers`).
# Neither is skipped over: without one, tests fail.

# For setup_file: sets ENGINE, and sees to the image that others are built on.
containers_open() {
	local base
	export ENGINE=podman
	docker info >/dev/null 2>&1 && ENGINE=docker
	# In a container, as tests may be: no limits raised, no mounts for what a build runs.
	printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n' >"$BATS_FILE_TMPDIR/containers.conf"
	export CONTAINERS_CONF=$BATS_FILE_TMPDIR/containers.conf BUILDAH_ISOLATION=chroot
	"$ENGINE" info >/dev/null
	base=$(sed -n 's/^ARG BASE=//p' "$BATS_TEST_DIRNAME/../../Dockerfile")
	# One test file at a time: the second finds the image.
	exec 9>"${TMPDIR:-/tmp}/souk-test-base.lock"
	flock 9
	"$ENGINE" image inspect "$base" >/dev/null 2>&1 || timeout 120 "$ENGINE" pull -q "$base" >/dev/null 2>&1 ||
		"$BATS_TEST_DIRNAME/../../deploy/base-image"
	exec 9>&-
}
