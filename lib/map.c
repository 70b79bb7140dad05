/* SPDX-License-Identifier: ISC */
/* Running maps and folds, batch by batch. */
#include "map.h"

#include <unistd.h>

#include "error.h"
#include "progress.h"
#include "sandbox.h"

static void flush(struct souk_map *map)
{
	if (!souk_write_all(map->out_fd, map->out.at, map->out.len))
		souk_die_errno("cannot write the output");
	map->out.len = 0;
}

void souk_map_relieve(struct souk_map *map)
{
	if (map->out.len >= SOUK_PIPE_BYTES)
		flush(map);
}

void souk_map_failed(struct souk_map *map, uint64_t line, struct souk_text error)
{
	map->failed++;
	if (!map->stage->verbose)
		return;
	if (error.len && error.at[error.len - 1] == '}')
		error.len--;
	souk_warn("line %llu: %.*s}", (unsigned long long)line, (int)error.len, error.at);
}

static void bad_line(struct souk_map *map, const struct souk_input_line *line, const char *code,
	const char *message)
{
	souk_add_bad_line(&map->out, map->r.by, code, message, line);
	souk_report_bad_line(map->stage, map->rejects, map->bad++, line, message);
	if (map->bad_line)
		map->bad_line(map, line);
}

void souk_map_refused(struct souk_map *map, struct souk_record *r)
{
	size_t start = map->out.len, limit = (size_t)map->stage->max_record + 1;
	struct souk_input_line line = {.at = r->line, .len = r->len, .number = r->number,
		.offset = map->offset};

	souk_record_write(r, SOUK_REFUSED, &map->out);
	if (map->out.len - start > limit) {
		map->out.len = start;
		bad_line(map, &line, "too_long", "the record with its error would be too long");
		return;
	}
	souk_map_failed(map, r->number, (struct souk_text){r->error.at, r->error.len});
}

static void take(struct souk_map *map, const struct souk_input_line *line)
{
	struct souk_record *r = &map->r;
	char message[SOUK_FAULT_BYTES];
	const char *code;

	map->offset = line->offset;
	if (line->too_long || !souk_record_parse(r, line->at, line->len)) {
		code = souk_line_fault(line, r, map->stage->max_record, message);
		bad_line(map, line, code, message);
	} else {
		r->number = line->number;
		map->record(map, r);
	}
	souk_map_relieve(map);
}

int souk_map_run(struct souk_map *map, int in, int out)
{
	struct souk_stage *stage = map->stage;
	struct souk_input *input;
	const struct souk_input_line *lines;
	uint64_t records = 0;
	int64_t idle = 0;
	size_t count;

	map->out_fd = out;
	map->rejects = souk_rejects_open(stage->rejects);
	input = souk_input_open(in, (size_t)stage->max_record, map->rejects);
	souk_record_init(&map->r, stage->verb->function->name,
		&(struct souk_interest){.reads = map->reads});
	souk_catch_term();
	souk_widen_pipe(out);
	souk_progress_set(0, 0);
	souk_sandbox_enter(&stage, 1);
	while ((count = souk_input_next(input, &lines, idle))) {
		int64_t start = souk_clock_ns();

		for (size_t i = 0; i < count; i++)
			take(map, &lines[i]);
		flush(map);
		records += count;
		souk_progress_set(records, map->bad + map->failed);
		idle = count == 1 ? 0 : souk_clock_ns() - start;
		if (idle > SOUK_BATCH_IDLE_NS)
			idle = SOUK_BATCH_IDLE_NS;
	}
	if (map->end)
		map->end(map);
	flush(map);
	if (map->bad > SOUK_BAD_LINES_NAMED)
		souk_warn("%llu lines in all were no records", (unsigned long long)map->bad);
	souk_input_close(input);
	souk_record_free(&map->r);
	souk_buffer_free(&map->out);
	if (map->rejects >= 0)
		close(map->rejects);
	return map->bad || (stage->exit_on_failed && map->failed) ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}
