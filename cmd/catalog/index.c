/* SPDX-License-Identifier: ISC */
#include "index.h"

#include <stdlib.h>

#include "fold.h"

enum {
	MAX_DESCRIPTION = 8192,              /* bytes of it that are searched */
};

void index_begin(struct index *index, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen);

	texts_begin(&index->texts, stage->repeated);
	souk_cache_refresh(&index->facets, stage->repeated);
	souk_cache_refresh(&index->items, stage->repeated);
	if (changed || stage->repeated)
		shelf_forget(&index->shelf);
}

void index_close(struct index *index)
{
	shelf_close(&index->shelf);
	texts_close(&index->texts);
	souk_cache_free(&index->facets);
	souk_cache_free(&index->items);
	souk_buffer_free(&index->title);
	souk_buffer_free(&index->more);
	souk_buffer_free(&index->decoded);
}

/* ---- Numbers of values: kept in memory, else found, else added ---- */

/* Runs a statement that gives one number; false if it failed. 0: it gave none. */
static bool number_of(struct souk_query *q, int64_t *number)
{
	enum souk_step step = souk_step(q);

	*number = 0;
	if (step == SOUK_STEP_ROW) {
		*number = souk_column_int(q, 0);
		/* What returns a number of what it adds must come to its end. */
		step = souk_step(q);
	}
	return step == SOUK_STEP_DONE;
}

bool index_item(struct index *index, struct souk_store *store, struct souk_text handle, int64_t *item)
{
	const int64_t *known;

	*item = 0;
	if (!handle.len)
		return true;
	known = souk_cache_get(&index->items, handle, NULL);
	if (known) {
		*item = *known;
		return true;
	}
	for (int statement = ITEM_FIND; !*item && statement <= ITEM_ADD; statement++) {
		struct souk_query *q = souk_ask(store, (size_t)statement);

		souk_bind_text(q, 1, handle);
		if (!number_of(q, item))
			return false;
	}
	souk_cache_add(&index->items, handle, item, sizeof(*item));
	return true;
}

/* Notes a facet of the product, each once. */
static bool add_facet(struct index *index, struct souk_store *store, enum facet_kind kind, struct souk_text value)
{
	const int64_t *known;
	int64_t number = 0;
	struct souk_text key;

	if (!value.len || index->slot.facet_count == MAX_FACETS)
		return true;
	index->decoded.len = 0;
	souk_add_char(&index->decoded, (char)('0' + kind));
	souk_add(&index->decoded, value.at, value.len);
	key = (struct souk_text){index->decoded.at, index->decoded.len};
	known = souk_cache_get(&index->facets, key, NULL);
	for (int statement = FACET_FIND; !known && !number && statement <= FACET_ADD; statement++) {
		struct souk_query *q = souk_ask(store, (size_t)statement);

		souk_bind_int(q, 1, kind);
		souk_bind_text(q, 2, value);
		if (!number_of(q, &number))
			return false;
	}
	if (!known)
		known = souk_cache_add(&index->facets, key, &number, sizeof(number));
	for (size_t i = 0; i < index->slot.facet_count; i++)
		if (index->slot.facets[i] == facet_of(*known, kind))
			return true;
	index->slot.facets[index->slot.facet_count++] = facet_of(*known, kind);
	return true;
}

/* "Clothing > Hats" is in "Clothing" too. */
static bool add_path(struct index *index, struct souk_store *store, struct souk_text path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '>' && i) {
			struct souk_text above = {path.at, i};

			while (above.len && above.at[above.len - 1] == ' ')
				above.len--;
			if (!add_facet(index, store, CATEGORY, above))
				return false;
		}
	return add_facet(index, store, CATEGORY, path);
}

/* The string, or each of the array, is a facet; its words are noted. */
static bool add_facets(struct index *index, struct souk_store *store, struct souk_record *r, enum facet_kind kind)
{
	const struct souk_node *node = souk_member(r, facet_names[kind]);
	bool is_array = node && node->type == SOUK_ARRAY;

	for (const struct souk_node *n = is_array ? souk_first(r, node) : node; n;
	     n = is_array ? souk_next(r, node, n) : NULL) {
		struct souk_text value;

		if (n->type != SOUK_STRING || !souk_decode(r, n, &value))
			continue;
		fold(&index->more, value, false);
		if (!(kind == CATEGORY ? add_path(index, store, value) : add_facet(index, store, kind, value)))
			return false;
	}
	return true;
}

/* ---- Words ---- */

static void add_member(struct souk_buffer *words, struct souk_record *r, const char *name, size_t most, bool html)
{
	const struct souk_node *node = souk_member(r, name);
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(r, node, &text))
		return;
	if (text.len > most)
		text.len = souk_utf8_valid(text.at, most);
	fold(words, text, html);
}

static void add_options(struct souk_buffer *words, struct souk_record *r)
{
	const struct souk_node *options = souk_member(r, "options");
	struct souk_text text;

	if (!options || options->type != SOUK_OBJECT)
		return;
	for (const struct souk_node *n = souk_first(r, options); n; n = souk_next(r, options, n))
		if (n[1].type == SOUK_STRING && souk_decode(r, n + 1, &text))
			fold(words, text, false);
}

bool index_end(struct index *index, struct souk_store *store)
{
	return shelf_write(&index->shelf, store) && texts_write(&index->texts, store);
}

/* ---- A product ---- */

/* What the slot has but for the facets; index->title holds the words of the title. */
static void fill_slot(struct index *index, const struct product *p, int64_t number, int64_t item)
{
	struct souk_text words = {index->title.at, index->title.len}, word;
	struct slot *slot = &index->slot;

	slot->status = p->status;
	/* Skus that stand alone have numbers that no product has. */
	slot->item = (uint32_t)(item ? item * 2 : number * 2 + 1);
	memset(slot->title, 0, SLOT_TITLE);
	memcpy(slot->title, words.at ? words.at : "", words.len < SLOT_TITLE ? words.len : SLOT_TITLE);
	for (slot->title_words = 0; slot->title_words < 255 && fold_next(&words, &word);)
		slot->title_words++;
}

bool index_product(struct index *index, struct souk_store *store, struct souk_record *r,
	const struct product *p, int64_t number, int64_t item, bool again)
{
	index->title.len = index->more.len = index->slot.facet_count = 0;
	fold(&index->title, p->title, false);
	fill_slot(index, p, number, item);
	add_options(&index->title, r);
	fold(&index->title, p->handle, false);
	fold(&index->title, p->sku, false);
	add_member(&index->title, r, "barcode", MAX_NAME, false);
	for (int kind = 0; kind < FACET_KINDS; kind++)
		if (!add_facets(index, store, r, (enum facet_kind)kind))
			return false;
	add_member(&index->more, r, "description", MAX_DESCRIPTION, true);
	return texts_add(&index->texts, store, (struct souk_text){index->title.at, index->title.len},
			(struct souk_text){index->more.at, index->more.len}, number, again) &&
		shelf_set(&index->shelf, store, number, &index->slot);
}
