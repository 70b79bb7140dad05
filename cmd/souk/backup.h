/* SPDX-License-Identifier: ISC */
/* backup.h: what souk backup and souk restore share. A backup is a folder that holds
 * NAME.db of each function that has tables, NAME.key of those that have a file `key` beside
 * them, and a manifest, written last. */
#ifndef SOUK_BACKUP_H
#define SOUK_BACKUP_H

#include <sqlite3.h>

#include "souk.h"

#define BACKUP_MANIFEST "backup.json"
#define BACKUP_KEY "key"
enum { BACKUP_FORMAT = 1, BACKUP_DIGEST = 32, BACKUP_NAME = 64 };

/* One database of the shop. */
struct database {
	char name[BACKUP_NAME];   /* its folder in SOUK_DB: "order", "pay-test" */
	sqlite3 *source;          /* in a transaction that sees the moment of the cut */
	int lock;                 /* the file its writers queue on; -1 once it is let go */
	int64_t version;          /* of its tables */
	int64_t bytes;
	unsigned char digest[BACKUP_DIGEST]; /* BLAKE2b of the copy */
	int64_t key_bytes;        /* of its file `key`; 0: it has none */
	unsigned char key_digest[BACKUP_DIGEST];
};

struct databases {
	struct database *at;
	size_t count;
	int64_t bytes;            /* of all */
};

/* ---- The cut (backup_cut.c) ---- */

/* The databases below `root` by name, not opened. `tell`: of what else there is. */
void find_databases(struct databases *all, const char *root, bool tell);

/* Opens all databases below `root`, in transactions that see one and the same moment. */
void cut_take(struct databases *all, const char *root);
void cut_free(struct databases *all);

/* ---- Copies (backup_copy.c) ---- */

/* How far a run of backup or restore is, on a terminal. */
struct copying {
	const char *verb;         /* "backup" */
	bool shown;
	int64_t done, total;      /* bytes */
	int64_t drawn_at;
};

/* Ends the program if a signal told it to. */
void end_if_stopped(void);
/* Shows it, now and then, unless a signal said that it is to end. */
void copying_show(struct copying *c, const char *name);
void copying_end(struct copying *c, const char *message);

/* A new folder beside `target`, which becomes `target` when all in it is on disk. If the
 * program ends before, it is removed. The name lives until target_finish(). */
const char *target_make(const char *target);
void target_finish(const char *target);

/* Whether SQLite finds the file whole; else dies. `pragma`: quick_check, integrity_check.
 * Gives the version of its tables. */
int64_t database_check(const char *path, const char *pragma);

void sync_file(const char *path);

/* Copies a file to a new one of mode 0600, on disk when it returns. Gives the size, and the
 * digest of what was read. Counts and shows it in `c` as of `name`. */
int64_t copy_file(const char *from, const char *to, const char *name, struct copying *c,
	unsigned char digest[BACKUP_DIGEST]);

/* "folder/name" and what follows; the caller frees it. */
char *path_of(const char *folder, const char *name, const char *after);

#endif
