/* SPDX-License-Identifier: ISC */
/*
 * serve.h: a filter as a network service.
 *
 * Lines go one way: a connection's `in`, a worker's `bytes` (where they stay until they
 * are answered), the worker's standard input. Answers go the other: the worker's
 * `answers`, the connection's `out`. All of it turns in one loop (serve.c): after the
 * events of a turn, what came in is dealt out to the workers, one write for each.
 *
 * A worker answers in the order it was sent lines. A connection has lines with one worker
 * at a time only, so its answers come in their order, and its lines are worked on in it.
 */
#ifndef SERVE_H
#define SERVE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "address.h"
#include "long_line.h"
#include "souk.h"
#include "tls.h"

enum {
	READ_BYTES = 64 << 10,     /* read from a connection at once */
	IN_BYTES = 256 << 10,      /* of lines that wait for a worker: more are not read */
	OUT_BYTES = 256 << 10,     /* of unread answers: with more, no line is sent to a worker */
	QUANTUM_LINES = 32,        /* of a connection before it is another's turn */
	QUANTUM_BYTES = 64 << 10,
	SMALL_BYTES = 16 << 10,    /* a connection that holds less is read even over the budget */
	TICK_MS = 200,
};

/* Bytes between start and end, followed by room for what the record layer reads beyond. */
struct queue {
	char *at;
	size_t start, end, cap;
};

static inline size_t queue_len(const struct queue *q)
{
	return q->end - q->start;
}

/* Room for `more` bytes at the end; what is there may move. *held counts the memory, if given. */
char *queue_room(struct queue *q, size_t more, size_t *held);
/* So many bytes were put where queue_room() said. */
void queue_added(struct queue *q, size_t len);
void queue_add(struct queue *q, const void *bytes, size_t len, size_t *held);
/* Takes `len` bytes from the front; an empty queue gives back its memory if `release`. */
void queue_take(struct queue *q, size_t len, bool release, size_t *held);
void queue_free(struct queue *q, size_t *held);

struct server;
struct worker;

/* How many connections an address has; only kept where that is limited. */
struct peer {
	LIST_ENTRY(peer) link;
	unsigned char address[16];
	int64_t connections;
};

LIST_HEAD(peers, peer);

struct connection {
	TAILQ_ENTRY(connection) link;       /* of all, the longest idle first */
	TAILQ_ENTRY(connection) ready_link; /* in a queue of its worker */
	TAILQ_ENTRY(connection) touched_link;
	struct server *server;
	int fd;
	struct event read_event, write_event;
	struct souk_tls *tls;
	struct queue in, out;
	size_t lines_len;       /* of `in`, from its start: complete lines */
	uint64_t number, offset; /* of the last line, of the byte at in.start */
	struct souk_long_line *long_line;
	struct worker *worker;  /* that has its lines, or is to have them */
	uint32_t outstanding;   /* lines that a worker has */
	bool is_long, long_ended; /* the line after those of `in` is, and has ended */
	bool reading, writing, ended, closed, last, ready, held, touched;
	int64_t active;         /* when bytes last went either way */
	struct peer *peer;
};
TAILQ_HEAD(connections, connection);

/* A line that a worker has. Its bytes are in the worker's `bytes`. */
struct entry {
	struct connection *connection;
	int64_t since;
	uint32_t len;           /* with its LF */
	uint32_t id_at, id_len; /* of its id, in the line; id_len 0 if it has none */
	uint8_t id_type;
	bool id_escaped;
};

/* A command line that workers run; kept as long as one does. */
struct command {
	char **argv;
	unsigned users;
	bool idempotent;        /* lines may be sent again */
	bool declared, on_failed, on_waiting;
	char *function;         /* as declared, or NULL */
	const char *name;       /* by of errors and waits */
};

enum worker_state {
	WORKER_UP,
	WORKER_ENDING, /* its input is closed, nothing is outstanding */
	WORKER_DYING,  /* was killed, or has closed its output; its end is awaited */
	WORKER_DOWN,   /* waits to be started */
};

enum worker_end { END_EXIT, END_HUNG, END_STRAY, END_ID, END_RECORD, END_REASONS };

