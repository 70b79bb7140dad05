/* SPDX-License-Identifier: ISC */
/* Passwords are hashed by Argon2id: outside of any transaction, as it takes long, and the same
 * work for those who have no account as for those who have one. */
#include "account.h"

/* OWASP's least, of 2024: 19 MiB, twice. */
enum { DEFAULT_MEMORY = 19, DEFAULT_PASSES = 2, MIB = 1 << 20 };

void passwords_open(struct souk_stage *stage)
{
	struct passwords *s = stage->state;

	if (!s->hashing.memory)
		s->hashing.memory = DEFAULT_MEMORY;
	if (!s->hashing.passes)
		s->hashing.passes = DEFAULT_PASSES;
}

bool passwords_begin(struct souk_stage *stage)
{
	struct passwords *s = stage->state;
	struct hashing *h = &s->hashing;

	souk_arena_reset(&h->arena);
	h->first = NULL;
	h->last = &h->first;
	h->current = NULL;
	h->called = false;
	return true;
}

static struct souk_text keep(struct hashing *h, struct souk_text text)
{
	return text.at ? souk_arena_copy(&h->arena, text) : text;
}

struct job *job_add(struct souk_stage *stage, struct souk_text password, struct souk_text new_password)
{
	struct passwords *s = stage->state;
	struct job *job = souk_arena_alloc(&s->hashing.arena, sizeof(*job));

	*job = (struct job){.password = keep(&s->hashing, password), .new_password = keep(&s->hashing, new_password)};
	s->hashing.current = job;
	return job;
}

enum souk_intent job_ask(struct souk_stage *stage, struct job *job)
{
	struct passwords *s = stage->state;

	*s->hashing.last = job;
	s->hashing.last = &job->next;
	return SOUK_INTENT_CALL;
}

static void hash(const struct hashing *h, struct souk_text password, char hashed[crypto_pwhash_STRBYTES])
{
	if (crypto_pwhash_str(hashed, password.at, password.len, (unsigned long long)h->passes,
		(size_t)h->memory * MIB) != 0)
		souk_die("not enough memory to hash a password: %lld MiB", (long long)h->memory);
}

static void verify(const struct hashing *h, struct job *job)
{
	const char *hashed = job->known ? job->hash : h->nobody;
	bool right = crypto_pwhash_str_verify(hashed, job->password.at, job->password.len) == 0;

	job->good = right && job->known;
	/* Stored with other limits than today's. */
	if (job->good && !job->new_password.at &&
	    crypto_pwhash_str_needs_rehash(hashed, (unsigned long long)h->passes, (size_t)h->memory * MIB) != 0)
		hash(h, job->password, job->fresh);
}

bool passwords_call(struct souk_stage *stage)
{
	struct passwords *s = stage->state;
	struct hashing *h = &s->hashing;

	/* Nobody's password: what there is to verify where there is no account. */
	if (!*h->nobody)
		hash(h, SOUK_TEXT("nobody has this one"), h->nobody);
	for (struct job *job = h->first; job; job = job->next) {
		if (job->password.at)
			verify(h, job);
		if (job->new_password.at)
			hash(h, job->new_password, job->fresh);
	}
	h->current = h->first;
	h->called = true;
	return true;
}

const struct job *job_take(struct souk_stage *stage)
{
	struct passwords *s = stage->state;
	const struct job *job = s->hashing.current;

	if (s->hashing.called)
		s->hashing.current = job->next;
	return job;
}

void passwords_close(struct souk_stage *stage)
{
	struct passwords *s = stage->state;

	souk_arena_free(&s->hashing.arena);
	event_close(stage);
}
