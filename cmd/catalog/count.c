/* SPDX-License-Identifier: ISC */
/* Counts the products that were found by their facets, and brings the first in order. */
#include <stdlib.h>

#include "search.h"

#define COUNTED_ONLY UINT32_MAX

static uint64_t begin_of(const char *title, int len)
{
	uint64_t begin = 0;

	for (int i = 0; i < len; i++)
		begin = begin << 8 | (unsigned char)title[i];
	return begin;
}

static struct hit hit_for(const struct search *s, const struct query *query, const struct slot *slot, uint32_t number)
{
	switch (query->sort) {
	case BY_TITLE:
		return (struct hit){{begin_of(slot->title, 8), begin_of(slot->title + 8, SLOT_TITLE - 8)}, number};
	case BY_NEWEST:
		return (struct hit){{UINT32_MAX - number, 0}, number};
	default:
		return (struct hit){{s->tiers[number], slot->title_words}, number};
	}
}

static bool comes_before(const struct hit *a, const struct hit *b)
{
	if (a->rank[0] != b->rank[0])
		return a->rank[0] < b->rank[0];
	if (a->rank[1] != b->rank[1])
		return a->rank[1] < b->rank[1];
	return a->number < b->number;
}

/* Which filters the slot does not pass: a bit for each kind. */
static unsigned failed_filters(const struct search *s, unsigned filters, const struct slot *slot)
{
	for (size_t i = 0; filters && i < slot->facet_count; i++)
		if (s->asked[slot->facets[i]])
			filters &= ~(1u << (slot->facets[i] & 3));
	return filters;
}

/* Marks the facets that the filters ask for, or takes the marks away. Gives the filters there
 * are: a bit for each kind. */
static unsigned mark_filters(struct search *s, const struct query *query, bool asked)
{
	unsigned filters = 0;

	for (int kind = 0; kind < FACET_KINDS; kind++) {
		const struct query_filter *filter = &query->filters[kind];

		filters |= (unsigned)(filter->count > 0) << kind;
		for (size_t i = 0; i < filter->count; i++)
			s->asked[filter->facets[i]] = asked;
	}
	return filters;
}

/* Counts the product's facets: of all kinds, or where it fails one filter, of that kind: so
 * that a customer sees what another choice there would give. */
static void count_facets(struct search *s, const struct slot *slot, unsigned failed)
{
	for (size_t i = 0; i < slot->facet_count; i++) {
		uint32_t facet = slot->facets[i];

		if (!failed || failed == 1u << (facet & 3))
			s->counts[facet]++;
	}
}

static void count_sku(struct search *s, const struct query *query, const struct slot *slot, uint32_t number,
	unsigned filters)
{
	unsigned failed = failed_filters(s, filters, slot);
	uint32_t *hit_of = &s->hit_of[slot->item];
	struct hit hit;

	if (failed & (failed - 1))
		return;
	if (!*hit_of)
		count_facets(s, slot, failed);
	if (failed) {
		*hit_of = *hit_of ? *hit_of : COUNTED_ONLY;
		return;
	}
	hit = hit_for(s, query, slot, number);
	if (!*hit_of || *hit_of == COUNTED_ONLY) {
		s->hits[s->found++] = hit;
		*hit_of = (uint32_t)s->found;
	} else if (comes_before(&hit, &s->hits[*hit_of - 1])) {
		s->hits[*hit_of - 1] = hit;
	}
}

static void count_products(struct search *s, struct souk_store *store, const struct query *query)
{
	const struct slot *slot;
	unsigned filters = mark_filters(s, query, true);

	s->found = 0;
	memset(s->counts, 0, s->facets * sizeof(*s->counts));
	for (size_t i = 0; i < s->matched_count; i++) {
		uint32_t number = s->matched[i];

		s->matched[i] = 0;
		slot = search_slot(s, store, number);
		if (!slot || !(query->statuses & 1u << slot->status))
			continue;
		count_sku(s, query, slot, number, filters);
		s->matched[i] = slot->item;
	}
	/* No item is 0. */
	for (size_t i = 0; i < s->matched_count; i++)
		s->hit_of[s->matched[i]] = 0;
	mark_filters(s, query, false);
}

/* ---- Sorting ---- */

static int compare(const void *a, const void *b)
{
	return comes_before(a, b) ? -1 : comes_before(b, a);
}

/* Lets hits[at] sink in a heap with the last one of the order on top. */
static void sink(struct hit *hits, size_t count, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		struct hit hit = hits[at];

		if (child + 1 < count && comes_before(&hits[child], &hits[child + 1]))
			child++;
		if (!comes_before(&hit, &hits[child]))
			return;
		hits[at] = hits[child];
		hits[child] = hit;
	}
}

/* Brings the first `wanted` to the front, in order; the rest is of no use. */
static void sort_first(struct hit *hits, size_t count, size_t wanted)
{
	if (wanted < count && wanted) {
		for (size_t i = wanted / 2; i--;)
			sink(hits, wanted, i);
		for (size_t i = wanted; i < count; i++)
			if (comes_before(&hits[i], &hits[0])) {
				hits[0] = hits[i];
				sink(hits, wanted, 0);
			}
	}
	qsort(hits, wanted < count ? wanted : count, sizeof(*hits), compare);
}

void search_count(struct search *s, struct souk_store *store, const struct query *query)
{
	size_t wanted = (size_t)(query->offset + query->limit);

	count_products(s, store, query);
	s->shown = wanted < s->found ? wanted : s->found;
	sort_first(s->hits, s->found, wanted);
}
