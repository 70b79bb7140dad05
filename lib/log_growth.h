/* SPDX-License-Identifier: ISC */
/* log_growth.h: a write-ahead log that grows ahead of what is written to it.
 *
 * A sync of bytes that lie within a file costs half of one that makes the file longer:
 * the latter has the file system commit its journal too. SQLite's log grows until its
 * first checkpoint; here it grows by a quarter at a time, with zeros, which SQLite's
 * recovery takes for the end of the log (https://sqlite.org/fileformat2.html#walformat:
 * a frame counts only with the checksum and the salt of the log's header).
 */
#ifndef SOUK_LOG_GROWTH_H
#define SOUK_LOG_GROWTH_H

/* Registers the SQLite file system to open databases with; its name, or NULL for
 * SQLite's own, should it not be one this can stand on. Further calls do nothing more. */
const char *souk_log_growth(void);

#endif
