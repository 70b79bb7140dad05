/* SPDX-License-Identifier: ISC */
#include "uses.h"

void uses_begin(struct uses *uses)
{
	uses->begun = false;
	uses->changed = NULL;
}

bool uses_ready(struct uses *uses, struct souk_stage *stage)
{
	bool changed;

	if (uses->begun)
		return true;
	/* Uses are kept only while nobody else writes them. */
	changed = souk_store_changed(stage->store, &stage->seen) || stage->repeated;
	souk_cache_refresh(&uses->cache, changed);
	uses->begun = rules_begin(&uses->rules, stage, changed);
	return uses->begun;
}

struct use *uses_get(struct uses *uses, struct souk_store *store, struct souk_text promotion,
	struct souk_text who)
{
	char text[SOUK_MAX_ID + 1 + MAX_WHO];
	struct souk_text key = {text, promotion.len + 1 + who.len};
	struct use *use, found = {0};
	struct souk_query *q;
	enum souk_step step;

	memcpy(text, promotion.at, promotion.len);
	text[promotion.len] = '\t';
	memcpy(text + promotion.len + 1, who.at, who.len);
	use = souk_cache_get(&uses->cache, key, NULL);
	if (use)
		return use;
	q = souk_ask(store, USE_GET);
	souk_bind_text(q, 1, promotion);
	souk_bind_text(q, 2, who);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return NULL;
	if (step == SOUK_STEP_ROW) {
		found = (struct use){.number = souk_column_int(q, 0), .taken = souk_column_int(q, 1),
			.allowed = souk_column_int(q, 2)};
		souk_done(q);
	}
	return souk_cache_add(&uses->cache, key, &found, sizeof(found));
}

static void change(struct uses *uses, struct use *use, int64_t count)
{
	use->taken += count;
	use->change += count;
	if (!use->listed) {
		use->listed = true;
		use->next = uses->changed;
		uses->changed = use;
	}
}

void uses_take(struct uses *uses, struct use *use)
{
	if (use->allowed < use->limit)
		use->allowed = use->limit;
	change(uses, use, 1);
}

void uses_give_back(struct uses *uses, struct use *use)
{
	change(uses, use, -1);
}

/* Writes one; what was not there yet is read again, for its number. */
static bool write_one(struct use *use, struct souk_store *store)
{
	struct souk_text who = souk_cache_key(use), promotion = {who.at, 0};
	struct souk_query *q;

	promotion.len = (size_t)((const char *)memchr(who.at, '\t', who.len) - who.at);
	who = (struct souk_text){who.at + promotion.len + 1, who.len - promotion.len - 1};
	if (use->number) {
		q = souk_ask(store, USE_TAKE);
		souk_bind_int(q, 1, use->number);
		souk_bind_int(q, 2, use->change);
		souk_bind_int(q, 3, use->taken - use->change);
		souk_bind_int(q, 4, use->allowed);
		if (!souk_do(q))
			return false;
		/* Nobody else writes while this transaction lasts: this can't happen, and if it
		 * does, no promotion must be used once more than it may. */
		if (souk_store_changes(store) == 1)
			return true;
		souk_warn("the uses of promotion %.*s are not what they were read as", SOUK_ARG(promotion));
		return false;
	}
	q = souk_ask(store, USE_MAKE);
	souk_bind_text(q, 1, promotion);
	souk_bind_text(q, 2, who);
	souk_bind_int(q, 3, use->taken);
	souk_bind_int(q, 4, use->allowed);
	if (!souk_do(q))
		return false;
	q = souk_ask(store, USE_GET);
	souk_bind_text(q, 1, promotion);
	souk_bind_text(q, 2, who);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	use->number = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

bool uses_write(struct uses *uses, struct souk_store *store)
{
	for (struct use *use = uses->changed; use; use = use->next) {
		use->listed = false;
		if (use->change && !write_one(use, store))
			return false;
		use->change = 0;
	}
	uses->changed = NULL;
	return true;
}

void uses_free(struct uses *uses)
{
	rules_free(&uses->rules);
	souk_cache_free(&uses->cache);
}

enum souk_outcome uses_needed(struct uses *uses, struct souk_stage *stage, struct souk_record *r,
	const struct souk_node **applied)
{
	const struct souk_node *promo = r->own_member;
	enum souk_outcome outcome = SOUK_PASS;

	*applied = NULL;
	if (promo->type != SOUK_OBJECT)
		return souk_refuse_value(r, promo, "must be an object");
	if (!souk_may_node(r, promo, "applied", SOUK_ARRAY, applied))
		return SOUK_REFUSED;
	if (!*applied)
		return outcome;
	if (!uses_ready(uses, stage))
		return SOUK_FAILED;
	for (const struct souk_node *n = souk_first(r, *applied); n; n = souk_next(r, *applied, n)) {
		const struct rule *rule;
		struct souk_text id;

		if (!souk_need_text(r, n, "id", 1, SOUK_MAX_ID, &id))
			return SOUK_REFUSED;
		if (!rules_of_id(&uses->rules, stage->store, id, &rule))
			return SOUK_FAILED;
		if (rule && rule->limited)
			outcome = SOUK_ANSWER;
	}
	return outcome;
}

enum souk_outcome uses_told(struct souk_record *r)
{
	const struct souk_node *refused = NULL;
	struct souk_text reason = SOUK_TEXT("");

	if (!souk_may_node(r, r->own_member, "refused", SOUK_ARRAY, &refused))
		return SOUK_REFUSED;
	if (!refused)
		return SOUK_PASS;
	for (const struct souk_node *n = souk_first(r, refused); n; n = souk_next(r, refused, n)) {
		if (!souk_may_text(r, n, "reason", 1, MAX_NAME, &reason))
			return SOUK_REFUSED;
		if (souk_text_is(reason, "used_up"))
			return SOUK_ANSWER;
	}
	return SOUK_PASS;
}
