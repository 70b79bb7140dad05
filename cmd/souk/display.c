/* SPDX-License-Identifier: ISC */
/* How far the stages of a pipeline are: a picture on the terminal, redrawn in
 * place, and a summary at the end. Fits 80 columns. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "souk.h"

static uint64_t records_of(const struct display *d, size_t i)
{
	return atomic_load_explicit(&d->run->slots[i].records, memory_order_relaxed);
}

void display_open(struct display *d, const struct running *run, int input, bool live)
{
	*d = (struct display){.run = run, .live = live, .drawn_at = souk_clock_ns()};
	input_file_find(&d->input, &run->pipeline->stages[0], input);
	d->last = calloc(run->pipeline->count, sizeof(*d->last));
	d->rates = calloc(run->pipeline->count, sizeof(*d->rates));
	if (!d->last || !d->rates)
		souk_die("out of memory");
}

void display_close(struct display *d)
{
	free(d->last);
	free(d->rates);
}

/* 1234567 as "1,234,567", right in a column. */
static void add_grouped(struct souk_buffer *b, uint64_t number, int width)
{
	char text[32], *at = text + sizeof(text) - 1;
	int digits = 0;

	*at = 0;
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + number % 10);
		digits++;
	} while (number /= 10);
	souk_add_format(b, " %*s", width, at);
}

static void add_stage_line(
	struct souk_buffer *b, struct display *d, size_t i, double seconds, bool final)
{
	struct souk_progress *slot = &d->run->slots[i];
	uint64_t records = records_of(d, i);
	double since = (double)(souk_clock_ns() - d->drawn_at) / 1e9, now;

	souk_add_format(b, "%3zu %-33.33s", i + 1, d->run->pipeline->stages[i].title);
	if (!atomic_load_explicit(&slot->joined, memory_order_relaxed)) {
		souk_add_format(b, " %13s %11s %10s\n", "-", "-", "-");
		return;
	}
	if (final) {
		now = seconds > 0 ? (double)records / seconds : 0;
	} else {
		now = since > 0 ? (double)(records - d->last[i]) / since : 0;
		now = d->last[i] ? 0.7 * d->rates[i] + 0.3 * now : now;
	}
	d->rates[i] = now;
	d->last[i] = records;
	add_grouped(b, records, 13);
	add_grouped(b, (uint64_t)now, 11);
	add_grouped(b, atomic_load_explicit(&slot->failed, memory_order_relaxed), 10);
	souk_add_char(b, '\n');
}

static void add_input(struct souk_buffer *b, const struct display *d, double seconds)
{
	int64_t whole = d->input.size - d->input.start, left;
	int64_t done = input_file_read(&d->input, d->run->pids[0]);

	if (whole <= 0 || done < 0)
		return;
	if (done > whole)
		done = whole;
	souk_add_format(b, ", %lld %% of the input read", (long long)(done * 100 / whole));
	if (done == 0 || done == whole || seconds < 1)
		return;
	left = (int64_t)(seconds * (double)(whole - done) / (double)done + 0.5);
	souk_add_format(b, ", %lld:%02lld left", (long long)(left / 60), (long long)(left % 60));
}

static size_t terminal_rows(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 4 ? size.ws_row : 24;
}

static void show(const struct souk_buffer *b)
{
	/* A terminal that is gone is no reason to stop the run. */
	if (!souk_write_all(STDERR_FILENO, b->at, b->len))
		return;
}

/* Back to where the picture began, and away with it. */
static void add_erase(struct souk_buffer *b, struct display *d)
{
	if (d->drawn_lines)
		souk_add_format(b, "\033[%zuA", d->drawn_lines);
	souk_add_string(b, "\r\033[J");
	d->drawn_lines = 0;
}

void display_draw(struct display *d, bool final)
{
	size_t count = d->run->pipeline->count,
	       rows = d->live && !final ? terminal_rows() : SIZE_MAX;
	size_t first = count + 3 > rows ? count - (rows - 3) : 0;
	double seconds = (double)((final ? d->run->ended : souk_clock_ns()) - d->run->started) / 1e9;
	struct souk_buffer b = {0};

	/* Lines that a narrow terminal would wrap are cut, so that we know their number. */
	if (d->live) {
		add_erase(&b, d);
		souk_add_string(&b, "\033[?7l");
	}
	souk_add_format(&b, "    %-33s %13s %11s %10s\n", "stage", "records", "a second", "failed");
	for (size_t i = first; i < count; i++)
		add_stage_line(&b, d, i, seconds, final);
	souk_add_format(&b, "    %.1f s", seconds);
	if (!final)
		add_input(&b, d, seconds);
	souk_add_char(&b, '\n');
	if (d->live)
		souk_add_string(&b, "\033[?7h");
	d->drawn_lines = count - first + 2;
	d->drawn_at = souk_clock_ns();
	show(&b);
	souk_buffer_free(&b);
}

void display_message(struct display *d, const char *bytes, size_t len)
{
	struct souk_buffer b = {0};

	add_erase(&b, d);
	souk_add(&b, bytes, len);
	if (bytes[len - 1] != '\n')
		souk_add_char(&b, '\n');
	show(&b);
	souk_buffer_free(&b);
	display_draw(d, false);
}
