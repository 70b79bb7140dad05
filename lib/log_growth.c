/* SPDX-License-Identifier: ISC */
/* A write-ahead log that grows ahead of what is written to it: SQLite's own file
 * system, of which only the log's writes pass through here. */
#include "log_growth.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LEAST_GROWTH = 64 << 10, MOST_GROWTH = 1 << 20 };

/* SQLite's own file stands behind ours, in the same memory. */
struct log_file {
	sqlite3_file base;
	sqlite3_int64 size; /* what this process knows it to be: it may be more */
};

static sqlite3_vfs growing, *system_files;

static sqlite3_file *real(sqlite3_file *file)
{
	return (sqlite3_file *)(void *)((struct log_file *)(void *)file + 1);
}

static int log_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int log_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
	return real(file)->pMethods->xRead(real(file), to, count, at);
}

/* Zeros from the end of the file on. Only the writer whose turn it is writes to a log, so
 * nobody's frames can come in between. A disk that has no room for them refuses the
 * frames themselves, if it must. */
static void grow(struct log_file *log, sqlite3_int64 needed)
{
	static const char zeros[LEAST_GROWTH];
	sqlite3_file *file = real(&log->base);
	sqlite3_int64 more = needed / 4;

	if (file->pMethods->xFileSize(file, &log->size) != SQLITE_OK || log->size >= needed)
		return;
	more = more < LEAST_GROWTH ? LEAST_GROWTH : more > MOST_GROWTH ? MOST_GROWTH : more;
	while (log->size < needed + more &&
	       file->pMethods->xWrite(file, zeros, sizeof(zeros), log->size) == SQLITE_OK)
		log->size += (sqlite3_int64)sizeof(zeros);
}

static int log_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
	struct log_file *log = (struct log_file *)(void *)file;

	if (at + count > log->size)
		grow(log, at + count);
	return real(file)->pMethods->xWrite(real(file), from, count, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	((struct log_file *)(void *)file)->size = 0;
	return real(file)->pMethods->xTruncate(real(file), size);
}

static int log_sync(sqlite3_file *file, int flags)
{
	return real(file)->pMethods->xSync(real(file), flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int log_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int log_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int log_is_reserved(sqlite3_file *file, int *reserved)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}

static int log_control(sqlite3_file *file, int what, void *with)
{
	return real(file)->pMethods->xFileControl(real(file), what, with);
}

static int log_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int log_traits(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

/* Of the first version: a log is neither shared memory nor mapped. */
static const sqlite3_io_methods log_methods = {
	1, log_close, log_read, log_write, log_truncate, log_sync, log_size, log_lock, log_unlock,
	log_is_reserved, log_control, log_sector, log_traits,
	NULL, NULL, NULL, NULL, NULL, NULL,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
	int code;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return system_files->xOpen(system_files, name, file, flags, given);
	*(struct log_file *)(void *)file = (struct log_file){.size = 0};
	real(file)->pMethods = NULL;
	code = system_files->xOpen(system_files, name, real(file), flags, given);
	/* SQLite closes what has methods, also where it could not be opened. */
	file->pMethods = real(file)->pMethods ? &log_methods : NULL;
	return code;
}

const char *souk_log_growth(void)
{
	if (growing.zName)
		return growing.zName;
	if (sqlite3_initialize() != SQLITE_OK || !(system_files = sqlite3_vfs_find(NULL)))
		return NULL;
	growing = *system_files;
	growing.zName = "souk";
	growing.szOsFile += (int)sizeof(struct log_file);
	growing.xOpen = open_file;
	if (sqlite3_vfs_register(&growing, 0) != SQLITE_OK)
		growing.zName = NULL;
	return growing.zName;
}
