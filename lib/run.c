/* SPDX-License-Identifier: ISC */
/* The loop of a filter, and of filters fused. */
#include <stdlib.h>

#include "batch.h"
#include "error.h"
#include "progress.h"
#include "sandbox.h"

struct fused {
	struct souk_stage *stage;
	struct souk_filter *filter;
};

_Noreturn static void stop(const struct souk_stage *stage, const struct souk_input_line *lines, size_t count)
{
	const char *verb = stage->verb->name;

	souk_die("%s%sstopped at line %llu: this batch of %zu is not answered; it can be run again",
		verb ? verb : "", verb ? " " : "", (unsigned long long)lines[0].number, count);
}

/* Takes a batch through all stages; gives the results of the last one. What a stage
 * reads and what it writes are the two buffers, in turn. */
static const struct souk_buffer *run_batch(const struct fused *fused, size_t stages,
	const struct souk_input_line *lines, size_t count, struct souk_buffer results[2])
{
	static struct souk_input_line handed[2][SOUK_BATCH_RECORDS];

	for (size_t i = 0; i < stages; i++) {
		struct souk_buffer *out = &results[i % 2];
		struct souk_input_line *next = i + 1 < stages ? handed[i % 2] : NULL;

		out->len = 0;
		souk_program = fused[i].stage->program;
		if (!souk_filter_batch(fused[i].filter, lines, count, out, next))
			stop(fused[i].stage, lines, count);
		lines = next;
	}
	return &results[(stages - 1) % 2];
}

static uint64_t failures(const struct fused *fused, size_t stages)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < stages; i++)
		sum += souk_filter_failures(fused[i].filter);
	return sum;
}

int souk_filters_run(struct souk_stage *const *stages, size_t stage_count, int in, int out)
{
	struct fused *fused = calloc(stage_count, sizeof(*fused));
	struct souk_buffer results[2] = {{0}};
	const struct souk_input_line *lines;
	struct souk_input *input;
	uint64_t records = 0;
	int64_t idle = 0;
	int worst = SOUK_EXIT_OK;
	size_t count;

	if (!fused)
		souk_die("out of memory");
	for (size_t i = 0; i < stage_count; i++)
		fused[i] = (struct fused){stages[i], souk_filter_open(stages[i])};
	input = souk_input_open(in, (size_t)stages[0]->max_record, souk_filter_rejects(fused[0].filter));
	souk_catch_term();
	souk_widen_pipe(out);
	souk_progress_set(0, 0);
	souk_sandbox_enter(stages, stage_count);
	while ((count = souk_input_next(input, &lines, idle))) {
		int64_t start = souk_clock_ns();
		const struct souk_buffer *done = run_batch(fused, stage_count, lines, count, results);

		if (!souk_write_all(out, done->at, done->len))
			souk_die_errno("cannot write the output");
		/* Who reads the input has a say next. */
		souk_program = stages[0]->program;
		records += count;
		souk_progress_set(records, failures(fused, stage_count));
		idle = count == 1 ? 0 : souk_clock_ns() - start;
		if (idle > SOUK_BATCH_IDLE_NS)
			idle = SOUK_BATCH_IDLE_NS;
	}
	for (size_t i = 0; i < stage_count; i++) {
		int state;

		souk_program = stages[i]->program;
		state = souk_filter_close(fused[i].filter);
		worst = state > worst ? state : worst;
	}
	souk_input_close(input);
	souk_buffer_free(&results[0]);
	souk_buffer_free(&results[1]);
	free(fused);
	return worst;
}
