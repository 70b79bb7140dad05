/* SPDX-License-Identifier: ISC */
/* What a service gets to see of a record, and what it may add: as its stage declares. */
#include <stdlib.h>

#include "call.h"
#include "description.h"

static char *copy(struct contract *c, struct souk_text text)
{
	char *at = souk_arena_alloc(&c->arena, text.len + 1);

	memcpy(at, text.at, text.len);
	at[text.len] = 0;
	return at;
}

static struct sent_member *member(struct contract *c, struct souk_text name)
{
	for (size_t i = 0; i < c->member_count; i++)
		if (souk_text_is(name, c->members[i].name))
			return &c->members[i];
	c->members = realloc(c->members, (c->member_count + 1) * sizeof(*c->members));
	if (!c->members)
		souk_die("out of memory");
	c->members[c->member_count] = (struct sent_member){.name = copy(c, name)};
	return &c->members[c->member_count++];
}

/* "lines", "customer.group?", "*.charges": one of what the stage reads. */
static void add_read(struct contract *c, size_t *count, struct souk_text name)
{
	const char *point;
	struct sent_member *m;
	bool known;

	if (name.len && name.at[name.len - 1] == '?')
		name.len--;
	c->reads[(*count)++] = copy(c, name);
	if (souk_text_is(name, "*")) {
		c->whole = true;
		return;
	}
	point = memchr(name.at, '.', name.len);
	if (point == name.at + 1 && *name.at == '*') {
		c->in_any = c->reads[*count - 1] + 2;
		return;
	}
	known = c->member_count;
	m = member(c, point ? (struct souk_text){name.at, (size_t)(point - name.at)} : name);
	c->takes_payment |= !strcmp(m->name, "pay_with") || !strcmp(m->name, "payment");
	known = known && (m->parts || m->part_count);
	if (!point) {
		/* Whole, whatever parts were asked for too. */
		m->parts = NULL;
		m->part_count = 1;
	} else if (m->parts || !known) {
		size_t len = name.len - (size_t)(point + 1 - name.at);

		m->parts = realloc(m->parts, (m->part_count + 2) * sizeof(*m->parts));
		if (!m->parts)
			souk_die("out of memory");
		m->parts[m->part_count++] = copy(c, (struct souk_text){point + 1, len});
		m->parts[m->part_count] = NULL;
	}
}

static void room(struct contract *c, size_t count)
{
	c->reads = calloc(count + 5, sizeof(*c->reads));
	if (!c->reads)
		souk_die("out of memory");
}

/* What every request has: its id, what the stage wrote before, and how it came. */
static void finish(struct contract *c, size_t count)
{
	add_read(c, &count, SOUK_TEXT("id"));
	if (c->writes)
		add_read(c, &count, souk_text_of(c->writes));
	if (c->on_failed)
		add_read(c, &count, SOUK_TEXT("error"));
	add_read(c, &count, SOUK_TEXT("wait"));
}

/* A verb as --stage names it, and where its declaration goes. */
struct asked {
	struct contract *contract;
	const char *verb;
	bool found;
};

static void take_declared(void *context, struct souk_record *r)
{
	const struct souk_node *list = souk_member(r, "reads"), *writes = souk_member(r, "writes");
	struct asked *asked = context;
	struct contract *c = asked->contract;
	struct souk_text text;
	size_t count = 0;

	if (asked->found || !souk_described_as(r, "verb", asked->verb) || !souk_described_as(r, "kind", "filter"))
		return;
	asked->found = true;
	c->whole = souk_described_true(r, "whole");
	c->on_failed = souk_described_true(r, "on_failed");
	c->on_waiting = souk_described_true(r, "on_waiting");
	c->idempotent = true; /* rule 5 of the contract */
	if (writes && writes->type == SOUK_STRING && souk_decode(r, writes, &text))
		c->writes = copy(c, text);
	room(c, souk_count(r, list));
	for (const struct souk_node *v = souk_first(r, list); v; v = souk_next(r, list, v))
		if (v->type == SOUK_STRING && souk_decode(r, v, &text))
			add_read(c, &count, text);
	finish(c, count);
}

void contract_ask(struct contract *c, const char *command)
{
	size_t program = strcspn(command, " ");
	const char *rest = command + program + strspn(command + program, " ");
	char *name = copy(c, (struct souk_text){command, program});
	struct asked asked = {c, copy(c, (struct souk_text){rest, *rest == '-' ? 0 : strcspn(rest, " ")}), false};

	if (!souk_read_description(name, take_declared, &asked))
		souk_die_usage("--stage %s: %s declares nothing (--describe): say by --reads and --writes what is sent", command,
			name);
	if (!asked.found)
		souk_die_usage("--stage %s: %s declares no such filter", command, name);
}

void contract_take(struct contract *c, const char *reads, const char *writes)
{
	size_t count = 0, most = 1;

	for (const char *at = reads; *at; at++)
		most += *at == ',';
	room(c, most);
	c->writes = writes;
	while (*reads) {
		size_t len = strcspn(reads, ",");

		if (len)
			add_read(c, &count, (struct souk_text){reads, len});
		reads += len + (reads[len] == ',');
	}
	finish(c, count);
}

void contract_free(struct contract *c)
{
	for (size_t i = 0; i < c->member_count; i++)
		free(c->members[i].parts);
	free(c->members);
	free(c->reads);
	souk_arena_free(&c->arena);
}
