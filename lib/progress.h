/* SPDX-License-Identifier: ISC */
/*
 * progress.h: how stages tell `souk run` how far they are, at the cost of two
 * plain stores a batch: all share one page of memory, in which each has a slot.
 *
 * The page is a memfd that the stages inherit; SOUK_PROGRESS_FD and
 * SOUK_PROGRESS_SLOT name it. A program that knows nothing of it shows no
 * counts and is none the worse.
 */
#ifndef SOUK_PROGRESS_H
#define SOUK_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

#define SOUK_PROGRESS_FD "SOUK_PROGRESS_FD"
#define SOUK_PROGRESS_SLOT "SOUK_PROGRESS_SLOT"

/* A slot has a cache line of its own, so that stages do not slow each other. */
struct souk_progress {
	_Atomic int64_t pid;      /* the process whose slot it is: what that one starts does not count */
	_Atomic uint64_t joined;  /* 1 once the stage counts */
	_Atomic uint64_t records; /* answered, or made by a source, since the stage began */
	_Atomic uint64_t failed;  /* of these, failed here */
	char pad[32];
};

/* Says how many records this process has done so far. Does nothing where
 * nobody watches. */
void souk_progress_set(uint64_t records, uint64_t failed);

#endif
