/* SPDX-License-Identifier: ISC */
/*
 * call.h: a filter that is somewhere else.
 *
 * Each record gets a slot, in the order of the input; a slot holds the line, what is sent
 * of it, and what comes of it. Slots are handed to instances of the service, answered in
 * whatever order, and written in theirs. All of it turns in one loop (loop.c).
 */
#ifndef CALL_H
#define CALL_H

#include <signal.h>

#include "address.h"
#include "souk.h"
#include "tls.h"

enum {
	SLOTS = 8192,              /* records on their way */
	WINDOW_BYTES = 16 << 20,   /* of their lines; a single one may be longer */
	KEPT_BYTES = 256 << 10,    /* memory that free slots keep for what comes */
	READ_BYTES = 256 << 10,    /* read from an instance at once */
	MOST_ATTEMPTS = 3,         /* at a record with which the connection broke each time */
	BACKOFF_FIRST_MS = 50,
	BACKOFF_LAST_MS = 5000,
	MOST_INSTANCES = 64,
};

/* ---- What the stage declares (contract.c) ---- */

/* A top-level member that is sent: whole, or only some of its members. */
struct sent_member {
	const char *name;
	const char **parts; /* NULL-terminated; NULL: whole */
	size_t part_count;
};

struct contract {
	struct souk_arena arena;
	const char **reads;        /* as declared, and "id": what the record layer looks for */
	const char *writes;        /* NULL: the answer takes the place of the record */
	struct sent_member *members;
	size_t member_count;
	const char *in_any;        /* "charges" of "*.charges"; NULL: none */
	bool whole, on_failed, on_waiting, idempotent, takes_payment;
};

/* Asks `command`, "souk-stock reserve", what it declares. Dies if it declares no filter. */
void contract_ask(struct contract *c, const char *command);
/* Takes what is given: names of members parted by commas, and the one that is written. */
void contract_take(struct contract *c, const char *reads, const char *writes);
void contract_free(struct contract *c);

/* ---- Records on their way ---- */

enum slot_state { SLOT_UNSENT, SLOT_SENT, SLOT_DONE };

struct slot {
	enum slot_state state;
	struct souk_buffer text;  /* the line, then what is sent of it, then the ends of its members */
	uint32_t line_len, request_at, request_len, ends_at;
	struct souk_buffer result; /* what is written for it, with its line end */
	uint64_t affinity;
	unsigned attempts;
	bool tells;                /* more is sent than the id and what its stage, an error or a wait wrote */
};

/* ---- Instances (connect.c, instance.c) ---- */

/* An address as it was given: that of an instance or, a name, of as many as it stands for. */
struct place {
	const char *text;
	struct souk_address address;
	struct lookup *lookup;   /* under way, or NULL */
	int64_t look_at;         /* again then, though all is well: there may be more by now */
};

struct target {
	struct sockaddr_storage address;
	socklen_t len;
};

enum instance_state {
	INSTANCE_UNUSED,         /* its name stands for fewer now */
	INSTANCE_DOWN,
	INSTANCE_LOOKING,        /* its name is looked up */
	INSTANCE_CONNECTING,
	INSTANCE_SHAKING_HANDS,
	INSTANCE_UP,
};

struct instance {
	struct place *place;
	struct souk_buffer text; /* its address, for messages; ended by a NUL */
	struct target targets[2]; /* one of each family at most, and which is tried next */
	size_t target_count, trying;
	bool kept;               /* it has its address from the last look-up */
	uint64_t hash;
	enum instance_state state;
	int fd;
	struct souk_tls *tls;    /* or NULL: bytes go as they are */
	int64_t retry_at, backoff_ms, progress;
	struct souk_buffer out, in;
	size_t written;          /* of `out` */
	uint64_t *slots;         /* a ring of SLOTS: numbers of those outstanding, in order */
	size_t first, count;
	bool told;               /* that it is away was said */
};

