/* SPDX-License-Identifier: ISC */
/* tls.h: connections by TLS, both sides with certificates of one authority. */
#ifndef SERVE_TLS_H
#define SERVE_TLS_H

#include <stddef.h>
#include <sys/types.h>

struct tls;

/* Reads certificate, key and authority (PEM); ends the program if they don't serve. */
void *tls_context_open(const char *cert, const char *key, const char *ca);
void tls_context_free(void *context);

struct tls *tls_open(void *context, int fd);
/* Says goodbye and frees it; the descriptor stays open. */
void tls_close(struct tls *tls);

/* As read() and write() of a non-blocking socket. */
ssize_t tls_read(struct tls *tls, void *bytes, size_t len);
ssize_t tls_write(struct tls *tls, const void *bytes, size_t len);

#endif
