/* SPDX-License-Identifier: ISC */
/* The socket files that we made, which go however we end. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve.h"

struct made {
	SLIST_ENTRY(made) link;
	char *path;
	dev_t device;
	ino_t inode;
	bool for_clients;
};

/* For atexit(), which tells nothing. */
static SLIST_HEAD(, made) all = SLIST_HEAD_INITIALIZER(all);

static void remove_one(struct made *m)
{
	struct stat status;

	SLIST_REMOVE(&all, m, made, link);
	/* Whoever came after us may have put its own there. */
	if (lstat(m->path, &status) == 0 && status.st_dev == m->device && status.st_ino == m->inode)
		unlink(m->path);
	free(m->path);
	free(m);
}

static void remove_all(void)
{
	while (!SLIST_EMPTY(&all))
		remove_one(SLIST_FIRST(&all));
}

void made_add(const struct souk_address *address, bool for_clients)
{
	static bool registered;
	struct made *m;
	struct stat status;

	if (address->port)
		return;
	if (!registered)
		registered = atexit(remove_all) == 0;
	m = calloc(1, sizeof(*m));
	if (!m || !(m->path = strdup(address->path.sun_path)))
		souk_die("out of memory");
	if (lstat(m->path, &status) != 0)
		souk_die_errno("%s is gone", m->path);
	m->device = status.st_dev;
	m->inode = status.st_ino;
	m->for_clients = for_clients;
	SLIST_INSERT_HEAD(&all, m, link);
}

void made_remove_for_clients(void)
{
	struct made *m, *next;

	for (m = SLIST_FIRST(&all); m; m = next) {
		next = SLIST_NEXT(m, link);
		if (m->for_clients)
			remove_one(m);
	}
}
