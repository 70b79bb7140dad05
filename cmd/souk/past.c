/* SPDX-License-Identifier: ISC */
/* souk past: of exported orders, the records as they would enter today: without what the
 * quoting stages found, which goes into `was`. */
#include <unistd.h>

#include "map.h"
#include "souk.h"

struct past {
	int64_t since, until;
	struct souk_record order; /* the stored record */
};

static const struct souk_option options[] = {
	{0, "since", "TIME", SOUK_OPTION_TIME, offsetof(struct past, since),
		"orders made at TIME or later", 0, 0, NULL, false},
	{0, "until", "TIME", SOUK_OPTION_TIME, offsetof(struct past, until),
		"orders made before TIME", 0, 0, NULL, false},
	{0},
};

/* What a quote finds anew. Of these `was` keeps all but the catalogue's. */
static const char *const quoted[] = {"catalog", "price", "promo", "ship", "tax", "total", NULL};

static bool is_quoted(struct souk_text name)
{
	for (const char *const *q = quoted; *q; q++)
		if (souk_text_is(name, *q))
			return true;
	return false;
}

static bool put_rest(struct souk_record *o, struct souk_buffer *out)
{
	const struct souk_node *record = &o->nodes[0], *n;

	souk_put_open(out, NULL, '{');
	for (n = souk_first(o, record); n; n = souk_next(o, record, n)) {
		struct souk_text name, value = souk_raw(o, n + 1);

		if (!souk_decode(o, n, &name) || souk_text_is(name, "was")) {
			souk_refuse(o, "bad_record", "the order has a member \"was\" of its own");
			return false;
		}
		if (is_quoted(name))
			continue;
		if (out->at[out->len - 1] != '{')
			souk_add_char(out, ',');
		souk_add(out, o->line + n->at - 1, n->len + 2);
		souk_add_char(out, ':');
		souk_add(out, value.at, value.len);
	}
	return true;
}

static void put_was(struct souk_record *o, struct souk_buffer *out)
{
	souk_put_open(out, "was", '{');
	for (const char *const *q = quoted + 1; *q; q++)
		if (souk_member(o, *q))
			souk_put_raw(out, *q, souk_raw(o, souk_member(o, *q)));
	souk_add_string(out, "}}\n");
}

/* When the order was made: what it says itself, or else when it came. */
static bool read_time(struct souk_record *r, struct souk_record *o, struct souk_text *text, int64_t *time)
{
	const struct souk_node *own = souk_member(o, "time");

	if (own ? !souk_need_text(o, NULL, "time", 1, 64, text) : !souk_need_text(r, NULL, "opened", 1, 64,
	    text))
		return false;
	if (souk_time_parse(*text, time))
		return true;
	souk_refuse(own ? o : r, "bad_record", "time: must be a time (RFC 3339)");
	return false;
}

static bool take(struct souk_map *map, struct souk_record *r)
{
	struct past *s = map->stage->state;
	struct souk_record *o = &s->order;
	struct souk_text state, text;
	const struct souk_node *record;
	size_t start = map->out.len;
	int64_t time;

	if (!souk_need_text(r, NULL, "state", 1, 64, &state) ||
	    !souk_need_node(r, NULL, "record", SOUK_OBJECT, &record))
		return false;
	if (!souk_text_is(state, "placed"))
		return true;
	if (!souk_record_parse(o, r->line + record->at, record->len)) {
		souk_refuse(r, "bad_record", "record: %s", o->fault);
		return false;
	}
	if (!read_time(r, o, &text, &time))
		return false;
	if ((s->since && time < s->since) || (s->until && time >= s->until))
		return true;
	if (!put_rest(o, &map->out)) {
		map->out.len = start;
		souk_refuse(r, "bad_record", "the order has a member \"was\" of its own");
		return false;
	}
	/* Prices, rates and promotions are those of its time. */
	if (!souk_member(o, "time"))
		souk_put_text(&map->out, "time", text);
	put_was(o, &map->out);
	return true;
}

static void record(struct souk_map *map, struct souk_record *r)
{
	struct souk_text export = {0};

	if (!souk_may_text(r, NULL, "export", 1, 64, &export) ||
	    (souk_text_is(export, "order") && !take(map, r)))
		souk_map_refused(map, r);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const reads[] = {"export", "state", "opened", "record", NULL},
		*const all[] = {"*", NULL};
	struct past *s = stage->state;
	struct souk_map map = {.stage = stage, .reads = reads, .record = record};
	int state;

	(void)operand_count, (void)operands;
	souk_record_init(&s->order, "souk", &(struct souk_interest){.reads = all});
	state = souk_map_run(&map, STDIN_FILENO, STDOUT_FILENO);
	souk_record_free(&s->order);
	return state;
}

SOUK_VERB(past) = {
	.function = &souk_function,
	.name = "past",
	.summary = "make of exported orders what can be quoted again",
	.kind = SOUK_MAP,
	.options = options,
	.state_size = sizeof(struct past),
	.run = run,
};
