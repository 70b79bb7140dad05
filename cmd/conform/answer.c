/* SPDX-License-Identifier: ISC */
/* answer.c: runs a trial and finds out which answer belongs to which line. */
#include <stdlib.h>

#include "conform.h"

/* The line whose id this is. Ids end with the line's index, so no search is needed. */
static size_t find_id(const struct conform_lines *l, struct souk_text id)
{
	size_t at = id.len, index = 0, scale = 1;

	while (at > 0 && id.at[at - 1] >= '0' && id.at[at - 1] <= '9' && scale < SIZE_MAX / 100) {
		index += scale * (size_t)(id.at[--at] - '0');
		scale *= 10;
	}
	if (at == id.len || index >= l->count || l->at[index].id_len == 0)
		return CONFORM_NONE;
	return souk_text_equal(id, conform_line_id(l, index)) ? index : CONFORM_NONE;
}

static size_t line_of(struct conform *c, const struct conform_trial *t, struct souk_text answer)
{
	const struct souk_node *id;
	struct souk_text text;

	if (!conform_parse(&c->came, answer))
		return CONFORM_NONE;
	id = souk_member(&c->came, "id");
	if (!id || id->type != SOUK_STRING || !souk_decode(&c->came, id, &text))
		return CONFORM_NONE;
	return find_id(&t->lines, text);
}

void conform_read_answers(struct conform *c, struct conform_trial *t)
{
	size_t cap = t->run.output_lines + 1;
	const char *at, *end;

	conform_pad(&t->run.output);
	at = t->run.output.at;
	end = at + t->run.output.len;
	free(t->answers);
	t->answer_count = 0;
	t->answers = calloc(cap, sizeof(*t->answers));
	if (!t->answers)
		souk_die("out of memory");
	t->partial = t->run.output.len > 0 && end[-1] != '\n';
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct conform_answer *a = &t->answers[t->answer_count++];

		a->line = (struct souk_text){at, (size_t)((newline ? newline : end) - at)};
		a->of = line_of(c, t, a->line);
		at += a->line.len + 1;
	}
}

void conform_try(struct conform *c, struct conform_trial *t)
{
	conform_start(c, &t->run, NULL);
	t->run.input = (struct souk_text){t->lines.bytes.at, t->lines.bytes.len};
	conform_finish(c, &t->run, true);
	conform_read_answers(c, t);
}

void conform_trial_free(struct conform_trial *t)
{
	conform_run_free(&t->run);
	souk_buffer_free(&t->lines.bytes);
	souk_buffer_free(&t->lines.ids);
	free(t->lines.at);
	free(t->answers);
}

const struct conform_answer *conform_answer_to(const struct conform_trial *t, size_t index)
{
	/* Where all is well it stands at its own place. */
	if (index < t->answer_count && t->answers[index].of == index)
		return &t->answers[index];
	for (size_t i = 0; i < t->answer_count; i++)
		if (t->answers[i].of == index)
			return &t->answers[i];
	return NULL;
}
