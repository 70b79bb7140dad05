/* SPDX-License-Identifier: ISC */
/* What a record says of a product: checked, and made into what the stage adds. */
#include "catalog.h"

enum {
	MAX_TITLE = 1000, MAX_CLASS = 64, MAX_IMAGE = 2000, MAX_BARCODE = 64, MAX_CODE = 32,
	MAX_IMAGES = 250, MAX_FLAG = 64, MAX_FLAGS = 32,
	MAX_WEIGHT = 1000000000, /* a thousand tonnes */
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

static bool is_text(struct souk_record *r, const struct souk_node *node, size_t max)
{
	struct souk_text text;

	if (node->type == SOUK_STRING && souk_decode(r, node, &text) && text.len && text.len <= max)
		return true;
	souk_refuse_value(r, node, "must be a string of 1 to %zu bytes", max);
	return false;
}

/* An array of strings, each of 1 to `max` bytes. */
static bool may_texts(struct souk_record *r, const char *name, size_t most, size_t max)
{
	const struct souk_node *array = NULL;

	if (!souk_may_node(r, NULL, name, SOUK_ARRAY, &array))
		return false;
	if (array && souk_count(r, array) > most) {
		souk_refuse_value(r, array, "must hold %zu strings at most", most);
		return false;
	}
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n))
		if (!is_text(r, n, max))
			return false;
	return true;
}

/* One category, or several. */
static bool may_category(struct souk_record *r)
{
	const struct souk_node *node = souk_member(r, "category");

	if (node && node->type == SOUK_STRING)
		return is_text(r, node, MAX_NAME);
	return may_texts(r, "category", MAX_CATEGORIES, MAX_NAME);
}

static bool may_options(struct souk_record *r)
{
	const struct souk_node *options = NULL;

	if (!souk_may_node(r, NULL, "options", SOUK_OBJECT, &options))
		return false;
	if (options && souk_count(r, options) > MAX_OPTIONS) {
		souk_refuse_value(r, options, "must hold %d options at most", MAX_OPTIONS);
		return false;
	}
	for (const struct souk_node *n = souk_first(r, options); n; n = souk_next(r, options, n))
		if (!is_text(r, n, MAX_NAME) || !is_text(r, n + 1, MAX_NAME))
			return false;
	return true;
}

static bool may_country(struct souk_record *r)
{
	struct souk_text code = SOUK_TEXT("ZZ");

	if (!souk_may_text(r, NULL, "origin_country", 2, 2, &code))
		return false;
	if (souk_is_country(code))
		return true;
	souk_refuse_value(r, souk_member(r, "origin_country"), "must be a country of ISO 3166-1 such as GB");
	return false;
}

bool product_read(struct souk_record *r, struct product *p)
{
	struct souk_text text;

	*p = (struct product){.tax_class = SOUK_TEXT("standard"), .weight_grams = -1};
	return souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &p->sku) &&
		souk_need_text(r, NULL, "title", 1, MAX_TITLE, &p->title) &&
		souk_may_text(r, NULL, "product", 1, MAX_NAME, &p->handle) &&
		souk_may_text(r, NULL, "tax_class", 1, MAX_CLASS, &p->tax_class) &&
		souk_may_int(r, NULL, "weight_grams", 0, MAX_WEIGHT, &p->weight_grams) &&
		souk_may_text(r, NULL, "image", 1, MAX_IMAGE, &text) &&
		souk_may_text(r, NULL, "barcode", 1, MAX_BARCODE, &text) &&
		souk_may_text(r, NULL, "vendor", 1, MAX_NAME, &text) &&
		souk_may_text(r, NULL, "type", 1, MAX_NAME, &text) &&
		souk_may_text(r, NULL, "hs_code", 1, MAX_CODE, &text) &&
		may_texts(r, "tags", MAX_TAGS, MAX_NAME) &&
		may_texts(r, "images", MAX_IMAGES, MAX_IMAGE) &&
		may_category(r) && may_options(r) && may_country(r) &&
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

		if (!is_text(r, n, MAX_FLAG) || !souk_decode(r, n, &flag))
			return false;
		souk_put_text(line, NULL, flag);
	}
	souk_put_close(line, ']');
	return true;
}

bool product_order_line(struct souk_record *r, struct product *p, struct souk_buffer *line)
{
	static const char *const questions[] = {
		"manage_stock", "allow_backorder", "requires_shipping",
	};
	/* What later stages have conditions on, and customs ask for. */
	static const char *const told[] = {
		"product", "options", "vendor", "type", "category", "tags", "hs_code", "origin_country",
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
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		const struct souk_node *node = souk_member(r, told[i]);

		if (node && node->type != SOUK_NULL && (node->type == SOUK_STRING || souk_count(r, node)))
			souk_put_raw(line, told[i], souk_raw(r, node));
	}
	if (!put_flags(r, line) || !souk_may_bool(r, NULL, "requires_shipping", &ships))
		return false;
	souk_put_close(line, '}');
	if (!ships)
		p->weight_grams = 0;
	return true;
}
