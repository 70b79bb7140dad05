/* SPDX-License-Identifier: ISC */
/* notify.h: what the verbs of souk-notify share. */
#ifndef SOUK_NOTIFY_H
#define SOUK_NOTIFY_H

#include "email.h"
#include "souk.h"

extern const struct souk_function notify_function;

enum {
	SHOP_PUT, SHOP_GET, MAIL_PUT, MAIL_GET, MAIL_LIST, MAIL_DUE, MAIL_LOST, MAIL_CLAIM, MAIL_ENDING,
	MAIL_DONE, MAIL_AGAIN, MAIL_LAST, MAIL_FORGET, SECURELY,
};

enum { MAX_ADDRESS = SOUK_MAX_EMAIL, MAX_NAME = 200, MAX_FOOTER = 2000 };

/* What a mail is about. */
enum kind {
	CONFIRMATION, REJECTION, ACTION, SHIPMENT, REFUND,
	VERIFY, RESET, REGISTERED, PASSWORD_CHANGED, /* of an account */
	NO_MAIL,
};
extern const char *const kinds[];  /* their names, NULL-terminated */
extern const char *const states[]; /* of a mail: "any" first, NULL-terminated */

/* Who writes. */
struct shop {
	struct souk_text name, sender, reply_to, footer, salt;
};

/* In the memory of `arena`; `from` is what --from says, or NULL. False: the database failed. */
bool shop_get(struct souk_store *store, struct souk_arena *arena, const char *from, struct shop *shop);

/* Writes the members of a row of MAIL_LIST. */
void mail_put(struct souk_buffer *out, struct souk_query *row);

/* ---- What is to be said (notice.c, words.c, letter.c) ---- */

struct notice {
	enum kind kind;
	struct souk_text id;            /* of the record */
	struct souk_text order_id;
	const struct souk_node *order;  /* the order's record within that of an event; NULL: itself */
	struct souk_text to, name;      /* of the customer; to is empty if there is none */
	struct souk_text language;      /* as in de or de-AT; may be empty */
};

/* Members that notices are made of. */
extern const char *const notice_reads[];

/* What the record gives occasion to. False if refused. */
bool notice_read(struct souk_record *r, struct notice *n);

/* A member of the order that the notice is about; NULL if it is not there. */
const struct souk_node *order_member(const struct souk_record *r, const struct notice *n, const char *name);
/* The text or number of a member of `object`; empty or 0 if there is none. */
struct souk_text text_in(struct souk_record *r, const struct souk_node *object, const char *name);
int64_t int_in(struct souk_record *r, const struct souk_node *object, const char *name);

/* The same words as plain text and as HTML. */
struct letter {
	struct souk_buffer subject, text, html;
	const struct template *template; /* whose words stand before amounts; NULL: English */
};

/* As HTML shows it. */
void add_escaped(struct souk_buffer *html, const char *at, size_t len);
void letter_subject(struct letter *letter, const char *format, ...) SOUK_PRINTF(2, 3);
void letter_paragraph(struct letter *letter, const char *format, ...) SOUK_PRINTF(2, 3);
void letter_link(struct letter *letter, struct souk_text url);
/* Writes a letter about an account. */
void account_letter_write(struct letter *letter, struct souk_record *r, const struct notice *n);
/* Where the record has the link that the letter leads to, and until when: wait, or account. */
const struct souk_node *link_in(const struct souk_record *r, const struct notice *n);
/* Appends a link to html if it is one that may be clicked, else the text. */
void letter_add_anchor(struct souk_buffer *html, const char *at, size_t len);
/* Makes one line of UTF-8 of what stands in the buffer from there. */
void letter_make_line(struct souk_buffer *b, size_t from);
void letter_table_begin(struct letter *letter);
void letter_row(struct letter *letter, struct souk_text left, struct souk_text right);
void letter_table_end(struct letter *letter);

/* Writes what the notice says (words.c); it depends on the record alone. */
void letter_write(struct letter *letter, struct souk_record *r, const struct notice *n);
void letter_free(struct letter *letter);

/* Parts of it: the lines of the order or of what is sent, the address in one line. */
void words_put_lines(struct letter *letter, struct souk_record *r, const struct notice *n);
void words_add_address(struct souk_buffer *b, struct souk_record *r, const struct notice *n);
void words_add_money(struct souk_buffer *b, struct souk_record *r, const struct notice *n, int64_t amount);

