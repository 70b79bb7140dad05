/* SPDX-License-Identifier: ISC */
/*
 * record.h: one line of NDJSON, checked and located in place.
 *
 * A line is validated strictly (RFC 8259, RFC 3629) in one pass that also notes
 * where each value of the members a stage reads is. Nothing is copied and
 * nothing is rebuilt: souk_record_write() emits the original bytes with the
 * stage's member cut out and the new one spliced in before the last brace.
 *
 * Positions are offsets into the line; text borrowed from a record lives until
 * the next souk_record_parse() on it.
 */
#ifndef SOUK_RECORD_H
#define SOUK_RECORD_H

#include "arena.h"
#include "text.h"

enum souk_type {
	SOUK_NULL, SOUK_FALSE, SOUK_TRUE, SOUK_NUMBER, SOUK_STRING, SOUK_ARRAY, SOUK_OBJECT,
};

/* A line must be followed by its line end (LF, or CR LF) and by so many readable
 * bytes: scanning goes by blocks of up to 64 bytes and stops at the line end by itself. */
#define SOUK_RECORD_PAD 64

/* Nesting deeper than this is refused as too_deep. */
#define SOUK_MAX_DEPTH 512
/* A record, its line end not counted, is at most this long unless --max-record
 * says otherwise. */
#define SOUK_MAX_RECORD (1 << 20)

/* A value or a member's name. Nodes are in document order: a container is
 * followed by what it holds; in an object each name is followed by its value. */
struct souk_node {
	uint32_t at;       /* offset of its first byte; for a string, of the byte after the quote */
	uint32_t len;      /* bytes; for a string, without its quotes */
	uint32_t next;     /* index of the node after all that this one holds */
	uint8_t type;      /* enum souk_type */
	bool escaped;      /* a string that holds a backslash */
	bool flagged;      /* an object that has a member name twice; a value that was not kept */
};

/* What a stage wants to know of a record: names of the top-level members it
 * reads and of the one it writes. Nodes are kept for these only; the rest is
 * validated and passed through. */
struct souk_interest {
	const char *const *reads; /* NULL-terminated; a path "customer.group" asks for "customer";
	                             "*" asks for all; "*.charges" for each member that is an object
	                             and has such a member; NULL for none */
	const char *writes;       /* the stage's own member, or NULL */
};

/* How a stage ends with a record. */
enum souk_outcome {
	SOUK_PASS,      /* the record goes on as it came */
	SOUK_ANSWER,    /* `answer` becomes the stage's member */
	SOUK_REFUSED,   /* `error` is added; the stage's older member goes */
	SOUK_REFUSED_WITH_ANSWER, /* the same, and `answer` becomes the stage's member after all */
	SOUK_WAITING,   /* `wait` is added, and `answer` if there is one */
	SOUK_REDACTED,  /* only `id` and `error` are written: the rest must not go on */
	SOUK_FAILED,    /* the system failed; the batch is undone */
};

/* Where a top-level member stands, for cutting it out. */
struct souk_span {
	uint32_t index;     /* among the members; UINT32_MAX if there is none */
	uint32_t name;      /* offset of its name's first quote */
	uint32_t end;       /* after its value */
	uint32_t before;    /* end of the member before it */
	uint32_t after;     /* name of the member after it; its own end if there is none */
	uint32_t node;      /* index of its value's node */
};

