/* SPDX-License-Identifier: ISC */
/* sandbox_parts.h: what the parts of the sandbox share. */
#ifndef SOUK_SANDBOX_PARTS_H
#define SOUK_SANDBOX_PARTS_H

#include "sandbox.h"

/* What a sanitizer needs to tell what it found: it looks at the process from a task of its
 * own, reads anything, and starts a program that knows the names. */
#if defined(__SANITIZE_ADDRESS__)
enum { SOUK_SANITIZED = true };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SOUK_SANITIZED = true };
#else
enum { SOUK_SANITIZED = false };
#endif
#else
enum { SOUK_SANITIZED = false };
#endif

/* What stages need together. */
struct souk_needs {
	bool network, forks;
	bool opens; /* files, while they are at work */
	char **folders; /* of their stores */
	size_t folder_count;
};

/* Keeps what is outside of the declared folders and files out of reach, and TCP, and what
 * else this kernel's Landlock knows. The rules are made while root can still see all that they
 * name: a descriptor, or -1 with errno if the kernel can't. They hold once they are entered. */
int souk_landlock_rules(struct souk_stage *const *stages, size_t count, const struct souk_needs *needs);
bool souk_landlock_enter(int rules);

/* Refuses calls that no filter makes. False with errno if the kernel can't, or if this
 * machine's calls are not known here. */
bool souk_seccomp_enter(const struct souk_needs *needs);

#endif
