/* SPDX-License-Identifier: ISC */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"
#include "sandbox_parts.h"
#include "store_if_any.h"

/* Whom no file belongs to. */
enum { NOBODY = 65534 };

/* ---- Root ---- */

/* Of the folder, or of the one that it will be made in. */
static bool owner_of(const char *folder, struct stat *status)
{
	char path[4096];
	char *slash;

	if (stat(folder, status) == 0)
		return true;
	if ((size_t)snprintf(path, sizeof(path), "%s", folder) >= sizeof(path) || !(slash = strrchr(path, '/')))
		return false;
	*slash = 0;
	return stat(*path ? path : "/", status) == 0;
}

/* After a change of user a process can't be looked at, not even by itself. */
static void allow_looking(void)
{
	if (SOUK_SANITIZED)
		prctl(PR_SET_DUMPABLE, 1);
}

static bool be(uid_t user, gid_t group)
{
	bool done = setegid(group) == 0 && seteuid(user) == 0;

	allow_looking();
	return done;
}

void souk_owner_become(const char *folder)
{
	struct stat status;

	if (geteuid() != 0 || !owner_of(folder, &status) || status.st_uid == 0)
		return;
	/* Root of a container may have no right to be another: then it stays what it is. */
	if (be(status.st_uid, status.st_gid) && faccessat(AT_FDCWD, folder, F_OK, AT_EACCESS) != 0 &&
	    errno == EACCES) {
		souk_owner_leave();
		errno = EACCES;
		souk_die_errno("%s: root opens it as its owner, user %u, who can't reach it", folder, status.st_uid);
	}
}

void souk_owner_leave(void)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) == 0 && effective != 0 && saved == 0 &&
	    !be(0, getgid()))
		souk_die_errno("cannot be root again");
}

/* The owner of all that the stages keep; nobody, where nothing is opened any more; root stays
 * with what is root's own, and with files whose owner is not known yet. */
static void find_user(const struct souk_needs *needs, uid_t *user, gid_t *group)
{
	struct stat status;

	*user = needs->opens || needs->network ? 0 : NOBODY;
	*group = NOBODY;
	for (size_t i = 0; i < needs->folder_count; i++) {
		if (!owner_of(needs->folders[i], &status))
			continue;
		if (i > 0 && status.st_uid != *user)
			souk_die_usage("%s and %s belong to different users, and root would become one of them: "
				"run the stages as processes, or with --no-sandbox", needs->folders[0],
				needs->folders[i]);
		*user = status.st_uid;
		*group = status.st_gid;
	}
}

/* Where root stays root nothing of it comes back. For others that is so without this, and
 * whoever has no right to do it has nothing that it would bound. */
static void drop_bounds(void)
{
	for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0; i++)
		;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* Root without its capabilities is a user like any other, but one to whom much belongs. */
static void drop_root(uid_t user, gid_t group)
{
	if (!user || setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
	    setresuid(user, user, user) != 0)
		drop_bounds();
	allow_looking();
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	syscall(SYS_capset, &header, none);
}

/* ---- All of it ---- */

static void add_folder(struct souk_needs *needs, char *folder)
{
	if (!folder)
		return;
	needs->folders = realloc(needs->folders, (needs->folder_count + 1) * sizeof(*needs->folders));
	if (!needs->folders)
		souk_die("out of memory");
	needs->folders[needs->folder_count++] = folder;
	needs->opens = true;
}

static void add_needs(struct souk_needs *needs, const struct souk_stage *stage)
{
	const char *const *more = stage->verb->function->stores;

	needs->network |= stage->verb->network;
	needs->forks |= stage->verb->forks;
	needs->opens |= stage->verb->opens != NULL;
	if (stage->store)
		add_folder(needs, strdup(souk_store_folder(stage->store)));
	/* What is not there can't be allowed. */
	for (; more && *more; more++)
		add_folder(needs, souk_store_make_folder(*more));
}

static void free_needs(struct souk_needs *needs)
{
	for (size_t i = 0; i < needs->folder_count; i++)
		free(needs->folders[i]);
	free(needs->folders);
}

/* Says who does without. */
static bool is_unwanted(struct souk_stage *const *stages, size_t count)
{
	bool unwanted = false;

	for (size_t i = 0; i < count; i++)
		if (stages[i]->no_sandbox) {
			souk_program = stages[i]->program;
			souk_warn("running without its sandbox");
			unwanted = true;
		}
	return unwanted;
}

static void tell(bool verbose, const char *what)
{
	if (verbose)
		souk_warn("%s: %s", what, strerror(errno));
}

void souk_sandbox_enter(struct souk_stage *const *stages, size_t count)
{
	static const struct rlimit no_processes = {0, 0};
	struct souk_needs needs = {0};
	bool verbose = false;
	int rules;
	uid_t user = 0;
	gid_t group = 0;

	if (is_unwanted(stages, count))
		return;
	for (size_t i = 0; i < count; i++) {
		verbose |= stages[i]->verbose;
		add_needs(&needs, stages[i]);
	}
	rules = souk_landlock_rules(stages, count, &needs);
	if (rules < 0)
		tell(verbose, "no Landlock here: files are kept from this program only as from its user");
	if (geteuid() == 0) {
		find_user(&needs, &user, &group);
		drop_root(user, group);
	}
	drop_capabilities();
	/* Where calls can't be refused; the root of a machine has no such limit. */
	if (!needs.forks && !needs.network && !SOUK_SANITIZED)
		setrlimit(RLIMIT_NPROC, &no_processes);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (rules >= 0) {
		if (!souk_landlock_enter(rules))
			tell(verbose, "Landlock refuses its rules");
		close(rules);
	}
	if (!souk_seccomp_enter(&needs))
		tell(verbose, "no filter of calls here: this program may make all that its user may");
	free_needs(&needs);
}
