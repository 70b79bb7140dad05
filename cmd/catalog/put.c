/* SPDX-License-Identifier: ISC */
/* souk-catalog put: stores a product under its sku, or replaces it. */
#include "catalog.h"

enum {
	MAX_TITLE = 1000, MAX_CLASS = 64, MAX_IMAGE = 2000, MAX_BARCODE = 64,
	MAX_FLAG = 64, MAX_FLAGS = 32,
	MAX_WEIGHT = 1000000000, /* a thousand tonnes */
};

struct put {
	struct souk_buffer line, body; /* as in schema.sql */
};

/* What a product says of itself in the words that are known here. */
struct product {
	struct souk_text sku, title, tax_class;
	enum status status;
	int64_t weight_grams; /* -1 if it has none */
};

/* Text in several lines, HTML too: souk_may_text() takes but one line. */
static bool may_description(struct souk_record *r)
{
	const struct souk_node *node = souk_member(r, "description");

	if (!node || node->type == SOUK_STRING || node->type == SOUK_NULL)
		return true;
	souk_refuse_value(r, node, "must be a string");
	return false;
}

static bool may_status(struct souk_record *r, enum status *status)
{
	struct souk_text name = souk_text_of(status_names[*status]);

	if (!souk_may_text(r, NULL, "status", 1, SOUK_MAX_ID, &name))
		return false;
	if (status_parse(name, status))
		return true;
	souk_refuse_value(r, souk_member(r, "status"), "must be active, draft or archived");
	return false;
}

static bool read_product(struct souk_record *r, struct product *p)
{
	struct souk_text image, barcode;

	*p = (struct product){.tax_class = SOUK_TEXT("standard"), .weight_grams = -1};
	return souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &p->sku) &&
		souk_need_text(r, NULL, "title", 1, MAX_TITLE, &p->title) &&
		souk_may_text(r, NULL, "tax_class", 1, MAX_CLASS, &p->tax_class) &&
		souk_may_int(r, NULL, "weight_grams", 0, MAX_WEIGHT, &p->weight_grams) &&
		souk_may_text(r, NULL, "image", 1, MAX_IMAGE, &image) &&
		souk_may_text(r, NULL, "barcode", 1, MAX_BARCODE, &barcode) &&
		may_status(r, &p->status) && may_description(r);
}

/* Copies the array `flags`; what its words mean, the shop's stages decide. */
static bool put_flags(struct souk_record *r, struct souk_buffer *line)
{
	const struct souk_node *flags = NULL;

	if (!souk_may_node(r, NULL, "flags", SOUK_ARRAY, &flags))
		return false;
	if (!flags || !souk_count(r, flags))
		return true;
	if (souk_count(r, flags) > MAX_FLAGS) {
		souk_refuse_value(r, flags, "must hold %d flags at most", MAX_FLAGS);
		return false;
	}
	souk_put_open(line, "flags", '[');
	for (const struct souk_node *n = souk_first(r, flags); n; n = souk_next(r, flags, n)) {
		struct souk_text flag;

		if (n->type != SOUK_STRING || !souk_decode(r, n, &flag) || !flag.len ||
		    flag.len > MAX_FLAG) {
			souk_refuse_value(r, n, "must be a string of 1 to %d bytes", MAX_FLAG);
			return false;
		}
		souk_put_text(line, NULL, flag);
	}
	souk_put_close(line, ']');
	return true;
}

/* Makes the line of the stage; false if refused. */
static bool make_line(struct souk_record *r, struct product *p, struct souk_buffer *line)
{
	static const char *const questions[] = {
		"manage_stock", "allow_backorder", "requires_shipping",
	};
	bool ships = true;

	line->len = 0;
	souk_put_open(line, NULL, '{');
	souk_put_text(line, "title", p->title);
	souk_put_text(line, "tax_class", p->tax_class);
	if (p->weight_grams >= 0)
		souk_put_int(line, "weight_grams", p->weight_grams);
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		const struct souk_node *node = souk_member(r, questions[i]);
		bool yes;

		if (!souk_may_bool(r, NULL, questions[i], &yes))
			return false;
		if (node && node->type != SOUK_NULL)
			souk_put_bool(line, questions[i], yes);
	}
	if (!put_flags(r, line) || !souk_may_bool(r, NULL, "requires_shipping", &ships))
		return false;
	souk_put_close(line, '}');
	if (!ships)
		p->weight_grams = 0;
	return true;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	/* These say how this run went, not what the product is. */
	static const char *const of_the_run[] = {"catalog", "wait", NULL};
	struct put *s = stage->state;
	struct souk_query *q;
	struct product p;

	if (!read_product(r, &p) || !make_line(r, &p, &s->line))
		return SOUK_REFUSED;
	s->body.len = 0;
	souk_put_open(&s->body, NULL, '{');
	souk_put_kept(&s->body, r, &r->nodes[0], of_the_run);
	souk_put_close(&s->body, '}');
	q = souk_ask(stage->store, PRODUCT_PUT);
	souk_bind_text(q, 1, p.sku);
	souk_bind_text(q, 2, souk_text_of(status_names[p.status]));
	if (p.weight_grams >= 0)
		souk_bind_int(q, 3, p.weight_grams);
	else
		souk_bind_null(q, 3);
	souk_bind_text(q, 4, (struct souk_text){s->line.at, s->line.len});
	souk_bind_text(q, 5, (struct souk_text){s->body.at, s->body.len});
	if (!souk_do(q))
		return SOUK_FAILED;
	souk_add_string(&r->answer, "{\"state\":\"stored\"}");
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->line);
	souk_buffer_free(&s->body);
}

/* All members are read, as all are kept. */
static const char *const reads[] = {"sku", "title", "*", NULL};

SOUK_VERB(put) = {
	.function = &catalog_function,
	.name = "put",
	.summary = "store a product, or replace it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.state_size = sizeof(struct put),
	.map = map,
	.close = close,
};
