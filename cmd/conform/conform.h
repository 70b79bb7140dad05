/* SPDX-License-Identifier: ISC */
/*
 * conform.h: what the checks of souk-conform share: making the lines to send,
 * running the program on them, reading its answers, saying what is broken.
 *
 * A check is one function and its declaration by CONFORM_CHECK, which also makes
 * it known: no list names it. A check runs the program afresh, mostly as a
 * trial: it fills the trial's lines, runs it, and looks at the answers.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include <sys/types.h>

#include "error.h"
#include "record.h"
#include "verb.h"

enum conform_kind { CONFORM_FILTER, CONFORM_MAP, CONFORM_MANY };

/* A record that the program takes, ready to be given one id after another. */
struct conform_sample {
	struct souk_text line;
	struct souk_text id;   /* decoded; empty if it has none */
	size_t id_end;         /* where the id's closing quote stands; 0 if it has no id */
	size_t end;            /* where its last member ends; 1 if it has none */
};

struct conform {
	/* Options. */
	const char *input, *only, *except;
	int kind;              /* enum conform_kind */
	bool effects, settles, verbose, list;
	int64_t timeout;       /* seconds */
	/* The program, and what is known of it. */
	char **command;
	struct souk_buffer own; /* the name of the member it writes, NUL-terminated; empty if unknown */
	struct conform_trial *burst, *odd; /* trials that several checks look at */
	bool hangs;            /* it does not end: nothing but that can be checked */
	/* What it is sent. */
	struct souk_buffer input_bytes;
	struct conform_sample *samples;
	size_t sample_count;
	/* Parsed at the moment: the line sent, the line that came. */
	struct souk_record sent, came;
	/* The check at work. */
	struct souk_buffer details; /* lines of the report */
	bool broken, skipped;
};

/* ---- Lines to send (lines.c) ---- */

struct conform_line {
	size_t at, len;        /* in the bytes; its line end not counted */
	size_t number;         /* of the line, from 1 */
	size_t id_at, id_len;  /* in `ids`; id_len 0 for a line that is no record */
};

/* Lines, their bytes as they are sent. `tag` (the check's name) and a count make
 * up the ids: "o1-order-17". */
struct conform_lines {
	const char *tag;
	struct souk_buffer bytes, ids;
	struct conform_line *at;
	size_t count, cap, newlines;
};

/* Reads --input, or takes the orders built in. Dies on what is no record. */
void conform_load_samples(struct conform *c);

/* Adds a line of any bytes; `ending` is "\n", "\r\n" or "". */
struct conform_line *conform_add_line(struct conform_lines *l, struct souk_text bytes,
	const char *ending);

/* Adds a record with the next id, made of the next sample. `more` is appended to
 * its members: ",\"x\":1" or "". */
struct conform_line *conform_add_record(struct conform *c, struct conform_lines *l,
	const char *more, const char *ending);
void conform_add_records(struct conform *c, struct conform_lines *l, size_t count);

struct souk_text conform_line_text(const struct conform_lines *l, size_t index);
struct souk_text conform_line_id(const struct conform_lines *l, size_t index);

/* ---- Running the program (program.c) ---- */

struct conform_run {
	pid_t pid;
	int in, out, err;              /* our ends; -1 when closed */
	struct souk_text input;        /* borrowed; what is to be sent */
	size_t sent;
	struct souk_buffer output, errors;
	size_t output_lines;
	int64_t started;               /* monotonic milliseconds */
	bool ended;                    /* `status` is valid */
	bool hung;                     /* it did not end in time and was killed */
	bool flooded;                  /* it wrote without end and was killed */
	int status;                    /* as of waitpid() */
};

/* Starts the program, its stdout to `out_path` or, if NULL, to a pipe that we read.
 * Dies with exit 2 if there is no such program. */
void conform_start(struct conform *c, struct conform_run *r, const char *out_path);

/* Sends what of r->input is not sent yet and reads all the while, until it is all
 * sent and `lines` lines have come. False: nothing moved for `milliseconds`, or
 * the output ended. */
bool conform_pump(struct conform *c, struct conform_run *r, size_t lines, int64_t milliseconds);

/* Reads to the end of the output and waits for the program to end; closes its
 * stdin first if told so. One that does not end within the timeout is killed. */
void conform_finish(struct conform *c, struct conform_run *r, bool close_input);
void conform_run_free(struct conform_run *r);

/* The timeout in milliseconds. */
int64_t conform_patience(const struct conform *c);

