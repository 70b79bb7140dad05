/* SPDX-License-Identifier: ISC */
/* Explains what each line comes to, and its tax. */
#include "why.h"

/* Wide enough for any product of two amounts. */
__extension__ typedef __int128 wide;

void add_money(struct why *w, int64_t amount)
{
	souk_add_major(&w->out, amount, w->currency);
}

void mismatch(struct why *w, const char *format, ...)
{
	va_list args;

	w->mismatches++;
	souk_add_string(&w->out, "  MISMATCH: ");
	va_start(args, format);
	souk_add_vformat(&w->out, format, args);
	va_end(args);
	souk_add_char(&w->out, '\n');
}

void expect(struct why *w, const char *what, int64_t stored, int64_t derived)
{
	struct souk_buffer a = {0}, b = {0};

	if (stored == derived)
		return;
	souk_add_major(&a, stored, w->currency);
	souk_add_major(&b, derived, w->currency);
	mismatch(w, "%s is stored as %.*s, and derived as %.*s", what, (int)a.len, a.at, (int)b.len, b.at);
	souk_buffer_free(&a);
	souk_buffer_free(&b);
}

/* amount x factor, exactly and in major units, with as many decimals as it takes and the
 * currency has at least; `scale` of them belong to the factor. */
static void add_exact(struct why *w, int64_t amount, int64_t factor, int scale)
{
	wide product = (wide)amount * factor;
	int decimals = scale + w->currency->exponent, count = 0;
	char digits[64];

	for (; decimals > w->currency->exponent && product % 10 == 0; decimals--)
		product /= 10;
	if (product < 0) {
		souk_add_char(&w->out, '-');
		product = -product;
	}
	do {
		digits[count++] = (char)('0' + (int)(product % 10));
		product /= 10;
	} while (product || count <= decimals);
	while (count) {
		souk_add_char(&w->out, digits[--count]);
		if (count == decimals && count)
			souk_add_char(&w->out, '.');
	}
}

/* Which way of rounding gives the amount: "" if nothing was to be rounded. NULL: none. */
static const char *rounded(int64_t found, int64_t up, int64_t even, bool exact)
{
	if (found == up)
		return exact ? "" : up == even ? ", rounded" : ", rounded half up";
	return found == even ? ", rounded half to even" : NULL;
}

static bool is_exact(int64_t amount, int64_t factor, int scale)
{
	wide product = (wide)amount * factor;

	for (; scale; scale--) {
		if (product % 10)
			return false;
		product /= 10;
	}
	return true;
}

static void explain_subtotal(struct why *w, size_t i)
{
	const struct souk_line_figures *l = &w->f.lines[i];
	const struct souk_line *line = &w->lines[i];
	bool exact = is_exact(line->qty, l->unit.digits, l->unit.scale);
	int64_t up, even;
	const char *how = NULL;

	if (souk_money_line(l->unit, line->qty, SOUK_HALF_UP, &up) &&
	    souk_money_line(l->unit, line->qty, SOUK_HALF_EVEN, &even))
		how = rounded(l->subtotal, up, even, exact);
	souk_add_format(&w->out, "  %lld x ", (long long)line->qty);
	add_exact(w, 1, l->unit.digits, l->unit.scale);
	souk_add_format(&w->out, " (%s) = ", w->origins[i]);
	add_exact(w, line->qty, l->unit.digits, l->unit.scale);
	if (how && *how) {
		souk_add_format(&w->out, "%s to ", how);
		add_money(w, l->subtotal);
	}
	souk_add_char(&w->out, '\n');
	if (!how)
		expect(w, "the subtotal of this line", l->subtotal, up);
}