struct worker {
	TAILQ_ENTRY(worker) link;
	struct server *server;
	struct command *command;
	unsigned number;
	enum worker_state state;
	bool retiring;          /* gets no new lines, and ends when it has answered all */
	bool proving;           /* is to replace another once it has stayed alive for a moment */
	bool trial;             /* gets one line only, until a new one has answered */
	bool reserve;           /* gets no new lines, and goes when that is so; or takes over again */
	bool stranded;          /* was new and failed: another takes its line */
	pid_t pid;              /* 0: it has ended */
	int status;             /* how */
	int input, output;      /* our ends */
	struct event read_event, write_event, timer;
	bool writing;
	struct entry *entries;  /* a ring of server->batch */
	uint32_t first, count;
	struct queue bytes, answers;
	size_t written;         /* of `bytes`, from its start */
	uint32_t careful;       /* so many, the first, are sent one by one */
	unsigned alone_deaths;  /* of the first of these */
	int64_t started, progress, down_since;
	bool has_answered;
	unsigned at_once;       /* deaths in a row without an answer */
	enum worker_end reason;
	struct connections ready, held; /* held: lines without id, while another's are outstanding */
	const struct connection *nameless; /* whose lines without id it has */
	uint32_t nameless_count;
	size_t ready_count;
};
TAILQ_HEAD(workers, worker);

enum { LATENCY_BUCKETS = 16, BATCH_BUCKETS = 11, CODES = 32 };

struct metrics {
	uint64_t requests, connections, refused_connections, dropped, restarts[END_REASONS];
	uint64_t latency[LATENCY_BUCKETS + 1], batch[BATCH_BUCKETS + 1], batches, batched;
	int64_t latency_ns;
	struct {
		char code[40];
		uint64_t count;
	} codes[CODES];
};

struct server {
	/* Options. */
	struct souk_strings listen;
	int64_t worker_count, timeout, idle, most_connections, most_per_address, most_outstanding;
	int64_t batch, max_record, budget;
	const char *name, *metrics_address, *control_path, *probe_address;
	struct souk_tls_files tls;
	bool unchecked, idempotent, inetd, verbose;
	/* State. */
	struct event_base *base;
	struct command *command;
	struct command *reserve_command; /* during a trial: what ran before */
	struct workers workers;
	struct connections connections, touched;
	size_t connection_count, held;
	bool paused;            /* over the budget: nothing is read */
	int64_t paused_since;
	bool draining, done;
	int64_t drain_since;
	int64_t now;            /* of this turn of the loop, ns */
	struct souk_record request, answer;
	struct souk_buffer text;
	char *scratch;          /* READ_BYTES */
	struct metrics metrics;
	struct peers peers[1024];
	struct rlimit files;    /* as it was: workers get it back */
	unsigned next_number;
	char *notify_path;      /* who wants to be told of our state, or NULL */
	bool socket_given;      /* one connection is all there will be */
	struct listening *listening;
	struct evhttp *http;
	struct control *control;
	void *tls_context;
	struct event term, interrupt, hangup, child, tick;
	struct event prove_timer;
	bool proving, replace_again, has_answered;
	void (*replaced)(struct server *, const char *why); /* tells who asked, why NULL: it is done */
};

/* loop.c */
int serve_run(struct souk_stage *stage, int operand_count, char **operands);

/* listen.c */
void listen_open(struct server *s);
/* Takes a socket that listens; one that was given is left as it is for whoever comes next. */
void listen_add(struct server *s, int fd, bool given);
void listen_pause(struct server *s, bool pause);
bool listen_any(const struct server *s);
/* Lets in who is waiting already, and nobody more. */
void listen_close(struct server *s);

/* made.c */
/* Notes a socket file that was just made, to be removed at the end; one that clients come
 * by, when nobody is let in any more. */
void made_add(const struct souk_address *address, bool for_clients);
void made_remove_for_clients(void);

/* notify.c */
/* Takes over who is to be told. */
void notify_open(struct server *s);
/* Tells "READY=1", "RELOADING=1" or "STOPPING=1". */
void notify(const struct server *s, const char *state);

/* given.c */
void given_by_systemd(struct server *s);
void given_by_inetd(struct server *s);