/* Whether it ended by itself with that exit state. */
bool conform_exited(const struct conform_run *r, int state);
/* Appends "exit 3", "signal 15 (Terminated)" or "no end within 5 s". */
void conform_add_end(const struct conform *c, struct souk_buffer *b, const struct conform_run *r);

/* ---- Answers (answer.c) ---- */

#define CONFORM_NONE SIZE_MAX

struct conform_answer {
	struct souk_text line;
	size_t of;             /* index of the line sent whose id it carries, or CONFORM_NONE */
};

/* Lines sent to one process, and all that came of it. */
struct conform_trial {
	struct conform_lines lines;
	struct conform_run run;
	struct conform_answer *answers;
	size_t answer_count;
	bool partial;          /* the last answer lacks its LF */
};

/* Sends the lines to a fresh process, ends its input, reads the answers. */
void conform_try(struct conform *c, struct conform_trial *t);
/* Splits what has come so far into answers; conform_try() does it. */
void conform_read_answers(struct conform *c, struct conform_trial *t);
void conform_trial_free(struct conform_trial *t);
/* The answer that carries the id of line `index`, or NULL. */
const struct conform_answer *conform_answer_to(const struct conform_trial *t, size_t index);

/* Puts a line end and what SOUK_RECORD_PAD asks for after the bytes, uncounted. */
void conform_pad(struct souk_buffer *b);

/* Parses a line, keeping all members; false if it is no record. */
bool conform_parse(struct souk_record *r, struct souk_text line);

/* ---- Comparing (compare.c) ---- */

/* How an answer fits its line. */
enum conform_fit {
	CONFORM_SAME,        /* byte by byte */
	CONFORM_ANSWERED,    /* its own member is appended */
	CONFORM_REFUSED,     /* `error` is appended */
	CONFORM_WAITING,     /* `wait` is appended */
	CONFORM_NO_JSON,     /* it is no record */
	CONFORM_ALTERED,     /* bytes that should pass through did not */
	CONFORM_MEMBERS,     /* something else than one member appended last */
};

/* Compares, learns the name of the program's member on the way, and appends to
 * `why` what is wrong. Leaves c->sent and c->came parsed. */
enum conform_fit conform_compare(struct conform *c, struct souk_text sent, struct souk_text came,
	struct souk_buffer *why);

/* The program's own member in a line that came, as it stands; empty if none. */
struct souk_text conform_own_value(struct conform *c, struct souk_text came);

/* The text of error.code in a line that came; empty if there is none. */
struct souk_text conform_error_code(struct conform *c, struct souk_text came);

/* What is wrong with the error record that came for bad line `index`, or NULL. */
const char *conform_fault_of_bad(struct conform *c, const struct conform_lines *l, size_t index,
	struct souk_text came);

/* Broken unless every second line of the trial, the bad ones, became an error
 * record and those beside them were answered. */
void conform_judge_bad(struct conform *c, const struct conform_trial *t);

/* Runs the program once, to learn the name of its member and whether it ends. */
void conform_probe(struct conform *c);

/* ---- Saying it (report.c) ---- */

/* The check at work is broken, and why. What is said first counts. */
void conform_broken(struct conform *c, const char *format, ...) SOUK_PRINTF(2, 3);
/* The check can't be made, and why. */
void conform_skip(struct conform *c, const char *format, ...) SOUK_PRINTF(2, 3);
/* Shows bytes, shortened and with what can't be printed as \xHH. */
void conform_show(struct conform *c, const char *label, struct souk_text bytes);
/* Broken unless the program ended by itself with that exit state. */
bool conform_expect_exit(struct conform *c, const struct conform_run *r, int state,
	const char *after);

/* ---- Declaring checks ---- */

/* When a check applies. */
enum {
	CONFORM_ONLY_FILTER = 1,   /* not to --kind map or many */
	CONFORM_NOT_MANY = 2,      /* not to --kind many */
	CONFORM_ONLY_EFFECTS = 4,  /* only with --effects */
	CONFORM_NOT_SETTLES = 8,   /* not with --settles */
	CONFORM_TELLS_HANG = 16,   /* the one check made of a program that does not end */
};

struct conform_check {
	const char *name;
	int rule;                  /* of the filter contract */
	const char *statement;     /* one line, lower case, no full stop */
	unsigned applies;
	void (*run)(struct conform *);
};

#define CONFORM_CHECK(function, name, rule, statement, applies)                             \
	static const struct conform_check function##_declared = {                          \
		name, rule, statement, applies, function};                                 \
	__attribute__((used, section("conform_checks")))                                   \
	static const struct conform_check *const function##_entry = &function##_declared

#endif
