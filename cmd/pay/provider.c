/* SPDX-License-Identifier: ISC */
#include "provider.h"

#include <stdlib.h>

/* Set by the linker around the section that PAY_PROVIDER fills. */
extern const struct provider *const __start_pay_providers[];
extern const struct provider *const __stop_pay_providers[];

const struct provider *const *providers(size_t *count)
{
	*count = (size_t)(__stop_pay_providers - __start_pay_providers);
	return __start_pay_providers;
}

const struct provider *provider_find(struct souk_text name)
{
	size_t count;
	const struct provider *const *all = providers(&count);

	for (size_t i = 0; i < count; i++)
		if (souk_text_is(name, all[i]->name))
			return all[i];
	return NULL;
}

void providers_close(void)
{
	size_t count;
	const struct provider *const *all = providers(&count);

	for (size_t i = 0; i < count; i++)
		if (all[i]->close)
			all[i]->close();
}

void calls_begin(struct calls *calls)
{
	calls->count = 0;
	souk_arena_reset(&calls->memory);
}

void calls_free(struct calls *calls)
{
	souk_arena_free(&calls->memory);
	free(calls->requests);
	free(calls->of_one);
	*calls = (struct calls){0};
}

struct request *calls_add(struct calls *calls, const struct provider *provider)
{
	struct request *request = souk_arena_alloc(&calls->memory, sizeof(*request));

	if (calls->count == calls->capacity) {
		calls->capacity = calls->capacity ? calls->capacity * 2 : SOUK_BATCH_RECORDS;
		calls->requests = realloc(calls->requests, calls->capacity * sizeof(*calls->requests));
		calls->of_one = realloc(calls->of_one, calls->capacity * sizeof(*calls->of_one));
		if (!calls->requests || !calls->of_one)
			souk_die("out of memory");
	}
	*request = (struct request){.provider = provider};
	calls->requests[calls->count++] = request;
	return request;
}

static void decline_all(struct call *call)
{
	for (size_t i = 0; i < call->count; i++) {
		call->requests[i]->answer = DECLINED;
		call->requests[i]->code = SOUK_TEXT("not_supported");
		call->requests[i]->message = SOUK_TEXT("this method of payment has no such operation");
	}
}

bool calls_make(struct calls *calls, enum operation operation, int64_t now)
{
	size_t count;
	const struct provider *const *all = providers(&count);
	struct call call = {.operation = operation, .requests = calls->of_one, .now = now,
		.memory = &calls->memory};

	for (size_t i = 0; i < count; i++) {
		call.count = 0;
		for (size_t j = 0; j < calls->count; j++)
			if (calls->requests[j]->provider == all[i])
				call.requests[call.count++] = calls->requests[j];
		if (!call.count)
			continue;
		if (!all[i]->ask[operation])
			decline_all(&call);
		else if (!all[i]->ask[operation](&call))
			return false;
	}
	return true;
}
