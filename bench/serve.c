/* SPDX-License-Identifier: ISC */
/*
 * Clients that each have one request outstanding: how many are answered in a second, and how
 * soon. Usage: serve PORT SECONDS CLIENTS new|keep total|ID-PREFIX
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CLIENTS = 1024, MOST_TIMES = 8 << 20 };

static struct client {
	int fd;
	size_t due_len, got;
	double start;
	char due[64], answer[1024];
} clients[MOST_CLIENTS];
static struct sockaddr_in address = {.sin_family = AF_INET};
static const char *what;
static bool anew;
static double *times;
static size_t count, sent;
static int poll_fd;

static _Noreturn void die(const char *why, const char *text)
{
	fprintf(stderr, "bench/serve: %s %s\n", why, text);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ask(struct client *c)
{
	bool total = !strcmp(what, "total");
	char line[256];
	int len;

	c->start = now();
	if (c->fd < 0) {
		c->fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
			die("cannot", "connect");
		if (!anew)
			setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
	}
	c->due_len = (size_t)snprintf(c->due, sizeof(c->due), "{\"id\":\"%s-%zu\",", what, ++sent);
	len = snprintf(line, sizeof(line), "%s%s\n", c->due, total
		? "\"price\":{\"subtotal\":1531},\"tax\":{\"inclusive\":false,\"tax\":268}}"
		: "\"lines\":[{\"id\":\"1\",\"sku\":\"A\",\"qty\":1}]}");
	c->got = 0;
	/* The last line and the end go in one segment: the client must not be what is slow. */
	if (send(c->fd, line, (size_t)len, anew ? MSG_MORE : 0) != len)
		die("cannot", "write");
	if (anew)
		shutdown(c->fd, SHUT_WR);
}

/* Whether the answer is complete. */
static bool take(struct client *c)
{
	ssize_t got = read(c->fd, c->answer + c->got, sizeof(c->answer) - 1 - c->got);

	if (got > 0)
		c->got += (size_t)got;
	c->answer[c->got] = 0;
	if (got > 0 && c->answer[c->got - 1] != '\n')
		return false;
	if (got <= 0 || strncmp(c->answer, c->due, c->due_len) != 0 || strstr(c->answer, "\"error\""))
		die("no answer:", c->answer);
	if (count < MOST_TIMES)
		times[count++] = now() - c->start;
	if (anew) {
		close(c->fd);
		c->fd = -1;
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct epoll_event events[256];
	double start = now(), seconds, taken;
	int asking;

	if (argc != 6 || (asking = atoi(argv[3])) > MOST_CLIENTS || !(times = calloc(MOST_TIMES, sizeof(*times))))
		die("usage:", "PORT SECONDS CLIENTS new|keep total|ID-PREFIX");
	address.sin_port = htons((uint16_t)atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	seconds = atof(argv[2]);
	anew = !strcmp(argv[4], "new");
	what = argv[5];
	poll_fd = epoll_create1(0);
	for (int i = 0; i < asking; i++) {
		clients[i].fd = -1;
		ask(&clients[i]);
	}
	while (asking) {
		int ready = epoll_wait(poll_fd, events, 256, -1);

		for (int i = 0; i < ready; i++) {
			struct client *c = events[i].data.ptr;

			if (!take(c))
				continue;
			if (now() - start < seconds)
				ask(c);
			else
				asking--;
		}
	}
	taken = now() - start;
	qsort(times, count, sizeof(*times), compare);
	printf("%7.0f/s  p50 %7.2f  p99 %7.2f\n", (double)count / taken, times[count / 2] * 1e3,
		times[count * 99 / 100] * 1e3);
	return 0;
}
