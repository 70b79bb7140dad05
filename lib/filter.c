/* SPDX-License-Identifier: ISC */
/* Running records through a verb, batch by batch, with its transactions. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "card.h"
#include "digest.h"
#include "error.h"
#include "progress.h"


struct souk_filter {
	struct souk_stage *stage;
	struct souk_record record;
	int rejects;
	uint64_t room;      /* what a record must leave for answers */
	bool takes_payment; /* reads pay_with: it must see to card numbers */
	uint64_t bad, failed;
	/* Of a verb with calls: what was answered in the first pass, by line. */
	struct souk_buffer answered;
	struct piece {
		size_t end;
		bool awaits_call;
		size_t kept; /* where in `kept` the parsed record stands; SIZE_MAX: parse it again */
	} *pieces;
	struct souk_buffer kept;
	/* What this attempt at the batch has to tell once it is committed. */
	struct telling {
		const struct souk_input_line *line;
		size_t message; /* where it begins in `messages` */
		bool bad;       /* the line was no record */
	} *tellings;
	size_t telling_count, telling_capacity;
	struct souk_buffer messages;
	/* What is handed to the next stage, if there is one in this process. */
	struct souk_input_line *handed;
	const struct souk_input_line *lines;
	struct souk_buffer ends;
	size_t ends_from[SOUK_BATCH_RECORDS]; /* where those of a line begin, in bytes; SIZE_MAX: unknown */
	uint64_t written_lines, written_bytes;
};

void souk_add_bad_line(struct souk_buffer *out, const char *by, const char *code, const char *message,
	const struct souk_input_line *line)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(digest) + 1];
	size_t quoted = line->len < SOUK_QUOTED_BYTES ? (size_t)line->len : SOUK_QUOTED_BYTES;

	if (line->too_long)
		memcpy(digest, line->sha256, sizeof(digest));
	else
		crypto_hash_sha256(digest, (const unsigned char *)line->at, line->len);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	souk_add_string(out, "{\"error\":{\"by\":");
	souk_add_quoted(out, souk_text_of(by));
	souk_put_string(out, "code", code);
	souk_put_string(out, "message", message);
	souk_put_int(out, "line", (int64_t)line->number);
	souk_put_int(out, "byte", (int64_t)line->offset);
	souk_put_int(out, "length", (int64_t)line->len);
	souk_put_string(out, "sha256", hex);
	souk_put_name(out, "input");
	souk_add_char(out, '"');
	souk_add_base64(out, line->at, quoted);
	souk_add_string(out, "\"}}\n");
}

void souk_report_bad_line(const struct souk_stage *stage, int rejects, uint64_t before,
	const struct souk_input_line *line, const char *message)
{
	if (!line->too_long &&
	    (!souk_reject(rejects, line->at, line->len) || !souk_reject(rejects, "\n", 1)))
		souk_die_errno("cannot write the rejects file %s", stage->rejects);
	if (before < SOUK_BAD_LINES_NAMED)
		souk_warn("line %llu: %s", (unsigned long long)line->number, message);
}

const char *souk_line_fault(const struct souk_input_line *line, const struct souk_record *r,
	int64_t max_record, char message[SOUK_FAULT_BYTES])
{
	if (line->too_long)
		snprintf(message, SOUK_FAULT_BYTES, "the line is longer than %lld bytes",
			(long long)max_record);
	else
		snprintf(message, SOUK_FAULT_BYTES, "%s (byte %u of the line)", r->fault, r->fault_at + 1);
	return line->too_long ? "too_long" : r->fault_code;
}

/* Notes what is to be told of a line. An attempt that is undone tells nothing. */
static void note(struct souk_filter *f, const struct souk_input_line *line, bool bad, struct souk_text message)
{
	if (f->telling_count == f->telling_capacity) {
		f->telling_capacity = f->telling_capacity ? f->telling_capacity * 2 : 64;
		f->tellings = realloc(f->tellings, f->telling_capacity * sizeof(*f->tellings));
		if (!f->tellings)
			souk_die("out of memory");
	}
	f->tellings[f->telling_count++] = (struct telling){line, f->messages.len, bad};
	souk_add(&f->messages, message.at, message.len);
	souk_add_char(&f->messages, '\0');
}

