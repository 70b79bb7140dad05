/* SPDX-License-Identifier: ISC */
/* address.h: where services are: HOST:PORT, :PORT, [V6]:PORT, unix:PATH, or a path with a slash. */
#ifndef SOUK_ADDRESS_H
#define SOUK_ADDRESS_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/un.h>

#define SOUK_ADDRESS_FORMS "HOST:PORT, :PORT, [V6]:PORT or unix:PATH"

/* What an address stands for: one socket address or, for a name, several. */
struct souk_address {
	const char *text;          /* as given */
	const char *port;          /* of a host; NULL for a path */
	bool is_name;              /* a host that has to be looked up */
	struct addrinfo *found;    /* of a host, once it is; NULL for a path */
	char host[NI_MAXHOST];     /* that was named; "localhost" if none was */
	struct sockaddr_un path;   /* else */
};

/* Takes an address, to listen at or to call, without asking anybody: all is found but what
 * is_name. False: *why says what is wrong. */
bool souk_address_parse(struct souk_address *address, const char *text, bool to_listen, const char **why);

/* Looks up a name, which may take its time. False: *why says what is wrong. */
bool souk_address_look_up(struct souk_address *address, bool to_listen, const char **why);

/* Both. */
bool souk_address_find(struct souk_address *address, const char *text, bool to_listen, const char **why);
void souk_address_free(struct souk_address *address);

/* Opens listening sockets, close-on-exec and non-blocking: as many as the address stands
 * for, at most `most`. A socket file that nobody listens at is replaced. Returns how many,
 * 0 with errno if none could be opened. */
int souk_address_listen(const struct souk_address *address, int *fds, int most);

#endif
