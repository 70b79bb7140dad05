/* SPDX-License-Identifier: ISC */
/* souk.h: what the verbs of the dispatcher share. */
#ifndef SOUK_DISPATCHER_H
#define SOUK_DISPATCHER_H

/* In <> for the library's, which has this one's name. */
#include <souk.h>

#include "progress.h"

extern const struct souk_function souk_function;

/* ---- Commands (commands.c) ---- */

/* The folder of this very binary, where its sisters are. */
const char *own_folder(void);

/* This very binary. */
const char *own_program(void);

/* Puts own_folder() first on PATH, for us and our children, unless it is there. */
void extend_path(void);

/* The file that `name` runs as exec would find it: as it is if it holds a slash,
 * else on PATH. NULL if there is none. The caller frees it. */
char *find_command(const char *name);

/* The names NAME of all souk-NAME on PATH, sorted, each once; freed by
 * free_names(). */
struct names {
	char **at;
	size_t count;
};
void find_all_commands(struct names *names);
void free_names(struct names *names);

/* Says that there is no souk-NAME, and what may have been meant; exit 2. */
_Noreturn void unknown_command(const char *name);

/* ---- Asking a command (capture.c) ---- */

/* Runs argv[0], found on PATH, on `input` and appends what it writes, which is followed by
 * SOUK_RECORD_PAD readable bytes. Returns its exit state. */
int ask_command(char *const *argv, struct souk_text input, struct souk_buffer *answer);

/* The next whole line of an answer; *at is 0 at first. False at the end. */
bool answer_line(const struct souk_buffer *answer, size_t *at, struct souk_text *line);

/* ---- Declarations (declared.c) ---- */

/* What a verb of another program says of itself. Texts live in its arena. */
struct declared_option {
	const char *name;
	char letter;
	bool takes_value, required;
};

struct declared {
	const char *function, *about, *verb, *summary, *kind, *effects, *writes, *operands;
	const char **reads;
	size_t read_count;
	struct declared_option *options;
	size_t option_count;
	bool on_failed, needs_id;
	int64_t schema; /* the newest version of its tables, 0: it keeps none */
	struct declared *next;
};

/* Runs `command --describe`; the verbs in its order, or NULL if it declares none. */
struct declared *read_declarations(struct souk_arena *arena, const char *command);

/* The verb that a stage runs, of those that its command declares; NULL if it is none. */
struct stage;
struct declared *declared_verb(struct declared *verbs, const struct stage *stage);

/* ---- Pipeline files (pipeline.c, stages.c) ---- */

struct stage {
	char **argv;
	size_t argc;
	const char *file;  /* the pipeline file it stands in */
	unsigned line;
	char *command;     /* the file to execute */
	const char *title; /* "souk-stock reserve" */
	bool built_in;     /* this very binary is its command, for want of another */
};

struct pipeline {
	struct souk_arena arena; /* holds all of it */
	struct stage *stages;
	size_t count, cap;
	struct souk_buffer fault; /* why it is none: "file:3:7: ..." */
};

/* Parses the text of a pipeline file and appends its stages, as the shell would
 * see them; commands are not looked up. False: p->fault says why. */
bool pipeline_parse(
	struct pipeline *p, const char *path, struct souk_text text, char **args, size_t arg_count);

/* The pipeline file that a user names: as it is, or, without a slash and not in the
 * current folder, one of those installed with us; lives in p->arena. NULL: p->fault
 * says where it was looked for. */
const char *pipeline_find(struct pipeline *p, const char *name);

/* Reads a pipeline file with all pipeline files that it names, and finds the
 * commands. False: p->fault says why. */
bool pipeline_read(struct pipeline *p, const char *path, char **args, size_t arg_count);
void pipeline_free(struct pipeline *p);

/* Whether a file that begins so is a pipeline file: its first line ends in "souk run". */
bool is_pipeline_text(struct souk_text text);

/* Makes room for one stage more. */
struct stage *add_stage(struct pipeline *p);

/* Appends at most `limit` bytes of a file; false with errno if it can't be read. */
bool read_file(struct souk_buffer *text, const char *path, size_t limit);

char *copy_text(struct souk_arena *arena, const char *at, size_t len);

/* ---- Fusing (fused.c) ---- */

/* The name of a file without its folders. */
const char *base_name(const char *path);

/* The filter that the words of a command name, if it is one of those built in; or NULL. */
const struct souk_verb *built_in_filter(int argc, char **argv);