static void forget_notes(struct souk_filter *f)
{
	f->telling_count = f->messages.len = 0;
}

static void tell_notes(struct souk_filter *f)
{
	for (const struct telling *t = f->tellings; t < f->tellings + f->telling_count; t++) {
		const char *message = f->messages.at + t->message;

		if (t->bad)
			souk_report_bad_line(f->stage, f->rejects, f->bad++, t->line, message);
		else
			souk_warn("line %llu: %s", (unsigned long long)t->line->number, message);
	}
	forget_notes(f);
}

/* A line that is no record. */
static void bad_line(struct souk_filter *f, const struct souk_input_line *line, const char *code,
	const char *message, struct souk_buffer *out)
{
	souk_add_bad_line(out, f->record.by, code, message, line);
	note(f, line, true, souk_text_of(message));
}

/* Parses a line; whether the verb is to see it. */
static bool take_up(struct souk_filter *f, const struct souk_input_line *line, bool *is_record)
{
	const struct souk_verb *verb = f->stage->verb;
	struct souk_record *r = &f->record;

	*is_record = !line->too_long && souk_record_parse_written(r, line->at, line->len, line->ends);
	if (!*is_record)
		return false;
	r->number = line->number;
	if (r->wait_member && souk_waits_for(r, r->by) && !(r->error_member && !(verb->acts_on & SOUK_ON_FAILED))) {
		r->drop_wait = true;
		return true;
	}
	return (!r->error_member || (verb->acts_on & SOUK_ON_FAILED)) &&
		(!r->wait_member || (verb->acts_on & SOUK_ON_WAITING));
}

static bool holds_card_number(const struct souk_filter *f)
{
	return f->takes_payment && souk_payment_holds_card_number(&f->record);
}

static bool has_id(struct souk_record *r)
{
	struct souk_text id;

	return souk_need_id(r, &id);
}

/* What is refused before a verb sees it; SOUK_ANSWER if it is not. */
static enum souk_outcome admit(struct souk_filter *f, const struct souk_input_line *line)
{
	const struct souk_verb *verb = f->stage->verb;

	/* Before any other refusal, which would let the number through. */
	if (holds_card_number(f))
		return souk_refuse_card_number(&f->record);
	if (verb->effects == SOUK_PURE)
		return SOUK_ANSWER;
	/* A verb that settles must act on whatever was let in before it. */
	if (!(verb->acts_on & SOUK_ON_FAILED) && line->len + f->room > (uint64_t)f->stage->max_record)
		return souk_refuse(&f->record, "too_long", "the record leaves no room for an answer");
	return verb->needs_no_id || has_id(&f->record) ? SOUK_ANSWER : SOUK_REFUSED;
}

/* What was done must not become anonymous because the record has grown too long: its
 * id, the answer and the error go on. */
static void write_short(struct souk_filter *f, enum souk_outcome outcome, struct souk_buffer *out)
{
	struct souk_record *r = &f->record;
	const struct souk_node *id = souk_member(r, "id");
	struct souk_text error;

	souk_add_char(out, '{');
	if (id)
		souk_put_raw(out, "id", souk_raw(r, id));
	if (outcome == SOUK_ANSWER || outcome == SOUK_REFUSED_WITH_ANSWER)
		souk_put_raw(out, r->interest.writes, (struct souk_text){r->answer.at, r->answer.len});
	if (outcome == SOUK_ANSWER) {
		souk_refuse(r, "too_long", "the record with its answer is too long: only this is left of it");
		souk_add_char(&r->error, '}');
	}
	/* The error of a record that came failed stands; a wait has been completed. */
	error = r->error_member && outcome == SOUK_ANSWER ? souk_raw(r, r->error_member)
		: (struct souk_text){r->error.at, r->error.len};
	souk_put_raw(out, outcome == SOUK_WAITING ? "wait" : "error", error);
	souk_add_string(out, "}\n");
}

