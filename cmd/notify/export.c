/* SPDX-License-Identifier: ISC */
/* souk-notify export: all mails, for whoever keeps books of them. */
#include "notify.h"

static bool mail_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"notify.mail\"");
	mail_put(out, row);
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, MAIL_LIST);

	souk_bind_text(q, 1, SOUK_TEXT(""));
	return souk_write_rows(stage, q, mail_line, out);
}

SOUK_VERB(export) = {
	.function = &notify_function,
	.name = "export",
	.summary = "write all mails and what became of them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
