/* SPDX-License-Identifier: ISC */
/* account.h: what the verbs of souk-account share. */
#ifndef SOUK_ACCOUNT_H
#define SOUK_ACCOUNT_H

#include "email.h"
#include "souk.h"

extern const struct souk_function account_function;

enum {
	ACCOUNT_PUT, ACCOUNT_BY_EMAIL, ACCOUNT_BY_ID, ACCOUNT_SET, ACCOUNT_REHASH, ACCOUNT_DROP, ACCOUNT_LIST,
	ADDRESS_PUT, ADDRESS_LIST, ADDRESS_COUNT, ADDRESS_DROP, ADDRESS_DROP_ALL,
	SESSION_PUT, SESSION_GET, SESSION_RENEW, SESSION_DROP, SESSION_DROP_OTHERS, SESSION_EXPIRE,
	REGISTRATION_PUT, REGISTRATION_GET, REGISTRATION_DROP, REGISTRATION_EXPIRE,
	LETTER_PUT, LETTER_COUNT, LETTER_DUE, LETTER_TRY, LETTER_DONE, LETTER_DROP, LETTER_EXPIRE,
	TOKEN_PUT, TOKEN_GET, TOKEN_DROP, TOKEN_DROP_OF, TOKEN_EXPIRE,
	ATTEMPT_GET, ATTEMPT_PUT, ATTEMPT_DROP, ATTEMPT_LESS, ATTEMPT_EXPIRE,
	FAMILIAR_GET, FAMILIAR_PUT, FAMILIAR_EXPIRE,
	EVENT_GET, EVENT_PUT, EVENT_DROP_OF, EVENT_EXPIRE, SECURELY,
};

enum { MIN_PASSWORD = 8, MAX_PASSWORD = 1024, MAX_NAME = 200, MAX_LANGUAGE = 35, MAX_CLIENT = 128 };

/* How long things live that no option sets, in seconds. */
enum { DAY = 86400, VERIFY_SPAN = 2 * DAY, RESET_SPAN = 3600, FAMILIAR_SPAN = 90 * DAY };

extern const char *const roles[];   /* customer, staff; NULL-terminated */
enum { CUSTOMER, STAFF };

/* ---- What records say (read.c) ---- */

/* An address of mail, and the same as it is compared. */
struct email {
	struct souk_text as_given, key;
};

/* Members of the stage's own member `account`, in which what must not go on comes in: it is
 * taken away whatever becomes of the record. False if refused. */
bool read_request(struct souk_record *r, const struct souk_node **request);
bool read_email(struct souk_record *r, const struct souk_node *request, struct email *email);
/* One that is to become somebody's: refused as weak_password if it is too short. */
bool read_new_password(struct souk_record *r, const struct souk_node *request, const char *name,
	struct souk_text *password);
/* Who is to have an account. */
struct newcomer {
	struct email email;
	struct souk_text password, name, language;
};
/* Reads one, all but the password into the event's digest. False if refused. */
bool read_newcomer(struct souk_stage *stage, struct souk_record *r, struct newcomer *n);
/* Where the request came from: client.address; empty if it is not said. */
bool read_client(struct souk_record *r, struct souk_text *client);

/* ---- Events (event.c) ---- */

/* First in the state of a verb with events. */
struct event {
	struct souk_digest digest;       /* of what the event is about, never of a password */
	struct souk_text id;
	unsigned char digested[SOUK_DIGEST_BYTES];
};

/* Reads the id and begins the digest; the caller goes on with it. False if refused. */
bool event_read(struct souk_stage *stage, struct souk_record *r);
/* Ends the digest. SOUK_PASS: the event is new. Else what became of it is answered, or it is
 * refused as id_conflict. */
enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r);
/* Remembers the event with r->answer. */
bool event_store(struct souk_stage *stage, struct souk_record *r, struct souk_text account_id);
void event_close(struct souk_stage *stage);

/* An id that follows from the event's: the same for the same event. */
enum { DERIVED_ID = 26 };
void derive_id(const struct souk_stage *stage, char prefix, struct souk_text id, char derived[DERIVED_ID]);

/* ---- Accounts and sessions (session.c) ---- */

struct person {
	struct souk_text id, email, email_key, name, language, role, password;
};

struct session {
	unsigned char digest[crypto_generichash_BYTES];
	unsigned char token[32];
	struct person person;
	int64_t until, idle, idle_until;
};

/* Looks an account up; its text is in the record's memory. DONE: there is none. */
enum souk_step person_find(struct souk_stage *stage, struct souk_record *r, size_t statement,
	struct souk_text key, struct person *person);
/* Puts the member `customer`, and `role`. */
void person_put(const struct person *person, struct souk_buffer *out);

/* Tokens: 32 random bytes; in records base64 without padding, of the kind for URLs. */
enum { TOKEN_BYTES = 32, TOKEN_TEXT = 44 };
void token_make(unsigned char token[TOKEN_BYTES], char text[TOKEN_TEXT]);
bool token_parse(struct souk_text text, unsigned char token[TOKEN_BYTES]);
void token_digest(const unsigned char token[TOKEN_BYTES], unsigned char digest[crypto_generichash_BYTES]);

/* The digest of the token in session.token; false if there is no such. */
bool session_named(struct souk_record *r, struct session *session);
/* The session that the record names, if it still lasts. DONE: there is none. */
enum souk_step session_find(struct souk_stage *stage, struct souk_record *r, struct session *session);
/* The same, refused as not_logged_in if there is none. */
enum souk_outcome session_need(struct souk_stage *stage, struct souk_record *r, struct session *session);
/* The token that a form of this session has to bring. */
void session_put_csrf(const struct session *session, struct souk_buffer *out);
bool session_drop(struct souk_stage *stage, const struct session *session);
/* Ends all sessions of an account but `kept`, which may be NULL. */
bool sessions_drop(struct souk_stage *stage, struct souk_text account_id, const struct session *kept);

