/* SPDX-License-Identifier: ISC */
/* Files, and what else Landlock keeps out of reach, by the raw calls: older C libraries and
 * headers lack what newer kernels offer. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_parts.h"


/* Of the rights on files, each version of the interface knows the first so many. */
static const unsigned char rights_known[] = {0, 13, 14, 15, 15, 16};
enum {
	NEWEST_FILES = sizeof(rights_known) - 1,
	FIRST_NETWORK = 4, FIRST_SCOPES = 6,
	RIGHT_TRUNCATE = 1 << 14,
	NETWORK_BIND = 1 << 0, NETWORK_CONNECT = 1 << 1,
	SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1,
};

/* struct landlock_ruleset_attr as it has grown. */
struct ruleset {
	uint64_t files, network, scopes;
};

static const uint64_t of_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	LANDLOCK_ACCESS_FS_EXECUTE | RIGHT_TRUNCATE;
static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/* A database comes with a log, shared memory and a lock; its folder is synced. */
static const uint64_t of_store = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
	LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG |
	LANDLOCK_ACCESS_FS_REMOVE_FILE;

/* What looking up a host and checking its certificate reads: of /etc no more than that, as
 * root's own keys are there too. */
static const char *const of_network[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
	"/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/localtime",
	"/etc/ld.so.cache", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates",
	"/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/usr", "/lib", "/lib64",
	"/run/systemd/resolve", "/run/resolvconf", "$SSL_CERT_FILE", "$SSL_CERT_DIR", NULL};

struct rules {
	int fd;
	uint64_t handled;
};

/* What is not there can't be opened anyway. */
static void allow(const struct rules *rules, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.parent_fd = open(path, O_PATH | O_CLOEXEC), .allowed_access = rights & rules->handled};
	struct stat status;

	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
		rule.allowed_access &= of_file;
	syscall(SYS_landlock_add_rule, rules->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

/* "/etc", "$CURL_CA_BUNDLE", "$HOME/.netrc": for reading. */
static void allow_named(const struct rules *rules, const char *const *names)
{
	for (; names && *names; names++) {
		size_t len = strcspn(*names, "/");
		char variable[64], path[4096];
		const char *value = "";

		if (**names == '$') {
			snprintf(variable, sizeof(variable), "%.*s", (int)len - 1, *names + 1);
			value = getenv(variable);
			if (!value || !*value)
				continue;
		} else {
			len = 0;
		}
		if ((size_t)snprintf(path, sizeof(path), "%s%s", value, *names + len) < sizeof(path))
			allow(rules, path, reading);
	}
}

int souk_landlock_rules(struct souk_stage *const *stages, size_t count, const struct souk_needs *needs)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set = {0};
	struct rules rules;

	if (version < 1)
		return -1;
	set.files = (1u << rights_known[version < NEWEST_FILES ? version : NEWEST_FILES]) - 1;
	if (!needs->network) {
		set.network = NETWORK_BIND | NETWORK_CONNECT;
		set.scopes = SCOPE_ABSTRACT_SOCKETS;
	}
	set.scopes |= SCOPE_SIGNALS;
	rules.handled = set.files;
	rules.fd = (int)syscall(SYS_landlock_create_ruleset, &set,
		version >= FIRST_SCOPES ? sizeof(set) : version >= FIRST_NETWORK ? offsetof(struct ruleset, scopes) :
		offsetof(struct ruleset, network), 0);
	if (rules.fd < 0)
		return -1;
	for (size_t i = 0; i < needs->folder_count; i++)
		allow(&rules, needs->folders[i], of_store);
	for (size_t i = 0; i < count; i++)
		allow_named(&rules, stages[i]->verb->opens);
	if (needs->network)
		allow_named(&rules, of_network);
	if (SOUK_SANITIZED)
		allow(&rules, "/", reading | LANDLOCK_ACCESS_FS_EXECUTE);
	return rules.fd;
}

bool souk_landlock_enter(int rules)
{
	return syscall(SYS_landlock_restrict_self, rules, 0) == 0;
}