struct souk_record {
	/* The line, as given to souk_record_parse(). */
	const char *line;
	uint32_t len;
	uint64_t number;                /* of the line, from 1 */
	/* What was found. nodes[0] is the record itself. */
	struct souk_node *nodes;
	uint32_t node_count, node_cap;
	const struct souk_node *error_member, *wait_member, *own_member; /* or NULL */
	/* Where souk_record_write() notes the ends of the members it wrote; NULL: nowhere. */
	struct souk_buffer *ends;
	/* What the stage answers: buffers are emptied by souk_record_parse(). */
	const char *by;                 /* the function, for error.by and wait.by */
	struct souk_buffer answer;      /* a JSON value */
	struct souk_buffer error;       /* what goes into error or wait, its brace not yet closed */
	bool drop_wait;                 /* the wait is this stage's own: it takes the record up */
	/* The rest is the record layer's own. */
	struct souk_interest interest;
	struct souk_text *known;         /* names of interest */
	size_t known_count;
	uint64_t known_bits;            /* which names may be known, a bit for each, hashed */
	bool knows_all;
	bool can_pass;                  /* pass.h */
	struct souk_text in_any;        /* "charges" of "*.charges": kept where an object may hold it */
	struct souk_span own, wait, error_span;
	uint32_t brace;                 /* offset of the last brace */
	uint32_t top_count;             /* members at the top level */
	uint32_t fault_at;              /* where the line broke the rules */
	const char *fault_code, *fault;
	uint32_t *name_set;             /* scratch: hash set of names, for duplicates */
	size_t name_set_size;
	struct souk_arena arena;
};

/* A zeroed record is ready for init. `by` names the function. */
void souk_record_init(struct souk_record *r, const char *by, const struct souk_interest *interest);
void souk_record_free(struct souk_record *r);

/* Validates `line` (without its line end), which must stay as it is while the
 * record is in use and be followed as SOUK_RECORD_PAD says. Returns false if it is no record; then fault_code
 * ("bad_record", "too_deep"), fault (what is wrong) and fault_at (the byte)
 * say why. len must be below 4 GiB. */
bool souk_record_parse(struct souk_record *r, const char *line, size_t len);

/* The same of a line that a buffer holds, without its line end: what must follow it is put
 * there, uncounted. And of a copy of `text`, made in `line`. */
bool souk_record_parse_buffer(struct souk_record *r, struct souk_buffer *line);
bool souk_record_parse_copy(struct souk_record *r, struct souk_buffer *line, struct souk_text text);

/* The same of a line that this process wrote: `ends` are the offsets behind the values of
 * its top-level members, in their order, as souk_record_write() noted them. What is not
 * asked for is not looked at again. */
bool souk_record_parse_written(struct souk_record *r, const char *line, size_t len, const uint32_t *ends);

/* Appends what the last parse found to `kept`, and takes it back later: for a record
 * that is looked at twice. Its line must still be as it was. */
void souk_record_keep(const struct souk_record *r, struct souk_buffer *kept);
void souk_record_return_to(struct souk_record *r, const char *kept);

/* Appends the record, a newline after it, to `out` as `outcome` says. Where r->ends is
 * set, the offset in the line, a uint32_t, behind each member's value is appended to it;
 * nothing for SOUK_REDACTED. */
void souk_record_write(struct souk_record *r, enum souk_outcome outcome, struct souk_buffer *out);

/* Memory that lives until the next parse; for what a map needs beside the line. */
void *souk_record_alloc(struct souk_record *r, size_t size);
/* The same text in that memory. */
static inline struct souk_text souk_record_copy(struct souk_record *r, struct souk_text text)
{
	return souk_arena_copy(&r->arena, text);
}

/* ---- Reading ---- */

/* The top-level member of that name, or NULL if there is none or it was not
 * among the members of interest. */
const struct souk_node *souk_member(const struct souk_record *r, const char *name);

/* The member of `object`, or NULL; NULL too if object is NULL or no object. */
const struct souk_node *souk_find(const struct souk_record *r, const struct souk_node *object, const char *name);

/* Iterates: for (v = souk_first(r, array); v; v = souk_next(r, array, v)).
 * In an object that gives the names; a name's value is the node after it. */
const struct souk_node *souk_first(const struct souk_record *r, const struct souk_node *container);
const struct souk_node *souk_next(const struct souk_record *r, const struct souk_node *container,
	const struct souk_node *node);

/* How many elements or members a container has. */
size_t souk_count(const struct souk_record *r, const struct souk_node *container);