/* ---- Passwords (hashing.c) ----
 * To hash takes so long on purpose that it is done in no transaction. */

struct job {
	struct job *next;
	struct souk_text password, new_password; /* to be verified, to be hashed; or at is NULL */
	bool known;                      /* there is a hash to verify against; else as much work is done */
	char hash[crypto_pwhash_STRBYTES];
	int64_t delay;                   /* seconds before a password may be tried again; 0: now */
	/* What came of it. */
	bool good;
	char fresh[crypto_pwhash_STRBYTES]; /* a hash to be stored; "" if none */
};

struct hashing {
	int64_t memory, passes;          /* MiB, times */
	struct souk_arena arena;
	struct job *first, **last, *current;
	bool called;
	char nobody[crypto_pwhash_STRBYTES];
};

/* First in the state of a verb to which passwords come. */
struct passwords {
	struct event event;
	struct hashing hashing;
};

#define HASHING_OPTIONS \
	{0, "memory", "MIB", SOUK_OPTION_NUMBER, offsetof(struct passwords, hashing.memory), \
		"memory that hashing a password takes (default 19)", 1, 4096, NULL, false}, \
	{0, "passes", "N", SOUK_OPTION_NUMBER, offsetof(struct passwords, hashing.passes), \
		"how often it goes over that (default 2)", 1, 1000, NULL, false}

/* What these verbs have in common. */
void passwords_open(struct souk_stage *stage);
bool passwords_begin(struct souk_stage *stage);
bool passwords_call(struct souk_stage *stage);
void passwords_close(struct souk_stage *stage);

/* For each record, in intend: its job, with copies of the passwords. */
struct job *job_add(struct souk_stage *stage, struct souk_text password, struct souk_text new_password);
/* It is to be done; what intend then returns. */
enum souk_intent job_ask(struct souk_stage *stage, struct job *job);
/* In map: the job of the record in hand. */
const struct job *job_take(struct souk_stage *stage);

/* ---- How often a password may be tried (attempts.c) ---- */

struct attempt {
	struct souk_text email_key, client, event;
};

/* Counts the attempt, or says in how many seconds there may be one. False: the database failed. */
bool attempt_begin(struct souk_stage *stage, const struct attempt *a, int64_t *delay);
/* The password was right: it was no guess. */
bool attempt_succeeded(struct souk_stage *stage, const struct attempt *a);
/* Who has shown otherwise that the account is theirs begins anew. */
bool attempt_forgive(struct souk_stage *stage, const struct attempt *a);
enum souk_outcome attempt_refuse(struct souk_record *r, int64_t delay);

/* ---- Who is logged in shows the password once more (proof.c) ---- */

/* In intend, once the event is read. */
enum souk_intent proof_ask(struct souk_stage *stage, struct souk_record *r, struct souk_text client,
	struct souk_text password, struct souk_text new_password);
/* In map: SOUK_PASS and the session, or what becomes of the record. */
enum souk_outcome proof_check(struct souk_stage *stage, struct souk_record *r, struct souk_text client,
	const struct job *job, struct session *session);

/* ---- Letters (letter.c) ---- */

enum letter_kind { VERIFY, RESET, REGISTERED, PASSWORD_CHANGED };
extern const char *const letter_kinds[]; /* as souk-notify names them */

struct letter {
	enum letter_kind kind;
	struct souk_text about;
	struct email email;
	struct souk_text name, language;
	int64_t until;
};

/* Stores that it is to be mailed, unless so many were lately. *stored, unless NULL, says
 * whether. False: the database failed. */
bool letter_put(struct souk_stage *stage, struct souk_text event, const struct letter *l, bool *stored);

/* What the token in account.token, of a letter of that kind, is about, in the record's memory.
 * SOUK_PASS, or the record is refused as bad_token. */
enum souk_outcome letter_token(struct souk_stage *stage, struct souk_record *r,
	const struct souk_node *request, enum letter_kind kind, struct souk_text *about);
/* Adds the token's digest to the event's. False if refused. */
bool letter_token_read(struct souk_stage *stage, struct souk_record *r, const struct souk_node *request);
/* They serve once. */
bool letter_tokens_drop(struct souk_stage *stage, struct souk_text about);

/* ---- Addresses (addresses.c) ---- */

/* Answers with all addresses of the account. */
enum souk_outcome addresses_answer(struct souk_stage *stage, struct souk_record *r, struct souk_text account_id);
/* Of a change of them, once its event is read: SOUK_PASS and whose they are, or what becomes of
 * the record; and its answer, which is remembered. */
enum souk_outcome addresses_begin(struct souk_stage *stage, struct souk_record *r, struct session *session);
enum souk_outcome addresses_end(struct souk_stage *stage, struct souk_record *r, const struct session *session);
/* Puts them as the member `addresses`. */
bool addresses_put(struct souk_stage *stage, struct souk_text account_id, struct souk_buffer *out);

/* ---- */

/* Binds the texts to the parameters from 1 on. */
void bind_texts(struct souk_query *q, size_t count, const struct souk_text *texts);
/* Runs a statement whose one parameter is text. */
bool do_text(struct souk_stage *stage, size_t statement, struct souk_text text);
bool do_digest(struct souk_stage *stage, size_t statement, const void *digest, size_t len);

#endif
