/* SPDX-License-Identifier: ISC */
/* souk-smtp: hands mails to a mail server, by libcurl, and says of each what became of
 * it. It keeps nothing: souk-notify does. */
#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "map.h"
#include "souk.h"

enum { MAX_ADDRESS = 254, CONNECT_SECONDS = 15, REPLY_BYTES = 200 };

struct smtp {
	const char *url;
	bool plain, confirm;
	int64_t timeout;
	CURL *curl;
	/* Of the mail that is being sent. */
	struct souk_text rest;       /* what the server has not got */
	bool ended;                  /* it was told that this is all: it may take it now */
	char reply[REPLY_BYTES];     /* its last line */
	struct souk_text id;
	struct souk_map map;
};

static const struct souk_function smtp_function = {
	.name = "smtp",
	.summary = "hand mails to a mail server",
};

/* ---- What libcurl calls ---- */

/* With --confirm somebody notes that from now on nobody knows for sure. If nobody is
 * there any more the server never gets the end, and drops the mail. */
static bool may_end(struct smtp *s)
{
	struct souk_buffer line = {0};
	char answer[3];
	bool may = true;

	if (s->confirm) {
		souk_add_string(&line, "{\"id\":");
		souk_add_quoted(&line, s->id);
		souk_add_string(&line, ",\"smtp\":{\"state\":\"ending\"}}\n");
		may = souk_write_all(STDOUT_FILENO, line.at, line.len) &&
			read(STDERR_FILENO + 1, answer, sizeof(answer)) == sizeof(answer) && answer[0] == 'g';
		souk_buffer_free(&line);
	}
	return may;
}

static size_t give(char *to, size_t size, size_t count, void *state)
{
	struct smtp *s = state;
	size_t len = size * count < s->rest.len ? size * count : s->rest.len;

	if (!s->rest.len) {
		if (!may_end(s))
			return CURL_READFUNC_ABORT;
		s->ended = true;
		return 0;
	}
	memcpy(to, s->rest.at, len);
	s->rest.at += len;
	s->rest.len -= len;
	return len;
}

static size_t take_reply(char *at, size_t size, size_t count, void *state)
{
	struct smtp *s = state;
	size_t len = 0;

	/* What it says to QUIT after a refusal is of no interest. */
	if (s->reply[0] >= '4')
		return size * count;
	for (size_t i = 0; i < size * count && len < sizeof(s->reply) - 1; i++)
		if ((unsigned char)at[i] >= ' ' && at[i] != 127)
			s->reply[len++] = at[i];
	s->reply[len] = 0;
	return size * count;
}

/* ---- One mail ---- */

/* Whether the server wants a login, another login, or TLS first (RFC 4954, RFC 3207). */
static bool wants_login(long code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

/* What is known of the mail. Only a refusal of the mail itself is for good: that of a
 * greeting or a login is the shop's trouble, which somebody will mend. */
static const char *state_of(const struct smtp *s, CURLcode result, long code)
{
	if (result == CURLE_OK)
		return "accepted";
	if (s->ended)
		return result != CURLE_WEIRD_SERVER_REPLY || code < 400 ? "unknown" :
			code >= 500 ? "permanent" : "temporary";
	return result == CURLE_SEND_ERROR && code >= 500 && !wants_login(code) ? "permanent" : "temporary";
}

static enum souk_outcome send_mail(struct smtp *s, struct souk_record *r)
{
	struct souk_text from, to, message = {0};
	const struct souk_node *node = souk_member(r, "message");
	struct curl_slist *recipients;
	char address[MAX_ADDRESS + 1];
	CURLcode result;
	long code = 0;

	if (!souk_need_id(r, &s->id) || !souk_need_text(r, NULL, "from", 1, MAX_ADDRESS, &from) ||
	    !souk_need_text(r, NULL, "to", 1, MAX_ADDRESS, &to))
		return SOUK_REFUSED;
	if (!node || node->type != SOUK_STRING || !souk_decode(r, node, &message))
		return souk_refuse(r, "bad_record", "message: must be the text of a mail");
	snprintf(address, sizeof(address), "%.*s", (int)to.len, to.at);
	recipients = curl_slist_append(NULL, address);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, recipients);
	snprintf(address, sizeof(address), "%.*s", (int)from.len, from.at);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, address);
	s->rest = message;
	s->ended = false;
	s->reply[0] = 0;
	result = curl_easy_perform(s->curl);
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	curl_slist_free_all(recipients);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", state_of(s, result, code));
	if (code && (result == CURLE_OK || code >= 400))
		souk_put_int(&r->answer, "code", code);
	souk_put_string(&r->answer, "reply",
		result != CURLE_OK && code < 400 ? curl_easy_strerror(result) : s->reply);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void record(struct souk_map *map, struct souk_record *r)
{
	struct smtp *s = map->stage->state;

	if (send_mail(s, r) != SOUK_ANSWER) {
		souk_map_refused(map, r);
		return;
	}
	/* Mails are long; what became of them need not repeat them. */
	souk_add_string(&map->out, "{\"id\":");
	souk_add_quoted(&map->out, s->id);
	souk_put_raw(&map->out, "smtp", (struct souk_text){r->answer.at, r->answer.len});
	souk_add_string(&map->out, "}\n");
}

