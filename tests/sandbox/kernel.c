/* SPDX-License-Identifier: ISC */
/*
 * Runs a command as an older kernel would: `kernel VERSION [no-seccomp] COMMAND...`, VERSION
 * being that of Landlock's interface, 0 for none.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What asks for the version comes here to be answered. */
static int install(int version, int no_seccomp)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, no_seccomp ? SYS_seccomp : ~0u, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LANDLOCK_CREATE_RULESET_VERSION, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, version ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void answer_one(int listener, int version)
{
	struct seccomp_notif asked = {0};
	struct seccomp_notif_resp answer = {.val = version};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
		return;
	answer.id = asked.id;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

int main(int argc, char **argv)
{
	int version = argc > 2 ? atoi(argv[1]) : 0, no_seccomp = argc > 3 && !strcmp(argv[2], "no-seccomp");
	int listener, state;
	pid_t pid;

	if (argc < 3)
		return 2;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	listener = install(version, no_seccomp);
	if (listener < 0 || (pid = fork()) < 0) {
		perror("kernel");
		return 125;
	}
	if (pid == 0) {
		close(listener);
		execvp(argv[2 + no_seccomp], argv + 2 + no_seccomp);
		perror(argv[2 + no_seccomp]);
		_exit(127);
	}
	close(STDIN_FILENO);
	while (waitpid(pid, &state, WNOHANG) == 0)
		if (poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, 20) > 0)
			answer_one(listener, version);
	return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}
