/* SPDX-License-Identifier: ISC */
/* Automatic promotions and patterns are few, and all kept. Those with codes may be many:
 * they are read when a customer names one. */
#include "rules.h"

#include <fnmatch.h>

/* Reads a promotion as it was put, and keeps it. NULL if it can't be read. */
static const struct rule *keep(struct rules *rules, struct souk_text body, bool limited)
{
	struct rule rule, *kept;

	if (!souk_record_parse_copy(&rules->record, &rules->line, body) || !rule_read(&rules->record, &rule))
		return NULL;
	kept = rule_keep(&rules->arena, &rule);
	kept->limited = limited;
	return kept;
}

bool rules_of_id(struct rules *rules, struct souk_store *store, struct souk_text id,
	const struct rule **rule)
{
	const struct rule **found = souk_cache_get(&rules->by_id, id, NULL);
	struct souk_query *q;
	struct souk_text body;
	enum souk_step step;

	*rule = found ? *found : NULL;
	if (found)
		return true;
	q = souk_ask(store, PROMOTION_GET);
	souk_bind_text(q, 1, id);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return false;
	if (step == SOUK_STEP_ROW) {
		body = souk_column_text(q, 1);
		*rule = keep(rules, body, souk_column_int(q, 0));
		/* What it takes counts against the cache's bound. */
		rules->by_id.bytes += sizeof(**rule) + body.len;
		souk_done(q);
		if (!*rule) {
			souk_warn("promotion %.*s: this version of souk can't read it: put it again", SOUK_ARG(id));
			return false;
		}
	}
	souk_cache_add(&rules->by_id, id, rule, sizeof(*rule));
	return true;
}

/* The ids are read to their end before anything else is asked for. */
static bool read_automatic(struct rules *rules, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, PROMOTION_AUTOMATIC);
	struct souk_text ids, id;
	enum souk_step step;

	rules->scratch.len = 0;
	rules->automatic_count = 0;
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		id = souk_column_text(q, 0);
		souk_add(&rules->scratch, id.at, id.len);
		souk_add_char(&rules->scratch, '\n');
		rules->automatic_count++;
	}
	if (step == SOUK_STEP_FAILED)
		return false;
	rules->automatic = souk_arena_alloc(&rules->arena,
		(rules->automatic_count + 1) * sizeof(*rules->automatic));
	ids = (struct souk_text){rules->scratch.at, rules->scratch.len};
	for (size_t i = 0; i < rules->automatic_count; i++) {
		id = (struct souk_text){ids.at, (size_t)((const char *)memchr(ids.at, '\n', ids.len) - ids.at)};
		ids = (struct souk_text){ids.at + id.len + 1, ids.len - id.len - 1};
		if (!rules_of_id(rules, store, id, &rules->automatic[i]))
			return false;
	}
	return true;
}

static bool read_patterns(struct rules *rules, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, PATTERN_LIST);
	enum souk_step step;

	rules->scratch.len = 0;
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct pattern pattern = {.text = souk_arena_copy(&rules->arena, souk_column_text(q, 0)).at,
			.promotion = souk_arena_copy(&rules->arena, souk_column_text(q, 1))};

		souk_add(&rules->scratch, &pattern, sizeof(pattern));
	}
	rules->pattern_count = rules->scratch.len / sizeof(struct pattern);
	rules->patterns = souk_arena_alloc(&rules->arena, rules->scratch.len + 1);
	if (rules->scratch.len)
		memcpy(rules->patterns, rules->scratch.at, rules->scratch.len);
	return step == SOUK_STEP_DONE;
}

bool rules_begin(struct rules *rules, struct souk_stage *stage, bool changed)
{
	static const char *const all[] = {"*", NULL};
	struct souk_query *q;
	int64_t version = rules->version;

	if (!rules->generation)
		souk_record_init(&rules->record, "promo", &(struct souk_interest){.reads = all});
	else if (!changed && rules->by_code.bytes + rules->by_id.bytes < SOUK_CACHE_BYTES)
		return true;
	q = souk_ask(stage->store, VERSION_GET);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	version = souk_column_int(q, 0);
	souk_done(q);
	if (rules->generation && version == rules->version &&
	    rules->by_code.bytes + rules->by_id.bytes < SOUK_CACHE_BYTES)
		return true;
	rules->version = version;
	rules->generation++;
	rules->listed = false;
	souk_cache_refresh(&rules->by_code, true);
	souk_cache_refresh(&rules->by_id, true);
	souk_arena_reset(&rules->arena);
	return true;
}

bool rules_list(struct rules *rules, struct souk_store *store)
{
	rules->listed = rules->listed || (read_automatic(rules, store) && read_patterns(rules, store));
	return rules->listed;
}

/* Which of the promotions a code not in the table itself belongs to: the first pattern
 * that fits, in the order of their text. */
static struct souk_text match(const struct rules *rules, struct souk_text code)
{
	char text[MAX_CODE + 1];

	memcpy(text, code.at, code.len);
	text[code.len] = '\0';
	for (size_t i = 0; i < rules->pattern_count; i++) {
		const struct pattern *p = &rules->patterns[i];

		/* Most differ in their first letter. */
		if ((*p->text == *text || *p->text == '*' || *p->text == '?') && !fnmatch(p->text, text, FNM_NOESCAPE))
			return p->promotion;
	}
	return SOUK_TEXT("");
}

bool rules_of_code(struct rules *rules, struct souk_store *store, struct souk_text code,
	const struct rule **rule)
{
	char small[MAX_CODE], kept[SOUK_MAX_ID];
	struct souk_text id = SOUK_TEXT("");
	const struct rule **found;
	struct souk_query *q;
	enum souk_step step;

	*rule = NULL;
	if (!code.len || code.len > MAX_CODE || memchr(code.at, '\0', code.len))
		return true;
	code = code_fold(code, small);
	found = souk_cache_get(&rules->by_code, code, NULL);
	if (found) {
		*rule = *found;
		return true;
	}
	q = souk_ask(store, CODE_OF);
	souk_bind_text(q, 1, code);
	souk_bind_int(q, 2, 0);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return false;
	if (step == SOUK_STEP_ROW) {
		id = souk_column_text(q, 0);
		memcpy(kept, id.at, id.len);
		id.at = kept;
		souk_done(q);
	} else {
		id = match(rules, code);
	}
	if (id.len && !rules_of_id(rules, store, id, rule))
		return false;
	souk_cache_add(&rules->by_code, code, rule, sizeof(*rule));
	return true;
}

void rules_free(struct rules *rules)
{
	souk_cache_free(&rules->by_code);
	souk_cache_free(&rules->by_id);
	souk_arena_free(&rules->arena);
	if (rules->generation)
		souk_record_free(&rules->record);
	souk_buffer_free(&rules->line);
	souk_buffer_free(&rules->scratch);
}
