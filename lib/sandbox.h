/* SPDX-License-Identifier: ISC */
/*
 * sandbox.h: a filter locks itself in, once it has opened what it works with. What it may
 * still do follows from its declaration (verb.h) and from the stores it has open:
 *
 *   files     none, or the folders of its stores and what `opens` names (Landlock)
 *   network   none, unless `network` is declared (Landlock, seccomp)
 *   programs  none are started; no process is, unless `forks` is declared (seccomp)
 *   rights    no capability, no new privileges; root becomes the owner of the stores
 *
 * A call that is not allowed fails; nothing is killed for it.
 */
#ifndef SOUK_SANDBOX_H
#define SOUK_SANDBOX_H

#include "verb.h"

/* Locks this process in with what the stages need together, before the first record is
 * read. With --no-sandbox in one of them it says so on stderr instead. What the kernel or the
 * machine can't do is left out, and said with -v. */
void souk_sandbox_enter(struct souk_stage *const *stages, size_t count);

/* While root opens what belongs to `folder`, which need not be there yet: in whose name that
 * is done, so that the owner can use what is made. For anybody else they do nothing. */
void souk_owner_become(const char *folder);
void souk_owner_leave(void);

#endif
