/* SPDX-License-Identifier: ISC */
/* Taking lines out of what a connection sent, and answering those that are no records. */
#include "serve.h"

#include <stdlib.h>

/* The last line has become too long to be kept. */
static void begin_long(struct connection *c)
{
	size_t len = queue_len(&c->in);

	if (!c->long_line && !(c->long_line = calloc(1, sizeof(*c->long_line))))
		souk_die("out of memory");
	c->server->held += sizeof(*c->long_line) + SOUK_QUOTED_BYTES;
	c->is_long = true;
	souk_long_line_begin(c->long_line, c->offset);
	souk_long_line_pass(c->long_line, c->in.at + c->in.start, len);
	c->offset += len;
	queue_take(&c->in, len, true, &c->server->held);
}

void lines_forget_long(struct connection *c)
{
	if (!c->long_line)
		return;
	souk_buffer_free(&c->long_line->head);
	free(c->long_line);
	c->long_line = NULL;
	c->is_long = c->long_ended = false;
	c->server->held -= sizeof(*c->long_line) + SOUK_QUOTED_BYTES;
}

void lines_feed(struct connection *c, const char *at, size_t len)
{
	const char *end;

	if (c->is_long && !c->long_ended) {
		end = memchr(at, '\n', len);
		souk_long_line_pass(c->long_line, at, end ? (size_t)(end - at) : len);
		c->offset += end ? (size_t)(end + 1 - at) : len;
		if (!end)
			return;
		c->long_ended = true;
		len -= (size_t)(end + 1 - at);
		at = end + 1;
	}
	queue_add(&c->in, at, len, &c->server->held);
	end = len ? memrchr(at, '\n', len) : NULL;
	if (end)
		c->lines_len = queue_len(&c->in) - (size_t)(at + len - (end + 1));
	/* Its CR may be the byte after the longest record. */
	else if (!c->lines_len && !c->is_long && queue_len(&c->in) > (size_t)c->server->max_record + 1)
		begin_long(c);
}

void lines_end(struct connection *c)
{
	bool open = c->is_long ? !c->long_ended : queue_len(&c->in) > c->lines_len;

	c->ended = true;
	if (open || (c->is_long && queue_len(&c->in) > c->lines_len))
		lines_feed(c, "\n", 1);
}

static void skip(struct connection *c, size_t len)
{
	c->number++;
	c->offset += len;
	c->lines_len -= len;
	queue_take(&c->in, len, true, &c->server->held);
}

static bool is_blank(const char *at, size_t len)
{
	while (len && (*at == ' ' || *at == '\t' || *at == '\r')) {
		at++;
		len--;
	}
	return len == 0;
}

/* Answers a line that is no record as a filter would. */
static void refuse(struct connection *c, const struct souk_input_line *line, bool too_long)
{
	struct server *s = c->server;
	struct souk_input_line fault = {.too_long = too_long};
	char message[SOUK_FAULT_BYTES];
	const char *code = souk_line_fault(&fault, &s->request, s->max_record, message);

	s->text.len = 0;
	souk_add_bad_line(&s->text, s->command->name, code, message, line);
	connection_answer(c, s->text.at, s->text.len);
	s->metrics.requests++;
	metrics_code(&s->metrics, souk_text_of(code));
}

/* Where the id is, for the answer to be compared. */
static void note_id(const struct souk_record *r, struct entry *entry)
{
	const struct souk_node *id = souk_member(r, "id");
	struct souk_text raw;

	if (!id)
		return;
	raw = souk_raw(r, id);
	entry->id_at = (uint32_t)(raw.at - r->line);
	entry->id_len = (uint32_t)raw.len;
	entry->id_type = id->type;
	entry->id_escaped = id->escaped;
}

enum taken lines_next(struct connection *c, struct souk_input_line *line, struct entry *entry)
{
	struct server *s = c->server;

	for (;;) {
		const char *at = c->in.at + c->in.start, *end;
		size_t len, whole;

		if (c->is_long && !c->long_ended)
			return TAKEN_NONE;
		if (c->is_long) {
			if (c->outstanding)
				return TAKEN_LATER;
			souk_long_line_end(c->long_line, ++c->number, line);
			refuse(c, line, true);
			lines_forget_long(c);
			continue;
		}
		if (!c->lines_len)
			return TAKEN_NONE;
		end = memchr(at, '\n', c->lines_len);
		len = (size_t)(end - at);
		whole = len + 1;
		if (len && at[len - 1] == '\r')
			len--;
		if (*at != '{' && is_blank(at, len)) {
			skip(c, whole);
			continue;
		}
		*line = (struct souk_input_line){.at = at, .len = len, .number = c->number + 1, .offset = c->offset};
		*entry = (struct entry){.connection = c, .since = c->active, .len = (uint32_t)len + 1};
		if (len <= (size_t)s->max_record && (s->unchecked || souk_record_parse(&s->request, at, len))) {
			if (!s->unchecked)
				note_id(&s->request, entry);
			return TAKEN_LINE;
		}
		if (c->outstanding)
			return TAKEN_LATER;
		refuse(c, line, len > (size_t)s->max_record);
		skip(c, whole);
	}
}

void lines_take(struct connection *c, const struct souk_input_line *line)
{
	skip(c, line->len + 1 + (line->at[line->len] == '\r'));
	c->server->metrics.requests++;
}
