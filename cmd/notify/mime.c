/* SPDX-License-Identifier: ISC */
/* A mail as it goes out: RFC 5322 (the message), 2045 (its parts), 2047 (names and
 * subjects that are not ASCII). No line is longer than 78 characters but for addresses. */
#include <sodium.h>
#include <time.h>

#include "notify.h"

enum {
	WORD_BYTES = 45,  /* 60 characters of base64, 72 with what is around them: at most 75 */
	QP_LINE = 76,
	PLAIN_NAME = 60,
};

static bool is_ascii(struct souk_text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return true;
}

/* Encoded words of whole characters, folded. What they stand for can't end the header. */
static void add_words(struct souk_buffer *out, struct souk_text text)
{
	while (text.len) {
		size_t len = text.len < WORD_BYTES ? text.len : WORD_BYTES;

		while (len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80)
			len--;
		souk_add_string(out, "=?UTF-8?B?");
		souk_add_base64(out, text.at, len);
		souk_add_string(out, text.len > len ? "?=\r\n " : "?=");
		text.at += len;
		text.len -= len;
	}
}

static void add_name(struct souk_buffer *out, struct souk_text name)
{
	if (!is_ascii(name) || name.len > PLAIN_NAME) {
		add_words(out, name);
		return;
	}
	souk_add_char(out, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			souk_add_char(out, '\\');
		souk_add_char(out, name.at[i]);
	}
	souk_add_char(out, '"');
}

static void add_mailbox(struct souk_buffer *out, const char *header, struct souk_text name,
	struct souk_text address)
{
	souk_add_format(out, "%s: ", header);
	if (name.len) {
		add_name(out, name);
		souk_add_string(out, "\r\n ");
	}
	souk_add_format(out, "<%.*s>\r\n", (int)address.len, address.at);
}

/* The shop is named in the subject: customers look for it there. */
static void add_subject(struct souk_buffer *out, const struct letter *l, const struct shop *shop)
{
	struct souk_buffer subject = {0};
	struct souk_text text;

	souk_add(&subject, l->subject.at, l->subject.len);
	if (shop->name.len)
		souk_add_format(&subject, " (%.*s)", (int)shop->name.len, shop->name.at);
	text = (struct souk_text){subject.at, subject.len};
	souk_add_string(out, "Subject: ");
	/* What looks like an encoded word would be taken for one. */
	if (is_ascii(text) && text.len <= PLAIN_NAME && !memmem(text.at, text.len, "=?", 2))
		souk_add(out, text.at, text.len);
	else
		add_words(out, text);
	souk_add_string(out, "\r\n");
	souk_buffer_free(&subject);
}

static void add_date(struct souk_buffer *out, int64_t at)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec"};
	time_t seconds = (time_t)at;
	struct tm t = {0};

	gmtime_r(&seconds, &t);
	souk_add_format(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
		months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* ---- Bodies ---- */

/* Quoted-printable (RFC 2045, 6.7). Its lines end where those of the text do, or softly. */
static void add_quoted_printable(struct souk_buffer *out, struct souk_text text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		bool last = i + 1 == text.len || text.at[i + 1] == '\n';
		bool plain = c >= ' ' && c <= '~' && c != '=' && !(c == ' ' && last);

		if (c == '\n') {
			souk_add_string(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > QP_LINE - 1) {
			souk_add_string(out, "=\r\n");
			column = 0;
		}
		if (plain)
			souk_add_char(out, (char)c);
		else
			souk_add_format(out, "=%02X", c);
		column += plain ? 1 : 3;
	}
	if (column)
		souk_add_string(out, "\r\n");
}

static void add_part(struct souk_buffer *out, const char *boundary, const char *type,
	const struct souk_buffer *body)
{
	souk_add_format(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, type);
	add_quoted_printable(out, (struct souk_text){body->at, body->len});
}

/* What stands below each letter. */
static void add_footer(struct souk_buffer *text, const struct shop *shop)
{
	if (shop->name.len || shop->footer.len)
		souk_add_string(text, "-- \n");
	if (shop->name.len)
		souk_add_format(text, "%.*s\n", (int)shop->name.len, shop->name.at);
	if (shop->footer.len)
		souk_add_format(text, "%.*s\n", (int)shop->footer.len, shop->footer.at);
}

static void add_html_footer(struct souk_buffer *html, const struct souk_buffer *footer)
{
	souk_add_string(html, "<p>");
	/* Without the line of dashes. */
	for (size_t at = 4; at < footer->len;) {
		const char *end = memchr(footer->at + at, '\n', footer->len - at);
		size_t len = (size_t)(end - footer->at) - at;

		add_escaped(html, footer->at + at, len);
		souk_add_string(html, "<br>\n");
		at += len + 1;
	}
	souk_add_string(html, "</p>\n");
}

void mime_write(struct souk_buffer *out, const struct mail *mail, const struct shop *shop)
{
	struct souk_buffer body = {0}, footer = {0};
	char boundary[40];

	/* No line of quoted-printable holds "=_" (RFC 2045, 6.7). */
	snprintf(boundary, sizeof(boundary), "=_%.*s", 32, mail->message_id.at);
	add_date(out, mail->at);
	add_mailbox(out, "From", shop->name, shop->sender);
	if (shop->reply_to.len)
		add_mailbox(out, "Reply-To", SOUK_TEXT(""), shop->reply_to);
	add_mailbox(out, "To", mail->to_name, mail->to);
	add_subject(out, mail->letter, shop);
	souk_add_format(out, "Message-ID: <%.*s>\r\n", (int)mail->message_id.len, mail->message_id.at);
	/* No vacation notices for these (RFC 3834). */
	souk_add_string(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	souk_add_format(out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary);
	add_footer(&footer, shop);
	souk_add(&body, mail->letter->text.at, mail->letter->text.len);
	souk_add(&body, footer.at, footer.len);
	add_part(out, boundary, "text/plain", &body);
	body.len = 0;
	souk_add_string(&body, "<!DOCTYPE html>\n<html><body>\n");
	souk_add(&body, mail->letter->html.at, mail->letter->html.len);
	if (footer.len)
		add_html_footer(&body, &footer);
	souk_add_string(&body, "</body></html>\n");
	add_part(out, boundary, "text/html", &body);
	souk_add_format(out, "--%s--\r\n", boundary);
	souk_buffer_free(&body);
	souk_buffer_free(&footer);
}
