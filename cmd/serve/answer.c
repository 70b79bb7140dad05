/* SPDX-License-Identifier: ISC */
/* Answers of workers: checked against what was asked, and handed back. */
#include <errno.h>
#include <unistd.h>

#include "serve.h"

enum { ANSWERS_BYTES = 256 << 10 };

static const struct entry *head(const struct worker *w)
{
	return &w->entries[w->first];
}

static const char *head_line(const struct worker *w)
{
	return w->bytes.at + w->bytes.start;
}

/* Whether two ids are the same; strings are compared as they read, all else as spelled. */
static bool same_id(struct worker *w, const struct souk_node *id)
{
	struct server *s = w->server;
	const struct entry *e = head(w);
	struct souk_text raw = souk_raw(&s->answer, id), asked, answered;

	if (id->type != e->id_type)
		return false;
	if (raw.len == e->id_len && !memcmp(raw.at, head_line(w) + e->id_at, raw.len))
		return true;
	if (id->type != SOUK_STRING || (!id->escaped && !e->id_escaped))
		return false;
	return souk_record_parse(&s->request, head_line(w), e->len - 1) &&
		souk_decode(&s->request, souk_member(&s->request, "id"), &asked) &&
		souk_decode(&s->answer, id, &answered) && souk_text_equal(asked, answered);
}

/* A filter may take for no record what we do: its answer then holds no id, but what the
 * line's SHA-256 is. One that hides a card number leaves out an id that is none. */
static bool is_refusal(struct worker *w)
{
	struct souk_record *r = &w->server->answer;
	const struct souk_node *sha256 = souk_find(r, r->error_member, "sha256"),
			       *code = souk_find(r, r->error_member, "code");
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(digest) + 1];

	if (!r->error_member || r->top_count != 1)
		return false;
	if (!sha256)
		return code && souk_text_is(souk_raw(r, code), "\"card_number\"") &&
			(head(w)->id_type != SOUK_STRING || head(w)->id_len > SOUK_MAX_ID);
	crypto_hash_sha256(digest, (const unsigned char *)head_line(w), head(w)->len - 1);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	return souk_text_is((struct souk_text){r->line + sha256->at, sha256->len}, hex);
}

/* Counts an answer that this filter refused. */
static void count_error(struct worker *w)
{
	struct souk_record *r = &w->server->answer;
	const struct souk_node *member = r->error_member ? r->error_member : r->wait_member,
			       *by = souk_find(r, member, "by"), *code = souk_find(r, member, "code");

	if (by && code && by->type == SOUK_STRING && code->type == SOUK_STRING &&
	    souk_text_is((struct souk_text){r->line + by->at, by->len}, w->command->name))
		metrics_code(&w->server->metrics, (struct souk_text){r->line + code->at, code->len});
}

/* Whether the line answers the one that is due; else what is wrong. */
static bool is_answer(struct worker *w, const char *at, size_t len, enum worker_end *fault)
{
	struct server *s = w->server;
	const struct souk_node *id;

	*fault = END_STRAY;
	if (!w->count || w->written < head(w)->len)
		return false;
	if (s->unchecked)
		return true;
	*fault = END_RECORD;
	if (!souk_record_parse(&s->answer, at, len))
		return false;
	if (s->answer.error_member || s->answer.wait_member)
		count_error(w);
	*fault = END_ID;
	id = souk_member(&s->answer, "id");
	if (id && head(w)->id_len)
		return same_id(w, id);
	return id ? false : !head(w)->id_len || is_refusal(w);
}

static void take_answers(struct worker *w)
{
	int64_t now = souk_clock_ns();
	struct queue *q = &w->answers;
	enum worker_end fault;

	while (w->state == WORKER_UP) {
		const char *at = q->at + q->start, *end = memchr(at, '\n', queue_len(q));
		size_t len;

		if (!end)
			break;
		len = (size_t)(end - at);
		if (!is_answer(w, at, len, &fault)) {
			worker_fail(w, fault);
			return;
		}
		w->has_answered = w->server->has_answered = true;
		if (w->trial)
			trial_won(w->server);
		metrics_latency(&w->server->metrics, now - head(w)->since);
		connection_answer(head(w)->connection, at, len + 1);
		queue_take(q, len + 1, false, NULL);
		worker_pop(w);
	}
	/* No answer is much longer than a record, or than an error that quotes one. */
	if (w->state == WORKER_UP && queue_len(q) > (size_t)w->server->max_record + 2 * SOUK_QUOTED_BYTES)
		worker_fail(w, END_RECORD);
	else if (!queue_len(q))
		queue_take(q, 0, true, NULL);
}

void answer_read(struct worker *w)
{
	ssize_t got = read(w->output, queue_room(&w->answers, ANSWERS_BYTES, NULL), ANSWERS_BYTES);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		queue_added(&w->answers, (size_t)got);
		take_answers(w);
		return;
	}
	/* One that was asked to end may take its time for it. */
	if (w->state == WORKER_ENDING && w->pid) {
		w->state = WORKER_DYING;
		process_close(w);
		return;
	}
	worker_fail(w, END_EXIT);
}

/* What the filter would have done with a record that is not for it: nothing. */
static bool would_pass(const struct worker *w)
{
	struct souk_record *r = &w->server->request;

	if (!w->command->declared)
		return false;
	if (r->error_member && !w->command->on_failed)
		return true;
	return r->wait_member && !w->command->on_waiting && !souk_waits_for(r, w->command->name);
}

void answer_waiting(struct worker *w, const char *code, const char *why)
{
	struct server *s = w->server;
	struct souk_input_line line = {.at = head_line(w), .len = head(w)->len - 1};

	s->text.len = 0;
	s->request.by = w->command->name;
	if (!souk_record_parse(&s->request, line.at, line.len)) {
		souk_add_bad_line(&s->text, w->command->name, code, why, &line);
	} else if (would_pass(w)) {
		souk_record_write(&s->request, SOUK_PASS, &s->text);
	} else {
		souk_wait(&s->request, code, "the service %s", why);
		souk_record_write(&s->request, SOUK_WAITING, &s->text);
	}
	metrics_code(&s->metrics, souk_text_of(code));
	metrics_latency(&s->metrics, souk_clock_ns() - head(w)->since);
	connection_answer(head(w)->connection, s->text.at, s->text.len);
	worker_pop(w);
}
