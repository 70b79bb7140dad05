/* SPDX-License-Identifier: ISC */
/* What records say to souk-account. */
#include "account.h"

bool read_request(struct souk_record *r, const struct souk_node **request)
{
	return souk_need_node(r, NULL, account_function.name, SOUK_OBJECT, request);
}

bool read_email(struct souk_record *r, const struct souk_node *request, struct email *email)
{
	char *key;

	if (!souk_need_text(r, request, "email", 3, SOUK_MAX_EMAIL, &email->as_given))
		return false;
	if (!souk_is_email(email->as_given)) {
		souk_refuse_value(r, souk_find(r, request, "email"), "must be an address of mail: NAME@DOMAIN, in ASCII");
		return false;
	}
	/* It is ASCII. That a mail system tells capitals in names apart is history. */
	key = souk_record_alloc(r, email->as_given.len + 1);
	for (size_t i = 0; i < email->as_given.len; i++) {
		char c = email->as_given.at[i];

		key[i] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
	}
	email->key = (struct souk_text){key, email->as_given.len};
	return true;
}

bool read_new_password(struct souk_record *r, const struct souk_node *request, const char *name,
	struct souk_text *password)
{
	if (!souk_need_text(r, request, name, 1, MAX_PASSWORD, password))
		return false;
	if (password->len >= MIN_PASSWORD)
		return true;
	souk_refuse(r, "weak_password", "a password has %d bytes at least", MIN_PASSWORD);
	return false;
}

bool read_client(struct souk_record *r, struct souk_text *client)
{
	const struct souk_node *node = NULL;

	*client = SOUK_TEXT("");
	return souk_may_node(r, NULL, "client", SOUK_OBJECT, &node) &&
		(!node || souk_may_text(r, node, "address", 1, MAX_CLIENT, client));
}

bool read_newcomer(struct souk_stage *stage, struct souk_record *r, struct newcomer *n)
{
	struct event *event = stage->state;
	const struct souk_node *request;

	n->name = n->language = SOUK_TEXT("");
	if (!event_read(stage, r) || !read_request(r, &request) || !read_email(r, request, &n->email) ||
	    !read_new_password(r, request, "password", &n->password) ||
	    !souk_may_text(r, request, "name", 1, MAX_NAME, &n->name) ||
	    !souk_may_text(r, request, "language", 2, MAX_LANGUAGE, &n->language))
		return false;
	souk_digest_text(&event->digest, n->email.key);
	souk_digest_text(&event->digest, n->name);
	souk_digest_text(&event->digest, n->language);
	return true;
}