struct call {
	/* Options. */
	const char *stage_command, *reads, *writes, *by, *rejects_path;
	struct souk_tls_files tls;
	int64_t timeout, most_outstanding, max_record;
	bool idempotent, exit_on_failed;
	/* State. */
	void *tls_context;       /* NULL: without */
	struct contract contract;
	struct souk_record record, answer;
	struct souk_input *input;
	int rejects;
	struct place *places;
	size_t place_count;
	struct instance *instances; /* MOST_INSTANCES */
	size_t instance_count;   /* so many were ever used */
	int looked;              /* can be read when a name was looked up */
	struct slot *slots;      /* a ring: slot number n stands at n % SLOTS */
	uint64_t first, after;   /* of those on their way */
	uint64_t unsent;         /* none before it is */
	size_t window_bytes, kept_bytes;
	struct souk_buffer out;  /* what can be written */
	struct souk_buffer ends;
	bool input_ended;
	uint64_t written, bad, failed;
	int64_t now;
	int64_t down_since;      /* since when no instance was up and answered; 0: one did */
	int64_t ending_since;    /* when SIGTERM came, or 0 */
};

static inline struct slot *slot_of(struct call *c, uint64_t number)
{
	return &c->slots[number % SLOTS];
}

/* ---- Where they are (lookup.c, place.c) ---- */

/* Looks up a name in a thread of its own, and adds to the eventfd `told` when that is done. */
struct lookup *lookup_start(const struct souk_address *address, int told);
/* False: it is not done yet. *why is NULL where it was found, and else says why not. */
bool lookup_end(struct lookup *l, struct souk_address *address, const char **why);

/* What one instance of a name has: an address of each family at most. Which of the one
 * family is the same machine as which of the other nobody says; where one can't be reached
 * the other is tried. */
struct wanted {
	struct target at[2];
	size_t count;
	bool taken;
};

bool target_same(const struct target *a, const struct target *b);
/* What the instances have that a name stands for; returns how many, at most MOST_INSTANCES. */
size_t lookup_list(const struct addrinfo *found, struct wanted *wanted);

/* Takes up an address with its first instance; what is none is wrong usage. */
void place_open(struct call *c, const char *text);
void places_start(struct call *c);
/* Looks up a name, unless it is being looked up. */
void place_look(struct call *c, struct place *place);
/* Takes what was found, and looks again where it is time. */
void places_update(struct call *c, bool told);
void places_free(struct call *c);

/* Connects, or goes on to; takes note of what came of it. */
void instance_connect(struct call *c, struct instance *i);
/* Says why, closes, and tries again later. */
void instance_leave(struct call *c, struct instance *i, const char *why);
void instance_close(struct instance *i);
/* Sends and receives what can be. */
void instance_write(struct call *c, struct instance *i);
void instance_read(struct call *c, struct instance *i);
/* Breaks the connection: what was outstanding is sent again, or answered as undecided. */
void instance_fail(struct call *c, struct instance *i, const char *why);
/* The instance for a slot, or NULL if none can take it now (choose.c). */
struct instance *instance_choose(struct call *c, const struct slot *s);
/* Of an instance's address, and of what records are alike in. */
uint64_t choose_hash(struct souk_text text);
void instance_send(struct call *c, struct instance *i, uint64_t number);

/* ---- Requests and answers (request.c, answer.c) ---- */

/* Takes up a line: fills the next slot. */
void request_take(struct call *c, const struct souk_input_line *line);
/* Takes the answer to a slot; false, with *why, if it is none. */
bool answer_take(struct call *c, struct slot *s, const char *line, size_t len, const char **why);
/* Answers a slot as undecided. */
void answer_waiting(struct call *c, struct slot *s, const char *code, const char *format, ...)
	SOUK_PRINTF(4, 5);

/* Notes since when nobody has been there (giveup.c). */
void note_who_is_up(struct call *c);
/* When records are given up that nobody answers: INT64_MAX where that is not in sight. */
int64_t give_up_at(const struct call *c);
/* Answers them as undecided once it is so far. */
void give_up(struct call *c);

/* loop.c */
int call_run(struct call *c);

#endif
