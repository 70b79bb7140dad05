/* SPDX-License-Identifier: ISC */
/* souk-promo put: stores a promotion, or replaces the one of the same id. */
#include <stdlib.h>

#include "condition.h"
#include "error.h"
#include "rule.h"

struct put {
	struct souk_buffer body;
	struct souk_cache checked;  /* struct checked by condition */
	struct checked *new_first;  /* of those that are to be looked at */
	size_t new_count;
	struct souk_arena faults;
};

/* A condition or a limit that is not known by its name would give money away. What is only
 * kept stands in meta; the last few are not the promotion's own. */
static bool check_names(struct souk_record *r)
{
	static const char *const known[] = {
		"id", "title", "kind", "on", "percent", "amount", "buy", "get", "currency", "min_amount", "min_qty",
		"cap", "starts_at", "ends_at", "priority", "nth_order", "usage_limit", "per_customer_limit",
		"per_code_limit", "exclusive", "codes", "skus", "get_skus", "tags", "categories", "groups", "countries",
		"condition", "meta", "note", "promo", "wait", "error",
	};
	const size_t count = sizeof(known) / sizeof(*known);

	for (const struct souk_node *n = souk_first(r, &r->nodes[0]); n; n = souk_next(r, &r->nodes[0], n)) {
		struct souk_text name;
		size_t i = 0;

		if (!souk_decode(r, n, &name))
			name = SOUK_TEXT("\xef\xbf\xbd");
		while (i < count && !souk_text_is(name, known[i]))
			i++;
		if (i < count)
			continue;
		for (i = 0; i < count; i++)
			if (strlen(known[i]) > 3 && souk_text_similar(name, souk_text_of(known[i]))) {
				souk_refuse(r, "bad_record", "%.*s: did you mean %s?", SOUK_ARG(name), known[i]);
				return false;
			}
		souk_refuse(r, "bad_record", "%.*s: a promotion has no such member: what is only kept belongs in meta",
			SOUK_ARG(name));
		return false;
	}
	return true;
}

/* ---- Conditions ----
 * To try new ones takes time in which nobody else could write: they are looked at before
 * the batch is stored, all of them together. */

/* What is known of a condition, by its text. */
struct checked {
	const char *fault;         /* NULL: none */
	struct checked *next_new;
};

static bool begin(struct souk_stage *stage)
{
	struct put *s = stage->state;

	/* What an attempt that was undone noted it may not have come to look at. */
	souk_cache_refresh(&s->checked, stage->repeated);
	if (!s->checked.count)
		souk_arena_reset(&s->faults);
	s->new_first = NULL;
	s->new_count = 0;
	return true;
}

/* Notes a condition that is not known yet. False if the database failed. */
static bool note_condition(struct souk_stage *stage, struct souk_text condition)
{
	struct put *s = stage->state;
	struct checked *checked;
	struct souk_query *q;
	enum souk_step step;

	if (souk_cache_get(&s->checked, condition, NULL))
		return true;
	q = souk_ask(stage->store, CONDITION_KNOWN);
	souk_bind_text(q, 1, condition);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return false;
	checked = souk_cache_add(&s->checked, condition, NULL, sizeof(*checked));
	if (step == SOUK_STEP_ROW) {
		souk_done(q);
		return true;
	}
	checked->next_new = s->new_first;
	s->new_first = checked;
	s->new_count++;
	return true;
}

/* From the first new condition on all wait for the look at it, as records are stored in
 * their order. What is wrong with a record, map says. */
static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	struct rule rule;

	if (rule_read(r, &rule) && rule.condition.len && !note_condition(stage, rule.condition))
		return SOUK_INTENT_FAILED;
	return s->new_first ? SOUK_INTENT_CALL : SOUK_INTENT_ANSWERED;
}

