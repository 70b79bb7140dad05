/* SPDX-License-Identifier: ISC */
/* souk swap: another filter in the place of a service's, or the same anew, ordered at the
 * control socket of its souk-serve. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "address.h"
#include "souk.h"

enum {
	LONGEST_ORDER = 64 << 10, /* that souk-serve takes */
	LONGEST_ANSWER = 64 << 10,
	PATIENCE_S = 60, /* new workers have to stay alive for a moment before it answers */
};

static int reach(const char *service)
{
	struct souk_address at = {0};
	const char *why = NULL;
	int fd;

	/* Only a path is one; a name is not even looked up. */
	if (strncmp(service, "unix:", 5) && !strchr(service, '/'))
		why = "must be unix:PATH, as souk-serve was given with --control";
	if (why || !souk_address_find(&at, service, false, &why))
		souk_die_usage("%s: %s", service, why);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&at.path, sizeof(at.path)) != 0)
		souk_die_errno("%s: no service can be reached there", service);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){PATIENCE_S, 0}, sizeof(struct timeval));
	return fd;
}

static void put_order(struct souk_buffer *order, int count, char **words)
{
	souk_put_open(order, NULL, '{');
	if (!count)
		souk_put_bool(order, "reload", true);
	else
		souk_put_open(order, "swap", '[');
	for (int i = 0; i < count; i++) {
		if (souk_utf8_valid(words[i], strlen(words[i])) != strlen(words[i]))
			souk_die_usage("argument %d of the filter is not UTF-8, and can't be sent", i);
		souk_put_string(order, NULL, words[i]);
	}
	if (count)
		souk_put_close(order, ']');
	souk_put_close(order, '}');
	souk_add_char(order, '\n');
	if (order->len > LONGEST_ORDER)
		souk_die_usage("the filter's command line is longer than %d bytes", LONGEST_ORDER);
}

/* Waits for the answer, a line. */
static size_t hear(int fd, const char *service, struct souk_buffer *answer)
{
	char *end;

	while (answer->len < LONGEST_ANSWER) {
		ssize_t got = recv(fd, souk_buffer_room(answer, 4096 + SOUK_RECORD_PAD), 4096, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			souk_die("%s: no answer in %d seconds", service, PATIENCE_S);
		if (got < 0)
			souk_die_errno("%s: the answer cannot be read", service);
		if (!got)
			souk_die("%s: it has ended without an answer: whether the filter was replaced is not known", service);
		answer->len += (size_t)got;
		end = memchr(answer->at, '\n', answer->len);
		if (end) {
			memset(souk_buffer_room(answer, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
			return (size_t)(end - answer->at);
		}
	}
	souk_die("%s: its answer is too long: it is no control socket of souk-serve", service);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const reads[] = {"ok", "error", NULL};
	bool filter = operand_count > 1 && !strcmp(operands[1], "--");
	struct souk_buffer order = {0}, answer = {0};
	const struct souk_node *ok, *error;
	struct souk_record r = {0};
	struct souk_text why;
	size_t len;
	int fd;

	(void)stage;
	if (!operand_count)
		souk_die_usage("a service is needed: souk swap unix:PATH -- souk-tax");
	if (filter && operand_count == 2)
		souk_die_usage("a filter is needed behind --; without -- the service's own is started anew");
	put_order(&order, operand_count - 1 - filter, operands + 1 + filter);
	fd = reach(operands[0]);
	if (!souk_write_all(fd, order.at, order.len))
		souk_die_errno("%s: the order cannot be sent", operands[0]);
	len = hear(fd, operands[0], &answer);
	souk_record_init(&r, "souk", &(struct souk_interest){.reads = reads});
	if (!souk_record_parse(&r, answer.at, len))
		souk_die("%s: the answer is no record: it is no control socket of souk-serve", operands[0]);
	ok = souk_member(&r, "ok");
	error = souk_member(&r, "error");
	if (error && error->type == SOUK_STRING && souk_decode(&r, error, &why))
		souk_die("%s: %.*s", operands[0], (int)why.len, why.at);
	if (!ok || ok->type != SOUK_TRUE)
		souk_die("%s: neither done nor refused: it is no control socket of souk-serve", operands[0]);
	souk_record_free(&r);
	souk_buffer_free(&order);
	souk_buffer_free(&answer);
	close(fd);
	return SOUK_EXIT_OK;
}

SOUK_VERB(swap_filter) = {
	.function = &souk_function,
	.name = "swap",
	.summary = "put another filter in the place of a service's, without a failed request",
	.operands = "SERVICE [-- FILTER [ARG...]]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.run = run,
};
