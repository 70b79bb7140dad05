/* SPDX-License-Identifier: ISC */
/* Whether there is what an order wants, and from where it is taken. */
#include "allocate.h"

/* So many of the lines that lack stock are named in the error. */
enum { NAMED = 20 };

/* Begins the error that says what lacks, or goes on with it. */
static void name_lack(struct souk_record *r, const struct want *want, size_t named)
{
	int64_t available = want->level->on_hand - want->level->taken;

	available = available > 0 ? available : 0;
	if (!named) {
		souk_refuse(r, "out_of_stock", "of %.*s %lld are wanted, %lld are there", SOUK_ARG(want->sku),
			(long long)want->qty, (long long)available);
		souk_put_open(&r->error, "lines", '[');
	}
	souk_put_open(&r->error, NULL, '{');
	souk_put_text(&r->error, "sku", want->sku);
	souk_put_int(&r->error, "wanted", want->qty);
	souk_put_int(&r->error, "available", available);
	souk_put_close(&r->error, '}');
}

enum souk_outcome find_lacks(struct souk_record *r, struct want *wants, size_t count,
	const struct souk_node **catalog_lines)
{
	size_t named = 0;

	for (size_t i = 0; i < count && named < NAMED; i++) {
		const struct level *level = wants[i].level;
		bool allowed = level->allow_backorder;

		if (wants[i].qty <= level->on_hand - level->taken)
			continue;
		if (catalog_lines && !souk_may_bool(r, catalog_lines[wants[i].line], "allow_backorder", &allowed))
			return SOUK_REFUSED;
		wants[i].backorder = allowed;
		if (!allowed)
			name_lack(r, &wants[i], named++);
	}
	if (named)
		souk_put_close(&r->error, ']');
	return named ? SOUK_REFUSED : SOUK_ANSWER;
}

static int64_t available(const struct shelf *shelf)
{
	return shelf->on_hand - shelf->taken;
}

/* Main comes before others that are as good, and these by name: so they are in memory. */
static bool is_better(const struct shelf *a, const struct shelf *b)
{
	return a->priority != b->priority ? a->priority > b->priority : available(a) > available(b);
}

static bool is_used(const struct want *want, const struct shelf *shelf)
{
	for (size_t i = 0; i < want->part_count; i++)
		if (want->parts[i].shelf == shelf)
			return true;
	return false;
}

/* The best location that has not been used yet; one without pieces is none unless
 * `empty` is said. */
static struct shelf *best(const struct want *want, bool empty)
{
	struct shelf *found = NULL;

	for (size_t i = 0; i < want->level->shelf_count; i++) {
		struct shelf *shelf = &want->level->shelves[i];

		if ((!empty && available(shelf) <= 0) || is_used(want, shelf))
			continue;
		if (!found || is_better(shelf, found))
			found = shelf;
	}
	return found;
}

static void add_line(const struct want *want, const struct part *part, struct souk_buffer *lines)
{
	hold_line_add(lines, &(struct hold_line){.sku = want->sku, .qty = part->qty, .backordered = part->backordered,
		.location = part->shelf ? part->shelf->location : MAIN_LOCATION});
}

/* All is at main. */
static void allocate_here(const struct want *want, struct souk_buffer *lines)
{
	const struct level *level = want->level;
	struct part part = {.qty = want->qty};
	int64_t there = level->on_hand - level->taken;

	if (want->backorder)
		part.backordered = want->qty - (there > 0 ? there : 0);
	add_line(want, &part, lines);
}

/* What lacks: where pieces are taken first, or would be if there were any. */
static void allocate_rest(struct want *want, int64_t rest)
{
	if (!want->part_count) {
		want->parts[0] = (struct part){.shelf = best(want, true)};
		want->part_count = 1;
	}
	want->parts[0].qty += rest;
	want->parts[0].backordered = rest;
}

void allocate(struct souk_record *r, struct want *want, struct souk_buffer *lines)
{
	int64_t rest = want->qty;
	struct shelf *shelf;

	if (!want->level->shelves) {
		allocate_here(want, lines);
		return;
	}
	want->parts = souk_record_alloc(r, want->level->shelf_count * sizeof(*want->parts));
	while (rest && (shelf = best(want, false))) {
		int64_t qty = available(shelf) < rest ? available(shelf) : rest;

		want->parts[want->part_count++] = (struct part){.shelf = shelf, .qty = qty};
		rest -= qty;
	}
	if (rest)
		allocate_rest(want, rest);
	for (size_t i = 0; i < want->part_count; i++)
		add_line(want, &want->parts[i], lines);
}

void take(struct levels *levels, const struct want *want)
{
	want->level->backordered |= want->backorder;
	if (!want->parts)
		levels_take(levels, want->level, NULL, want->qty);
	for (size_t i = 0; i < want->part_count; i++)
		levels_take(levels, want->level, want->parts[i].shelf, want->parts[i].qty);
}
