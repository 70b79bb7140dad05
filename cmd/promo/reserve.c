/* SPDX-License-Identifier: ISC */
/* souk-promo reserve: holds a use of each limited promotion that an order was given: of
 * all or of none, never more than there are. */
#include "uses.h"

struct reserve {
	struct uses uses;
	struct souk_digest digest;
	struct souk_buffer lines; /* "PROMOTION TAB WHO LF" */
	struct use **wants;       /* of the record in hand */
	size_t want_count;
};

static bool begin(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	uses_begin(&s->uses);
	return true;
}

/* A promotion that stands twice in the record counts once. */
static bool is_wanted(const struct reserve *s, const struct use *use)
{
	for (size_t i = 0; i < s->want_count; i++)
		if (s->wants[i] == use)
			return true;
	return false;
}

static void used_up(struct souk_record *r, const struct rule *rule, int limit, int64_t taken)
{
	static const char *const of[LIMITS] = {"in all", "by this customer", "with this code"};
	static const char *const per[LIMITS] = {NULL, "customer", "code"};

	souk_refuse(r, "promotion_used_up", "promotion %.*s is used up: %lld of %lld uses %s",
		SOUK_ARG(rule->id), (long long)taken, (long long)rule->limits[limit], of[limit]);
	souk_put_text(&r->error, "promotion", rule->id);
	if (per[limit])
		souk_put_string(&r->error, "per", per[limit]);
	souk_put_int(&r->error, "limit", rule->limits[limit]);
}

/* What one applied promotion takes a use of. SOUK_ANSWER; SOUK_REFUSED if one is used up,
 * which is then named, or if the record is bad: then *bad. */
static enum souk_outcome want(struct souk_stage *stage, struct souk_record *r,
	const struct souk_node *applied, struct souk_text customer, bool *bad)
{
	struct reserve *s = stage->state;
	struct souk_text id, code = SOUK_TEXT(""), who;
	char small[MAX_CODE], text[MAX_WHO];
	const struct rule *rule;
	int64_t discount = 0;

	*bad = true;
	if (!souk_need_text(r, applied, "id", 1, SOUK_MAX_ID, &id) ||
	    !souk_may_text(r, applied, "code", 1, MAX_CODE, &code) ||
	    !souk_may_int(r, applied, "discount", 0, INT64_MAX, &discount))
		return SOUK_REFUSED;
	code = code_fold(code, small);
	souk_digest_text(&s->digest, id);
	souk_digest_text(&s->digest, code);
	souk_digest_int(&s->digest, discount);
	if (!rules_of_id(&s->uses.rules, stage->store, id, &rule))
		return SOUK_FAILED;
	for (int i = 0; rule && i < LIMITS; i++) {
		struct use *use;

		if (rule->limits[i] == INT64_MAX)
			continue;
		if (i == FOR_CUSTOMER && !customer.len)
			return souk_refuse(r, "bad_record", "customer.id is missing: promotion %.*s is limited per customer",
				SOUK_ARG(id));
		who = use_who(i, customer, code, text);
		use = uses_get(&s->uses, stage->store, id, who);
		if (!use)
			return SOUK_FAILED;
		if (is_wanted(s, use))
			continue;
		use->limit = rule->limits[i];
		if (use->taken >= rule->limits[i] && !r->error.len)
			used_up(r, rule, i, use->taken);
		s->wants[s->want_count++] = use;
		souk_add(&s->lines, id.at, id.len);
		souk_add_char(&s->lines, '\t');
		souk_add(&s->lines, who.at, who.len);
		souk_add_char(&s->lines, '\n');
	}
	*bad = false;
	return SOUK_ANSWER;
}

/* The same record again: the stored answer, and no second effect. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest)
{
	struct souk_query *q;
	enum souk_outcome outcome = souk_hold_again(stage, r, &promo_hold, id, digest, &q);
	bool none;

	if (outcome != SOUK_ANSWER)
		return outcome;
	/* Once it is committed it was held all the same. */
	none = souk_text_is(souk_column_text(q, 1), "none");
	souk_done(q);
	return souk_answer_new_state(r, none ? SOUK_TEXT("none") : SOUK_TEXT("held"));
}

