/* SPDX-License-Identifier: ISC */
/* Bytes that come and go. */
#include "serve.h"

#include <stdlib.h>

static void count(size_t *held, size_t more, size_t less)
{
	if (held)
		*held = *held + more - less;
}

char *queue_room(struct queue *q, size_t more, size_t *held)
{
	size_t len = queue_len(q), cap = q->cap ? q->cap : 512;
	char *at;

	if (q->at && q->cap - q->end >= more)
		return q->at + q->end;
	/* To move what is left is worth it where that is less than what has gone. */
	if (q->at && q->start >= len && q->cap - len >= more) {
		memmove(q->at, q->at + q->start, len);
	} else {
		while (cap < len + more)
			cap *= 2;
		at = malloc(cap + SOUK_RECORD_PAD);
		if (!at)
			souk_die("out of memory");
		if (len)
			memcpy(at, q->at + q->start, len);
		free(q->at);
		count(held, cap, q->cap);
		q->at = at;
		q->cap = cap;
	}
	q->start = 0;
	q->end = len;
	return q->at + q->end;
}

void queue_added(struct queue *q, size_t len)
{
	q->end += len;
	/* Read by the record layer, though it never counts. */
	memset(q->at + q->end, 0, SOUK_RECORD_PAD);
}

void queue_add(struct queue *q, const void *bytes, size_t len, size_t *held)
{
	if (!len)
		return;
	memcpy(queue_room(q, len, held), bytes, len);
	queue_added(q, len);
}

void queue_take(struct queue *q, size_t len, bool release, size_t *held)
{
	q->start += len;
	if (q->start < q->end)
		return;
	q->start = q->end = 0;
	if (release)
		queue_free(q, held);
}

void queue_free(struct queue *q, size_t *held)
{
	count(held, 0, q->cap);
	free(q->at);
	*q = (struct queue){0};
}
