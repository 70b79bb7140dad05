/* SPDX-License-Identifier: ISC */
/* From an answer to the record: only what the stage may write is taken from it. */
#include "call.h"


static struct souk_text request_of(const struct slot *s)
{
	return (struct souk_text){s->text.at + s->request_at, s->request_len};
}

static void parse_kept(struct call *c, struct slot *s)
{
	/* It was a record when it came. */
	souk_record_parse_written(&c->record, s->text.at, s->line_len, (const void *)(s->text.at + s->ends_at));
}

static bool same_id(struct souk_record *a, struct souk_record *b)
{
	const struct souk_node *left = souk_member(a, "id"), *right = souk_member(b, "id");
	struct souk_text x, y;

	if (!left || !right || left->type != right->type)
		return !left && !right;
	if (left->type != SOUK_STRING || !souk_decode(a, left, &x) || !souk_decode(b, right, &y))
		return souk_text_equal(souk_raw(a, left), souk_raw(b, right));
	return souk_text_equal(x, y);
}

/* Whether the answer has a member that the record did not have, or another value of it. */
static bool is_new(struct call *c, const struct souk_node *now, const struct souk_node *before)
{
	return now && (!before || !souk_text_equal(souk_raw(&c->answer, now), souk_raw(&c->record, before)));
}

/* What goes into error or wait: its last brace is set when it is written. */
static void take_reason(struct call *c, const struct souk_node *reason)
{
	struct souk_text raw = souk_raw(&c->answer, reason);

	c->record.error.len = 0;
	souk_add(&c->record.error, raw.at, raw.len - 1);
}

static void take_own(struct call *c)
{
	struct souk_text raw = souk_raw(&c->answer, c->answer.own_member);

	souk_add(&c->record.answer, raw.at, raw.len);
}

/* How the stage ended with the record, as its answer shows it. */
static enum souk_outcome outcome_of(struct call *c, const struct slot *s)
{
	struct souk_record *r = &c->record, *a = &c->answer;
	bool own = a->own_member != NULL;

	r->answer.len = 0;
	if (own)
		take_own(c);
	r->drop_wait = r->wait_member && !a->wait_member;
	if (is_new(c, a->error_member, r->error_member)) {
		take_reason(c, a->error_member);
		/* Only its id is left of a record that must not go on. */
		if (!own && s->tells && a->top_count == 1 + (souk_member(a, "id") != NULL))
			return SOUK_REDACTED;
		return own ? SOUK_REFUSED_WITH_ANSWER : SOUK_REFUSED;
	}
	if (is_new(c, a->wait_member, r->wait_member) ||
	    (a->wait_member && a->wait.index + 1 == a->top_count && souk_waits_for(&c->record, c->record.by))) {
		take_reason(c, a->wait_member);
		/* What it wrote just now stands last; what it wrote before stays where it is. */
		if (own && a->own.index + 1 < a->wait.index && !is_new(c, a->own_member, r->own_member))
			r->answer.len = 0;
		return SOUK_WAITING;
	}
	return own ? SOUK_ANSWER : SOUK_PASS;
}

static void finish(struct call *c, struct slot *s, bool failed)
{
	c->failed += failed;
	c->window_bytes += s->result.len;
	s->state = SLOT_DONE;
}

/* Writes what is left of a record that would be longer than any may be. */
static void write_short(struct call *c, struct slot *s, bool answered)
{
	struct souk_record *r = &c->record;
	const struct souk_node *id = souk_member(r, "id");

	s->result.len = 0;
	souk_add_char(&s->result, '{');
	if (id)
		souk_put_raw(&s->result, "id", souk_raw(r, id));
	souk_refuse(r, "too_long", "the record with its answer is too long: only this is left of it");
	souk_add_char(&r->error, '}');
	if (answered)
		souk_put_raw(&s->result, r->interest.writes, (struct souk_text){r->answer.at, r->answer.len});
	souk_put_raw(&s->result, "error", (struct souk_text){r->error.at, r->error.len});
	souk_add_string(&s->result, "}\n");
	finish(c, s, true);
}

static void write_result(struct call *c, struct slot *s, enum souk_outcome outcome)
{
	souk_record_write(&c->record, outcome, &s->result);
	if (outcome != SOUK_PASS && s->result.len > (size_t)c->max_record + 1)
		write_short(c, s, outcome == SOUK_ANSWER);
	else
		finish(c, s, outcome == SOUK_REFUSED || outcome == SOUK_REFUSED_WITH_ANSWER ||
			outcome == SOUK_REDACTED);
}

/* Of a stage that declares nothing the answer is the record. */
static void replace(struct call *c, struct slot *s, const char *line, size_t len)
{
	if (len > (size_t)c->max_record) {
		write_short(c, s, false);
		return;
	}
	souk_add(&s->result, line, len);
	souk_add_char(&s->result, '\n');
	finish(c, s, c->answer.error_member && !c->record.error_member);
}

/* An error without id is the service's to a line it could not read. */
static bool is_nameless_error(const struct souk_record *a)
{
	return a->error_member && a->top_count == 1;
}

/* A reason is an object; what came with the record may be anything. */
static bool is_reason(struct call *c, const struct souk_node *now, const struct souk_node *before)
{
	return !is_new(c, now, before) || now->type == SOUK_OBJECT;
}

bool answer_take(struct call *c, struct slot *s, const char *line, size_t len, const char **why)
{
	enum souk_outcome outcome = SOUK_PASS;
	bool nameless;

	*why = "it answers what is no record";
	parse_kept(c, s);
	if (!souk_text_equal((struct souk_text){line, len}, request_of(s))) {
		if (!souk_record_parse(&c->answer, line, len) ||
		    !is_reason(c, c->answer.error_member, c->record.error_member) ||
		    !is_reason(c, c->answer.wait_member, c->record.wait_member))
			return false;
		nameless = is_nameless_error(&c->answer);
		*why = "it answers another record than was asked";
		if (!nameless && !same_id(&c->record, &c->answer))
			return false;
		if (!c->contract.writes && !nameless) {
			replace(c, s, line, len);
			return true;
		}
		outcome = outcome_of(c, s);
		if (nameless && outcome == SOUK_REDACTED)
			outcome = SOUK_REFUSED;
	}
	write_result(c, s, outcome);
	return true;
}

void answer_waiting(struct call *c, struct slot *s, const char *code, const char *format, ...)
{
	struct souk_buffer message = {0};
	va_list args;

	parse_kept(c, s);
	va_start(args, format);
	souk_add_vformat(&message, format, args);
	va_end(args);
	souk_wait(&c->record, code, "%.*s", (int)message.len, message.at);
	souk_buffer_free(&message);
	/* A failed record is no less failed: whoever settles comes again by itself. */
	write_result(c, s, c->record.error_member ? SOUK_PASS : SOUK_WAITING);
}
