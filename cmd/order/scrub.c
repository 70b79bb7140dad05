/* SPDX-License-Identifier: ISC */
/* What stays of a record when its personal data goes: what an invoice must say, and what
 * the books are reckoned by. All that is not named here goes, as nobody knows what a shop
 * has put there. */
#include "scrub.h"

/* Of an object, or of each object in an array, these members stay; NULL: all of it. */
struct kept {
	const char *name;
	const char *const *parts;
};

static const char *const of_customer[] = {"id", "group", "orders", "vat_id", "tax_exempt", NULL};
static const char *const of_address[] = {"country", "region", "vat_id", NULL};
static const char *const of_line[] = {"id", "sku", "qty", "agreed", NULL};
static const char *const of_means[] = {"id", "method", "amount", NULL};
static const char *const of_others[] = {"charges", NULL};

static const struct kept kept[] = {
	{"id", NULL}, {"time", NULL}, {"currency", NULL}, {"coupons", NULL}, {"ship_method", NULL},
	{"expect_total", NULL}, {"catalog", NULL}, {"price", NULL}, {"promo", NULL}, {"ship", NULL},
	{"tax", NULL}, {"total", NULL}, {"customer", of_customer}, {"ship_to", of_address},
	{"bill_to", of_address}, {"lines", of_line}, {"pay_with", of_means},
};

static const struct kept *find(struct souk_text name)
{
	/* A shop's own stage takes part by its charges, and tells nothing else. */
	static const struct kept other = {NULL, of_others};

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (souk_text_is(name, kept[i].name))
			return &kept[i];
	return &other;
}

static bool is_part(const char *const *parts, struct souk_text name)
{
	while (*parts && !souk_text_is(name, *parts))
		parts++;
	return *parts;
}

/* A member's name as it was spelled. */
static void put_name(struct souk_record *r, const struct souk_node *name, struct souk_buffer *out)
{
	struct souk_text raw = souk_raw(r, name);

	if (out->at[out->len - 1] != '{')
		souk_add_char(out, ',');
	souk_add(out, raw.at, raw.len);
	souk_add_char(out, ':');
}

/* The object with the parts that stay. */
static void put_parts(struct souk_record *r, const struct souk_node *object,
	const char *const *parts, struct souk_buffer *out)
{
	souk_add_char(out, '{');
	for (const struct souk_node *n = souk_first(r, object); n; n = souk_next(r, object, n)) {
		struct souk_text name, raw;

		if (!souk_decode(r, n, &name) || !is_part(parts, name))
			continue;
		put_name(r, n, out);
		raw = souk_raw(r, n + 1);
		souk_add(out, raw.at, raw.len);
	}
	souk_add_char(out, '}');
}

static bool has_part(struct souk_record *r, const struct souk_node *object,
	const char *const *parts)
{
	while (*parts && !souk_find(r, object, *parts))
		parts++;
	return *parts;
}

static void put_member(struct souk_record *r, const struct souk_node *name,
	const struct souk_node *value, const struct kept *keep, struct souk_buffer *out)
{
	struct souk_text raw = souk_raw(r, value);

	put_name(r, name, out);
	if (!keep->parts) {
		souk_add(out, raw.at, raw.len);
	} else if (value->type == SOUK_OBJECT) {
		put_parts(r, value, keep->parts, out);
	} else {
		souk_add_char(out, '[');
		for (const struct souk_node *n = souk_first(r, value); n; n = souk_next(r, value, n)) {
			if (out->at[out->len - 1] != '[')
				souk_add_char(out, ',');
			put_parts(r, n, keep->parts, out);
		}
		souk_add_char(out, ']');
	}
}

void scrub_open(struct scrubber *s)
{
	static const char *const all[] = {"*", NULL};

	souk_record_init(&s->record, order_function.name, &(struct souk_interest){.reads = all});
}

void scrub_close(struct scrubber *s)
{
	souk_record_free(&s->record);
	souk_buffer_free(&s->line);
	souk_buffer_free(&s->scrubbed);
}

bool scrub(struct scrubber *s, struct souk_text record)
{
	struct souk_record *r = &s->record;
	struct souk_buffer *out = &s->scrubbed;

	out->len = 0;
	if (!souk_record_parse_copy(r, &s->line, record))
		return false;
	souk_add_char(out, '{');
	for (const struct souk_node *n = souk_first(r, r->nodes); n; n = souk_next(r, r->nodes, n)) {
		const struct souk_node *value = n + 1;
		const struct kept *keep;
		struct souk_text name;

		if (!souk_decode(r, n, &name))
			continue;
		keep = find(name);
		if (keep->parts && value->type != SOUK_OBJECT && (value->type != SOUK_ARRAY || !keep->name))
			continue;
		if (keep->name || has_part(r, value, keep->parts))
			put_member(r, n, value, keep, out);
	}
	souk_add_char(out, '}');
	return true;
}