static bool check_new(struct souk_stage *stage)
{
	struct put *s = stage->state;
	struct souk_text *texts = calloc(s->new_count, sizeof(*texts));
	const char **faults = calloc(s->new_count, sizeof(*faults));
	size_t i = 0;

	if (!texts || !faults)
		souk_die("out of memory");
	for (struct checked *c = s->new_first; c; c = c->next_new)
		texts[i++] = souk_cache_key(c);
	conditions_check(texts, s->new_count, &s->faults, faults);
	i = 0;
	for (struct checked *c = s->new_first; c; c = c->next_new)
		c->fault = faults[i++];
	free(texts);
	free(faults);
	return true;
}

/* Its codes take the place of those it had. SOUK_REFUSED if one belongs to another. */
static enum souk_outcome put_codes(struct souk_stage *stage, struct souk_record *r,
	const struct rule *rule)
{
	struct souk_query *q;
	char small[MAX_CODE];

	for (size_t i = 0; i < rule->codes.count; i++) {
		struct souk_text code = rule->codes.at[i];
		enum souk_step step;
		bool other;

		q = souk_ask(stage->store, CODE_OF);
		souk_bind_text(q, 1, code_fold(code, small));
		souk_bind_int(q, 2, code_is_pattern(code));
		step = souk_step(q);
		if (step == SOUK_STEP_FAILED)
			return SOUK_FAILED;
		if (step == SOUK_STEP_DONE)
			continue;
		other = !souk_text_equal(souk_column_text(q, 0), rule->id);
		if (other)
			souk_refuse(r, "code_taken", "the code %.*s is one of promotion %.*s", SOUK_ARG(code),
				SOUK_ARG(souk_column_text(q, 0)));
		souk_done(q);
		if (other)
			return SOUK_REFUSED;
	}
	q = souk_ask(stage->store, CODE_DROP);
	souk_bind_text(q, 1, rule->id);
	if (!souk_do(q))
		return SOUK_FAILED;
	for (size_t i = 0; i < rule->codes.count; i++) {
		q = souk_ask(stage->store, CODE_PUT);
		souk_bind_text(q, 1, code_fold(rule->codes.at[i], small));
		souk_bind_text(q, 2, rule->id);
		souk_bind_int(q, 3, code_is_pattern(rule->codes.at[i]));
		if (!souk_do(q))
			return SOUK_FAILED;
	}
	return SOUK_ANSWER;
}

static enum souk_outcome store(struct souk_stage *stage, struct souk_record *r, const struct rule *rule)
{
	struct put *s = stage->state;
	struct souk_query *q;
	enum souk_outcome outcome = put_codes(stage, r, rule);

	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_make_body(&s->body, r);
	q = souk_ask(stage->store, PROMOTION_PUT);
	souk_bind_text(q, 1, rule->id);
	souk_bind_int(q, 2, !rule->codes.count);
	souk_bind_int(q, 3, rule_is_limited(rule));
	souk_bind_text(q, 4, rule->condition);
	souk_bind_text(q, 5, (struct souk_text){s->body.at, s->body.len});
	if (!souk_do(q) || (souk_store_changes(stage->store) && !souk_do(souk_ask(stage->store, VERSION_RAISE))))
		return SOUK_FAILED;
	return souk_answer_state(r, "stored");
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	const struct checked *checked;
	struct rule rule;

	if (!check_names(r) || !rule_read(r, &rule))
		return SOUK_REFUSED;
	checked = rule.condition.len ? souk_cache_get(&s->checked, rule.condition, NULL) : NULL;
	if (checked && checked->fault)
		return souk_refuse(r, "bad_condition", "condition: %s", checked->fault);
	return store(stage, r, &rule);
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->body);
	souk_cache_free(&s->checked);
	souk_arena_free(&s->faults);
}

/* All members are read, as all are kept. */
static const char *const reads[] = {"id", "kind", "*", NULL};

SOUK_VERB(put) = {
	.function = &promo_function,
	.name = "put",
	.summary = "store a promotion, or replace it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.forks = true, /* to try conditions */
	.reads = reads,
	.state_size = sizeof(struct put),
	.begin = begin,
	.intend = intend,
	.call = check_new,
	.map = map,
	.close = close,
};