/* Writes a record as the verb left it. */
static void write_outcome(struct souk_filter *f, const struct souk_input_line *line, enum souk_outcome outcome,
	struct souk_buffer *out)
{
	struct souk_record *r = &f->record;
	size_t start = out->len, ends = f->ends.len;

	/* The first error stands: what is wrong with a failed record is known already. */
	if (outcome == SOUK_REFUSED && r->error_member)
		outcome = SOUK_PASS;
	souk_record_write(r, outcome, out);
	if (f->handed && f->ends.len > ends)
		f->ends_from[line - f->lines] = ends;
	if (outcome == SOUK_REFUSED || outcome == SOUK_REFUSED_WITH_ANSWER || outcome == SOUK_REDACTED) {
		f->failed++;
		/* Its brace is closed by now. */
		if (f->stage->verbose)
			note(f, line, false, (struct souk_text){r->error.at, r->error.len});
	}
	if (outcome != SOUK_PASS && out->len - start > (size_t)f->stage->max_record + 1) {
		out->len = start;
		f->ends_from[line - f->lines] = SIZE_MAX;
		if (f->stage->verb->effects != SOUK_PURE && outcome != SOUK_REFUSED && outcome != SOUK_REDACTED)
			write_short(f, outcome, out);
		else
			bad_line(f, line, "too_long", "the record with its answer would be too long", out);
	}
}

/* Writes a line that the verb is not to see. */
static void pass_line(struct souk_filter *f, const struct souk_input_line *line, bool is_record,
	struct souk_buffer *out)
{
	struct souk_record *r = &f->record;
	char message[SOUK_FAULT_BYTES];
	const char *code;

	if (is_record) {
		/* Also a failed record must not carry a card number further. */
		write_outcome(f, line, holds_card_number(f) ? souk_refuse_card_number(r) : SOUK_PASS, out);
	} else {
		code = souk_line_fault(line, r, f->stage->max_record, message);
		bad_line(f, line, code, message, out);
	}
}

static bool map_line(struct souk_filter *f, const struct souk_input_line *line, struct souk_buffer *out)
{
	enum souk_outcome outcome;
	bool is_record;

	if (!take_up(f, line, &is_record)) {
		pass_line(f, line, is_record, out);
		return true;
	}
	outcome = admit(f, line);
	if (outcome == SOUK_ANSWER)
		outcome = f->stage->verb->map(f->stage, &f->record);
	if (outcome == SOUK_FAILED)
		return false;
	write_outcome(f, line, outcome, out);
	return true;
}

/* Notes what was written for a line, from `start` on, for the next stage. */
static void hand_on(struct souk_filter *f, size_t i, size_t start, const struct souk_buffer *out)
{
	if (f->handed)
		f->handed[i] = (struct souk_input_line){.len = out->len - start - 1,
			.number = f->written_lines + i + 1, .offset = start};
}

/* Now that nothing moves any more. */
static void point_out(struct souk_filter *f, size_t count, size_t mark, struct souk_buffer *out)
{
	souk_buffer_room(out, SOUK_RECORD_PAD);
	for (size_t i = 0; f->handed && i < count; i++) {
		struct souk_input_line *line = &f->handed[i];

		line->at = out->at + line->offset;
		line->offset += f->written_bytes - mark;
		if (f->ends_from[i] != SIZE_MAX)
			line->ends = (const uint32_t *)(const void *)(f->ends.at + f->ends_from[i]);
	}
	f->written_lines += count;
	f->written_bytes += out->len - mark;
}