/* connection.c */
void connection_open(struct server *s, int fd, struct peer *peer);
void connection_close(struct connection *c);
/* The memory of its unfinished lines and unread answers. */
size_t connection_holds(const struct connection *c);
/* Reads once, if there is something. */
void connection_read(struct connection *c);
/* Notes that something has changed: connection_update() is called at the end of the turn. */
void connection_touch(struct connection *c);
/* Writes what there is, reads or not, hands lines on, closes if it is done. */
void connection_update(struct connection *c);
void connection_answer(struct connection *c, const char *at, size_t len);
bool connection_has_lines(const struct connection *c);

/* limits.c */
/* Stops reading where too much memory is held, and goes on when it is free again. */
void limits_budget(struct server *s);
/* Closes connections that hold most while memory is short, or are silent for too long. */
void limits_tick(struct server *s);

/* lines.c */
enum taken {
	TAKEN_NONE,
	TAKEN_LINE,
	TAKEN_LATER, /* what comes next is ours to answer, once nothing is outstanding */
};
/* Takes in bytes that came. */
void lines_feed(struct connection *c, const char *at, size_t len);
/* Gives back what a too long line holds. */
void lines_forget_long(struct connection *c);
/* The input ended: what is left is a line too. */
void lines_end(struct connection *c);
/* Shows the next line that is for a worker, answers those before it that are not; its id
 * is in *entry. lines_take() then takes it. */
enum taken lines_next(struct connection *c, struct souk_input_line *line, struct entry *entry);
void lines_take(struct connection *c, const struct souk_input_line *line);

/* dispatch.c */
void dispatch_ready(struct connection *c);
void dispatch_forget(struct connection *c);
void dispatch_all(struct server *s);
/* A line of it has been answered. */
void dispatch_answered(struct worker *w, const struct entry *e);
/* Lets connections that wait for it look for others, but those it owes answers. */
void dispatch_elsewhere(struct worker *w);

/* worker.c */
struct worker *worker_new(struct server *s, struct command *command);
void worker_free(struct worker *w);
void worker_write(struct worker *w);
/* Kills it; its lines are sent again, or answered, once it has ended. */
void worker_fail(struct worker *w, enum worker_end reason);
/* Takes the first outstanding line away: it has been answered. */
void worker_pop(struct worker *w);
/* It has ended, and all it wrote was read. */
void worker_died(struct worker *w);
void worker_tick(struct worker *w);

/* process.c */
/* False with errno if the program can't be run. */
bool process_start(struct worker *w);
void process_kill(struct worker *w);
/* Closes our ends of its pipes. */
void process_close(struct worker *w);
/* Lets it end: its input is closed. */
void process_end(struct worker *w);
void process_reap(struct server *s);
/* "ended with exit 3", "was killed by signal 11" */
const char *process_ending(const struct worker *w, char text[64]);

/* replace.c: a command line, and other workers in place of these */
struct command *command_new(const struct server *s, char **argv, size_t count);
void command_release(struct command *command);
/* Starts workers that run `command` and, once they have stayed alive for a moment, puts them
 * in place of the others, on trial; false if they can't be started. */
bool replace_all(struct server *s, struct command *command);
void replace_failed(struct server *s, const char *why);
/* The end has come before the new workers have proven themselves: they end with the others. */
void replace_forget(struct server *s);

/* trial.c */
/* New workers that have stayed alive take over from the others, which are kept in reserve. */
void trial_begin(struct server *s);
/* One has answered: the reserve goes. */
void trial_won(struct server *s);
/* One ended, or answered wrongly, before any has answered: the reserve takes over. */
void trial_lost(struct server *s, const char *why);
void trial_forget(struct server *s);

/* answer.c */
void answer_read(struct worker *w);
/* Answers the first outstanding line itself: undecided. */
void answer_waiting(struct worker *w, const char *code, const char *why);

/* control.c */
void control_open(struct server *s);
void control_close(struct server *s);

/* probe.c */
/* Asks a metrics address for /healthz, for so many seconds; says why it is not healthy.
 * Returns the exit state. */
int probe(const char *address, int64_t timeout);

/* metrics.c */
void metrics_open(struct server *s);
void metrics_close(struct server *s);
void metrics_latency(struct metrics *m, int64_t ns);
void metrics_batch(struct metrics *m, size_t lines);
void metrics_code(struct metrics *m, struct souk_text code);

#endif
