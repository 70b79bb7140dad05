/* SPDX-License-Identifier: ISC */
/* store_if_any.h: for what serves functions with a store and without. It draws in no store: a
 * function that has tables asks them, and so has it; one that has none goes without SQLite. */
#ifndef SOUK_STORE_IF_ANY_H
#define SOUK_STORE_IF_ANY_H

#include "store.h"

#pragma weak souk_store_open
#pragma weak souk_store_close
#pragma weak souk_schema_version
#pragma weak souk_store_begin
#pragma weak souk_store_commit
#pragma weak souk_store_rollback
#pragma weak souk_store_retryable
#pragma weak souk_store_commits
#pragma weak souk_store_saw_commits
#pragma weak souk_store_defers
#pragma weak souk_store_syncs
#pragma weak souk_store_folder
#pragma weak souk_store_make_folder

#endif
