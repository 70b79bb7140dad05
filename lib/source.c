/* SPDX-License-Identifier: ISC */
/* Sources: what is stored, as lines. */
#include "batch.h"
#include "error.h"
#include "store_if_any.h"

int souk_source_run(struct souk_stage *stage,
	bool (*write)(struct souk_stage *stage, struct souk_writer *out))
{
	struct souk_writer out = {.fd = 1};
	bool done = souk_store_begin(stage->store, false) && write(stage, &out);

	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}
