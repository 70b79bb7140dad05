/* SPDX-License-Identifier: ISC */
/* What is counted, told to Prometheus; and whether all is well. */
#include <event2/buffer.h>
#include <event2/http.h>

#include "serve.h"

/* Upper bounds, in microseconds. */
static const int64_t latency_bounds[LATENCY_BUCKETS] = {100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000,
	100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000};
static const size_t batch_bounds[BATCH_BUCKETS] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};

void metrics_latency(struct metrics *m, int64_t ns)
{
	size_t i = 0;

	while (i < LATENCY_BUCKETS && ns > latency_bounds[i] * 1000)
		i++;
	m->latency[i]++;
	m->latency_ns += ns;
}

void metrics_batch(struct metrics *m, size_t lines)
{
	size_t i = 0;

	while (i < BATCH_BUCKETS && lines > batch_bounds[i])
		i++;
	m->batch[i]++;
	m->batches++;
	m->batched += lines;
}

/* Codes are the filter's words: a few, and short; the last place counts the rest. */
void metrics_code(struct metrics *m, struct souk_text code)
{
	size_t i = 0;

	if (code.len >= sizeof(m->codes[0].code) || strspn(code.at, "abcdefghijklmnopqrstuvwxyz_0123456789") < code.len)
		code = SOUK_TEXT("other");
	for (; i < CODES - 1 && *m->codes[i].code; i++)
		if (souk_text_is(code, m->codes[i].code))
			break;
	if (i == CODES - 1)
		code = SOUK_TEXT("other");
	if (!*m->codes[i].code)
		memcpy(m->codes[i].code, code.at, code.len);
	m->codes[i].count++;
}

static void begin(struct evbuffer *out, const char *name, const char *type, const char *help)
{
	evbuffer_add_printf(out, "# HELP souk_serve_%s %s\n# TYPE souk_serve_%s %s\n", name, help, name, type);
}

static void add_one(struct evbuffer *out, const char *name, const char *type, const char *help, uint64_t value)
{
	begin(out, name, type, help);
	evbuffer_add_printf(out, "souk_serve_%s %llu\n", name, (unsigned long long)value);
}

static void add_latency(struct evbuffer *out, const struct metrics *m)
{
	uint64_t count = 0;

	begin(out, "request_seconds", "histogram", "from the arrival of a line to its answer");
	for (size_t i = 0; i < LATENCY_BUCKETS; i++)
		evbuffer_add_printf(out, "souk_serve_request_seconds_bucket{le=\"%g\"} %llu\n",
			(double)latency_bounds[i] / 1e6, (unsigned long long)(count += m->latency[i]));
	count += m->latency[LATENCY_BUCKETS];
	evbuffer_add_printf(out, "souk_serve_request_seconds_bucket{le=\"+Inf\"} %llu\n"
		"souk_serve_request_seconds_sum %.6f\nsouk_serve_request_seconds_count %llu\n",
		(unsigned long long)count, (double)m->latency_ns / 1e9, (unsigned long long)count);
}

static void add_batch(struct evbuffer *out, const struct metrics *m)
{
	uint64_t count = 0;

	begin(out, "batch_lines", "histogram", "lines handed to a worker at once");
	for (size_t i = 0; i < BATCH_BUCKETS; i++)
		evbuffer_add_printf(out, "souk_serve_batch_lines_bucket{le=\"%zu\"} %llu\n", batch_bounds[i],
			(unsigned long long)(count += m->batch[i]));
	evbuffer_add_printf(out, "souk_serve_batch_lines_bucket{le=\"+Inf\"} %llu\n"
		"souk_serve_batch_lines_sum %llu\nsouk_serve_batch_lines_count %llu\n",
		(unsigned long long)m->batches, (unsigned long long)m->batched, (unsigned long long)m->batches);
}

