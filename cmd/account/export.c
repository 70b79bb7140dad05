/* SPDX-License-Identifier: ISC */
/* souk-account export: what is kept of customers, but for what proves who they are. */
#include "account.h"

struct export {
	const char *customer;
};

static bool account_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	bool done;

	souk_add_string(out, "{\"export\":\"account\"");
	souk_put_text(out, "id", souk_column_text(row, 0));
	souk_put_text(out, "email", souk_column_text(row, 1));
	souk_put_some(out, "name", souk_column_text(row, 2));
	souk_put_some(out, "language", souk_column_text(row, 3));
	souk_put_text(out, "role", souk_column_text(row, 4));
	souk_put_time(out, "time", souk_column_int(row, 5));
	done = addresses_put(stage, souk_column_text(row, 0), out);
	souk_put_close(out, '}');
	return done;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	const struct export *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, ACCOUNT_LIST);

	souk_bind_text(q, 1, souk_text_of(s->customer ? s->customer : ""));
	return souk_write_rows(stage, q, account_line, out);
}

static const struct souk_option options[] = {
	{0, "customer", "ID", SOUK_OPTION_TEXT, offsetof(struct export, customer),
		"only what is kept of this one", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(export) = {
	.function = &account_function,
	.name = "export",
	.summary = "write all accounts and their addresses, without passwords",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct export),
	.write = write_all,
};
