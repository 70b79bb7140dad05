/* SPDX-License-Identifier: ISC */
/* In place of tls.c in a build without OpenSSL (make NO_TLS=1): who asks for TLS is told, and
 * nothing else is ever called. */
#include "tls.h"

#include <stdlib.h>

#include "error.h"

bool souk_tls_wanted(struct souk_tls_files *files)
{
	if (files->cert || files->key || files->ca || getenv("SOUK_TLS_CERT") || getenv("SOUK_TLS_KEY") ||
	    getenv("SOUK_TLS_CA"))
		souk_die_usage("--tls (SOUK_TLS_CERT): this build has no TLS; it takes one made without NO_TLS");
	return false;
}

void *souk_tls_context_open(const struct souk_tls_files *files, enum souk_tls_side side)
{
	(void)files, (void)side;
	abort();
}

void souk_tls_context_free(void *context)
{
	(void)context;
}

struct souk_tls *souk_tls_open(void *context, int fd, const char *host)
{
	(void)context, (void)fd, (void)host;
	abort();
}

void souk_tls_close(struct souk_tls *tls)
{
	(void)tls;
}

int souk_tls_shake_hands(struct souk_tls *tls)
{
	(void)tls;
	abort();
}

ssize_t souk_tls_read(struct souk_tls *tls, void *bytes, size_t len)
{
	(void)tls, (void)bytes, (void)len;
	abort();
}

ssize_t souk_tls_write(struct souk_tls *tls, const void *bytes, size_t len)
{
	(void)tls, (void)bytes, (void)len;
	abort();
}

bool souk_tls_ended(const struct souk_tls *tls)
{
	(void)tls;
	abort();
}

short souk_tls_events(const struct souk_tls *tls, bool writes)
{
	(void)tls, (void)writes;
	abort();
}

const char *souk_tls_error(const struct souk_tls *tls)
{
	(void)tls;
	abort();
}
