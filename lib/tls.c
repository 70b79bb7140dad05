/* SPDX-License-Identifier: ISC */
/* TLS by OpenSSL, straight on the socket: no second set of buffers. */
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { LONGEST_PIECE = 16384 }; /* of what TLS carries at once, RFC 8446 */

struct souk_tls {
	SSL *ssl;
	bool read_writes;  /* reading, or the handshake, waits until it can write */
	bool write_reads;  /* writing waits until something can be read */
	bool ended;
	char why[160];
};

bool souk_tls_wanted(struct souk_tls_files *files)
{
	if (!files->cert && !files->key && !files->ca) {
		files->cert = getenv("SOUK_TLS_CERT");
		files->key = getenv("SOUK_TLS_KEY");
		files->ca = getenv("SOUK_TLS_CA");
	}
	if (!files->cert != !files->key || !files->cert != !files->ca)
		souk_die_usage("--tls, --tls-key and --tls-ca belong together (or SOUK_TLS_CERT, _KEY and _CA)");
	return files->cert;
}

_Noreturn static void die(const char *what, const char *file)
{
	char why[160];

	ERR_error_string_n(ERR_get_error(), why, sizeof(why));
	souk_die("cannot use %s %s: %s", what, file, why);
}

void *souk_tls_context_open(const struct souk_tls_files *files, enum souk_tls_side side)
{
	const SSL_METHOD *method = side == SOUK_TLS_SERVER ? TLS_server_method() : TLS_client_method();
	SSL_CTX *context = SSL_CTX_new(method);

	if (!context)
		die("TLS", "");
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		SSL_MODE_RELEASE_BUFFERS);
	if (SSL_CTX_use_certificate_chain_file(context, files->cert) != 1)
		die("the certificate", files->cert);
	if (SSL_CTX_use_PrivateKey_file(context, files->key, SSL_FILETYPE_PEM) != 1)
		die("the key", files->key);
	if (SSL_CTX_load_verify_locations(context, files->ca, NULL) != 1)
		die("the authority", files->ca);
	/* Who shows no certificate gets in no line. */
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)"souk", 4);
	return context;
}

void souk_tls_context_free(void *context)
{
	SSL_CTX_free(context);
}

/* The certificate must be for that name or address. */
static bool expect(SSL *ssl, const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

struct souk_tls *souk_tls_open(void *context, int fd, const char *host)
{
	struct souk_tls *tls = calloc(1, sizeof(*tls));

	if (!tls || !(tls->ssl = SSL_new(context)) || SSL_set_fd(tls->ssl, fd) != 1 ||
	    (host && !expect(tls->ssl, host)))
		souk_die("out of memory");
	if (host)
		SSL_set_connect_state(tls->ssl);
	else
		SSL_set_accept_state(tls->ssl);
	return tls;
}

void souk_tls_close(struct souk_tls *tls)
{
	if (SSL_is_init_finished(tls->ssl) && !*tls->why)
		SSL_shutdown(tls->ssl);
	ERR_clear_error();
	SSL_free(tls->ssl);
	free(tls);
}

/* The first reason there is: of those behind it, it is the cause. */
static void note_why(struct souk_tls *tls)
{
	long verified = SSL_get_verify_result(tls->ssl);
	unsigned long code = ERR_peek_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (*tls->why)
		return;
	if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		reason = "it has closed the connection";
	snprintf(tls->why, sizeof(tls->why), "%s", reason ? reason : "the connection broke");
	if (verified != X509_V_OK)
		snprintf(tls->why, sizeof(tls->why), "%s: %s", reason ? reason : "the connection broke",
			X509_verify_cert_error_string(verified));
}

/* What a result that is none means: 0 the end, -1 with errno; *reads and *writes tell what
 * EAGAIN waits for. */
static ssize_t outcome(struct souk_tls *tls, int result, bool *reads, bool *writes)
{
	int error = SSL_get_error(tls->ssl, result);

	*reads = error == SSL_ERROR_WANT_READ;
	*writes = error == SSL_ERROR_WANT_WRITE;
	if (*reads || *writes) {
		errno = EAGAIN;
		return -1;
	}
	if (error == SSL_ERROR_ZERO_RETURN) {
		tls->ended = true;
		return 0;
	}
	/* Of a socket that takes nothing more: the other side may have said why. */
	if (error == SSL_ERROR_SYSCALL && !ERR_peek_error())
		SSL_peek(tls->ssl, &(char){0}, 1);
	note_why(tls);
	ERR_clear_error();
	errno = ECONNRESET;
	return -1;
}

int souk_tls_shake_hands(struct souk_tls *tls)
{
	bool reads;
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	tls->read_writes = false;
	if (result == 1)
		return 1;
	if (outcome(tls, result, &reads, &tls->read_writes) < 0 && errno == EAGAIN)
		return 0;
	note_why(tls);
	return -1;
}

ssize_t souk_tls_read(struct souk_tls *tls, void *bytes, size_t len)
{
	size_t got = 0;

	tls->read_writes = false;
	/* Whole pieces only: of what stayed inside, no event would tell. */
	while (len - got >= LONGEST_PIECE) {
		int result = SSL_read(tls->ssl, (char *)bytes + got, (int)(len - got));
		ssize_t state;
		bool reads;

		if (result > 0) {
			got += (size_t)result;
			continue;
		}
		state = outcome(tls, result, &reads, &tls->read_writes);
		return got ? (ssize_t)got : state;
	}
	return (ssize_t)got;
}

ssize_t souk_tls_write(struct souk_tls *tls, const void *bytes, size_t len)
{
	bool writes;
	int result = SSL_write(tls->ssl, bytes, len > 1 << 20 ? 1 << 20 : (int)len);

	tls->write_reads = false;
	if (result > 0)
		return result;
	if (outcome(tls, result, &tls->write_reads, &writes) == 0)
		errno = EPIPE;
	return -1;
}

bool souk_tls_ended(const struct souk_tls *tls)
{
	return tls->ended;
}

short souk_tls_events(const struct souk_tls *tls, bool writes)
{
	/* What waits for something to read would be told over and over that it could write. */
	return (short)(POLLIN | ((writes && !tls->write_reads) || tls->read_writes ? POLLOUT : 0));
}

const char *souk_tls_error(const struct souk_tls *tls)
{
	return *tls->why ? tls->why : "it has closed the connection";
}
