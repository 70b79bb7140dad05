/* SPDX-License-Identifier: ISC */
/* TLS by OpenSSL, straight on the socket: no second set of buffers. */
#include "tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "error.h"

enum { LONGEST_PIECE = 16384 }; /* of what TLS carries at once, RFC 8446 */

_Noreturn static void die(const char *what, const char *file)
{
	char why[160];

	ERR_error_string_n(ERR_get_error(), why, sizeof(why));
	souk_die("cannot use %s %s: %s", what, file, why);
}

void *tls_context_open(const char *cert, const char *key, const char *ca)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context)
		die("TLS", "");
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		SSL_MODE_RELEASE_BUFFERS);
	if (SSL_CTX_use_certificate_chain_file(context, cert) != 1)
		die("the certificate", cert);
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		die("the key", key);
	if (SSL_CTX_load_verify_locations(context, ca, NULL) != 1)
		die("the authority", ca);
	/* Who shows no certificate gets in no line. */
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)"souk", 4);
	return context;
}

void tls_context_free(void *context)
{
	SSL_CTX_free(context);
}

struct tls *tls_open(void *context, int fd)
{
	SSL *ssl = SSL_new(context);

	if (!ssl || SSL_set_fd(ssl, fd) != 1)
		souk_die("out of memory");
	SSL_set_accept_state(ssl);
	return (struct tls *)ssl;
}

void tls_close(struct tls *tls)
{
	SSL *ssl = (SSL *)tls;

	if (SSL_is_init_finished(ssl))
		SSL_shutdown(ssl);
	ERR_clear_error();
	SSL_free(ssl);
}

/* The errno of a result that is none. */
static ssize_t outcome(SSL *ssl, int result)
{
	switch (SSL_get_error(ssl, result)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		ERR_clear_error();
		errno = ECONNRESET;
		return -1;
	}
}

ssize_t tls_read(struct tls *tls, void *bytes, size_t len)
{
	SSL *ssl = (SSL *)tls;
	size_t got = 0;

	/* Whole pieces only: of what stayed inside, no event would tell. */
	while (len - got >= LONGEST_PIECE) {
		int result = SSL_read(ssl, (char *)bytes + got, (int)(len - got));
		ssize_t state;

		if (result > 0) {
			got += (size_t)result;
			continue;
		}
		state = outcome(ssl, result);
		return got ? (ssize_t)got : state;
	}
	return (ssize_t)got;
}

ssize_t tls_write(struct tls *tls, const void *bytes, size_t len)
{
	SSL *ssl = (SSL *)tls;
	int result = SSL_write(ssl, bytes, len > 1 << 20 ? 1 << 20 : (int)len);

	if (result > 0)
		return result;
	if (outcome(ssl, result) == 0)
		errno = EPIPE;
	return -1;
}