/* Of ordinary records all are kept for the second pass, of huge ones what has room. */
static size_t keep_record(struct souk_filter *f)
{
	size_t at = f->kept.len;

	if (at > SOUK_BATCH_BYTES)
		return SIZE_MAX;
	souk_record_keep(&f->record, &f->kept);
	return at;
}

/* The second pass over a line whose intention was stored. */
static bool conclude_line(struct souk_filter *f, const struct souk_input_line *line, size_t kept,
	struct souk_buffer *out)
{
	enum souk_outcome outcome;

	if (kept == SIZE_MAX)
		return map_line(f, line, out);
	souk_record_return_to(&f->record, f->kept.at + kept);
	outcome = f->stage->verb->map(f->stage, &f->record);
	if (outcome == SOUK_FAILED)
		return false;
	write_outcome(f, line, outcome, out);
	return true;
}

/* The first pass of a verb with calls, over one line: it is answered at once,
 * or its intention is stored and *awaits_call set. */
static bool intend_line(struct souk_filter *f, const struct souk_input_line *line, bool *awaits_call)
{
	const struct souk_verb *verb = f->stage->verb;
	enum souk_outcome outcome;
	bool is_record;

	*awaits_call = false;
	if (!take_up(f, line, &is_record)) {
		pass_line(f, line, is_record, &f->answered);
		return true;
	}
	outcome = admit(f, line);
	if (outcome == SOUK_ANSWER) {
		enum souk_intent intent = verb->intend(f->stage, &f->record);

		*awaits_call = intent == SOUK_INTENT_CALL;
		if (intent != SOUK_INTENT_ANSWERED)
			return *awaits_call;
		outcome = verb->map(f->stage, &f->record);
	}
	if (outcome == SOUK_FAILED)
		return false;
	write_outcome(f, line, outcome, &f->answered);
	return true;
}

/* A batch of a verb with calls. Intentions are stored and committed, then the
 * calls are made, then what was asked is stored and answered. Where nothing has to
 * be asked, one pass and one commit do. */
static bool map_external(struct souk_filter *f, const struct souk_input_line *lines, size_t count,
	struct souk_buffer *out)
{
	struct souk_stage *stage = f->stage;
	size_t calls = 0, from = 0;

	f->answered.len = f->kept.len = 0;
	for (size_t i = 0; i < count; i++) {
		if (!intend_line(f, &lines[i], &f->pieces[i].awaits_call))
			return false;
		f->pieces[i].end = f->answered.len;
		if (f->pieces[i].awaits_call)
			f->pieces[i].kept = keep_record(f);
		calls += f->pieces[i].awaits_call;
	}
	if (calls && (!souk_store_commit(stage->store) || !stage->verb->call(stage) ||
	    !souk_store_begin(stage->store, true)))
		return false;
	for (size_t i = 0; i < count; from = f->pieces[i++].end) {
		size_t start = out->len;

		if (!f->pieces[i].awaits_call)
			souk_add(out, f->answered.at + from, f->pieces[i].end - from);
		else if (!conclude_line(f, &lines[i], f->pieces[i].kept, out))
			return false;
		hand_on(f, i, start, out);
	}
	return true;
}

static bool map_each(struct souk_filter *f, const struct souk_input_line *lines, size_t count,
	struct souk_buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t start = out->len;

		if (!map_line(f, &lines[i], out))
			return false;
		hand_on(f, i, start, out);
	}
	return true;
}

static bool map_batch(struct souk_filter *f, const struct souk_input_line *lines, size_t count,
	struct souk_buffer *out)
{
	struct souk_stage *stage = f->stage;
	const struct souk_verb *verb = stage->verb;

	if (stage->store)
		souk_store_syncs(stage->store, !verb->made_again);
	if (stage->store && !souk_store_begin(stage->store, verb->effects != SOUK_PURE))
		return false;
	if (verb->begin && !verb->begin(stage))
		return false;
	if (!(verb->intend ? map_external : map_each)(f, lines, count, out))
		return false;
	if (verb->end && !verb->end(stage))
		return false;
	return !stage->store || souk_store_commit(stage->store);
}

