/* SPDX-License-Identifier: ISC */
/* lines.c: makes the lines that are sent: sample records under ever new ids. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "conform.h"

/* Orders as they enter a shop (souk-record(5)), for programs that need nothing else. */
static const char built_in[] =
	"{\"id\":\"o1\",\"currency\":\"GBP\",\"customer\":{\"id\":\"c1\",\"email\":\"ann@example.com\"},"
	"\"ship_to\":{\"name\":\"Ann Lee\",\"line1\":\"1 High Street\",\"city\":\"London\","
	"\"postcode\":\"SW1Y 4JH\",\"country\":\"GB\"},"
	"\"lines\":[{\"id\":\"1\",\"sku\":\"85123A\",\"qty\":6},"
	"{\"id\":\"2\",\"sku\":\"71053\",\"qty\":2}],"
	"\"ship_method\":\"standard\",\"pay_with\":[{\"id\":\"p1\",\"method\":\"test\","
	"\"token\":\"pm_card_visa\"}]}\n"
	"{\"id\":\"o2\",\"currency\":\"EUR\",\"ship_to\":{\"name\":\"J\303\251r\303\264me\",\"line1\":"
	"\"4 rue du Puits\",\"city\":\"Lyon\",\"postcode\":\"69002\",\"country\":\"FR\"},"
	"\"lines\":[{\"id\":\"1\",\"sku\":\"22423\",\"qty\":1}],\"coupons\":[\"SPRING\"],"
	"\"pay_with\":[{\"id\":\"p1\",\"method\":\"invoice\"}]}\n"
	"{\"lines\":[{\"sku\":\"84029E\",\"qty\":12,\"note\":\"\\u0022gift\\u0022 \\/ red\"}],"
	"\"currency\":\"GBP\",\"id\":\"o3\",\"weight\":1.10,\"batch\":10000000000000000001}\n";

void conform_pad(struct souk_buffer *b)
{
	memset(souk_buffer_room(b, 1 + SOUK_RECORD_PAD), '\n', 1 + SOUK_RECORD_PAD);
}

bool conform_parse(struct souk_record *r, struct souk_text line)
{
	return souk_record_parse(r, line.at, line.len);
}

static void add_sample(struct conform *c, struct souk_text line, size_t number)
{
	struct conform_sample *s;
	const struct souk_node *name, *last = NULL, *id;
	struct souk_record *r = &c->sent;

	if (!conform_parse(r, line))
		souk_die_usage("%s: line %zu: byte %u: %s", c->input ? c->input : "samples", number,
			r->fault_at + 1, r->fault);
	c->samples = realloc(c->samples, (c->sample_count + 1) * sizeof(*c->samples));
	if (!c->samples)
		souk_die("out of memory");
	s = &c->samples[c->sample_count++];
	*s = (struct conform_sample){.line = line, .end = (size_t)r->nodes[0].at + 1};
	for (name = souk_first(r, r->nodes); name; name = souk_next(r, r->nodes, name))
		last = name;
	if (last) {
		struct souk_text value = souk_raw(r, last + 1);

		s->end = (size_t)(value.at - line.at) + value.len;
	}
	id = souk_member(r, "id");
	if (!id)
		return;
	if (id->type != SOUK_STRING || !souk_decode(r, id, &s->id))
		souk_die_usage("%s: line %zu: the id is not text", c->input ? c->input : "samples", number);
	s->id_end = (size_t)id->at + id->len;
	/* Decoded text lives until the next parse; an id without escapes stands in the line. */
	if (id->escaped) {
		char *copy = malloc(s->id.len);

		if (!copy)
			souk_die("out of memory");
		s->id.at = memcpy(copy, s->id.at, s->id.len);
	}
}

static void read_file(struct conform *c)
{
	FILE *file = fopen(c->input, "r");
	size_t n;

	if (!file)
		souk_die_usage("cannot read '%s': %s", c->input, strerror(errno));
	do {
		n = fread(souk_buffer_room(&c->input_bytes, 65536), 1, 65536, file);
		c->input_bytes.len += n;
	} while (n > 0);
	if (ferror(file))
		souk_die_errno("cannot read '%s'", c->input);
	fclose(file);
}

void conform_load_samples(struct conform *c)
{
	size_t number = 0;
	const char *at, *end;

	if (c->input)
		read_file(c);
	else
		souk_add_string(&c->input_bytes, built_in);
	conform_pad(&c->input_bytes);
	at = c->input_bytes.at;
	end = at + c->input_bytes.len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		number++;
		if (len > 0 && at[len - 1] == '\r')
			add_sample(c, (struct souk_text){at, len - 1}, number);
		else if (len > 0)
			add_sample(c, (struct souk_text){at, len}, number);
		at += len + 1;
	}
	if (c->sample_count == 0)
		souk_die_usage("%s: holds no record; give at least one", c->input);
}

/* A new line that begins at the end of the bytes. */
static struct conform_line *begin_line(struct conform_lines *l)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->at = realloc(l->at, l->cap * sizeof(*l->at));
		if (!l->at)
			souk_die("out of memory");
	}
	l->at[l->count] = (struct conform_line){.at = l->bytes.len, .number = l->newlines + 1};
	return &l->at[l->count++];
}

static void end_line(struct conform_lines *l, struct conform_line *line, const char *ending)
{
	line->len = l->bytes.len - line->at;
	conform_pad(&l->bytes);
	souk_add_string(&l->bytes, ending);
	if (*ending)
		l->newlines++;
}

struct conform_line *conform_add_line(struct conform_lines *l, struct souk_text bytes,
	const char *ending)
{
	struct conform_line *line = begin_line(l);

	souk_add(&l->bytes, bytes.at, bytes.len);
	end_line(l, line, ending);
	return line;
}

struct conform_line *conform_add_record(struct conform *c, struct conform_lines *l,
	const char *more, const char *ending)
{
	const struct conform_sample *s = &c->samples[l->count % c->sample_count];
	size_t index = l->count;
	struct conform_line *line = begin_line(l);
	struct souk_buffer *b = &l->bytes;
	const char *open = memchr(s->line.at, '{', s->line.len);
	size_t begin = (size_t)(open - s->line.at) + 1;

	line->id_at = l->ids.len;
	souk_add(&l->ids, s->id.at, s->id.len);
	souk_add_format(&l->ids, "%s%s-%zu", s->id_end ? "-" : "", l->tag, index);
	line->id_len = l->ids.len - line->id_at;
	souk_add(b, s->line.at, begin);
	if (s->id_end) {
		souk_add(b, s->line.at + begin, s->id_end - begin);
		souk_add_format(b, "-%s-%zu", l->tag, index);
		souk_add(b, s->line.at + s->id_end, s->end - s->id_end);
	} else {
		souk_add_format(b, "\"id\":\"%s-%zu\"%s", l->tag, index, s->end > begin ? "," : "");
		souk_add(b, s->line.at + begin, s->end - begin);
	}
	souk_add_string(b, more);
	souk_add(b, s->line.at + s->end, s->line.len - s->end);
	end_line(l, line, ending);
	return line;
}

void conform_add_records(struct conform *c, struct conform_lines *l, size_t count)
{
	while (count-- > 0)
		conform_add_record(c, l, "", "\n");
}

struct souk_text conform_line_text(const struct conform_lines *l, size_t index)
{
	return (struct souk_text){l->bytes.at + l->at[index].at, l->at[index].len};
}

struct souk_text conform_line_id(const struct conform_lines *l, size_t index)
{
	return (struct souk_text){l->ids.at + l->at[index].id_at, l->at[index].id_len};
}
