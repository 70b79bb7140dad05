/* SPDX-License-Identifier: ISC */
/* A shop's own words: FOLDER/KIND.txt, and in FOLDER/LANGUAGE those of a language; beside
 * each KIND.html, if the shop wants other HTML than what is made of the text. All are read
 * and checked before the first mail. */
#include "notify.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_TEMPLATE = 1 << 20 };

const char *const placeholders[] = {
	[ORDER_ID] = "order", [NAME] = "name", [SHOP] = "shop", [REASON] = "reason", [URL] = "url",
	[UNTIL] = "until", [CARRIER] = "carrier", [TRACKING] = "tracking", [AMOUNT] = "amount",
	[TOTAL] = "total", [ADDRESS] = "address", [LINES] = "lines", [PLACEHOLDERS] = NULL,
};

size_t placeholder_find(struct souk_text text, size_t at, enum placeholder *which)
{
	size_t len = 1;

	while (at + len < text.len && (islower((unsigned char)text.at[at + len]) || text.at[at + len] == '_'))
		len++;
	if (text.at[at] != '{' || len == 1 || at + len == text.len || text.at[at + len] != '}')
		return 0;
	for (int i = 0; placeholders[i]; i++)
		if (souk_text_is((struct souk_text){text.at + at + 1, len - 1}, placeholders[i])) {
			*which = (enum placeholder)i;
			return len + 1;
		}
	*which = PLACEHOLDERS;
	return len + 1;
}

/* A misspelled one would be mailed as it stands. */
static void check_placeholders(const char *path, struct souk_text text)
{
	enum placeholder which;

	for (size_t i = 0, len; i < text.len; i++) {
		len = placeholder_find(text, i, &which);
		if (len && which == PLACEHOLDERS)
			souk_die_usage("%s: there is no %.*s: it must be {order}, {name}, {shop}, {reason}, {url}, "
				"{until}, {carrier}, {tracking}, {amount}, {total}, {address} or {lines}", path,
				(int)len, text.at + i);
	}
}

/* The whole file, with LF at the end of each line; false if there is none. */
static bool read_text(const char *path, struct souk_buffer *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t kept = 0;
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return false;
	while (fd >= 0 && b->len <= MAX_TEMPLATE &&
	       (got = read(fd, souk_buffer_room(b, 65536), 65536)) != 0) {
		if (got < 0)
			souk_die_errno("cannot read %s", path);
		b->len += (size_t)got;
	}
	if (fd < 0)
		souk_die_errno("cannot read %s", path);
	close(fd);
	souk_add_char(b, '\n');
	for (size_t i = 0; i < b->len; i++)
		if (b->at[i] != '\r')
			b->at[kept++] = b->at[i];
	b->len = kept;
	if (b->len > MAX_TEMPLATE || souk_utf8_valid(b->at, b->len) != b->len || memchr(b->at, 0, b->len))
		souk_die_usage("%s: must be UTF-8 text of at most %d bytes", path, MAX_TEMPLATE);
	check_placeholders(path, (struct souk_text){b->at, b->len});
	return true;
}

struct souk_text template_head(const struct template *t, const char *name)
{
	const char *at = t->text.at, *end = at + t->head;

	for (const char *line_end; at < end; at = line_end + 1) {
		const char *colon;

		line_end = memchr(at, '\n', (size_t)(end - at));
		colon = memchr(at, ':', (size_t)(line_end - at));
		if (!souk_text_is((struct souk_text){at, (size_t)(colon - at)}, name))
			continue;
		for (colon++; colon < line_end && *colon == ' ';)
			colon++;
		return (struct souk_text){colon, (size_t)(line_end - colon)};
	}
	return (struct souk_text){0};
}

/* Lines "Name: words" up to an empty one. */
static void read_head(struct template *t, const char *path)
{
	struct souk_text subject;
	enum placeholder which;

	while (t->head < t->text.len && t->text.at[t->head] != '\n') {
		const char *at = t->text.at + t->head, *end = memchr(at, '\n', t->text.len - t->head);

		if (!memchr(at, ':', (size_t)(end - at)))
			souk_die_usage("%s: it must begin with Subject: and what it is, other lines of that form, and an "
				"empty line", path);
		t->head += (size_t)(end - at) + 1;
	}
	subject = template_head(t, "Subject");
	for (size_t i = 0; i < subject.len; i++)
		if (placeholder_find(subject, i, &which) && which == LINES)
			subject.len = 0;
	if (!subject.len)
		souk_die_usage("%s: it must have a line Subject: before an empty line, and no {lines} in it", path);
}

static void add_template(struct templates *all, const char *folder, const char *language, enum kind kind)
{
	struct template t = {.kind = kind};
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s%s.txt", folder, language, *language ? "/" : "", kinds[kind]);
	if (!read_text(path, &t.text))
		return;
	read_head(&t, path);
	strcpy(path + strlen(path) - 3, "html");
	read_text(path, &t.html);
	snprintf(t.language, sizeof(t.language), "%s", language);
	all->at = realloc(all->at, (all->count + 1) * sizeof(t));
	if (!all->at)
		souk_die("out of memory");
	all->at[all->count++] = t;
}

/* A misspelled name would never be found. */
static void check_name(const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.');
	bool known = !dot || dot == name || (strcmp(dot, ".txt") != 0 && strcmp(dot, ".html") != 0);

	for (int i = 0; !known && kinds[i]; i++)
		known = souk_text_is((struct souk_text){name, (size_t)(dot - name)}, kinds[i]);
	if (!known)
		souk_die_usage("%s/%s: no mail is named so: it must be confirmation, rejection, action_required, "
			"shipment, refund, verify, reset, registered or password_changed", folder, name);
}

static bool is_language(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return len >= 2 && len < MAX_LANGUAGE && !name[len];
}

static void read_folder(struct templates *all, const char *folder, const char *language)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s%s", folder, *language ? "/" : "", language);
	dir = opendir(path);
	if (!dir)
		souk_die_usage("--templates %s: %s", path, strerror(errno));
	for (int i = 0; kinds[i]; i++)
		add_template(all, folder, language, (enum kind)i);
	while ((entry = readdir(dir))) {
		check_name(path, entry->d_name);
		if (!*language && is_language(entry->d_name))
			read_folder(all, folder, entry->d_name);
	}
	closedir(dir);
}

void templates_open(struct templates *all, const char *folder)
{
	if (!folder)
		return;
	read_folder(all, folder, "");
	if (!all->count)
		souk_die_usage("--templates %s: it holds no template, such as confirmation.txt", folder);
}

const struct template *templates_find(const struct templates *all, enum kind kind, struct souk_text language)
{
	const struct template *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct template *t = &all->at[i];
		size_t len = strlen(t->language);

		/* de serves de-AT too, and what has no language serves all. */
		if (t->kind == kind && len <= language.len && !strncasecmp(t->language, language.at, len) &&
		    (!len || len == language.len || language.at[len] == '-') && (!best || len > best_len)) {
			best = t;
			best_len = len;
		}
	}
	return best;
}

void templates_close(struct templates *all)
{
	for (size_t i = 0; i < all->count; i++) {
		souk_buffer_free(&all->at[i].text);
		souk_buffer_free(&all->at[i].html);
	}
	free(all->at);
}