struct souk_filter *souk_filter_open(struct souk_stage *stage)
{
	struct souk_filter *f = calloc(1, sizeof(*f));
	const struct souk_verb *verb = stage->verb;

	if (!f)
		souk_die("out of memory");
	f->stage = stage;
	if (verb->intend && !(f->pieces = malloc(SOUK_BATCH_RECORDS * sizeof(*f->pieces))))
		souk_die("out of memory");
	f->rejects = souk_rejects_open(stage->rejects);
	f->room = verb->room ? verb->room : SOUK_ROOM;
	if (f->room > (uint64_t)stage->max_record / 4)
		f->room = (uint64_t)stage->max_record / 4;
	for (const char *const *name = verb->reads; name && *name; name++)
		f->takes_payment |= souk_text_is((struct souk_text){*name, strcspn(*name, ".?")}, "pay_with") ||
			souk_text_is((struct souk_text){*name, strcspn(*name, ".?")}, "payment");
	souk_record_init(&f->record, verb->function->name,
		&(struct souk_interest){.reads = verb->reads, .writes = verb->function->name});
	return f;
}

bool souk_filter_batch(struct souk_filter *f, const struct souk_input_line *lines, size_t count,
	struct souk_buffer *out, struct souk_input_line *handed)
{
	struct souk_stage *stage = f->stage;
	size_t mark = out->len;
	uint64_t failed = f->failed, commits = stage->store ? souk_store_commits(stage->store) : 0;

	f->lines = lines;
	f->handed = handed;
	f->record.ends = handed ? &f->ends : NULL;
	for (int attempt = 1;; attempt++) {
		stage->repeated = attempt > 1;
		if (stage->store)
			souk_store_defers(stage->store, attempt == 1 && count >= SOUK_DEFER_LEAST);
		f->ends.len = 0;
		memset(f->ends_from, 0xff, count * sizeof(*f->ends_from));
		if (map_batch(f, lines, count, out)) {
			if (stage->store)
				souk_store_saw_commits(stage->store, &stage->seen, commits);
			tell_notes(f);
			point_out(f, count, mark, out);
			return true;
		}
		out->len = mark;
		f->failed = failed;
		forget_notes(f);
		if (!stage->store)
			return false;
		souk_store_rollback(stage->store);
		if (!souk_store_retryable(stage->store) || attempt == SOUK_BATCH_ATTEMPTS)
			return false;
	}
}

int souk_filter_rejects(const struct souk_filter *f)
{
	return f->rejects;
}

uint64_t souk_filter_failures(const struct souk_filter *f)
{
	return f->bad + f->failed;
}

int souk_filter_close(struct souk_filter *f)
{
	bool bad = f->bad || (f->stage->exit_on_failed && f->failed);

	if (f->bad > SOUK_BAD_LINES_NAMED)
		souk_warn("%llu lines in all were no records", (unsigned long long)f->bad);
	if (f->rejects >= 0)
		close(f->rejects);
	souk_record_free(&f->record);
	souk_buffer_free(&f->answered);
	souk_buffer_free(&f->kept);
	souk_buffer_free(&f->messages);
	souk_buffer_free(&f->ends);
	free(f->tellings);
	free(f->pieces);
	free(f);
	return bad ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

int64_t souk_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void souk_writer_line_end(struct souk_writer *w)
{
	souk_add_char(&w->buffer, '\n');
	w->lines++;
	if (w->buffer.len >= SOUK_QUOTED_BYTES)
		souk_writer_flush(w);
}

void souk_writer_flush(struct souk_writer *w)
{
	if (!souk_write_all(w->fd, w->buffer.at, w->buffer.len))
		souk_die_errno("cannot write the output");
	w->buffer.len = 0;
	souk_progress_set(w->lines, 0);
}
