/* SPDX-License-Identifier: ISC */
/* From a line to what is sent of it. */
#include "call.h"
#include "card.h"

/* Appends a member's name and value as they stand. */
static void add_member(struct souk_buffer *out, const struct souk_record *r, const struct souk_node *name,
	struct souk_text value)
{
	struct souk_text spelled = souk_raw(r, name);

	if (out->at[out->len - 1] != '{')
		souk_add_char(out, ',');
	souk_add(out, spelled.at, spelled.len);
	souk_add_char(out, ':');
	souk_add(out, value.at, value.len);
}

static bool is_part(struct souk_record *r, const struct souk_node *name, const char *const *parts,
	const char *in_any)
{
	struct souk_text text;

	if (!souk_decode(r, name, &text))
		return false;
	if (in_any && souk_text_is(text, in_any))
		return true;
	for (; parts && *parts; parts++)
		if (souk_text_is(text, *parts))
			return true;
	return false;
}

/* Of an object only the members that are asked for. */
static void add_parts(struct souk_buffer *out, struct souk_record *r, const struct souk_node *name,
	const char *const *parts, const char *in_any)
{
	const struct souk_node *object = name + 1;
	struct souk_text spelled = souk_raw(r, name);

	if (out->at[out->len - 1] != '{')
		souk_add_char(out, ',');
	souk_add(out, spelled.at, spelled.len);
	souk_add_string(out, ":{");
	for (const struct souk_node *n = souk_first(r, object); n; n = souk_next(r, object, n))
		if (is_part(r, n, parts, in_any))
			add_member(out, r, n, souk_raw(r, n + 1));
	souk_add_char(out, '}');
}

static const struct sent_member *find(const struct contract *c, struct souk_record *r, const struct souk_node *name)
{
	struct souk_text text;

	if (!souk_decode(r, name, &text))
		return NULL;
	for (size_t i = 0; i < c->member_count; i++)
		if (souk_text_is(text, c->members[i].name))
			return &c->members[i];
	return NULL;
}

/* Returns how many members that are. What the stage wrote before goes first: where it stands
 * in the answer shows whether it was written anew, though it may be the same again. */
static uint32_t build(struct call *c, struct souk_buffer *out)
{
	struct souk_record *r = &c->record;
	const struct contract *contract = &c->contract;
	uint32_t count = 0;

	souk_add_char(out, '{');
	if (r->own_member) {
		add_member(out, r, r->own_member - 1, souk_raw(r, r->own_member));
		count++;
	}
	for (const struct souk_node *n = souk_first(r, &r->nodes[0]); n; n = souk_next(r, &r->nodes[0], n)) {
		const struct sent_member *m = find(contract, r, n);
		bool object = n[1].type == SOUK_OBJECT;
		bool any = contract->in_any && object && souk_find(r, n + 1, contract->in_any);

		if ((!m && !any) || n + 1 == r->own_member)
			continue;
		/* One of another type than it should have goes as it is, and so does one that has a
		 * name twice: for the stage to refuse. */
		if (object && !n[1].flagged && (!m || m->parts))
			add_parts(out, r, n, m ? m->parts : NULL, contract->in_any);
		else
			add_member(out, r, n, souk_raw(r, n + 1));
		count++;
	}
	souk_add_char(out, '}');
	return count;
}

/* Instances are chosen by it, so that what belongs together goes to the same one. */
static uint64_t affinity(struct call *c)
{
	const struct souk_node *node = c->by ? souk_member(&c->record, c->by) : NULL;

	return node ? choose_hash(souk_raw(&c->record, node)) | 1 : 0;
}

/* Whether the stage acts on it; others go past the service. */
static bool is_for_service(struct call *c)
{
	struct souk_record *r = &c->record;

	if (r->error_member && !c->contract.on_failed)
		return false;
	return !r->wait_member || c->contract.on_waiting || souk_waits_for(r, r->by);
}

static bool holds_card_number(struct call *c)
{
	return c->contract.takes_payment && souk_payment_holds_card_number(&c->record);
}

static void pass(struct slot *s, const struct souk_input_line *line)
{
	souk_add(&s->result, line->at, line->len);
	souk_add_char(&s->result, '\n');
	s->state = SLOT_DONE;
}

static void bad_line(struct call *c, struct slot *s, const struct souk_input_line *line)
{
	char message[SOUK_FAULT_BYTES];
	const char *code = souk_line_fault(line, &c->record, c->max_record, message);
	struct souk_stage stage = {.rejects = c->rejects_path};

	souk_add_bad_line(&s->result, c->record.by, code, message, line);
	souk_report_bad_line(&stage, c->rejects, c->bad++, line, message);
	s->state = SLOT_DONE;
}

/* Keeps the line with what is sent of it and where its members end. */
static void keep(struct call *c, struct slot *s, const struct souk_input_line *line)
{
	struct souk_record *r = &c->record;
	struct souk_buffer *text = &s->text;
	uint32_t sent = r->top_count;

	c->ends.len = 0;
	r->ends = &c->ends;
	souk_record_write(r, SOUK_PASS, text);
	r->ends = NULL;
	memset(souk_buffer_room(text, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
	text->len += SOUK_RECORD_PAD;
	s->line_len = (uint32_t)line->len;
	s->request_at = (uint32_t)text->len;
	if (c->contract.whole)
		souk_add(text, line->at, line->len);
	else
		sent = build(c, text);
	s->tells = sent > (souk_member(r, "id") != NULL) + (uint32_t)(r->own_member != NULL) +
		(r->wait_member != NULL) + (r->error_member != NULL);
	s->request_len = (uint32_t)text->len - s->request_at;
	souk_add_char(text, '\n');
	s->ends_at = ((uint32_t)text->len + 3) & ~3u;
	souk_buffer_room(text, 4);
	text->len = s->ends_at;
	souk_add(text, c->ends.at, c->ends.len);
	s->affinity = affinity(c);
}

void request_take(struct call *c, const struct souk_input_line *line)
{
	struct slot *s = slot_of(c, c->after++);

	c->kept_bytes -= s->text.cap + s->result.cap;
	s->text.len = s->result.len = 0;
	s->state = SLOT_UNSENT;
	s->attempts = 0;
	if (line->too_long || !souk_record_parse(&c->record, line->at, line->len)) {
		bad_line(c, s, line);
	} else if (holds_card_number(c)) {
		/* No such number leaves this process. */
		souk_record_write(&c->record, souk_refuse_card_number(&c->record), &s->result);
		c->failed++;
		s->state = SLOT_DONE;
	} else if (!is_for_service(c)) {
		pass(s, line);
	} else {
		keep(c, s, line);
	}
	c->window_bytes += s->text.len + s->result.len;
}
