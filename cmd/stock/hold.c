/* SPDX-License-Identifier: ISC */
/* The lines of holds, and what they come to. */
#include "stock.h"

/* A word up to the next tab or line end, which is taken off with it; *last: it was the end. */
static struct souk_text take_word(struct souk_text *lines, bool *last)
{
	size_t len = 0;
	struct souk_text word;

	while (lines->at[len] != '\n' && lines->at[len] != '\t')
		len++;
	word = (struct souk_text){lines->at, len};
	*last = lines->at[len] == '\n';
	*lines = (struct souk_text){lines->at + len + 1, lines->len - len - 1};
	return word;
}

static int64_t take_number(struct souk_text *lines, bool *last)
{
	struct souk_text word = take_word(lines, last);
	int64_t number = 0;

	for (size_t i = 0; i < word.len; i++)
		number = number * 10 + (word.at[i] - '0');
	return number;
}

bool hold_line_next(struct souk_text *lines, struct hold_line *line)
{
	bool last;
	size_t at;

	if (!lines->len)
		return false;
	*line = (struct hold_line){.location = MAIN_LOCATION};
	for (at = 0; lines->at[at] != ' '; at++)
		line->qty = line->qty * 10 + (lines->at[at] - '0');
	*lines = (struct souk_text){lines->at + at + 1, lines->len - at - 1};
	line->sku = take_word(lines, &last);
	if (!last)
		line->location = take_word(lines, &last);
	if (!last)
		line->backordered = take_number(lines, &last);
	if (!last)
		line->shipped = take_number(lines, &last);
	if (!last)
		line->released = take_number(lines, &last);
	return true;
}

void hold_line_add(struct souk_buffer *lines, const struct hold_line *line)
{
	const int64_t rest[] = {line->backordered, line->shipped, line->released};
	size_t count = sizeof(rest) / sizeof(*rest);

	souk_add_decimal(lines, line->qty);
	souk_add_char(lines, ' ');
	souk_add(lines, line->sku.at, line->sku.len);
	while (count && !rest[count - 1])
		count--;
	if (count || !is_main(line->location)) {
		souk_add_char(lines, '\t');
		souk_add(lines, line->location.at, line->location.len);
	}
	for (size_t i = 0; i < count; i++) {
		souk_add_char(lines, '\t');
		souk_add_decimal(lines, rest[i]);
	}
	souk_add_char(lines, '\n');
}

enum souk_outcome hold_read(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct hold_line **lines, size_t *count)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_GET);
	struct souk_text text, rest;
	struct hold_line line;
	bool committed;

	souk_bind_text(q, 1, order_id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_PASS;
	case SOUK_STEP_ROW:
		break;
	}
	committed = souk_text_is(souk_column_text(q, 1), "committed");
	if (!committed)
		souk_refuse(r, "not_committed", "what order %.*s asked for is %.*s", SOUK_ARG(order_id),
			SOUK_ARG(souk_column_text(q, 1)));
	text = committed ? souk_record_copy(r, souk_column_text(q, 2)) : (struct souk_text){"", 0};
	souk_done(q);
	*count = 0;
	for (rest = text; hold_line_next(&rest, &line);)
		++*count;
	*lines = souk_record_alloc(r, *count * sizeof(**lines) + 1);
	for (size_t i = 0; i < *count; i++)
		hold_line_next(&text, &(*lines)[i]);
	return committed ? SOUK_ANSWER : SOUK_REFUSED;
}

bool hold_write(struct souk_stage *stage, struct souk_text order_id, const struct hold_line *lines, size_t count,
	struct souk_buffer *scratch)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_LINES);

	scratch->len = 0;
	for (size_t i = 0; i < count; i++)
		hold_line_add(scratch, &lines[i]);
	souk_bind_text(q, 1, order_id);
	souk_bind_text(q, 2, (struct souk_text){scratch->at, scratch->len});
	return souk_do(q);
}

bool reserved_read(struct reserved *reserved, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, HOLD_HELD);
	enum souk_step step;

	souk_cache_refresh(&reserved->pieces, true);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text lines = souk_column_text(q, 0);
		struct hold_line line;
		int64_t *sum;

		while (hold_line_next(&lines, &line)) {
			sum = souk_cache_get(&reserved->pieces, line.sku, NULL);
			if (!sum)
				sum = souk_cache_add(&reserved->pieces, line.sku, NULL, sizeof(*sum));
			*sum += line.qty;
		}
	}
	return step == SOUK_STEP_DONE;
}

static void put_shelf(struct souk_buffer *out, struct souk_text location, int64_t on_hand, int64_t taken)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "location", location);
	souk_put_int(out, "on_hand", on_hand);
	souk_put_int(out, "available", on_hand - taken);
	souk_put_close(out, '}');
}

static bool put_shelves(struct souk_stage *stage, struct souk_text sku, int64_t on_hand, int64_t taken,
	struct souk_buffer *out)
{
	struct souk_query *q = souk_ask(stage->store, SHELF_OF);
	enum souk_step step;

	souk_put_open(out, "locations", '[');
	souk_bind_text(q, 1, sku);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		put_shelf(out, souk_column_text(q, 0), souk_column_int(q, 1), souk_column_int(q, 2));
		on_hand -= souk_column_int(q, 1);
		taken -= souk_column_int(q, 2);
	}
	put_shelf(out, MAIN_LOCATION, on_hand, taken);
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

bool level_put(struct souk_stage *stage, struct souk_query *row, struct souk_text sku, struct souk_buffer *out)
{
	struct reserved *reserved = stage->state;
	const int64_t *sum = souk_cache_get(&reserved->pieces, sku, NULL);
	int64_t on_hand = souk_column_int(row, 1), taken = souk_column_int(row, 2), held = sum ? *sum : 0;

	souk_put_int(out, "on_hand", on_hand);
	souk_put_int(out, "reserved", held);
	souk_put_int(out, "committed", taken - held);
	souk_put_int(out, "available", on_hand - taken);
	if (souk_column_int(row, 3))
		souk_put_bool(out, "allow_backorder", true);
	return !souk_column_int(row, 4) || put_shelves(stage, sku, on_hand, taken, out);
}
