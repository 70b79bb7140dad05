/* SPDX-License-Identifier: ISC */
/* How often a password may be tried. Nothing is ever locked: who has tried too often waits, and
 * longer each time. An attempt is counted before the password is looked at, so that a thousand
 * at once are not one. */
#include "account.h"

/* So many attempts are free; after each more the delay is twice as long, up to the longest. */
static const struct limit {
	const char *of;
	bool of_email, of_client;
	int64_t free, longest;           /* longest: seconds */
} limits[] = {
	/* One client at one address. */
	{"pair", true, true, 5, 900},
	/* One client at all addresses: who tries one password on many. */
	{"client", false, true, 50, 900},
	/* All clients at one address, if they are new to it: who has logged in from where they are
	 * is not kept from it by others. */
	{"account", true, false, 50, 60},
};
enum { LIMITS = sizeof(limits) / sizeof(*limits), PAIR = 0, ACCOUNT = 2 };

/* After so many seconds without any, attempts are forgotten. */
enum { MEMORY = 3600 };

struct count {
	unsigned char digest[SOUK_DIGEST_BYTES];
	int64_t count;
	bool counts, repeated;
};

static void digest(const char *of, const struct attempt *a, bool email, bool client,
	unsigned char digested[SOUK_DIGEST_BYTES])
{
	struct souk_digest d = {0};

	souk_digest_begin(&d);
	souk_digest_text(&d, souk_text_of(of));
	souk_digest_text(&d, email ? a->email_key : SOUK_TEXT(""));
	souk_digest_text(&d, client ? a->client : SOUK_TEXT(""));
	souk_digest_end(&d, digested);
	souk_buffer_free(&d.values);
}

/* Whether somebody has logged in to that address from there. */
static bool is_familiar(struct souk_stage *stage, const struct attempt *a, bool *familiar)
{
	unsigned char digested[SOUK_DIGEST_BYTES];
	struct souk_query *q;
	enum souk_step step;

	digest("familiar", a, true, true, digested);
	q = souk_ask(stage->store, FAMILIAR_GET);
	souk_bind_blob(q, 1, digested, sizeof(digested));
	souk_bind_int(q, 2, souk_now(stage) - FAMILIAR_SPAN);
	step = souk_step(q);
	*familiar = step == SOUK_STEP_ROW && a->client.len;
	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

static int64_t delay_after(const struct limit *limit, int64_t count)
{
	int64_t delay = 1;

	if (count < limit->free)
		return 0;
	while (count-- > limit->free && delay < limit->longest)
		delay *= 2;
	return delay < limit->longest ? delay : limit->longest;
}

static bool look(struct souk_stage *stage, const struct attempt *a, const struct limit *limit, struct count *c,
	int64_t *delay)
{
	struct souk_query *q = souk_ask(stage->store, ATTEMPT_GET);
	int64_t now = souk_now(stage), at, left;
	enum souk_step step;

	digest(limit->of, a, limit->of_email, limit->of_client, c->digest);
	souk_bind_blob(q, 1, c->digest, sizeof(c->digest));
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	at = souk_column_int(q, 1);
	c->repeated = souk_text_equal(souk_column_text(q, 2), a->event);
	c->count = at + MEMORY > now ? souk_column_int(q, 0) : 0;
	souk_done(q);
	left = at + delay_after(limit, c->count) - now;
	if (c->counts && !c->repeated && left > *delay)
		*delay = left;
	return true;
}

bool attempt_begin(struct souk_stage *stage, const struct attempt *a, int64_t *delay)
{
	struct count counts[LIMITS] = {{{0}, 0, false, false}};
	bool familiar;

	*delay = 0;
	if (!is_familiar(stage, a, &familiar))
		return false;
	for (int i = 0; i < LIMITS; i++) {
		/* Where nobody says who asks, all are one client. */
		counts[i].counts = i == ACCOUNT ? !familiar : i == PAIR || a->client.len;
		if (!look(stage, a, &limits[i], &counts[i], delay))
			return false;
	}
	if (*delay)
		return true;
	for (int i = 0; i < LIMITS; i++) {
		struct souk_query *q;

		if (!counts[i].counts || counts[i].repeated)
			continue;
		q = souk_ask(stage->store, ATTEMPT_PUT);
		souk_bind_blob(q, 1, counts[i].digest, sizeof(counts[i].digest));
		souk_bind_int(q, 2, counts[i].count + 1);
		souk_bind_int(q, 3, souk_now(stage));
		souk_bind_text(q, 4, a->event);
		if (!souk_do(q))
			return false;
	}
	return true;
}

static bool make_familiar(struct souk_stage *stage, const struct attempt *a)
{
	unsigned char digested[SOUK_DIGEST_BYTES];
	struct souk_query *q = souk_ask(stage->store, FAMILIAR_PUT);

	digest("familiar", a, true, true, digested);
	souk_bind_blob(q, 1, digested, sizeof(digested));
	souk_bind_int(q, 2, souk_now(stage));
	return souk_do(q);
}

bool attempt_succeeded(struct souk_stage *stage, const struct attempt *a)
{
	unsigned char digested[SOUK_DIGEST_BYTES];

	for (int i = 0; i < LIMITS; i++) {
		digest(limits[i].of, a, limits[i].of_email, limits[i].of_client, digested);
		if (!do_digest(stage, i == PAIR ? ATTEMPT_DROP : ATTEMPT_LESS, digested, sizeof(digested)))
			return false;
	}
	return make_familiar(stage, a);
}

bool attempt_forgive(struct souk_stage *stage, const struct attempt *a)
{
	unsigned char digested[SOUK_DIGEST_BYTES];

	for (int i = 0; i < LIMITS; i++) {
		digest(limits[i].of, a, limits[i].of_email, limits[i].of_client, digested);
		if (limits[i].of_email && !do_digest(stage, ATTEMPT_DROP, digested, sizeof(digested)))
			return false;
	}
	return make_familiar(stage, a);
}

enum souk_outcome attempt_refuse(struct souk_record *r, int64_t delay)
{
	souk_refuse(r, "too_many", "there were too many attempts: the next may be in %lld s", (long long)delay);
	souk_put_int(&r->error, "retry_after", delay);
	return SOUK_REFUSED;
}
