/* SPDX-License-Identifier: ISC */
/* souk-serve: a filter as a network service. Its options; loop.c is what it does. */
#include "serve.h"

static const struct souk_function serve_function = {
	.name = "serve",
	.summary = "make a network service of a filter",
};

enum { PROBE_S = 5 };

static void set_default(int64_t *value, int64_t given)
{
	if (!*value)
		*value = given;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct server *s = stage->state;

	if (s->probe_address && operand_count)
		souk_die_usage("--probe asks another one: no filter goes with it");
	if (s->probe_address)
		return probe(s->probe_address, s->timeout ? s->timeout : PROBE_S);
	if (!operand_count)
		souk_die_usage("a filter is needed: souk-serve -l ADDRESS -- souk-tax");
	set_default(&s->worker_count, 1);
	set_default(&s->timeout, 30);
	set_default(&s->idle, 600);
	set_default(&s->most_connections, 16384);
	set_default(&s->most_outstanding, SOUK_BATCH_RECORDS);
	set_default(&s->max_record, SOUK_MAX_RECORD);
	set_default(&s->budget, 64 << 20);
	/* Without ids an answer is known by being the only one that is due. */
	s->batch = s->unchecked ? 1 : SOUK_BATCH_RECORDS;
	return serve_run(stage, operand_count, operands);
}

#define OPTION(field) .offset = offsetof(struct server, field)
static const struct souk_option options[] = {
	{'l', "listen", "ADDRESS", SOUK_OPTION_LIST, OPTION(listen),
		.help = "HOST:PORT, :PORT, [V6]:PORT or unix:PATH; may be given again"},
	{'w', "workers", "N", SOUK_OPTION_NUMBER, OPTION(worker_count),
		.help = "how many run the filter (default 1)", .min = 1, .max = 1024},
	{0, "inetd", NULL, SOUK_OPTION_FLAG, OPTION(inetd),
		.help = "the standard input is the socket, as inetd gives it"},
	{0, "unchecked", NULL, SOUK_OPTION_FLAG, OPTION(unchecked),
		.help = "the program keeps no ids: a worker gets one line at a time"},
	{0, "idempotent", NULL, SOUK_OPTION_FLAG, OPTION(idempotent),
		.help = "lines may be sent again, though the program does not declare it"},
	{0, "name", "NAME", SOUK_OPTION_TEXT, OPTION(name),
		.help = "by of errors and waits (default: what the filter declares)"},
	{0, "timeout", "SPAN", SOUK_OPTION_SPAN, OPTION(timeout),
		.help = "a worker that answers nothing for so long hangs (default 30s)"},
	{0, "idle", "SPAN", SOUK_OPTION_SPAN, OPTION(idle),
		.help = "connections on which nothing moves are closed (default 10m)"},
	{0, "connections", "N", SOUK_OPTION_NUMBER, OPTION(most_connections),
		.help = "most connections; others wait (default 16384)", .min = 1, .max = 1 << 20},
	{0, "per-address", "N", SOUK_OPTION_NUMBER, OPTION(most_per_address),
		.help = "most connections of one address (default: all)", .min = 1, .max = 1 << 20},
	{0, "outstanding", "N", SOUK_OPTION_NUMBER, OPTION(most_outstanding),
		.help = "most lines of a connection at a worker (default 1000)", .min = 1, .max = 1 << 20},
	{0, "max-record", "BYTES", SOUK_OPTION_NUMBER, OPTION(max_record),
		.help = "longest record, as the filter has it (default 1048576)", .min = 1024, .max = 1 << 30},
	{0, "budget", "BYTES", SOUK_OPTION_NUMBER, OPTION(budget),
		.help = "memory for unfinished lines and unread answers (default 64 MiB)", .min = 1 << 20, .max = 1ll << 40},
	{0, "metrics", "ADDRESS", SOUK_OPTION_TEXT, OPTION(metrics_address),
		.help = "answer HTTP there: /metrics (Prometheus) and /healthz"},
	{0, "control", "ADDRESS", SOUK_OPTION_TEXT, OPTION(control_path),
		.help = "unix:PATH where other filters can be put in its place"},
	{0, "tls", "FILE", SOUK_OPTION_TEXT, OPTION(tls.cert),
		.help = "certificate (PEM): clients come by TLS, with one of their own"},
	{0, "tls-key", "FILE", SOUK_OPTION_TEXT, OPTION(tls.key), .help = "its key"},
	{0, "tls-ca", "FILE", SOUK_OPTION_TEXT, OPTION(tls.ca), .help = "who certifies clients"},
	{0, "probe", "ADDRESS", SOUK_OPTION_TEXT, OPTION(probe_address),
		.help = "serve nothing: ask the metrics there for health, exit 0 or 1"},
	{'v', "verbose", NULL, SOUK_OPTION_FLAG, OPTION(verbose), .help = "say where it listens"},
	{0},
};

SOUK_VERB(serve) = {
	.function = &serve_function,
	.summary = "make a network service of a filter, or of any program that answers lines by lines",
	.operands = "[-- FILTER [ARG...]]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct server),
	.run = run,
};
