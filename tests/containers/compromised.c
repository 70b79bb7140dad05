/* SPDX-License-Identifier: ISC */
/*
 * A filter that somebody else has taken over: it does what its lines tell it, {"id":"1","do":"WHAT
 * OPERANDS"}, as far as it is let, and answers with "did":"done" or why it was not. For
 * tests/heavy/containers.bats; statically linked, it stands where souk-tax was.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_CHILDREN = 1000 };

/* Each attempt returns 0 if it succeeded, else the error. */
static int tell(long result)
{
	return result < 0 ? errno : 0;
}

/* "connect ADDRESS PORT": refused by the other side counts as reached. */
static int attempt_connect(char *operands)
{
	char *port = strchr(operands, ' ');
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct pollfd wait = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof(error);

	if (!port || wait.fd < 0)
		return EINVAL;
	*port++ = 0;
	to.sin_port = htons((uint16_t)atoi(port));
	if (inet_pton(AF_INET, operands, &to.sin_addr) != 1)
		return EINVAL;
	if (connect(wait.fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		error = errno;
	if (error == EINPROGRESS) {
		error = ETIMEDOUT;
		if (poll(&wait, 1, 1000) == 1)
			getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	}
	close(wait.fd);
	return error == ECONNREFUSED ? 0 : error;
}

static int attempt_raw(char *operands)
{
	(void)operands;
	return tell(socket(AF_PACKET, SOCK_RAW, 0)) && tell(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)) ? errno : 0;
}

static int attempt_write(char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd >= 0)
		close(fd);
	return tell(fd);
}

static int attempt_read(char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return tell(fd);
}

static int attempt_remount(char *operands)
{
	(void)operands;
	return tell(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static int attempt_mount(char *path)
{
	return tell(mount("none", path, "tmpfs", 0, NULL));
}

static int attempt_root(char *operands)
{
	(void)operands;
	return tell(setresuid(0, 0, 0)) && tell(setresgid(0, 0, 0)) ? errno : 0;
}

static int attempt_capabilities(char *operands)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct all[2] = {{~0u, ~0u, 0}, {0x1ff, 0x1ff, 0}}, one[2] = {{1, 1, 0}};

	(void)operands;
	return tell(syscall(SYS_capset, &header, all)) && tell(syscall(SYS_capset, &header, one)) ? errno : 0;
}

static int attempt_device(char *path)
{
	return tell(mknod(path, S_IFBLK | 0600, makedev(8, 0)));
}

/* Some engines let anybody make a user namespace, in which he has all capabilities: they must be
 * good for nothing of what is outside. */
static int attempt_namespace(char *operands)
{
	char root[] = "/x", disk[] = "/dev/disk";
	pid_t child = fork();
	int state;

	if (child == 0) {
		int error = tell(unshare(CLONE_NEWUSER | CLONE_NEWNS));

		if (!error)
			error = attempt_remount(operands) && attempt_write(root) && attempt_raw(operands) &&
				attempt_device(disk) ? errno : 0;
		_exit(error);
	}
	return child < 0 || waitpid(child, &state, 0) != child || !WIFEXITED(state) ? EINVAL : WEXITSTATUS(state);
}

static int attempt_execute(char *path)
{
	pid_t child = vfork();
	int state;

	if (child == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &state, 0) != child)
		return errno;
	return WIFEXITED(state) && WEXITSTATUS(state) == 127 ? ENOENT : 0;
}

/* Forks until it can't: done if that is not before MOST_CHILDREN. */
static int attempt_fork(char *operands)
{
	static pid_t children[MOST_CHILDREN];
	int count = 0, error = 0;

	(void)operands;
	while (count < MOST_CHILDREN && !error) {
		pid_t child = fork();

		if (child == 0) {
			pause();
			_exit(0);
		}
		if (child < 0)
			error = errno;
		else
			children[count++] = child;
	}
	while (count--) {
		kill(children[count], SIGKILL);
		waitpid(children[count], NULL, 0);
	}
	return error;
}

static const struct attempt {
	const char *name;
	int (*make)(char *operands);
} attempts[] = {
	{"connect ", attempt_connect}, {"raw", attempt_raw}, {"write ", attempt_write}, {"read ", attempt_read},
	{"remount", attempt_remount}, {"mount ", attempt_mount}, {"root", attempt_root},
	{"capabilities", attempt_capabilities}, {"namespace", attempt_namespace}, {"device ", attempt_device},
	{"execute ", attempt_execute}, {"fork", attempt_fork},
};

static int attempt(char *what)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		if (!strncmp(what, attempts[i].name, strlen(attempts[i].name)))
			return attempts[i].make(what + strlen(attempts[i].name));
	return EINVAL;
}

int main(void)
{
	static char line[65536], what[65536];

	while (fgets(line, sizeof(line), stdin)) {
		char *from = strstr(line, "\"do\":\""), *end = strrchr(line, '}');
		int error = EINVAL;

		if (!end)
			return 1;
		*end = 0;
		if (from) {
			snprintf(what, sizeof(what), "%s", from + 6);
			what[strcspn(what, "\"")] = 0;
			error = attempt(what);
		}
		printf("%s,\"did\":\"%s\"}\n", line, error ? strerror(error) : "done");
		fflush(stdout);
	}
	return 0;
}