static void count_workers(const struct server *s, uint64_t *up, uint64_t *outstanding)
{
	struct worker *w;

	*up = *outstanding = 0;
	TAILQ_FOREACH(w, &s->workers, link) {
		*up += w->state == WORKER_UP && !w->retiring && !w->proving && !w->reserve;
		*outstanding += w->count;
	}
}

static void on_metrics(struct evhttp_request *request, void *context)
{
	static const char *const reasons[] = {"died", "hung", "stray_line", "other_id", "no_record"};
	struct server *s = context;
	const struct metrics *m = &s->metrics;
	struct evbuffer *out = evhttp_request_get_output_buffer(request);
	uint64_t up, outstanding;

	count_workers(s, &up, &outstanding);
	add_one(out, "requests_total", "counter", "lines taken", m->requests);
	begin(out, "errors_total", "counter", "answers that are errors or waits of this filter, by code");
	for (size_t i = 0; i < CODES && *m->codes[i].code; i++)
		evbuffer_add_printf(out, "souk_serve_errors_total{code=\"%s\"} %llu\n", m->codes[i].code,
			(unsigned long long)m->codes[i].count);
	add_latency(out, m);
	add_batch(out, m);
	add_one(out, "workers", "gauge", "workers that run", up);
	begin(out, "restarts_total", "counter", "workers that were replaced, by what they did");
	for (size_t i = 0; i < END_REASONS; i++)
		evbuffer_add_printf(out, "souk_serve_restarts_total{reason=\"%s\"} %llu\n", reasons[i],
			(unsigned long long)m->restarts[i]);
	add_one(out, "outstanding", "gauge", "lines at workers", outstanding);
	add_one(out, "connections", "gauge", "open connections", s->connection_count);
	add_one(out, "connections_total", "counter", "connections accepted", m->connections);
	add_one(out, "connections_refused_total", "counter", "connections over the limit of their address",
		m->refused_connections);
	add_one(out, "connections_dropped_total", "counter", "connections closed for memory", m->dropped);
	add_one(out, "held_bytes", "gauge", "memory of unfinished lines and unread answers", s->held);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
		"text/plain; version=0.0.4");
	evhttp_send_reply(request, HTTP_OK, NULL, NULL);
}

static void on_health(struct evhttp_request *request, void *context)
{
	struct server *s = context;
	uint64_t up, outstanding;
	bool well;

	count_workers(s, &up, &outstanding);
	well = up && !s->draining;
	evbuffer_add_printf(evhttp_request_get_output_buffer(request), "%s\n",
		well ? "ok" : s->draining ? "draining" : "no worker runs");
	evhttp_send_reply(request, well ? HTTP_OK : HTTP_SERVUNAVAIL, NULL, NULL);
}

void metrics_open(struct server *s)
{
	struct souk_address address;
	const char *why;
	int fds[8], count;

	if (!s->metrics_address)
		return;
	if (!souk_address_find(&address, s->metrics_address, true, &why))
		souk_die_usage("--metrics %s: %s", s->metrics_address, why);
	count = souk_address_listen(&address, fds, sizeof(fds) / sizeof(*fds));
	if (!count)
		souk_die_errno("cannot listen at %s", s->metrics_address);
	made_add(&address, false);
	s->http = evhttp_new(s->base);
	if (!s->http)
		souk_die("out of memory");
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_timeout(s->http, 10);
	evhttp_set_max_headers_size(s->http, 16 << 10);
	evhttp_set_max_body_size(s->http, 1 << 10);
	evhttp_set_cb(s->http, "/metrics", on_metrics, s);
	evhttp_set_cb(s->http, "/healthz", on_health, s);
	for (int i = 0; i < count; i++)
		if (evhttp_accept_socket(s->http, fds[i]) != 0)
			souk_die("cannot listen at %s", s->metrics_address);
	souk_address_free(&address);
}

void metrics_close(struct server *s)
{
	if (s->http)
		evhttp_free(s->http);
}
