/* SPDX-License-Identifier: ISC */
/*
 * A filter in which somebody else has taken over: each record says what it tries, and its
 * answer what came of it, "done" or the name of an error.
 *
 *     {"try":"read","path":"/etc/passwd"}
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "souk.h"

/* Opened before it was locked in: somebody to connect to, and somebody to harm. */
struct prey {
	int listener;
	struct sockaddr_in address;
	pid_t victim;
};

static void open_prey(struct souk_stage *stage)
{
	/* Who asks for no row, as this one, would have no store linked in. */
	bool (*volatile begins)(struct souk_store *, bool) = souk_store_begin;
	struct prey *p = stage->state;
	socklen_t len = sizeof(p->address);
	int ends[2];
	char byte;

	p->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!begins || p->listener < 0 || bind(p->listener, (struct sockaddr *)&p->address, len) != 0 ||
	    listen(p->listener, 8) != 0 || getsockname(p->listener, (struct sockaddr *)&p->address, &len) != 0 ||
	    pipe2(ends, O_CLOEXEC) != 0 || (p->victim = fork()) < 0)
		souk_die_errno("no prey");
	if (p->victim == 0) {
		close(ends[1]);
		close(STDOUT_FILENO);
		/* Until nobody is left who could harm it. */
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
}

static void close_prey(struct souk_stage *stage)
{
	struct prey *p = stage->state;

	close(p->listener);
}

/* ---- What is tried: each gives a negative number, and errno, if it fails ---- */

static int try_socket(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int try_unix(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int try_connect(struct prey *p, const char *path)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)path;
	return fd < 0 ? fd : connect(fd, (struct sockaddr *)&p->address, sizeof(p->address));
}

static int try_accept(struct prey *p, const char *path)
{
	(void)path;
	fcntl(p->listener, F_SETFL, O_NONBLOCK);
	return accept(p->listener, NULL, NULL) < 0 && errno != EAGAIN ? -1 : 0;
}

static int try_read(struct prey *p, const char *path)
{
	(void)p;
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int try_list(struct prey *p, const char *path)
{
	(void)p;
	return opendir(path) ? 0 : -1;
}

static int try_write(struct prey *p, const char *path)
{
	(void)p;
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static int try_truncate(struct prey *p, const char *path)
{
	(void)p;
	return truncate(path, 0);
}

static int try_remove(struct prey *p, const char *path)
{
	(void)p;
	return unlink(path);
}

static int try_mode(struct prey *p, const char *path)
{
	(void)p;
	return chmod(path, 0777);
}

static int try_link(struct prey *p, const char *path)
{
	(void)p;
	return symlink("/etc/passwd", path);
}

static int try_exec(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return execl("/bin/sh", "sh", "-c", "cat >&2; echo a shell runs", (char *)NULL);
}

static int try_exec_memory(struct prey *p, const char *path)
{
	static char *argv[] = {"sh", "-c", "cat >&2; echo a shell runs", NULL}, *none[] = {NULL};
	char bytes[65536];
	/* The test gave a shell's binary as 9. */
	int in = 9, out = memfd_create("sh", MFD_CLOEXEC);
	ssize_t got;

	(void)p, (void)path;
	while ((got = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)got) < 0)
			return -1;
	return fexecve(out, argv, none);
}

/* Each of them lives until all are there. */
static int try_fork(struct prey *p, const char *path)
{
	enum { MANY = 100 };
	int ends[2], count = 0;
	pid_t pid = 0;
	char byte;

	(void)p, (void)path;
	if (pipe(ends) != 0)
		return -1;
	while (count < MANY && (pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) > 0)
		count++;
	if (pid == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	close(ends[1]);
	for (int i = 0; i < count; i++)
		wait(NULL);
	return count == MANY ? 0 : -1;
}

static int try_clone3(struct prey *p, const char *path)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	(void)p, (void)path;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return (int)pid;
}

static int try_ptrace(struct prey *p, const char *path)
{
	(void)path;
	if (ptrace(PTRACE_ATTACH, p->victim, NULL, NULL) != 0)
		return -1;
	waitpid(p->victim, NULL, 0);
	return ptrace(PTRACE_DETACH, p->victim, NULL, NULL) == 0 ? 0 : -1;
}

static int try_spy(struct prey *p, const char *path)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)path, 1};

	return process_vm_readv(p->victim, &here, 1, &there, 1, 0) == 1 ? 0 : -1;
}

static int try_kill(struct prey *p, const char *path)
{
	(void)path;
	return kill(p->victim, SIGCONT);
}

static int try_capability(struct prey *p, const char *path)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.effective = 1, .permitted = 1}};

	(void)p, (void)path;
	return (int)syscall(SYS_capset, &header, data);
}

static int try_root(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return setresuid(0, 0, 0);
}

static int try_other_user(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return setresuid(12345, 12345, 12345);
}

static int try_unshare(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return unshare(CLONE_NEWUSER);
}

static int try_ring(struct prey *p, const char *path)
{
	char parameters[120] = {0};

	(void)p, (void)path;
	return (int)syscall(SYS_io_uring_setup, 1, parameters);
}

