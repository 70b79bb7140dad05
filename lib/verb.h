/* SPDX-License-Identifier: ISC */
/*
 * verb.h: the declaration of a verb, from which everything else follows:
 * parsing of options, usage, --help, --version, --describe, completions, the
 * SYNOPSIS and OPTIONS of its man page, what is read and written, the batch
 * loop's transactions, and the static check of a pipeline.
 *
 * A verb is one file in its function's folder. It ends with SOUK_VERB, which
 * also makes it known: no list names it.
 */
#ifndef SOUK_VERB_H
#define SOUK_VERB_H

#include "record.h"
#include "store.h"
#include "text.h"

#define SOUK_VERSION "0.1.0"
#define SOUK_CONTRACT 1 /* version of the filter contract, souk-filter(7) */

enum souk_option_kind {
	SOUK_OPTION_FLAG,   /* bool */
	SOUK_OPTION_TEXT,   /* const char *, kept as given */
	SOUK_OPTION_NUMBER, /* int64_t, from min to max */
	SOUK_OPTION_CHOICE, /* int: the index of the word among `choices` */
	SOUK_OPTION_TIME,   /* int64_t, RFC 3339, kept as seconds since 1970 UTC */
	SOUK_OPTION_SPAN,   /* int64_t seconds, written 30s, 15m, 2h, 7d */
	SOUK_OPTION_LIST,   /* struct souk_strings: may be given again, all are kept in order */
};

/* The values of a SOUK_OPTION_LIST, kept as given; the verb's close frees `at`. */
struct souk_strings {
	const char **at;
	size_t count;
};

/* One option. It is parsed into the verb's state, a struct of which `offset`
 * names the field. A table of options ends with an entry without name. */
struct souk_option {
	char letter;             /* 0 for none */
	const char *name;        /* long name, without the dashes */
	const char *value;       /* what to call its value in help: FILE; NULL for a flag */
	enum souk_option_kind kind;
	size_t offset;
	const char *help;        /* one line, lower case, no full stop */
	int64_t min, max;        /* for SOUK_OPTION_NUMBER */
	const char *const *choices; /* for SOUK_OPTION_CHOICE: words, NULL-terminated */
	bool required;
};

/* What kind of program a verb is (contract, rule 1). */
enum souk_kind {
	SOUK_FILTER,  /* one record in, the same record out with one member more */
	SOUK_SOURCE,  /* makes records: list, export */
	SOUK_MAP,     /* makes new records from records: map, group, csv */
	SOUK_TOOL,    /* anything else: conform, audit, the dispatcher */
};

/* What it changes (contract, rules 4 and 5). */
enum souk_effects {
	SOUK_PURE,      /* nothing */
	SOUK_OWN_STATE, /* its function's tables */
	SOUK_EXTERNAL,  /* its tables and the world outside */
};

/* What a record must leave of --max-record for an answer, unless the verb says otherwise:
 * what would become too long is refused before the effect. */
#define SOUK_ROOM 4096

/* Which records that came failed or waiting a filter acts on. */
enum { SOUK_ON_FAILED = 1, SOUK_ON_WAITING = 2 };

/* What a verb that acts outside says of a record before the calls. */
enum souk_intent {
	SOUK_INTENT_FAILED,   /* the system failed; the batch is undone */
	SOUK_INTENT_ANSWERED, /* it can be answered as it is */
	SOUK_INTENT_CALL,     /* its answer waits for the calls */
};

struct souk_stage;
struct souk_writer;

/* A function of the shop: what its verbs share. Each folder cmd/NAME has one. */
struct souk_function {
	const char *name;                /* "stock": the command souk-stock, the member "stock" */
	const char *summary;             /* one line: NAME of its man page */
	const char *schema;              /* SQL by versions (store.h), or NULL: it keeps no state */
	const char *const *statements;   /* its named statements, by index, or NULL */
	size_t statement_count;
};

struct souk_verb {
	const struct souk_function *function;
	const char *name;                /* "reserve"; NULL for what the command does without a verb */
	const char *summary;             /* one line */
	const char *operands;            /* for usage: "[FILE]"; NULL if it takes none */
	bool raw_operands;               /* options end at the first operand: what follows is another's */
	enum souk_kind kind;
	enum souk_effects effects;
	bool reads_state;                /* a pure verb that looks things up in its function's tables */
	bool made_again;                 /* its commits need not be on disk when they are answered: what the
	                                    power's failure takes of them, recovery's replay makes again */
	bool needs_no_id;                /* with effects, but keyed by something else: put */
	size_t room;                     /* of a verb with effects: bytes of --max-record that a record must
	                                    leave for its answer and those that follow; 0: SOUK_ROOM */
	unsigned acts_on;                /* SOUK_ON_FAILED | SOUK_ON_WAITING; good records always */
	const char *const *reads;        /* members, NULL-terminated: "lines", "customer.group"; a '?' at
	                                    the end: takes it if it is there; "*.charges": of any member */
	bool whole;                      /* needs the record as it is: it keeps it */
	const struct souk_option *options; /* or NULL */
	size_t state_size;               /* of the verb's state: options and what it keeps; zeroed */

