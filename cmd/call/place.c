/* SPDX-License-Identifier: ISC */
/* From the addresses that were given to instances: a name may stand for several. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "call.h"

static const int64_t LOOK_AGAIN_NS = 30000000000;

static bool has_one_of(const struct instance *i, const struct wanted *w)
{
	for (size_t a = 0; a < i->target_count; a++)
		for (size_t b = 0; b < w->count; b++)
			if (target_same(&i->targets[a], &w->at[b]))
				return true;
	return false;
}

static bool is_idle(const struct instance *i)
{
	return i->state == INSTANCE_DOWN || i->state == INSTANCE_LOOKING;
}

/* Of several that one name stands for, messages say which. */
static void name_instance(struct instance *i, const char *text, const char *host)
{
	i->text.len = 0;
	souk_add_format(&i->text, host ? "%s (%s)" : "%s", text, host);
	souk_add_char(&i->text, 0);
}

static void take_target(struct instance *i, const struct wanted *w, bool several)
{
	const struct target *t = &w->at[0];
	char host[NI_MAXHOST] = "";

	memcpy(i->targets, w->at, sizeof(i->targets));
	i->target_count = w->count;
	if (getnameinfo((const struct sockaddr *)&t->address, t->len, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		*host = 0;
	name_instance(i, i->place->text, several ? host : NULL);
	if (i->place->address.is_name)
		i->hash = choose_hash(souk_text_of(host)) ^ choose_hash(souk_text_of(i->place->address.port));
}

static struct instance *new_instance(struct call *c, struct place *place)
{
	struct instance *i = NULL;

	for (size_t n = 0; n < c->instance_count && !i; n++)
		if (c->instances[n].state == INSTANCE_UNUSED)
			i = &c->instances[n];
	if (!i && c->instance_count == MOST_INSTANCES)
		return NULL;
	if (!i)
		i = &c->instances[c->instance_count++];
	if (!i->slots && !(i->slots = calloc(SLOTS, sizeof(*i->slots))))
		souk_die("out of memory");
	i->place = place;
	i->fd = -1;
	i->state = INSTANCE_LOOKING;
	i->backoff_ms = BACKOFF_FIRST_MS;
	i->told = false;
	i->target_count = 0;
	i->hash = choose_hash(souk_text_of(place->text));
	name_instance(i, place->text, NULL);
	return i;
}

/* Each keeps its address while the name stands for that; who is connected stays so as well. */
static void keep_addresses(struct call *c, struct place *place, struct wanted *wanted, size_t count)
{
	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		i->kept = false;
		for (size_t k = 0; i->place == place && i->state != INSTANCE_UNUSED && k < count && !i->kept; k++) {
			if (wanted[k].taken || !has_one_of(i, &wanted[k]))
				continue;
			wanted[k].taken = i->kept = true;
			if (is_idle(i))
				take_target(i, &wanted[k], count > 1);
		}
	}
}

/* Who has none gets one that is left, or is no more. */
static void give_addresses(struct call *c, struct place *place, struct wanted *wanted, size_t count)
{
	size_t k = 0;

	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		if (i->place != place || i->kept || !is_idle(i))
			continue;
		while (k < count && wanted[k].taken)
			k++;
		if (k == count) {
			i->state = INSTANCE_UNUSED;
			continue;
		}
		wanted[k].taken = true;
		take_target(i, &wanted[k], count > 1);
	}
	for (; k < count; k++) {
		struct instance *i = wanted[k].taken ? NULL : new_instance(c, place);

		if (i)
			take_target(i, &wanted[k], count > 1);
	}
}

static void take_found(struct call *c, struct place *place, const char *why)
{
	struct wanted wanted[MOST_INSTANCES];
	size_t count = why ? 0 : lookup_list(place->address.found, wanted);

	if (!why) {
		keep_addresses(c, place, wanted, count);
		give_addresses(c, place, wanted, count);
	}
	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		if (i->place != place || i->state != INSTANCE_LOOKING)
			continue;
		if (why)
			instance_leave(c, i, why);
		else
			instance_connect(c, i);
	}
}

void place_open(struct call *c, const char *text)
{
	struct place *place = &c->places[c->place_count++];
	struct instance *i;
	const char *why;

	place->text = text;
	if (!souk_address_parse(&place->address, text, false, &why))
		souk_die_usage("%s: %s", text, why);
	place->look_at = INT64_MAX;
	i = new_instance(c, place);
	if (!place->address.port) {
		i->targets[0].len = sizeof(place->address.path);
		memcpy(&i->targets[0].address, &place->address.path, sizeof(place->address.path));
		i->target_count = 1;
	}
}

void places_start(struct call *c)
{
	for (struct place *p = c->places; p < c->places + c->place_count; p++) {
		if (p->address.is_name)
			place_look(c, p);
		else if (p->address.port)
			take_found(c, p, NULL);
		else
			instance_connect(c, &c->instances[p - c->places]);
	}
}

void places_free(struct call *c)
{
	bool looking = false;

	for (struct place *p = c->places; p < c->places + c->place_count; p++) {
		souk_address_free(&p->address);
		looking |= p->lookup != NULL;
	}
	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		souk_buffer_free(&i->text);
		souk_buffer_free(&i->out);
		souk_buffer_free(&i->in);
		free(i->slots);
		instance_close(i);
	}
	free(c->places);
	free(c->instances);
	/* Nobody waits for a resolver; but it still tells. */
	if (!looking)
		close(c->looked);
}

void place_look(struct call *c, struct place *place)
{
	if (place->lookup)
		return;
	/* Nothing is due until it is done, or the loop would spin. */
	place->look_at = INT64_MAX;
	place->lookup = lookup_start(&place->address, c->looked);
}

void places_update(struct call *c, bool told)
{
	uint64_t count;

	if (told && read(c->looked, &count, sizeof(count)) < 0 && errno != EAGAIN)
		souk_die_errno("cannot hear of an address");
	for (struct place *p = c->places; p < c->places + c->place_count; p++) {
		const char *why;

		if (p->lookup && lookup_end(p->lookup, &p->address, &why)) {
			p->lookup = NULL;
			p->look_at = c->now + LOOK_AGAIN_NS;
			take_found(c, p, why);
		} else if (c->now >= p->look_at) {
			place_look(c, p);
		}
	}
}
