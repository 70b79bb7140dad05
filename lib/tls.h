/* SPDX-License-Identifier: ISC */
/* tls.h: connections by TLS, both sides with certificates. Only who uses it links OpenSSL,
 * by its cmd/NAME/libs. */
#ifndef SOUK_TLS_H
#define SOUK_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Files (PEM): a certificate, its key, and the authority of the other side's. */
struct souk_tls_files {
	const char *cert, *key, *ca;
};

/* Takes what was not given as an option from SOUK_TLS_CERT, SOUK_TLS_KEY and SOUK_TLS_CA.
 * False: no TLS is wanted. Ends the program if some are given and others not. */
bool souk_tls_wanted(struct souk_tls_files *files);

enum souk_tls_side { SOUK_TLS_SERVER, SOUK_TLS_CLIENT };

/* Reads the files; ends the program if they don't serve. Freed by souk_tls_context_free(). */
void *souk_tls_context_open(const struct souk_tls_files *files, enum souk_tls_side side);
void souk_tls_context_free(void *context);

struct souk_tls;

/* On a connected non-blocking socket. To a client's `host` the server's certificate must
 * have been given: a name or an address; NULL for a server. */
struct souk_tls *souk_tls_open(void *context, int fd, const char *host);
/* Says goodbye and frees it; the descriptor stays open. */
void souk_tls_close(struct souk_tls *tls);

/* Goes on with the handshake: 1 once it is done, 0 with what is to be waited for in
 * souk_tls_events(), -1 if it failed. Reading and writing do it too. */
int souk_tls_shake_hands(struct souk_tls *tls);

/* As read() and write() of a non-blocking socket; a connection that is gone gives
 * ECONNRESET and no signal is meant for it: who uses this ignores SIGPIPE. Reading takes
 * whole pieces of what TLS carries, so that nothing stays inside of which poll() would not
 * tell: `len` must be 16 KiB or more. */
ssize_t souk_tls_read(struct souk_tls *tls, void *bytes, size_t len);
ssize_t souk_tls_write(struct souk_tls *tls, const void *bytes, size_t len);

/* Whether the other side has said that nothing more comes: that may stand behind the last
 * bytes that were read, and no event tells of it. */
bool souk_tls_ended(const struct souk_tls *tls);

/* What poll() is to wait for: to read, to write if `writes`, and what TLS itself has to. */
short souk_tls_events(const struct souk_tls *tls, bool writes);

/* Why it failed: "certificate verify failed: hostname mismatch". */
const char *souk_tls_error(const struct souk_tls *tls);

#endif