/* Puts the filters of ours that follow each other into one process, or, of each such run,
 * into `processes` joined by pipes: they become stages `souk fuse`. */
void pipeline_fuse(struct pipeline *p, size_t processes);

/* Has the stages that the file names sent to services: they become `souk-call`. With a
 * `list` nothing is changed: it says where each would run. Dies if the file is not as it
 * should be. */
void pipeline_find_services(struct pipeline *p, const char *path, struct souk_buffer *list);

/* ---- Running (process.c, display.c, crash.c) ---- */

struct running {
	const struct pipeline *pipeline;
	struct souk_progress *slots; /* one a stage, in which it counts */
	pid_t *pids;          /* 0 once it ended */
	int *states;          /* as waitpid() gives them */
	size_t alive;
	int64_t started;      /* on the clock of souk_clock_ns() */
	int64_t ended;        /* when the last stage did */
	int stop_signal;      /* what we were told to end by, or 0 */
	bool draining;        /* the first stage was told to end */
	bool stopping;        /* all were */
};

/* The descriptors to start a pipeline with. */
struct launch {
	int in, out, err;
};

/* Blocks the signals that running_wait() takes; before the first start. */
void take_signals(void);

void running_start(
	struct running *run, const struct pipeline *pipeline, const struct launch *launch);

/* Waits for a signal, at most until `until` on souk_clock_ns() (-1: no limit), or until
 * `fd` (-1: none) can be read, and takes up what ended. True: fd can be read. */
bool running_wait(struct running *run, int64_t until, int fd);

/* How stage `i` went. SIGPIPE is no failure of its own: the stage after it is to
 * blame, or whoever read the output. */
enum ending {
	ENDED_WELL,    /* the first four are the exit states: 0, or by the signal we sent */
	ENDED_BAD,     /* exit 1: bad records */
	ENDED_USAGE,   /* exit 2 */
	ENDED_SYSTEM,  /* exit 3 and more, or by a signal; or exit 1 with records unanswered */
	ENDED_CUT_OFF, /* by SIGPIPE, as a later stage failed and says why */
	ENDED_UNREAD,  /* by SIGPIPE, as nobody reads the output of the pipeline */
};
enum ending running_ending(const struct running *run, size_t i);

/* Says on stderr which stages ended badly, and gives the exit state of the whole. */
int running_judge(const struct running *run);
void running_free(struct running *run);

/* The file that the first stage reads, to tell how far it is (position.c). */
struct input_file {
	int fd;              /* standard input, whose position the stage shares; else -1 */
	char path[4096];     /* else the file among its arguments */
	int64_t start, size; /* size -1: no file */
};
void input_file_find(struct input_file *f, const struct stage *first, int in);
/* Bytes read of it, -1 if that can't be told. `pid`: the first stage, 0 if it ended. */
int64_t input_file_read(const struct input_file *f, pid_t pid);

/* The live picture of a run on a terminal. */
struct display {
	const struct running *run;
	bool live;               /* redrawn in place; else only the summary is written */
	struct input_file input;
	int64_t drawn_at;
	size_t drawn_lines;
	uint64_t *last;          /* records at the last drawing, by stage */
	double *rates;           /* a second, smoothed */
};

#define DISPLAY_NS 200000000 /* between drawings */

void display_open(struct display *d, const struct running *run, int input, bool live);
void display_draw(struct display *d, bool final);
/* Writes what stages said on stderr above the picture. */
void display_message(struct display *d, const char *bytes, size_t len);
void display_close(struct display *d);

/* When progress is shown: the choices of --progress. */
extern const char *const progress_words[];

/* Options of souk run. */
struct run_options {
	int progress;
	bool fused;
	int64_t processes;
	const char *services;
	int64_t crash, kills;
	const char *recover;
};

/* Runs a pipeline to its end, with the display that is asked for. */
void run_shown(struct running *run, const struct pipeline *p, struct launch launch,
	const struct run_options *options);

/* A file without a name: it goes when it is closed (files.c). */
int temporary_file(void);

/* Opens the file behind `fd` once more for reading, at `offset`: a process that an
 * earlier run left behind shares no position with the new one. -1: it can't be. */
int open_again(int fd, off_t offset);

/* The input as a file that can be read many times, from `start`: itself, or a copy. */
int keep_input(off_t *start, int64_t *size);

/* Dies if it can't; `what` is for the message. */
void copy_all(int from, int to, const char *what);
size_t count_lines(int fd);

/* The crash button: gives the exit state. */
int crash_run(const struct run_options *options, const struct pipeline *pipeline, const char *path);

#endif
