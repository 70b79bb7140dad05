/* SPDX-License-Identifier: ISC */
/* What a search has found, as JSON. */
#include "search.h"

/* All skus of the product that a sku is a variant of, where it is one. */
static bool put_skus(struct souk_stage *stage, struct souk_buffer *out, int64_t item, const char *status)
{
	struct souk_query *q = souk_ask(stage->store, PRODUCT_SKUS);
	enum souk_step step;

	if (!item)
		return true;
	souk_bind_int(q, 1, item);
	souk_bind_text(q, 2, souk_text_of(status));
	souk_put_open(out, "skus", '[');
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		souk_put_text(out, NULL, souk_column_text(q, 0));
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

bool search_put_hit(struct souk_stage *stage, struct souk_buffer *out, uint32_t number)
{
	static const char *const shown[] = {"title", "product", "vendor", "type", "image", "options", NULL};
	struct finder *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, PRODUCT_OF);
	bool good;
	const struct slot *slot;
	int64_t item;

	souk_bind_int(q, 1, number);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "sku", souk_column_text(q, 0));
	item = souk_column_int(q, 1);
	good = souk_record_parse_copy(&s->product, &s->body, souk_column_text(q, 2));
	souk_done(q);
	if (good)
		for (size_t i = 0; shown[i]; i++) {
			const struct souk_node *node = souk_member(&s->product, shown[i]);

			if (node && node->type != SOUK_NULL)
				souk_put_raw(out, shown[i], souk_raw(&s->product, node));
		}
	slot = search_slot(&s->search, stage->store, number);
	if (!slot || !put_skus(stage, out, item, status_names[slot->status]))
		return false;
	souk_put_close(out, '}');
	return true;
}

/* The values of one kind that most products have, at most `most`. */
static bool put_facet(struct souk_stage *stage, struct souk_buffer *out, enum facet_kind kind, size_t most)
{
	const struct search *search = &((struct finder *)stage->state)->search;
	uint32_t first[MAX_FACET_VALUES];
	size_t count = 0, at;

	for (uint32_t facet = kind; facet < search->facets; facet += 4) {
		uint32_t products = search->counts[facet];

		if (!products || (count == most && products <= search->counts[first[count - 1]]))
			continue;
		count += count < most;
		for (at = count - 1; at && search->counts[first[at - 1]] < products; at--)
			first[at] = first[at - 1];
		first[at] = facet;
	}
	souk_put_open(out, facet_names[kind], '[');
	for (size_t i = 0; i < count; i++) {
		struct souk_query *q = souk_ask(stage->store, FACET_VALUE);

		souk_bind_int(q, 1, first[i] >> 2);
		if (souk_step(q) != SOUK_STEP_ROW)
			return false;
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "value", souk_column_text(q, 0));
		souk_put_int(out, "count", search->counts[first[i]]);
		souk_put_close(out, '}');
		souk_done(q);
	}
	souk_put_close(out, ']');
	return true;
}

bool search_put_summary(struct souk_stage *stage, struct souk_buffer *out)
{
	struct finder *s = stage->state;
	bool any = false, good = true;

	souk_put_int(out, "found", (int64_t)s->search.found);
	for (size_t i = 0; i < s->query.word_count; i++) {
		if (!s->query.words[i].meant.len)
			continue;
		if (!any)
			souk_put_open(out, "corrected", '[');
		any = true;
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "from", s->query.words[i].text);
		souk_put_text(out, "to", s->query.words[i].meant);
		souk_put_close(out, '}');
	}
	if (any)
		souk_put_close(out, ']');
	if (!s->query.facet_values)
		return true;
	souk_put_open(out, "facets", '{');
	for (int kind = 0; good && kind < FACET_KINDS; kind++)
		good = put_facet(stage, out, (enum facet_kind)kind, (size_t)s->query.facet_values);
	souk_put_close(out, '}');
	return good;
}
