/* SPDX-License-Identifier: ISC */
/*
 * The control socket: each line is an order, a JSON object, and is answered by one line when
 * it has been carried out: {"ok":true}, or {"error":"why not"}.
 *
 *     {"swap":["souk-tax","--rounding","half-even"]}   another filter, without a failed request
 *     {"reload":true}                                  the same anew, as SIGHUP does
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "serve.h"

enum { LONGEST_ORDER = 64 << 10 };

struct control {
	struct evconnlistener *listener;
	struct bufferevent *waiting; /* who ordered what is under way, or NULL */
	struct souk_address address;
};

static void answer(struct bufferevent *client, const char *why)
{
	struct souk_buffer b = {0};

	souk_put_open(&b, NULL, '{');
	if (why)
		souk_put_string(&b, "error", why);
	else
		souk_put_bool(&b, "ok", true);
	souk_put_close(&b, '}');
	souk_add_char(&b, '\n');
	bufferevent_write(client, b.at, b.len);
	souk_buffer_free(&b);
}

static void on_replaced(struct server *s, const char *why)
{
	if (s->control->waiting)
		answer(s->control->waiting, why);
	s->control->waiting = NULL;
}

/* The words of "swap" as a command line; NULL: they are none. */
static struct command *read_command(struct server *s, struct souk_record *r, const struct souk_node *swap)
{
	size_t count = souk_count(r, swap), done = 0;
	struct command *command = NULL;
	char **words = calloc(count + 1, sizeof(*words));
	struct souk_text text;

	if (!words)
		souk_die("out of memory");
	for (const struct souk_node *v = souk_first(r, swap); v; v = souk_next(r, swap, v)) {
		if (v->type != SOUK_STRING || !souk_decode(r, v, &text) || memchr(text.at, 0, text.len))
			break;
		words[done++] = strndup(text.at, text.len);
	}
	if (done && done == count && *words[0])
		command = command_new(s, words, count);
	while (done)
		free(words[--done]);
	free(words);
	return command;
}

/* Why the order can't be carried out, or NULL: it is under way. */
static const char *carry_out(struct server *s, struct bufferevent *client, struct souk_record *r)
{
	const struct souk_node *swap = souk_member(r, "swap"), *reload = souk_member(r, "reload");
	struct command *command = s->command;

	if (s->draining || s->proving)
		return s->draining ? "the service is about to end" : "workers are being replaced just now: try again";
	if (swap && swap->type == SOUK_ARRAY) {
		command = read_command(s, r, swap);
		if (!command)
			return "swap must be the words of a command line";
	} else if (!reload || reload->type != SOUK_TRUE) {
		return "must be {\"swap\":[WORD...]} or {\"reload\":true}";
	} else {
		command->users++;
	}
	s->control->waiting = client;
	replace_all(s, command);
	command_release(command);
	return NULL;
}

static void on_end(struct bufferevent *client, short what, void *context);

/* Closing at once would lose the answer. */
static void discard(struct bufferevent *client, void *context)
{
	struct evbuffer *input = bufferevent_get_input(client);

	(void)context;
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void on_read(struct bufferevent *client, void *context)
{
	static const char *const reads[] = {"swap", "reload", NULL};
	struct server *s = context;
	struct souk_record r = {0};
	struct souk_buffer text = {0};
	size_t len;
	char *line;

	while ((line = evbuffer_readln(bufferevent_get_input(client), &len, EVBUFFER_EOL_CRLF))) {
		const char *why = "no JSON object";

		text.len = 0;
		souk_add(&text, line, len);
		souk_add_char(&text, '\n');
		memset(souk_buffer_room(&text, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
		souk_record_init(&r, "serve", &(struct souk_interest){.reads = reads});
		if (souk_record_parse(&r, text.at, len))
			why = carry_out(s, client, &r);
		if (why)
			answer(client, why);
		souk_record_free(&r);
		free(line);
	}
	souk_buffer_free(&text);
	/* No more is read than fits: what has no end by then never gets one. */
	if (evbuffer_get_length(bufferevent_get_input(client)) >= LONGEST_ORDER) {
		answer(client, "an order is at most 65536 bytes long");
		bufferevent_setcb(client, discard, NULL, on_end, s);
		discard(client, s);
	}
}

/* Whoever has said all it had to say waits for the answer to it. */
static void on_written(struct bufferevent *client, void *context)
{
	struct server *s = context;

	if (s->control->waiting != client)
		bufferevent_free(client);
}

static void on_end(struct bufferevent *client, short what, void *context)
{
	struct server *s = context;

	if (what & BEV_EVENT_EOF &&
	    (s->control->waiting == client || evbuffer_get_length(bufferevent_get_output(client)))) {
		bufferevent_disable(client, EV_READ);
		bufferevent_setcb(client, NULL, on_written, on_end, s);
		return;
	}
	if (s->control->waiting == client)
		s->control->waiting = NULL;
	bufferevent_free(client);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int len,
	void *context)
{
	struct server *s = context;
	struct bufferevent *client = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);

	(void)listener, (void)from, (void)len;
	if (!client)
		souk_die("out of memory");
	bufferevent_setcb(client, on_read, NULL, on_end, s);
	bufferevent_setwatermark(client, EV_READ, 0, LONGEST_ORDER);
	bufferevent_enable(client, EV_READ | EV_WRITE);
}

void control_open(struct server *s)
{
	struct control *control;
	const char *why;
	mode_t mask;
	int fd;

	if (!s->control_path)
		return;
	control = s->control = calloc(1, sizeof(*control));
	if (!control)
		souk_die("out of memory");
	if (!souk_address_find(&control->address, s->control_path, true, &why) || control->address.port)
		souk_die_usage("--control %s: must be unix:PATH", s->control_path);
	/* Whoever may give orders here runs programs as we are. */
	mask = umask(077);
	if (!souk_address_listen(&control->address, &fd, 1))
		souk_die_errno("cannot listen at %s", s->control_path);
	umask(mask);
	made_add(&control->address, false);
	control->listener = evconnlistener_new(s->base, on_accept, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
		0, fd);
	if (!control->listener)
		souk_die("out of memory");
	s->replaced = on_replaced;
}

void control_close(struct server *s)
{
	if (!s->control)
		return;
	evconnlistener_free(s->control->listener);
	free(s->control);
	s->control = NULL;
}