/* What the order was given for its uses. */
static bool digest_discounts(struct reserve *s, struct souk_record *r)
{
	const struct souk_node *lines = NULL;
	int64_t discount = 0;

	if (!souk_may_int(r, r->own_member, "discount", 0, INT64_MAX, &discount) ||
	    !souk_may_node(r, r->own_member, "lines", SOUK_ARRAY, &lines))
		return false;
	souk_digest_int(&s->digest, discount);
	for (const struct souk_node *n = lines ? souk_first(r, lines) : NULL; n; n = souk_next(r, lines, n)) {
		if (!souk_may_int(r, n, "discount", 0, INT64_MAX, &discount))
			return false;
		souk_digest_int(&s->digest, discount);
	}
	return true;
}

/* All the promotions of the order. */
static enum souk_outcome want_all(struct souk_stage *stage, struct souk_record *r,
	const struct souk_node *applied, unsigned char *digest)
{
	struct reserve *s = stage->state;
	const struct souk_node *member = NULL, *n;
	struct souk_text customer = SOUK_TEXT("");
	enum souk_outcome outcome;
	size_t count;
	bool bad;

	if (!souk_may_node(r, NULL, "customer", SOUK_OBJECT, &member) ||
	    (member && !souk_may_text(r, member, "id", 1, SOUK_MAX_ID, &customer)))
		return SOUK_REFUSED;
	s->lines.len = s->want_count = 0;
	count = applied ? souk_count(r, applied) : 0;
	s->wants = souk_record_alloc(r, (count + 1) * LIMITS * sizeof(*s->wants));
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, customer);
	if (!digest_discounts(s, r))
		return SOUK_REFUSED;
	for (n = count ? souk_first(r, applied) : NULL; n; n = souk_next(r, applied, n)) {
		outcome = want(stage, r, n, customer, &bad);
		if (bad)
			return outcome;
	}
	souk_digest_end(&s->digest, digest);
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct reserve *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	const struct souk_node *applied;
	struct souk_text id, state;
	enum souk_outcome outcome;
	struct souk_query *q;

	if (!r->own_member)
		return SOUK_PASS;
	if (!souk_need_id(r, &id))
		return SOUK_REFUSED;
	outcome = uses_needed(&s->uses, stage, r, &applied);
	if (outcome == SOUK_PASS)
		outcome = uses_told(r);
	if (outcome == SOUK_PASS)
		return souk_answer_new_state(r, SOUK_TEXT("none"));
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!uses_ready(&s->uses, stage))
		return SOUK_FAILED;
	outcome = want_all(stage, r, applied, digest);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (r->error.len)
		outcome = SOUK_REFUSED;
	state = souk_text_of(r->error.len ? "refused" : s->want_count ? "held" : "none");
	/* One statement tells a new order from one seen before. */
	q = souk_defer(stage->store, &promo_hold.put);
	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, digest, sizeof(digest));
	souk_bind_text(q, 3, state);
	souk_bind_text(q, 4, (struct souk_text){s->lines.at, s->lines.len});
	souk_bind_text(q, 5, (struct souk_text){r->error.at, r->error.len});
	if (!souk_do(q))
		return SOUK_FAILED;
	if (!souk_store_changes(stage->store))
		return again(stage, r, id, digest);
	if (outcome != SOUK_ANSWER)
		return outcome;
	for (size_t i = 0; i < s->want_count; i++)
		uses_take(&s->uses, s->wants[i]);
	return souk_answer_new_state(r, state);
}

static bool end(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	return uses_write(&s->uses, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	uses_free(&s->uses);
	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->lines);
}

static const char *const reads[] = {"id", "customer.id?", "promo?", NULL};

SOUK_VERB(reserve) = {
	.function = &promo_function,
	.name = "reserve",
	.summary = "hold a use of each limited promotion of an order, of all or of none",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct reserve),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
