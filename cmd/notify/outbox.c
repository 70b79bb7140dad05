/* SPDX-License-Identifier: ISC */
/* Sending what is in the outbox, by souk-smtp.
 *
 * A mail is claimed for as long as an attempt may take, so that two programs do not send
 * it at once. Who was held up for longer, as when the machine sleeps, may find that another
 * has claimed it since: it then neither ends the mail nor notes a result. The server has it only after it was told that the mail is complete: right
 * before that `ending` is committed. Who dies earlier has sent nothing, and the mail is
 * tried again; who dies later leaves a mail that may have been accepted or not. */
#include "notify.h"

#include <stdlib.h>

enum {
	TIMEOUT = 60, MARGIN = 30,   /* seconds; the margin is for a slow disk */
	FIRST_DELAY = 60, LAST_DELAY = 6 * 3600, GIVE_UP = 5 * 86400, /* RFC 5321, 4.5.4.1 */
};

/* Of a mail: how many there were, and when it was written. */
struct tries {
	int64_t count, since;
};

/* What came of an attempt. */
struct result {
	enum { ACCEPTED, TEMPORARY, PERMANENT, UNKNOWN } state;
	int64_t code;
	struct souk_text reply;
};

void outbox_open(struct outbox *o)
{
	if (!o->smtp)
		o->smtp = getenv("SOUK_SMTP");
	if (o->smtp && !*o->smtp)
		o->smtp = NULL;
	if (!o->timeout)
		o->timeout = TIMEOUT;
	if (o->smtp)
		helper_prepare(o);
}

void outbox_begin(struct outbox *o)
{
	souk_arena_reset(&o->arena);
	o->count = 0;
}

void outbox_add(struct outbox *o, struct souk_text kind, struct souk_text id)
{
	if (o->count == o->capacity) {
		o->capacity = o->capacity ? o->capacity * 2 : 64;
		o->keys = realloc(o->keys, o->capacity * sizeof(*o->keys));
		if (!o->keys)
			souk_die("out of memory");
	}
	o->keys[o->count++] = (struct mail_key){souk_arena_copy(&o->arena, kind), souk_arena_copy(&o->arena, id)};
}

void outbox_close(struct outbox *o)
{
	helper_end(o);
	souk_arena_free(&o->arena);
	souk_buffer_free(&o->answer);
	free(o->keys);
}

/* ---- One mail ---- */

static void bind_key(struct souk_query *q, const struct mail_key *key)
{
	souk_bind_text(q, 1, key->kind);
	souk_bind_text(q, 2, key->id);
}

/* Takes the mail for this program, and gives the request for the helper. *claimed is
 * false if it is not due, or another has it. */
static bool claim(struct outbox *o, struct souk_stage *stage, const struct mail_key *key,
	struct souk_buffer *request, struct tries *tries, bool *claimed)
{
	struct souk_query *q;

	*claimed = false;
	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, MAIL_CLAIM);
	bind_key(q, key);
	souk_bind_int(q, 3, souk_now(stage));
	souk_bind_int(q, 4, souk_now(stage) + o->timeout + MARGIN);
	if (!souk_do(q))
		return false;
	if (souk_store_changes(stage->store)) {
		q = souk_ask(stage->store, MAIL_GET);
		bind_key(q, key);
		if (souk_step(q) != SOUK_STEP_ROW)
			return false;
		request->len = 0;
		souk_put_open(request, NULL, '{');
		souk_put_string(request, "id", "mail");
		souk_put_text(request, "from", souk_column_text(q, 3));
		souk_put_text(request, "to", souk_column_text(q, 2));
		souk_put_text(request, "message", souk_column_text(q, 4));
		souk_add_string(request, "}\n");
		*tries = (struct tries){souk_column_int(q, 5), souk_column_int(q, 6)};
		souk_done(q);
		*claimed = true;
	}
	return souk_store_commit(stage->store);
}

