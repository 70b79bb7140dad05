/* SPDX-License-Identifier: ISC */
/* The European Union as an area of VAT, and the forms of its VAT ids. Whether an id was
 * ever given to anyone, only the authorities (VIES) can say. */
#include "tax.h"

/* Years are enough: all joined and left at the first of a month. */
static const struct {
	char country[3];
	const char *from, *to;
} members[] = {
	{"AT", "1995-01-01", NULL}, {"BE", "1993-01-01", NULL}, {"BG", "2007-01-01", NULL},
	{"CY", "2004-05-01", NULL}, {"CZ", "2004-05-01", NULL}, {"DE", "1993-01-01", NULL},
	{"DK", "1993-01-01", NULL}, {"EE", "2004-05-01", NULL}, {"ES", "1993-01-01", NULL},
	{"FI", "1995-01-01", NULL}, {"FR", "1993-01-01", NULL}, {"GB", "1993-01-01", "2021-01-01"},
	{"GR", "1993-01-01", NULL}, {"HR", "2013-07-01", NULL}, {"HU", "2004-05-01", NULL},
	{"IE", "1993-01-01", NULL}, {"IT", "1993-01-01", NULL}, {"LT", "2004-05-01", NULL},
	{"LU", "1993-01-01", NULL}, {"LV", "2004-05-01", NULL}, {"MT", "2004-05-01", NULL},
	{"NL", "1993-01-01", NULL}, {"PL", "2004-05-01", NULL}, {"PT", "1993-01-01", NULL},
	{"RO", "2007-01-01", NULL}, {"SE", "1995-01-01", NULL}, {"SI", "2004-05-01", NULL},
	{"SK", "2004-05-01", NULL},
	/* Northern Ireland, of which goods are in the Union's area still. */
	{"XI", "2021-01-01", NULL},
};

/* # is a digit, @ a letter, ? either, + either or one of + and *; the rest is itself. */
static const struct {
	char prefix[3];
	const char *form;
} forms[] = {
	{"AT", "U########"}, {"BE", "0#########"}, {"BE", "1#########"}, {"BG", "#########"},
	{"BG", "##########"}, {"CY", "########@"}, {"CZ", "########"}, {"CZ", "#########"},
	{"CZ", "##########"}, {"DE", "#########"}, {"DK", "########"}, {"EE", "#########"},
	{"EL", "#########"}, {"ES", "@########"}, {"ES", "########@"}, {"ES", "@#######@"},
	{"FI", "########"}, {"FR", "??#########"}, {"GB", "#########"}, {"GB", "############"},
	{"GB", "GD###"}, {"GB", "HA###"}, {"HR", "###########"}, {"HU", "########"},
	{"IE", "#+#####@"}, {"IE", "#######@@"}, {"IT", "###########"}, {"LT", "#########"},
	{"LT", "############"}, {"LU", "########"}, {"LV", "###########"}, {"MT", "########"},
	{"NL", "++++++++++##"}, {"PL", "##########"}, {"PT", "#########"}, {"RO", "##"}, {"RO", "###"},
	{"RO", "####"}, {"RO", "#####"}, {"RO", "######"}, {"RO", "#######"}, {"RO", "########"},
	{"RO", "#########"}, {"RO", "##########"}, {"SE", "############"}, {"SI", "########"},
	{"SK", "##########"}, {"XI", "#########"}, {"XI", "############"}, {"XI", "GD###"},
	{"XI", "HA###"},
};

struct souk_text vat_area(struct souk_text country)
{
	return souk_text_is(country, "MC") ? SOUK_TEXT("FR") : souk_text_is(country, "IM") ? SOUK_TEXT("GB") : country;
}

bool vat_in_union(struct souk_text country, int64_t time)
{
	country = vat_area(country);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		int64_t from = 0, to = SOUK_TIME_LAST;

		if (memcmp(members[i].country, country.at, 2) != 0)
			continue;
		souk_time_parse(souk_text_of(members[i].from), &from);
		if (members[i].to)
			souk_time_parse(souk_text_of(members[i].to), &to);
		return from <= time && time < to;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool fits(const char *form, const char *at, size_t len)
{
	if (strlen(form) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = at[i];

		if (form[i] == '#' ? !is_digit(c) : form[i] == '@' ? !is_letter(c) :
		    form[i] == '?' ? !is_digit(c) && !is_letter(c) :
		    form[i] == '+' ? !is_digit(c) && !is_letter(c) && c != '+' && c != '*' : c != form[i])
			return false;
	}
	return true;
}

enum vat_form vat_id_read(struct souk_text text, struct vat_id *id, const char **form)
{
	*id = (struct vat_id){0};
	*form = NULL;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == ' ' || c == '.' || c == '-')
			continue;
		if (id->len == sizeof(id->bytes))
			return VAT_MALFORMED;
		id->bytes[id->len++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	if (id->len < 3 || !is_letter(id->bytes[0]) || !is_letter(id->bytes[1]))
		return VAT_MALFORMED;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (memcmp(forms[i].prefix, id->bytes, 2) != 0)
			continue;
		*form = forms[i].form;
		id->country = memcmp(id->bytes, "EL", 2) == 0 ? SOUK_TEXT("GR") : (struct souk_text){forms[i].prefix, 2};
		if (fits(forms[i].form, id->bytes + 2, id->len - 2))
			return VAT_FITS;
	}
	return *form ? VAT_MALFORMED : VAT_UNKNOWN_COUNTRY;
}
