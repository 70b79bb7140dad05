/* SPDX-License-Identifier: ISC */
/* souk-promo put: stores a promotion, or replaces the one of the same id. */
#include "condition.h"
#include "rule.h"

struct put {
	struct souk_buffer body, message;
};

/* A condition or a limit that is not known by its name would give money away. */
static bool check_names(struct souk_record *r)
{
	static const char *const known[] = {
		"id", "title", "kind", "on", "percent", "amount", "buy", "get", "currency", "min_amount", "min_qty",
		"cap", "starts_at", "ends_at", "priority", "nth_order", "usage_limit", "per_customer_limit",
		"per_code_limit", "exclusive", "codes", "skus", "get_skus", "tags", "categories", "groups", "countries",
		"condition",
	};
	const size_t count = sizeof(known) / sizeof(*known);

	for (const struct souk_node *n = souk_first(r, &r->nodes[0]); n; n = souk_next(r, &r->nodes[0], n)) {
		struct souk_text name;
		size_t i = 0;

		if (!souk_decode(r, n, &name) || name.len < 3)
			continue;
		while (i < count && !souk_text_is(name, known[i]))
			i++;
		if (i < count)
			continue;
		for (i = 0; i < count; i++)
			if (strlen(known[i]) > 3 && souk_text_similar(name, souk_text_of(known[i]))) {
				souk_refuse(r, "bad_record", "%.*s: did you mean %s?", SOUK_ARG(name), known[i]);
				return false;
			}
	}
	return true;
}

/* Whether jq takes the condition: one that is stored was asked about before. */
static enum souk_outcome check_condition(struct souk_stage *stage, struct souk_record *r,
	struct souk_text condition)
{
	struct put *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, CONDITION_KNOWN);
	enum souk_step step;

	if (!condition.len)
		return SOUK_ANSWER;
	souk_bind_text(q, 1, condition);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_ROW)
		souk_done(q);
	else if (!condition_compiles(condition, &s->message))
		return souk_refuse(r, "bad_condition", "condition: jq says: %.*s", (int)s->message.len, s->message.at);
	return SOUK_ANSWER;
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
	/* These say how this run went, not what the promotion is. */
	static const char *const of_the_run[] = {"promo", "wait", NULL};
	struct put *s = stage->state;
	struct souk_query *q;
	enum souk_outcome outcome = put_codes(stage, r, rule);

	if (outcome != SOUK_ANSWER)
		return outcome;
	s->body.len = 0;
	souk_put_open(&s->body, NULL, '{');
	souk_put_kept(&s->body, r, &r->nodes[0], of_the_run);
	souk_put_close(&s->body, '}');
	q = souk_ask(stage->store, PROMOTION_PUT);
	souk_bind_text(q, 1, rule->id);
	souk_bind_int(q, 2, !rule->codes.count);
	souk_bind_int(q, 3, rule_is_limited(rule));
	souk_bind_text(q, 4, rule->condition);
	souk_bind_text(q, 5, (struct souk_text){s->body.at, s->body.len});
	if (!souk_do(q) || (souk_store_changes(stage->store) && !souk_do(souk_ask(stage->store, VERSION_RAISE))))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "stored");
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	enum souk_outcome outcome;
	struct rule rule;

	if (!check_names(r) || !rule_read(r, &rule))
		return SOUK_REFUSED;
	outcome = check_condition(stage, r, rule.condition);
	return outcome == SOUK_ANSWER ? store(stage, r, &rule) : outcome;
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->body);
	souk_buffer_free(&s->message);
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
	.reads = reads,
	.state_size = sizeof(struct put),
	.map = map,
	.close = close,
};