/* Of a pair the one end sends to whom it likes, though it has connected to nobody. */
static int try_pair(struct prey *p, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int ends[2];

	(void)p;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	return sendto(ends[0], "out", 3, 0, (struct sockaddr *)&to, sizeof(to)) == 3 || errno == ECONNREFUSED ? 0 : -1;
}

/* As if it were typed, where the shell reads it that started this. */
static int try_type(struct prey *p, const char *path)
{
	(void)p, (void)path;
	return ioctl(STDERR_FILENO, TIOCSTI, "x");
}

static int try_limit(struct prey *p, const char *path)
{
	const struct rlimit none = {1000, 1000};

	(void)path;
	return prlimit(p->victim, RLIMIT_CPU, &none, NULL);
}

/* Who owns a descriptor is sent a signal when there is something to read. */
static int try_own(struct prey *p, const char *path)
{
	int ends[2];

	(void)path;
	return pipe(ends) != 0 ? -1 : fcntl(ends[0], F_SETOWN, p->victim);
}

static int try_slow(struct prey *p, const char *path)
{
	(void)path;
	return setpriority(PRIO_PROCESS, (id_t)p->victim, 19);
}

static int try_watch(struct prey *p, const char *path)
{
	(void)p;
	return inotify_add_watch(inotify_init1(IN_CLOEXEC), path, IN_ALL_EVENTS);
}

static int try_queue(struct prey *p, const char *path)
{
	char letter[16] = {1};

	(void)p, (void)path;
	return (int)syscall(SYS_msgsnd, 0, letter, 1, IPC_NOWAIT) != 0 && errno != EINVAL && errno != EIDRM ? -1 : 0;
}

/* In one of its own it has all capabilities. */
static int try_clone_user(struct prey *p, const char *path)
{
	long pid = syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0);

	(void)p, (void)path;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return (int)pid;
}

/* Not refused to anybody. */
static int try_signal_itself(struct prey *p, const char *path)
{
	(void)p, (void)path;
	signal(SIGUSR1, SIG_IGN);
	return raise(SIGUSR1);
}

static const struct attempt {
	const char *name;
	int (*try)(struct prey *, const char *path);
} attempts[] = {
	{"socket", try_socket}, {"unix", try_unix}, {"connect", try_connect}, {"accept", try_accept},
	{"read", try_read}, {"list", try_list}, {"write", try_write}, {"truncate", try_truncate},
	{"remove", try_remove}, {"mode", try_mode}, {"link", try_link}, {"exec", try_exec},
	{"exec_memory", try_exec_memory}, {"fork", try_fork}, {"clone3", try_clone3}, {"ptrace", try_ptrace},
	{"spy", try_spy}, {"kill", try_kill}, {"capability", try_capability}, {"root", try_root},
	{"other_user", try_other_user}, {"unshare", try_unshare}, {"ring", try_ring},
	{"pair", try_pair}, {"type", try_type}, {"limit", try_limit}, {"own", try_own}, {"slow", try_slow},
	{"watch", try_watch}, {"queue", try_queue}, {"clone_user", try_clone_user},
	{"signal_itself", try_signal_itself},
};

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text name, path = {0};
	char file[4096];
	int came = -1;

	if (!souk_need_text(r, NULL, "try", 1, 64, &name) || !souk_may_text(r, NULL, "path", 1, 4000, &path))
		return SOUK_REFUSED;
	snprintf(file, sizeof(file), "%.*s", (int)path.len, path.at ? path.at : "");
	errno = EINVAL;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		if (souk_text_is(name, attempts[i].name))
			came = attempts[i].try(stage->state, file);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "came", came < 0 ? strerrorname_np(errno) : "done");
	souk_put_int(&r->answer, "user", (int64_t)geteuid());
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static const char *const reads[] = {"try", "path?", NULL};
static const char schema[] = "-- version 1\nCREATE TABLE loot (id TEXT PRIMARY KEY);\n";
static const char *const stores[] = {"compromised-more", NULL};
static const char *const opens[] = {"$COMPROMISED/allowed", NULL};

static const struct souk_function without_state = {
	.name = "compromised",
	.summary = "a filter in which somebody else has taken over",
	.schema = schema,
};
static const struct souk_function with_more = {
	.name = "compromised-store",
	.summary = "one with two stores",
	.schema = schema,
	.stores = stores,
};

#define COMMON \
	.kind = SOUK_FILTER, .summary = "try what records say", .reads = reads, \
	.state_size = sizeof(struct prey), .open = open_prey, .map = map, .close = close_prey

SOUK_VERB(pure) = {.function = &without_state, COMMON};
SOUK_VERB(opens_files) = {.function = &without_state, .name = "opens", .opens = opens, COMMON};
SOUK_VERB(connects) = {.function = &without_state, .name = "network", .network = true, COMMON};
SOUK_VERB(multiplies) = {.function = &without_state, .name = "forks", .forks = true, COMMON};
SOUK_VERB(stores_something) = {.function = &with_more, .effects = SOUK_OWN_STATE, .needs_no_id = true, COMMON};
