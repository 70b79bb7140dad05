/* SPDX-License-Identifier: ISC */
/* souk-map: records to records by a jq program. */
#include "map.h"

#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "program.h"
#include "progress.h"
#include "value.h"

/* Of one record, all results together may be so many times --max-record. */
enum { MOST_RESULTS = 16 };
/* How much of jq's message is kept: it may quote the record. */
enum { MOST_MESSAGE = 400 };

struct mapping {
	const char *file;
	bool many, all;
	struct souk_strings arguments;
	struct map_program program;
	struct souk_buffer error;
};

static const struct souk_option options[] = {
	{'f', "file", "FILE", SOUK_OPTION_TEXT, offsetof(struct mapping, file),
		.help = "read the program from FILE"},
	{0, "many", NULL, SOUK_OPTION_FLAG, offsetof(struct mapping, many),
		.help = "take any number of results, none too, and make each a record"},
	{0, "all", NULL, SOUK_OPTION_FLAG, offsetof(struct mapping, all),
		.help = "map failed and waiting records too"},
	{0, "arg", "NAME=VALUE", SOUK_OPTION_LIST, offsetof(struct mapping, arguments),
		.help = "give the program the text VALUE as $NAME; may be given again"},
	{0},
};

static void refuse(struct souk_record *r, const char *what, struct souk_text why)
{
	int len = why.len > MOST_MESSAGE ? MOST_MESSAGE : (int)why.len;

	souk_refuse(r, "map_error", "%s%.*s", what, len, len ? why.at : "");
}

/* Appends one result as a record. */
static bool add_result(struct souk_map *map, struct souk_record *r, jv result, bool stand_ins,
	size_t first)
{
	int64_t limit = map->stage->max_record;
	size_t start = map->out.len;
	const char *fault;

	if (jv_get_kind(result) != JV_KIND_OBJECT) {
		refuse(r, "a result must be an object, this one is: ",
			souk_text_of(jv_kind_name(jv_get_kind(result))));
		jv_free(result);
		return false;
	}
	fault = map_value_write(&map->out, result, stand_ins);
	if (fault) {
		refuse(r, "the result holds ", souk_text_of(fault));
		return false;
	}
	if (map->out.len - start > (size_t)limit) {
		souk_refuse(r, "too_long", "a result is longer than %lld bytes", (long long)limit);
		return false;
	}
	souk_add_char(&map->out, '\n');
	if (map->out.len - first > (size_t)limit * MOST_RESULTS) {
		souk_refuse(r, "too_long", "the results of the record are longer than %lld bytes",
			(long long)limit * MOST_RESULTS);
		return false;
	}
	return true;
}

/* Runs the program over the record; false if that was refused. */
static bool add_results(struct souk_map *map, struct souk_record *r)
{
	struct mapping *s = map->stage->state;
	size_t first = map->out.len, count = 0;
	bool stand_ins;
	jv value;

	if (!map_value_read(r, &value, &stand_ins))
		return false;
	map_program_start(&s->program, value, stand_ins, r->number);
	while (map_program_next(&s->program, stand_ins, &value, &s->error)) {
		if (!s->many && count) {
			jv_free(value);
			refuse(r, "the program gave more than one result: --many takes them",
				SOUK_TEXT(""));
			return false;
		}
		if (!add_result(map, r, value, stand_ins, first))
			return false;
		count++;
	}
	if (s->error.len) {
		refuse(r, "", (struct souk_text){s->error.at, s->error.len});
		return false;
	}
	if (!s->many && !count) {
		refuse(r, "the program gave no result: --many takes that", SOUK_TEXT(""));
		return false;
	}
	return true;
}

/* A record becomes all of its results, or fails and is itself passed on. */
static void record(struct souk_map *map, struct souk_record *r)
{
	struct mapping *s = map->stage->state;
	size_t start = map->out.len;

	if (!s->all && (r->error_member || r->wait_member)) {
		souk_record_write(r, SOUK_PASS, &map->out);
		return;
	}
	if (add_results(map, r))
		return;
	map->out.len = start;
	if (!r->error_member) {
		souk_map_refused(map, r);
		return;
	}
	/* It failed before: its first error is what counts, and stays. */
	souk_record_write(r, SOUK_PASS, &map->out);
	souk_map_failed(map, r->number, (struct souk_text){r->error.at, r->error.len});
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const reads[] = {"*", NULL};
	struct mapping *s = stage->state;
	struct souk_map map = {.stage = stage, .reads = reads, .record = record};

	if (operand_count + (s->file != NULL) != 1)
		souk_die_usage(operand_count ? "%s: one program is needed: an operand, or -f FILE"
					     : "a program is needed: an operand, or -f FILE",
			operand_count ? operands[operand_count - 1] : "");
	souk_progress_set(0, 0); /* before the environment, which says where, is cleared */
	map_program_open(&s->program, s->file, operands[0], &s->arguments, stage->fixed_now);
	return souk_map_run(&map, STDIN_FILENO, STDOUT_FILENO);
}

static void close_mapping(struct souk_stage *stage)
{
	struct mapping *s = stage->state;

	map_program_close(&s->program);
	souk_buffer_free(&s->error);
	free(s->arguments.at);
}

static const struct souk_function map_function = {
	.name = "map",
	.summary = "make new records from records by a jq program",
};

SOUK_VERB(map) = {
	.function = &map_function,
	.summary = "make new records from records by a jq program",
	.operands = "[PROGRAM]",
	.kind = SOUK_MAP,
	.options = options,
	.state_size = sizeof(struct mapping),
	.run = run,
	.close = close_mapping,
};
