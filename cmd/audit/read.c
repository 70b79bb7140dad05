/* SPDX-License-Identifier: ISC */
/* Reads the input line by line, and says which lines can't be taken. */
#include "audit.h"

#include <fcntl.h>
#include <unistd.h>

/* Of bad lines so many are named, the rest counted. */
enum { BAD_LINES_NAMED = 10 };

/* What has no id entered without one, and was refused for that. */
static bool read_entered(struct audit *a)
{
	struct souk_text id;

	if (souk_need_id(&a->line, &id) && books_put(a, PUT_ENTERED, "t", id))
		a->entered_count++;
	return true;
}

static bool read_answer(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *order = NULL;
	struct souk_text id, state = {0};

	if (!souk_need_id(r, &id))
		return true;
	if (!souk_may_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    (order && !souk_may_text(r, order, "state", 1, 64, &state)))
		return false;
	if (!state.at && r->error_member)
		state = SOUK_TEXT("refused");
	if (state.at)
		books_put(a, PUT_ANSWERED, "tt", id, state);
	return true;
}

/* Names a bad line, as long as they are few. */
static void bad_line(struct audit *a, const char *path, uint64_t number, struct souk_text message)
{
	bool named = path && strcmp(path, "-");

	if (a->bad_lines++ < BAD_LINES_NAMED)
		souk_warn("%s%sline %llu: %.*s", named ? path : "", named ? ": " : "",
			(unsigned long long)number, SOUK_ARG(message));
}

/* The message within an error object that is not yet closed: its last member. */
static struct souk_text message_of(const struct souk_record *r)
{
	static const char before[] = "\"message\":\"";
	const char *at = memmem(r->error.at, r->error.len, before, sizeof(before) - 1);

	at += sizeof(before) - 1;
	return (struct souk_text){at, (size_t)(r->error.at + r->error.len - at - 1)};
}

void read_source(struct audit *a, enum source source, const char *path)
{
	static bool (*const take[])(struct audit *) = {
		[EXPORTS] = read_export, [ENTERED] = read_entered, [ANSWERS] = read_answer};
	static const char *const members[] = {"export", "id", "state", "closed", "currency", "total",
		"record", "lines", "verb", "sku", "location", "qty", "on_hand", "taken", "order_id", "method", "amount",
		"settled", "authorized", "captured", "refunded", "key", "reference", "payment", "provider",
		"voided", "order", "event", NULL};
	static const char *const answer_members[] = {"id", "order", NULL};
	int fd = path && strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	const struct souk_input_line *lines;
	struct souk_record *r = &a->line;
	struct souk_input *input;
	struct souk_buffer fault = {0};
	size_t count;

	if (fd < 0)
		souk_die_errno("cannot open %s", path);
	souk_record_init(r, "audit",
		&(struct souk_interest){.reads = source == EXPORTS ? members : answer_members});
	input = souk_input_open(fd, (size_t)a->max_record, -1);
	while ((count = souk_input_next(input, &lines, 0))) {
		for (size_t i = 0; i < count; i++) {
			bool is_record = !lines[i].too_long && souk_record_parse(r, lines[i].at, lines[i].len);

			if (is_record && !take[source](a))
				bad_line(a, path, lines[i].number, message_of(r));
			/* What is no record has no id by which it could be looked for. */
			if (is_record || source != EXPORTS)
				continue;
			fault.len = 0;
			if (lines[i].too_long)
				souk_add_format(&fault, "longer than %lld bytes (--max-record)",
					(long long)a->max_record);
			else
				souk_add_format(&fault, "%s (byte %u of the line)", r->fault, r->fault_at + 1);
			bad_line(a, path, lines[i].number, (struct souk_text){fault.at, fault.len});
		}
	}
	souk_buffer_free(&fault);
	souk_input_close(input);
	souk_record_free(r);
	if (fd != STDIN_FILENO)
		close(fd);
}