/* ---- The server ---- */

/* Whether mails for it leave this machine. */
static bool is_far(const char *url)
{
	CURLU *parts = curl_url();
	char *host = NULL;
	bool far;

	if (!parts || curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
	    curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		souk_die_usage("%s: must be smtp://HOST[:PORT] or smtps://HOST[:PORT]", url);
	far = strcasecmp(host, "localhost") != 0 && strncmp(host, "127.", 4) != 0 && strcmp(host, "[::1]") != 0;
	curl_free(host);
	curl_url_cleanup(parts);
	return far;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const reads[] = {"id", "from", "to", "message", NULL};
	struct smtp *s = stage->state;
	const char *url = s->url ? s->url : getenv("SOUK_SMTP"),
		   *authorities = getenv("CURL_CA_BUNDLE"); /* as curl(1) has it */
	int state;

	(void)operand_count, (void)operands;
	if (!url || (strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0))
		souk_die_usage("--smtp or SOUK_SMTP must name the mail server: smtp://HOST[:PORT] or smtps://HOST[:PORT]");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(s->curl = curl_easy_init()))
		souk_die("libcurl does not start");
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* Personal data goes over no network in the clear, unless that is wanted. */
	curl_easy_setopt(s->curl, CURLOPT_USE_SSL,
		(long)(s->plain || !is_far(url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	if (authorities && *authorities)
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, authorities);
	curl_easy_setopt(s->curl, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)(s->timeout ? s->timeout : 60));
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_HEADERFUNCTION, take_reply);
	curl_easy_setopt(s->curl, CURLOPT_HEADERDATA, s);
	s->map = (struct souk_map){.stage = stage, .reads = reads, .record = record};
	state = souk_map_run(&s->map, STDIN_FILENO, STDOUT_FILENO);
	curl_easy_cleanup(s->curl);
	curl_global_cleanup();
	return state;
}

#define OPTION(field) .offset = offsetof(struct smtp, field)
static const struct souk_option options[] = {
	{0, "smtp", "URL", SOUK_OPTION_TEXT, OPTION(url),
		.help = "the mail server: smtp://HOST[:PORT], smtps://HOST[:PORT]"},
	{0, "timeout", "SPAN", SOUK_OPTION_SPAN, OPTION(timeout),
		.help = "how long a mail may take (default 60s)", .min = 1, .max = 3600},
	{0, "plain", NULL, SOUK_OPTION_FLAG, OPTION(plain),
		.help = "do without TLS where the server has none"},
	{0, "confirm", NULL, SOUK_OPTION_FLAG, OPTION(confirm),
		.help = "ask for go, on descriptor 3, before a mail is ended"},
	{0},
};

static const char *const opens[] = {"$CURL_CA_BUNDLE", "$HOME/.netrc", NULL};

SOUK_VERB(smtp) = {
	.function = &smtp_function,
	.summary = "hand mails to a mail server",
	.kind = SOUK_MAP,
	.network = true,
	.opens = opens,
	.options = options,
	.state_size = sizeof(struct smtp),
	.run = run,
};
