/* SPDX-License-Identifier: ISC */
/* The credit notes of an event: one for each invoice that it is about. */
#include "credit.h"

#include <stdio.h>

enum { MAX_VERB = 32 };

/* The first is the event's; those after it are told apart by their number. */
static const char *verb_of(size_t number, char verb[MAX_VERB])
{
	snprintf(verb, MAX_VERB, number ? "credit %zu" : "credit", number + 1);
	return verb;
}

/* Opens the answer again for a note after the first, and closes it. */
static void begin_more(struct souk_buffer *answer, size_t number)
{
	answer->len -= number > 1 ? strlen("]}") : strlen("}");
	if (number == 1)
		souk_put_open(answer, "more", '[');
}

static void end_more(struct souk_buffer *answer)
{
	souk_add_string(answer, "]}");
}

enum souk_step notes_seen(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest, bool *same)
{
	char verb[MAX_VERB];
	enum souk_step first = book_seen(stage, r, verb_of(0, verb), id, digest, same), step = first;

	for (size_t number = 1; step == SOUK_STEP_ROW && *same; number++) {
		size_t len = r->answer.len;

		begin_more(&r->answer, number);
		step = book_seen(stage, r, verb_of(number, verb), id, digest, same);
		if (step == SOUK_STEP_ROW) {
			end_more(&r->answer);
			continue;
		}
		/* There is none: the answer as it was. */
		r->answer.len = len - (number > 1 ? 2 : 1);
		souk_add_string(&r->answer, number > 1 ? "]}" : "}");
	}
	return step == SOUK_STEP_FAILED ? step : first;
}

bool notes_enter(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest, struct souk_text series, size_t number, struct paper *p)
{
	char verb[MAX_VERB];

	if (number)
		begin_more(&r->answer, number);
	if (!book_enter(stage, r, verb_of(number, verb), id, digest, series, p))
		return false;
	if (number)
		end_more(&r->answer);
	return true;
}
