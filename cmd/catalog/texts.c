/* SPDX-License-Identifier: ISC */
#include "texts.h"

#include "fold.h"

enum { MIN_WORD = 3, MAX_WORD = 32 }; /* what is looked at for typing errors */

void texts_begin(struct texts *texts, bool repeated)
{
	texts->queue.len = 0;
	souk_cache_refresh(&texts->known, repeated);
}

void texts_close(struct texts *texts)
{
	souk_buffer_free(&texts->queue);
	souk_cache_free(&texts->known);
}

/* Words that a typing error may have been meant for. */
static bool learn(struct texts *texts, struct souk_store *store, struct souk_text words)
{
	struct souk_text word;

	while (fold_next(&words, &word)) {
		bool has_digit = false;
		struct souk_query *q;

		for (size_t i = 0; i < word.len; i++)
			has_digit |= (word.at[i] >= '0' && word.at[i] <= '9');
		if (has_digit || word.len < MIN_WORD || word.len > MAX_WORD ||
		    souk_cache_get(&texts->known, word, NULL))
			continue;
		q = souk_ask(store, WORD_ADD);
		souk_bind_int(q, 1, (int64_t)word.len);
		souk_bind_text(q, 2, word);
		if (!souk_do(q))
			return false;
		souk_cache_add(&texts->known, word, NULL, 0);
	}
	return true;
}

/* What a text begins with among those that are to be written. */
struct text_head {
	int64_t number;
	size_t title_len, more_len;
	bool again;
};

/* Texts are written at the end of the batch: each savepoint, which other statements set,
 * makes FTS5 write out what it has collected. */
bool texts_add(struct texts *texts, struct souk_store *store, struct souk_text title, struct souk_text more,
	int64_t number, bool again)
{
	struct text_head head = {.number = number, .title_len = title.len, .more_len = more.len, .again = again};

	souk_add(&texts->queue, &head, sizeof(head));
	souk_add(&texts->queue, title.at, title.len);
	souk_add(&texts->queue, more.at, more.len);
	return learn(texts, store, title) && learn(texts, store, more);
}

bool texts_write(struct texts *texts, struct souk_store *store)
{
	struct text_head head;
	struct souk_query *q;

	for (size_t at = 0; at < texts->queue.len; at += head.title_len + head.more_len) {
		memcpy(&head, texts->queue.at + at, sizeof(head));
		at += sizeof(head);
		if (head.again) {
			q = souk_ask(store, TEXT_DROP);
			souk_bind_int(q, 1, head.number);
			if (!souk_do(q))
				return false;
		}
		q = souk_ask(store, TEXT_ADD);
		souk_bind_int(q, 1, head.number);
		souk_bind_text(q, 2, (struct souk_text){texts->queue.at + at, head.title_len});
		souk_bind_text(q, 3, (struct souk_text){texts->queue.at + at + head.title_len, head.more_len});
		if (!souk_do(q))
			return false;
	}
	texts->queue.len = 0;
	return true;
}
