/* SPDX-License-Identifier: ISC */
/* souk-call: a filter that is somewhere else. */
#include "call.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct souk_function call_function = {
	.name = "call",
	.summary = "a filter that is somewhere else",
};

static void open_places(struct call *c, int count, char **addresses)
{
	if (count > MOST_INSTANCES)
		souk_die_usage("%d addresses: at most %d", count, MOST_INSTANCES);
	c->places = calloc((size_t)count, sizeof(*c->places));
	c->instances = calloc(MOST_INSTANCES, sizeof(*c->instances));
	c->looked = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!c->places || !c->instances || c->looked < 0)
		souk_die_errno("cannot begin");
	for (int n = 0; n < count; n++)
		place_open(c, addresses[n]);
}

/* What is asked of the records, and of the answers. */
static void open_records(struct call *c)
{
	static const char *const id[] = {"id", NULL};
	const struct contract *k = &c->contract;
	const char *by = k->writes ? k->writes : "call", **reads;
	size_t count = 0;

	while (k->reads[count])
		count++;
	reads = calloc(count + 2, sizeof(*reads));
	if (!reads)
		souk_die("out of memory");
	memcpy(reads, k->reads, count * sizeof(*reads));
	reads[count] = c->by;
	souk_record_init(&c->record, by, &(struct souk_interest){.reads = reads, .writes = k->writes});
	souk_record_init(&c->answer, by, &(struct souk_interest){.reads = id, .writes = k->writes});
	free(reads);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct call *c = stage->state;
	int state;

	if (!operand_count)
		souk_die_usage("an address is needed: " SOUK_ADDRESS_FORMS);
	if (c->stage_command && (c->reads || c->writes))
		souk_die_usage("--stage says what is sent: --reads and --writes do not go with it");
	if (!c->reads != !c->writes)
		souk_die_usage("--reads and --writes belong together");
	c->timeout = c->timeout ? c->timeout : 10;
	c->most_outstanding = c->most_outstanding ? c->most_outstanding : SLOTS;
	c->max_record = c->max_record ? c->max_record : SOUK_MAX_RECORD;
	if (c->stage_command)
		contract_ask(&c->contract, c->stage_command);
	else
		contract_take(&c->contract, c->reads ? c->reads : "*", c->writes);
	c->contract.idempotent |= c->idempotent;
	if (souk_tls_wanted(&c->tls))
		c->tls_context = souk_tls_context_open(&c->tls, SOUK_TLS_CLIENT);
	open_places(c, operand_count, operands);
	open_records(c);
	c->slots = calloc(SLOTS, sizeof(*c->slots));
	if (!c->slots)
		souk_die("out of memory");
	c->rejects = souk_rejects_open(c->rejects_path);
	c->input = souk_input_open(STDIN_FILENO, (size_t)c->max_record, c->rejects);
	state = call_run(c);
	places_free(c);
	for (size_t i = 0; i < SLOTS; i++) {
		souk_buffer_free(&c->slots[i].text);
		souk_buffer_free(&c->slots[i].result);
	}
	souk_tls_context_free(c->tls_context);
	souk_input_close(c->input);
	souk_record_free(&c->record);
	souk_record_free(&c->answer);
	souk_buffer_free(&c->out);
	souk_buffer_free(&c->ends);
	contract_free(&c->contract);
	free(c->slots);
	return state;
}

#define OPTION(field) .offset = offsetof(struct call, field)
static const struct souk_option options[] = {
	{'s', "stage", "COMMAND", SOUK_OPTION_TEXT, OPTION(stage_command),
		.help = "what is there, \"souk-stock reserve\": it declares what is sent and taken"},
	{0, "reads", "MEMBERS", SOUK_OPTION_TEXT, OPTION(reads),
		.help = "send these members and id: lines,customer.group (default: all)"},
	{0, "writes", "MEMBER", SOUK_OPTION_TEXT, OPTION(writes),
		.help = "take only this member of the answer (and error or wait)"},
	{0, "idempotent", NULL, SOUK_OPTION_FLAG, OPTION(idempotent),
		.help = "a request may be sent again, though no stage declares it"},
	{0, "by", "MEMBER", SOUK_OPTION_TEXT, OPTION(by),
		.help = "records alike in this member go to the same instance"},
	{0, "timeout", "SPAN", SOUK_OPTION_SPAN, OPTION(timeout),
		.help = "an instance that answers nothing for so long is away (default 10s)"},
	{0, "outstanding", "N", SOUK_OPTION_NUMBER, OPTION(most_outstanding),
		.help = "most records at one instance (default 8192)", .min = 1, .max = SLOTS},
	{0, "tls", "FILE", SOUK_OPTION_TEXT, OPTION(tls.cert),
		.help = "certificate (PEM) to show: instances are called by TLS, and checked"},
	{0, "tls-key", "FILE", SOUK_OPTION_TEXT, OPTION(tls.key), .help = "its key"},
	{0, "tls-ca", "FILE", SOUK_OPTION_TEXT, OPTION(tls.ca), .help = "who certifies instances"},
	{'e', "exit-on-failed", NULL, SOUK_OPTION_FLAG, OPTION(exit_on_failed),
		.help = "exit 1 if any record failed here"},
	{0, "max-record", "BYTES", SOUK_OPTION_NUMBER, OPTION(max_record),
		.help = "longest record taken, from 1024 (default 1048576)", .min = 1024, .max = 1 << 30},
	{0, "rejects", "FILE", SOUK_OPTION_TEXT, OPTION(rejects_path),
		.help = "append lines that are no records to FILE"},
	{0},
};

SOUK_VERB(call) = {
	.function = &call_function,
	.summary = "send records to a service, and put what it answers into them",
	.operands = "ADDRESS...",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct call),
	.run = run,
};
