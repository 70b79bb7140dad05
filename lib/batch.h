/* SPDX-License-Identifier: ISC */
/*
 * batch.h: reading lines, running them through a stage batch by batch, writing
 * them (contract, rule 4): a batch is read, mapped, committed, then written.
 */
#ifndef SOUK_BATCH_H
#define SOUK_BATCH_H

#include "verb.h"

#define SOUK_BATCH_RECORDS 1000
#define SOUK_BATCH_BYTES (2u << 20)
#define SOUK_BATCH_IDLE_NS 2000000 /* longest wait for more input */
#define SOUK_BATCH_ATTEMPTS 20     /* at one whose transaction another program made void */
#define SOUK_PIPE_BYTES (1 << 20)

/* How much of a bad line its error record quotes. */
#define SOUK_QUOTED_BYTES (64u << 10)

/* A line of a batch. It is followed as SOUK_RECORD_PAD (record.h) says. An over-long one is
 * not kept whole: `len` is its true length, `at` holds its first 64 KiB, and its digest was
 * taken as it went by. */
struct souk_input_line {
	const char *at;
	uint64_t len;           /* without LF and the CR before it */
	uint64_t number;        /* from 1 */
	uint64_t offset;        /* of its first byte in the stream */
	bool too_long;
	unsigned char sha256[32]; /* of a too_long line */
	const uint32_t *ends;     /* of a record that the stage before handed on: where its members
	                             end, as souk_record_parse_written() takes them; or NULL */
};

struct souk_input;

/* Reads lines from `fd`. Lines longer than max_record are given as too_long;
 * where `rejects` is not -1 they are also written there, whole. */
struct souk_input *souk_input_open(int fd, size_t max_record, int rejects);
void souk_input_close(struct souk_input *input);

/* Reads the next batch: blocks for the first line, then takes what comes until
 * the batch is full or the input idle for `idle_ns`. Returns the number of lines,
 * 0 at the end of the input or after SIGTERM; dies on a read error. Lines stay
 * valid until the next call. Blank lines are skipped but counted. */
size_t souk_input_next(struct souk_input *input, const struct souk_input_line **batch, int64_t idle_ns);

/* The same for a loop of one's own that knows when there is something to read: reads once,
 * false at the end of the input; and gives the complete lines that were read, at most
 * `most`, 0 if there is none. */
bool souk_input_fill(struct souk_input *input);
size_t souk_input_take(struct souk_input *input, const struct souk_input_line **batch, size_t most);

/* Takes SIGTERM as "finish what was read, then end". It stays blocked but while
 * the input is waited for, so that it never cuts a batch. */
void souk_catch_term(void);
bool souk_terminated(void);

/* Makes a pipe SOUK_PIPE_BYTES wide if it is one; harmless otherwise. */
void souk_widen_pipe(int fd);

/* Runs a stream through filters, one after the other, until it ends: batch by batch, and
 * each stage commits before the next one sees its results. Stages that follow each other
 * have the same max_record. Returns the worst of their exit states. */
int souk_filters_run(struct souk_stage *const *stages, size_t count, int in, int out);

/* The same by the batch, for a run that has its own loop. souk_filter_batch()
 * maps the lines, commits, and appends the results to `out`; false if the system
 * failed: then nothing was done and `out` is as it was. With `handed`, room for as many
 * lines, the results are also given as lines for the next stage: they live until `out`
 * changes and the next batch. At most SOUK_BATCH_RECORDS lines.
 * souk_filter_close() gives the exit state. */
struct souk_filter;
struct souk_filter *souk_filter_open(struct souk_stage *stage);
bool souk_filter_batch(struct souk_filter *filter, const struct souk_input_line *lines, size_t count,
	struct souk_buffer *out, struct souk_input_line *handed);
int souk_filter_close(struct souk_filter *filter);

/* The descriptor of the --rejects file, or -1. */
int souk_filter_rejects(const struct souk_filter *filter);

/* Records that were bad or failed there. */
uint64_t souk_filter_failures(const struct souk_filter *filter);

/* Opens the --rejects file of a stage (mode 0600, appending), or gives -1 if it
 * has none; dies if it can't. */
int souk_rejects_open(const char *path);

/* Appends to the rejects file, if there is one, unless it has SOUK_REJECTS_BYTES or more:
 * who sends rubbish does not fill the disk. False if that failed, with errno. */
#define SOUK_REJECTS_BYTES (1ll << 30)
bool souk_reject(int fd, const char *at, size_t len);

/* Appends the error record of a line that is no record (contract, rule 3). */
void souk_add_bad_line(struct souk_buffer *out, const char *by, const char *code, const char *message,
	const struct souk_input_line *line);

/* Keeps a line that is no record in the rejects file, where an over-long one is
 * already, and says on stderr what is wrong with it, unless SOUK_BAD_LINES_NAMED were
 * named `before`. */
#define SOUK_BAD_LINES_NAMED 10
void souk_report_bad_line(const struct souk_stage *stage, int rejects, uint64_t before,
	const struct souk_input_line *line, const char *message);

/* Says what is wrong with a line that is too long, or that souk_record_parse() did not
 * take: gives the code, and writes the message. */
#define SOUK_FAULT_BYTES 200
const char *souk_line_fault(const struct souk_input_line *line, const struct souk_record *r,
	int64_t max_record, char message[SOUK_FAULT_BYTES]);

/* A clock that only runs forward. */
int64_t souk_clock_ns(void);

/* Output of sources: collects lines and writes them out by the batch; dies on a
 * write error. */
struct souk_writer {
	struct souk_buffer buffer;
	uint64_t lines;
	int fd;
};
void souk_writer_line_end(struct souk_writer *w); /* adds the newline, writes when full */
void souk_writer_flush(struct souk_writer *w);

/* Appends what a row says, a line without its newline; false if the system failed. */
typedef bool souk_put_row(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out);

/* Writes a line for each row of the query. If that fails the lines before are written,
 * and nothing of the one at which it failed. */
bool souk_write_rows(struct souk_stage *stage, struct souk_query *q, souk_put_row *put,
	struct souk_writer *out);

/* A row whose first column is what souk_make_body() made of a record. */
bool souk_write_body(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out);

/* Runs a source: calls `write` in one reading transaction, so that all it tells belongs to
 * one moment, and writes it to the standard output. Returns the exit state. */
int souk_source_run(struct souk_stage *stage,
	bool (*write)(struct souk_stage *stage, struct souk_writer *out));

#endif