/* Of how many taxes a rate consists, each of which is rounded: the breakdown tells. */
static size_t taxes_in(struct why *w, struct souk_decimal rate)
{
	const struct souk_node *rates = souk_find(&w->r, souk_member(&w->r, "tax"), "rates"), *n, *parts;
	struct souk_decimal row;
	size_t most = 1;

	if (!rates || rates->type != SOUK_ARRAY)
		return most;
	for (n = souk_first(&w->r, rates); n; n = souk_next(&w->r, rates, n)) {
		const struct souk_node *text = souk_find(&w->r, n, "rate");

		parts = souk_find(&w->r, n, "parts");
		if (text && parts && parts->type == SOUK_ARRAY &&
		    souk_decimal_parse((struct souk_text){w->r.line + text->at, text->len}, &row) &&
		    !souk_decimal_compare(row, rate) && souk_count(&w->r, parts) > most)
			most = souk_count(&w->r, parts);
	}
	return most;
}

/* What is a share of a tax that was rounded once for the order may be off by a minor unit,
 * below zero by two (souk-audit(1)). */
void explain_tax(struct why *w, int64_t amount, struct souk_decimal rate, struct souk_text rate_text,
	int64_t tax)
{
	size_t taxes = taxes_in(w, rate);
	int64_t up, even, most = (amount < 0 ? 2 : 1) + (int64_t)taxes / 2;
	bool exact = !w->f.inclusive && is_exact(amount, rate.digits, rate.scale + 2);
	const char *how;

	souk_add_format(&w->out, "  tax: %.*s %% %s ", SOUK_ARG(rate_text),
		w->f.inclusive ? "contained in" : "of");
	add_money(w, amount);
	souk_add_string(&w->out, " = ");
	if (!souk_figures_tax(&w->f, amount, rate, SOUK_HALF_UP, &up) ||
	    !souk_figures_tax(&w->f, amount, rate, SOUK_HALF_EVEN, &even)) {
		souk_add_string(&w->out, "?\n");
		mismatch(w, "the tax can't be counted");
		return;
	}
	how = rounded(tax, up, even, exact || (w->f.inclusive && !rate.digits));
	if (w->f.inclusive) {
		add_money(w, tax);
		souk_add_string(&w->out, how ? how : "");
	} else {
		add_exact(w, amount, rate.digits, rate.scale + 2);
		if (how && *how) {
			souk_add_format(&w->out, "%s to ", how);
			add_money(w, tax);
		}
	}
	if (!how && tax - up >= -most && tax - up <= most) {
		souk_add_string(&w->out, w->f.inclusive ? "" : "; ");
		if (!w->f.inclusive)
			add_money(w, tax);
		if (taxes > 1)
			souk_add_format(&w->out, ": %zu taxes, each rounded", taxes);
		else
			souk_add_string(&w->out,
				" is its share of the order's tax, which was rounded once");
		how = "";
	}
	souk_add_char(&w->out, '\n');
	if (!how)
		expect(w, "this tax", tax, up);
}

static void add_heading(struct why *w, size_t i)
{
	const struct souk_node *titles = souk_find(&w->r, souk_member(&w->r, "catalog"), "lines"), *n =
		NULL;
	struct souk_text title = SOUK_TEXT("");
	size_t at = 0;

	souk_add_format(&w->out, "\nLine %zu: %.*s", i + 1, SOUK_ARG(w->lines[i].sku));
	if (titles && titles->type == SOUK_ARRAY)
		for (n = souk_first(&w->r, titles); n && at < i; n = souk_next(&w->r, titles, n))
			at++;
	n = souk_find(&w->r, n, "title");
	if (n && n->type == SOUK_STRING && souk_decode(&w->r, n, &title) && title.len)
		souk_add_format(&w->out, ", %.*s", SOUK_ARG(title));
	souk_add_char(&w->out, '\n');
}

void explain_lines(struct why *w)
{
	for (size_t i = 0; i < w->f.line_count; i++) {
		const struct souk_line_figures *l = &w->f.lines[i];

		add_heading(w, i);
		explain_subtotal(w, i);
		if (l->discount) {
			souk_add_string(&w->out, "  discount: ");
			add_money(w, -l->discount);
			souk_add_string(&w->out, ", leaves ");
			add_money(w, l->subtotal - l->discount);
			souk_add_char(&w->out, '\n');
		}
		if (l->discount > l->subtotal)
			mismatch(w, "more is taken off this line than it costs");
		explain_tax(w, l->subtotal - l->discount, l->rate, l->rate_text, l->tax);
	}
}