/* ---- A shop's own words (template.c, fill.c) ---- */

enum placeholder {
	ORDER_ID, NAME, SHOP, REASON, URL, UNTIL, CARRIER, TRACKING, AMOUNT, TOTAL, ADDRESS, LINES,
	PLACEHOLDERS
};
extern const char *const placeholders[]; /* their names, NULL-terminated */
/* The length of the placeholder that begins there, braces included; 0 if none does.
 * *which is PLACEHOLDERS for one that is not known. */
size_t placeholder_find(struct souk_text text, size_t at, enum placeholder *which);

enum { MAX_LANGUAGE = 36 };

/* head: of text, the bytes of the lines "Name: words" that it begins with. */
struct template {
	char language[MAX_LANGUAGE]; /* empty: for all that have none of their own */
	enum kind kind;
	struct souk_buffer text, html; /* html may be empty */
	size_t head;
};

struct templates {
	struct template *at;
	size_t count;
};

/* Reads all below the folder; dies if something is wrong with them. NULL: none. */
void templates_open(struct templates *all, const char *folder);
void templates_close(struct templates *all);
/* The one that fits best; NULL if there is none. */
const struct template *templates_find(const struct templates *all, enum kind kind, struct souk_text language);
/* What the line of that name says; at is NULL if there is none. */
struct souk_text template_head(const struct template *t, const char *name);
/* Writes the letter as the template has it. */
void template_write(struct letter *letter, struct souk_record *r, const struct notice *n,
	const struct template *t, const struct shop *shop);

/* ---- The mail as it goes out (mime.c) ---- */

struct mail {
	struct souk_text message_id, to, to_name;
	int64_t at;
	const struct letter *letter;
};

/* Appends the whole mail, RFC 5322 with MIME, its lines ended by CRLF. */
void mime_write(struct souk_buffer *out, const struct mail *mail, const struct shop *shop);

/* ---- Sending (outbox.c) ---- */

/* How mails are sent, and those that are to be sent. */
struct outbox {
	const char *smtp;
	bool plain;
	int64_t timeout;
	struct souk_arena arena;
	struct mail_key {
		struct souk_text kind, id;
	} *keys;
	size_t count, capacity;
	/* The helper. */
	bool runs;
	int in, out, go;
	int starter, starter_pid; /* who starts it; pid 0: no mails are sent */
	struct souk_buffer answer;
};

#define OUTBOX_OPTIONS(type, member)                                                           \
	{0, "smtp", "URL", SOUK_OPTION_TEXT, offsetof(type, member.smtp),                          \
		"the mail server: smtp://HOST[:PORT], smtps://HOST[:PORT]", 0, 0, NULL, false},        \
	{0, "plain", NULL, SOUK_OPTION_FLAG, offsetof(type, member.plain),                         \
		"do without TLS where the server has none", 0, 0, NULL, false},                        \
	{0, "timeout", "SPAN", SOUK_OPTION_SPAN, offsetof(type, member.timeout),                   \
		"how long a mail may take (default 60s)", 1, 3600, NULL, false}

/* ---- The process that talks to the mail server (helper.c) ---- */

/* Makes that it can be started from within the sandbox. */
void helper_prepare(struct outbox *o);
void helper_end(struct outbox *o);
/* Starts it unless it runs. */
void helper_start(struct outbox *o);
void helper_stop(struct outbox *o);
/* False if it died. */
bool helper_write(int fd, const void *bytes, size_t len);
/* Its next line goes to o->answer, followed as SOUK_RECORD_PAD says. False if it died. */
bool helper_read(struct outbox *o);

/* ---- */

/* Takes defaults from the environment; after the options, and before the sandbox. */
void outbox_open(struct outbox *o);
/* Forgets the mails of the batch before. */
void outbox_begin(struct outbox *o);
void outbox_add(struct outbox *o, struct souk_text kind, struct souk_text id);
/* Tries each that is due, in transactions of its own. False if the system failed, not if
 * the mail server did. */
bool outbox_send(struct outbox *o, struct souk_stage *stage);
void outbox_close(struct outbox *o);

#endif