/* The bytes of a value as they stand in the line, quotes and brackets included. */
struct souk_text souk_raw(const struct souk_record *r, const struct souk_node *node);

/* A string's text, its escapes decoded (into the record's memory if there are
 * any). A lone surrogate, which no UTF-8 can say, gives false. */
bool souk_decode(struct souk_record *r, const struct souk_node *string, struct souk_text *text);

/* Readers of members. `object` NULL means the record itself. need_ refuses the
 * record where the member is missing; may_ leaves *value as it is. Both refuse
 * it, as bad_record with the member's path and what is allowed, where the value
 * is of another type or out of range, or where the object holds a name twice.
 * null counts as missing. They return false if they refused. */
bool souk_need_int(struct souk_record *r, const struct souk_node *object, const char *name,
	int64_t min, int64_t max, int64_t *value);
bool souk_may_int(struct souk_record *r, const struct souk_node *object, const char *name,
	int64_t min, int64_t max, int64_t *value);
/* Text of min to max bytes, without control characters. */
bool souk_need_text(struct souk_record *r, const struct souk_node *object, const char *name,
	size_t min, size_t max, struct souk_text *value);
bool souk_may_text(struct souk_record *r, const struct souk_node *object, const char *name,
	size_t min, size_t max, struct souk_text *value);
bool souk_may_bool(struct souk_record *r, const struct souk_node *object, const char *name, bool *value);
/* A member of the given type, SOUK_ARRAY or SOUK_OBJECT. */
bool souk_need_node(struct souk_record *r, const struct souk_node *object, const char *name,
	enum souk_type type, const struct souk_node **value);
bool souk_may_node(struct souk_record *r, const struct souk_node *object, const char *name,
	enum souk_type type, const struct souk_node **value);

/* The record's id: 1 to 128 bytes of text. */
#define SOUK_MAX_ID 128
bool souk_need_id(struct souk_record *r, struct souk_text *id);

/* Whether the record waits for that function, which then takes it up. */
bool souk_waits_for(struct souk_record *r, const char *function);

/* ---- Answering ---- */

/* Begins `error` with by, code and message and returns SOUK_REFUSED. The caller
 * may souk_put_ more members into r->error; its brace is closed when written. */
enum souk_outcome souk_refuse(struct souk_record *r, const char *code, const char *format, ...)
	SOUK_PRINTF(3, 4);

/* The same for a value that is wrong: code bad_record, and the message begins
 * with the path of `node`: "lines[2].qty: ...". */
enum souk_outcome souk_refuse_value(struct souk_record *r, const struct souk_node *node,
	const char *format, ...) SOUK_PRINTF(3, 4);

/* Refuses an element of an array that is no object: false. */
static inline bool souk_need_object(struct souk_record *r, const struct souk_node *value)
{
	return value->type == SOUK_OBJECT || (souk_refuse_value(r, value, "must be an object"), false);
}

/* Begins `wait` (by, code, message) and returns SOUK_WAITING; members such as
 * until and url may follow. */
enum souk_outcome souk_wait(struct souk_record *r, const char *code, const char *format, ...)
	SOUK_PRINTF(3, 4);

/* Answers {"state":STATE} and nothing else. */
enum souk_outcome souk_answer_state(struct souk_record *r, const char *state);
/* Answers what the function's member says already, and this state. */
enum souk_outcome souk_answer_new_state(struct souk_record *r, struct souk_text state);

/* Copies into `out` the members of `object` but for those in `except`
 * (NULL-terminated): what a later verb keeps of its function's member. */
void souk_put_kept(struct souk_buffer *out, const struct souk_record *r, const struct souk_node *object,
	const char *const *except);

/* Makes `body` the record as it was put: without the function's member and `wait`, which say
 * how a run of it went. souk_write_body() writes it again. */
void souk_make_body(struct souk_buffer *body, const struct souk_record *r);

/* Appends the path of a node, "lines[2].qty", for messages. */
void souk_add_path(struct souk_buffer *out, const struct souk_record *r, const struct souk_node *node);

#endif
