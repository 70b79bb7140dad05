/* SPDX-License-Identifier: ISC */
/* Looking up names, aside: it may take as long as who is asked, and records must not wait. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "call.h"

struct lookup {
	struct souk_address address;
	const char *why; /* NULL: it was found */
	int told;        /* gets a count when it is done */
	atomic_bool done;
	bool aside;
	pthread_t thread;
};

static void *run(void *context)
{
	struct lookup *l = context;
	uint64_t one = 1;

	if (souk_address_look_up(&l->address, false, &l->why))
		l->why = NULL;
	atomic_store(&l->done, true);
	/* It can't fail; and what a thread aside can't do must not end the program. */
	if (write(l->told, &one, sizeof(one)) < 0)
		return NULL;
	return NULL;
}

struct lookup *lookup_start(const struct souk_address *address, int told)
{
	struct lookup *l = calloc(1, sizeof(*l));
	sigset_t all, before;

	if (!l)
		souk_die("out of memory");
	l->address = *address;
	l->address.found = NULL;
	l->told = told;
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	l->aside = pthread_create(&l->thread, NULL, run, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!l->aside)
		run(l);
	return l;
}

bool lookup_end(struct lookup *l, struct souk_address *address, const char **why)
{
	if (!atomic_load(&l->done))
		return false;
	if (l->aside)
		pthread_join(l->thread, NULL);
	souk_address_free(address);
	address->found = l->address.found;
	*why = l->why;
	free(l);
	return true;
}

bool target_same(const struct target *a, const struct target *b)
{
	return a->len == b->len && !memcmp(&a->address, &b->address, a->len);
}

static int by_bytes(const void *left, const void *right)
{
	const struct target *a = left, *b = right;

	return memcmp(&a->address, &b->address, sizeof(a->address));
}

/* Those of a family, sorted and each once. */
static size_t list_family(const struct addrinfo *found, int family, struct target *list)
{
	size_t count = 0, kept = 0;

	for (; found && count < MOST_INSTANCES; found = found->ai_next) {
		if (found->ai_family != family || found->ai_addrlen > sizeof(list->address))
			continue;
		list[count] = (struct target){.len = found->ai_addrlen};
		memcpy(&list[count++].address, found->ai_addr, found->ai_addrlen);
	}
	qsort(list, count, sizeof(*list), by_bytes);
	for (size_t i = 0; i < count; i++)
		if (!kept || !target_same(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	return kept;
}

/* The family that stands first is preferred. */
size_t lookup_list(const struct addrinfo *found, struct wanted *wanted)
{
	int first = found->ai_family, families[] = {first, first == AF_INET ? AF_INET6 : AF_INET};
	struct target list[MOST_INSTANCES] = {0};
	size_t most = 0;

	memset(wanted, 0, MOST_INSTANCES * sizeof(*wanted));
	for (size_t f = 0; f < 2; f++) {
		size_t count = list_family(found, families[f], list);

		for (size_t k = 0; k < count; k++)
			wanted[k].at[wanted[k].count++] = list[k];
		most = count > most ? count : most;
	}
	return most;
}
