/* SPDX-License-Identifier: ISC */
#include "shelf.h"

#include <stdlib.h>

/* Seven bits a byte, the low ones first; all but the last byte have the high bit set. */
static void add_number(struct souk_buffer *out, uint32_t value)
{
	for (; value >= 0x80; value >>= 7)
		souk_add_char(out, (char)(value | 0x80));
	souk_add_char(out, (char)value);
}

static uint32_t read_number(const unsigned char **at)
{
	uint32_t value = **at & 0x7fu;

	for (int shift = 7; *(*at)++ & 0x80; shift += 7)
		value |= (**at & 0x7fu) << shift;
	return value;
}

static size_t length_at(const unsigned char *at)
{
	return at[0] | (size_t)at[1] << 8;
}

void slot_add(struct souk_buffer *out, const struct slot *slot)
{
	size_t start = out->len, len;

	souk_add(out, "\0", 2);
	souk_add_char(out, (char)slot->status);
	souk_add_char(out, (char)slot->title_words);
	souk_add(out, slot->title, SLOT_TITLE);
	add_number(out, slot->item);
	for (size_t i = 0; i < slot->facet_count; i++)
		add_number(out, slot->facets[i]);
	len = out->len - start - 2;
	out->at[start] = (char)(len & 0xff);
	out->at[start + 1] = (char)(len >> 8);
}

bool slot_read(const unsigned char *at, struct slot *slot)
{
	const unsigned char *end = slot_next(at);

	if (!length_at(at))
		return false;
	slot->status = (enum status)at[2];
	slot->title_words = at[3];
	memcpy(slot->title, at + 4, SLOT_TITLE);
	at += 4 + SLOT_TITLE;
	slot->item = read_number(&at);
	slot->facet_count = 0;
	while (at < end && slot->facet_count < MAX_FACETS)
		slot->facets[slot->facet_count++] = read_number(&at);
	return true;
}

const unsigned char *slot_next(const unsigned char *at)
{
	return at + 2 + length_at(at);
}

/* ---- Writing ---- */

/* NULL if the database failed. */
static struct shelf_row *row_of(struct shelf *shelf, struct souk_store *store, size_t number)
{
	struct shelf_row *row;
	struct souk_query *q;
	struct souk_text slots;
	enum souk_step step;

	if (number >= shelf->row_count) {
		size_t count = number + number / 2 + 64;

		shelf->rows = realloc(shelf->rows, count * sizeof(*shelf->rows));
		if (!shelf->rows)
			souk_die("out of memory");
		memset(shelf->rows + shelf->row_count, 0, (count - shelf->row_count) * sizeof(*shelf->rows));
		shelf->row_count = count;
	}
	row = &shelf->rows[number];
	if (row->loaded)
		return row;
	q = souk_ask(store, SHELF_GET);
	souk_bind_int(q, 1, (int64_t)number);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return NULL;
	row->slots.len = 0;
	if (step == SOUK_STEP_ROW) {
		slots = souk_column_text(q, 0);
		souk_add(&row->slots, slots.at, slots.len);
		souk_done(q);
	}
	row->loaded = true;
	return row;
}

/* Where the slot of that place begins; before it empty ones are added. */
static size_t place_in(struct souk_buffer *slots, int64_t place)
{
	size_t at = 0;

	for (; place; place--) {
		if (at == slots->len)
			souk_add(slots, "\0", 2);
		at += 2 + length_at((const unsigned char *)slots->at + at);
	}
	return at;
}

bool shelf_set(struct shelf *shelf, struct souk_store *store, int64_t number, const struct slot *slot)
{
	struct shelf_row *row = row_of(shelf, store, (size_t)number / SHELF_SLOTS);
	struct souk_buffer old;
	size_t at, after;

	if (!row)
		return false;
	at = place_in(&row->slots, number % SHELF_SLOTS);
	after = at < row->slots.len ? at + 2 + length_at((const unsigned char *)row->slots.at + at) : at;
	shelf->slot.len = shelf->spliced.len = 0;
	slot_add(&shelf->slot, slot);
	souk_add(&shelf->spliced, row->slots.at, at);
	souk_add(&shelf->spliced, shelf->slot.at, shelf->slot.len);
	if (after < row->slots.len)
		souk_add(&shelf->spliced, row->slots.at + after, row->slots.len - after);
	old = row->slots;
	row->slots = shelf->spliced;
	shelf->spliced = old;
	row->dirty = true;
	return true;
}

bool shelf_write(struct shelf *shelf, struct souk_store *store)
{
	for (size_t i = 0; i < shelf->row_count; i++) {
		struct shelf_row *row = &shelf->rows[i];
		struct souk_query *q;

		if (!row->dirty)
			continue;
		q = souk_ask(store, SHELF_PUT);
		souk_bind_int(q, 1, (int64_t)i);
		souk_bind_blob(q, 2, row->slots.at, row->slots.len);
		if (!souk_do(q))
			return false;
		row->dirty = false;
	}
	return true;
}

void shelf_forget(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->row_count; i++)
		shelf->rows[i].loaded = shelf->rows[i].dirty = false;
}

void shelf_close(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->row_count; i++)
		souk_buffer_free(&shelf->rows[i].slots);
	free(shelf->rows);
	souk_buffer_free(&shelf->slot);
	souk_buffer_free(&shelf->spliced);
}