/* *ours is false if another has claimed the mail since. */
static bool note_ending(struct souk_stage *stage, const struct mail_key *key, const struct tries *tries,
	bool *ours)
{
	struct souk_query *q;

	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, MAIL_ENDING);
	bind_key(q, key);
	souk_bind_int(q, 3, tries->count);
	if (!souk_do(q))
		return false;
	*ours = souk_store_changes(stage->store) == 1;
	return souk_store_commit(stage->store);
}

/* Asks the helper. False if the system failed. */
static bool attempt(struct outbox *o, struct souk_stage *stage, const struct mail_key *key,
	const struct souk_buffer *request, const struct tries *tries, struct souk_record *r,
	struct result *result)
{
	static const char *const words[] = {"accepted", "temporary", "permanent", "unknown"};
	bool ending = false;
	struct souk_text state;

	*result = (struct result){TEMPORARY, 0, SOUK_TEXT("souk-smtp died")};
	helper_start(o);
	if (!helper_write(o->in, request->at, request->len)) {
		helper_stop(o);
		return true;
	}
	while (helper_read(o)) {
		const struct souk_node *smtp;

		if (!souk_record_parse(r, o->answer.at, o->answer.len - 1) || !(smtp = souk_member(r, "smtp")) ||
		    !souk_need_text(r, smtp, "state", 1, 32, &state))
			break;
		if (souk_text_is(state, "ending")) {
			if (!note_ending(stage, key, tries, &ending))
				return false;
			helper_write(o->go, ending ? "go\n" : "no\n", 3);
			continue;
		}
		for (int i = ACCEPTED; i <= UNKNOWN; i++)
			if (souk_text_is(state, words[i]))
				result->state = i;
		souk_may_int(r, smtp, "code", 0, 999, &result->code);
		souk_may_text(r, smtp, "reply", 0, 500, &result->reply);
		return true;
	}
	helper_stop(o);
	if (ending)
		result->state = UNKNOWN;
	return true;
}

static bool note_result(struct souk_stage *stage, const struct mail_key *key, const struct result *result,
	const struct tries *tries)
{
	static const char *const becomes[] = {"sent", "queued", "failed", "unknown"};
	int64_t now = souk_now(stage), delay = FIRST_DELAY;
	bool over = result->state != TEMPORARY || now - tries->since >= GIVE_UP;
	struct souk_query *q;

	for (int64_t i = 1; i < tries->count && delay < LAST_DELAY; i++)
		delay *= 2;
	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, MAIL_DONE);
	bind_key(q, key);
	souk_bind_text(q, 3, souk_text_of(becomes[over && result->state == TEMPORARY ? PERMANENT : result->state]));
	souk_bind_int(q, 4, result->code);
	souk_bind_text(q, 5, result->reply);
	souk_bind_int(q, 6, now + (delay < LAST_DELAY ? delay : LAST_DELAY));
	souk_bind_int(q, 7, over ? now : 0);
	souk_bind_int(q, 8, tries->count);
	return souk_do(q) && souk_store_commit(stage->store);
}

bool outbox_send(struct outbox *o, struct souk_stage *stage)
{
	static const char *const reads[] = {"smtp", NULL};
	struct souk_buffer request = {0};
	struct souk_record r = {0};
	bool done = true, away = false;

	souk_record_init(&r, "notify", &(struct souk_interest){.reads = reads});
	for (size_t i = 0; done && !away && o->smtp && i < o->count; i++) {
		struct result result;
		struct tries tries;
		bool claimed;

		done = claim(o, stage, &o->keys[i], &request, &tries, &claimed);
		if (!done || !claimed)
			continue;
		done = attempt(o, stage, &o->keys[i], &request, &tries, &r, &result) &&
			note_result(stage, &o->keys[i], &result, &tries);
		/* Where nobody answers the others need not wait for that as well. */
		away = done && result.state == TEMPORARY && result.code == 0;
	}
	souk_record_free(&r);
	souk_buffer_free(&request);
	return done;
}