	/* For a filter. Each gets the stage; batch functions may be NULL. */
	/* Once, after the options are parsed: checks them, gives defaults. */
	void (*open)(struct souk_stage *);
	/* At the start of a batch, inside its transaction. May run again for the same
	 * batch if the transaction has to be repeated, so it resets what `map` keeps. */
	bool (*begin)(struct souk_stage *);
	/* Of a verb that calls the outside, or takes its time: sees each record first, in a
	 * transaction of its own: stores what is intended and under which key. A record that
	 * needs no call is mapped right after. Writes no answer. */
	enum souk_intent (*intend)(struct souk_stage *, struct souk_record *);
	/* With `intend`: the calls to the outside, or what takes its time, in no transaction. */
	bool (*call)(struct souk_stage *);
	/* For each record, once. Acts only inside the transaction. */
	enum souk_outcome (*map)(struct souk_stage *, struct souk_record *);
	/* After the last record, before the commit: writes what the batch decided. */
	bool (*end)(struct souk_stage *);
	void (*close)(struct souk_stage *);

	/* For a source, map or tool: does it all and returns the exit state. Operands
	 * are those left after the options. A filter that has it takes operands too, and
	 * with them answers what they ask instead of reading records. */
	int (*run)(struct souk_stage *, int operand_count, char **operands);
	/* In place of `run`, for a source that only tells what is stored and takes no operands:
	 * writes it, in one reading transaction. */
	bool (*write)(struct souk_stage *, struct souk_writer *);
};

/* A verb at work: the declaration, its options parsed, its state. */
struct souk_stage {
	const struct souk_verb *verb;
	void *state;                     /* of verb->state_size */
	struct souk_store *store;        /* or NULL */
	struct souk_seen seen;           /* of it, for souk_store_changed() */
	const char *program;             /* "souk-stock": what its messages begin with */
	/* Options that every filter has. */
	bool exit_on_failed;             /* -e */
	bool verbose;                    /* -v */
	int64_t max_record;              /* bytes */
	const char *rejects;             /* file, or NULL */
	int64_t fixed_now;               /* --now; SOUK_NO_TIME if not given */
	/* This attempt at the batch follows one that failed: what `map` kept of that
	 * one never happened. */
	bool repeated;
};

/* Seconds since 1970 UTC: --now if given, else the clock. */
int64_t souk_now(const struct souk_stage *stage);

/* Reads a member that is a time, if it is there; else *time stays as it is. False: the
 * record is refused. */
bool souk_may_time(struct souk_record *r, const char *name, int64_t *time);

/* The time an order was made: its member `time` if it has one, else souk_now().
 * Prices, rates and promotions are looked up at it. False: the record is refused. */
bool souk_order_time(struct souk_stage *stage, struct souk_record *r, int64_t *time);

/* ---- Making verbs known ---- */

/* Puts a pointer to the declaration into a section that the linker delimits. */
#define SOUK_VERB(identifier)                                                              \
	static const struct souk_verb identifier;                                              \
	__attribute__((used, section("souk_verbs")))                                           \
	static const struct souk_verb *const identifier##_entry = &identifier;                 \
	static const struct souk_verb identifier

/* Says which command this is: the function of souk-NAME where `name` is that and it is
 * linked in, else the dispatcher if it is, else the one there is. Returns it. */
const struct souk_function *souk_function_called(const char *name);

/* All verbs of this command, in the order of linking. */
const struct souk_verb *const *souk_verbs(size_t *count);

/* All verbs of a function that is linked in; *count is 0 if it is not. */
const struct souk_verb *const *souk_verbs_of(const char *function, size_t *count);

/* Finds a verb, of any function linked in, by its function and name (NULL or "" for the
 * nameless one). */
const struct souk_verb *souk_verb_find(const char *function, const char *name);

/* "souk-stock reserve" */
void souk_add_verb_name(struct souk_buffer *b, const struct souk_verb *verb);

/* Parses the options of `verb` from argv[1..], fills *stage, and opens its store.
 * Returns the index of the first operand. Errors end the program with exit 2,
 * --help and the like with 0. souk_stage_close() undoes it. */
int souk_stage_open(struct souk_stage *stage, const struct souk_verb *verb, int argc, char **argv);
void souk_stage_close(struct souk_stage *stage);

/* ---- What is derived (describe.c) ---- */

void souk_describe_usage(struct souk_buffer *b, const struct souk_verb *verb);
void souk_describe_help(struct souk_buffer *b, const struct souk_verb *verb);
void souk_describe_json(struct souk_buffer *b, const struct souk_verb *verb);
void souk_describe_mdoc(struct souk_buffer *b, const char *section);
void souk_describe_completion(struct souk_buffer *b, const char *shell);

/* The options that every verb of a kind has, ended by an entry without name;
 * offsets are into struct souk_stage. */
const struct souk_option *souk_common_options(enum souk_kind kind);

#endif
