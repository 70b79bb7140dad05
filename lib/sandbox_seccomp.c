/* SPDX-License-Identifier: ISC */
/*
 * Calls that no filter makes. This is a list of what is refused, not of what is allowed: a
 * list of what libraries call rots with each of their releases, and then kills a shop; this
 * one at worst refuses less than it could. It is for what Landlock has no say in: starting
 * processes and programs, sockets other than TCP, other processes, changes of mode and owner.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_parts.h"

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
enum { FOREIGN_CALLS = 0x40000000 }; /* from here on they are x32's */
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define MACHINE AUDIT_ARCH_AARCH64
enum { FOREIGN_CALLS = 0 };
#endif

#ifdef MACHINE

/* Younger than the headers in use. */
enum { FCHMODAT2 = 452, SETXATTRAT = 463, REMOVEXATTRAT = 466, OPEN_TREE_ATTR = 467, FILE_SETATTR = 469 };

/* Of older machines some calls have two forms, of which arm64 has the newer one only. */
static const int never[] = {
	/* Other processes, and this one in other clothes. */
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_open, SYS_pidfd_getfd,
	SYS_pidfd_send_signal, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_kcmp, SYS_process_madvise,
	SYS_setns, SYS_unshare, SYS_personality, SYS_setpriority, SYS_ioprio_set, SYS_sched_setaffinity,
	SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_migrate_pages, SYS_move_pages,
	/* What is around it. */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree, SYS_fsopen,
	SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_swapon, SYS_swapoff, SYS_reboot,
	SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_sethostname,
	SYS_setdomainname, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime,
	SYS_acct, SYS_quotactl, SYS_syslog, OPEN_TREE_ATTR,
	/* Large, and often where a kernel breaks. A ring would make calls that are refused here. */
	SYS_bpf, SYS_perf_event_open, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
	SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_fanotify_init,
	SYS_open_by_handle_at, SYS_name_to_handle_at,
	/* Memory and queues that others of the same user share. */
	SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semctl, SYS_semop, SYS_semtimedop, SYS_msgget,
	SYS_msgctl, SYS_msgsnd, SYS_msgrcv, SYS_mq_open, SYS_mq_unlink,
	/* Files' modes, owners and times, and who uses them: Landlock keeps only what is in them. */
	SYS_fchmodat, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr, SYS_removexattr,
	SYS_lremovexattr, SYS_mknodat, SYS_linkat, SYS_symlinkat, SYS_inotify_add_watch,
	FCHMODAT2, SETXATTRAT, REMOVEXATTRAT, FILE_SETATTR,
#ifdef __x86_64__
	SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_mknod, SYS_link,
	SYS_symlink, SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};
/* An end of a pair of sockets sends to whom it likes, by name. */
static const int network[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
};
static const int programs[] = {
	SYS_execve, SYS_execveat,
};
/* Of who opens nothing any more. */
static const int files[] = {
	SYS_openat, SYS_openat2, SYS_truncate, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_mkdirat,
#ifdef __x86_64__
	SYS_open, SYS_creat, SYS_unlink, SYS_rename, SYS_mkdir, SYS_rmdir,
#endif
};
static const int signals[] = {
	SYS_kill, SYS_tkill, SYS_tgkill,
};

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))
#define FIELD(name) offsetof(struct seccomp_data, name)
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

/* What becomes of a call. Flags of clone3 are in memory, where nobody looks: libraries that
 * are told that it is not there use clone, by which only threads are made, or processes. */
enum fate { ALLOWED, REFUSED, MISSING, THREADS_ONLY, PROCESSES_ONLY, TO_ITSELF, OWN_LIMITS, NO_OWNER, NO_TYPING };

/* Fates that depend on an argument, which is one of these values or has one of these bits. Of
 * ids, flags and commands the kernel looks at 32 bits, as is done here. */
struct look {
	unsigned argument;
	bool bits, refuses; /* else it allows */
	unsigned values[4], count;
};

enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
		CLONE_NEWNET,
};

static const struct look looks[] = {
	[THREADS_ONLY] = {.bits = true, .values = {CLONE_THREAD}, .count = 1},
	[PROCESSES_ONLY] = {.bits = true, .refuses = true, .values = {NAMESPACES}, .count = 1},
	/* With the id of this process in front, which is not known here. */
	[TO_ITSELF] = {.values = {0}, .count = 1},
	[OWN_LIMITS] = {.values = {0, 0}, .count = 2},
	/* The owner of a descriptor gets signals. */
	[NO_OWNER] = {.argument = 1, .refuses = true, .values = {F_SETOWN, F_SETOWN_EX}, .count = 2},
	/* What a terminal reads next can be the shell's that started this. */
	[NO_TYPING] = {.argument = 1, .refuses = true, .values = {TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP},
		.count = 4},
};

/* Calls that follow each other and have one fate. */
struct range {
	unsigned first, last;
	enum fate fate;
};

enum { CALLS = 512, MOST_RANGES = 128, MOST_CODE = 10 * MOST_RANGES };

struct filter {
	unsigned char fates[CALLS]; /* by number */
	struct range ranges[MOST_RANGES];
	size_t range_count;
	struct sock_filter code[MOST_CODE];
	unsigned short len;
};

static void set_fate(struct filter *f, enum fate fate, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		f->fates[calls[i]] = (unsigned char)fate;
}

static void find_ranges(struct filter *f)
{
	for (unsigned i = 1; i < CALLS; i++) {
		if (f->fates[i] == ALLOWED)
			continue;
		if (f->fates[i - 1] != f->fates[i])
			f->ranges[f->range_count++] = (struct range){.first = i, .fate = (enum fate)f->fates[i]};
		f->ranges[f->range_count - 1].last = i;
	}
}

/* A jump leaves so many instructions out. */
static void add(struct filter *f, unsigned operation, unsigned value, unsigned if_true, unsigned if_false)
{
	f->code[f->len++] = (struct sock_filter){(unsigned short)operation, (unsigned char)if_true,
		(unsigned char)if_false, value};
}

static void load(struct filter *f, size_t field)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)field, 0, 0);
}

static void answer(struct filter *f, unsigned action)
{
	add(f, BPF_RET | BPF_K, action, 0, 0);
}

static struct look look_of(enum fate fate)
{
	struct look look = {0};

	if (fate < LENGTH(looks))
		look = looks[fate];
	if (fate == TO_ITSELF || fate == OWN_LIMITS)
		look.values[0] = (unsigned)getpid();
	return look;
}

/* For a number that is in no range before this one, and in none after. */
static void decide(struct filter *f, const struct range *range)
{
	struct look look = look_of(range->fate);
	unsigned more = look.count ? 1 + look.count : 0;

	add(f, BPF_JMP | BPF_JGE | BPF_K, range->first, 0, 2 + more);
	add(f, BPF_JMP | BPF_JGT | BPF_K, range->last, 1 + more, 0);
	if (look.count)
		load(f, FIELD(args[0]) + look.argument * sizeof(uint64_t));
	for (unsigned left = look.count; left-- > 0;)
		add(f, BPF_JMP | (look.bits ? BPF_JSET : BPF_JEQ) | BPF_K, look.values[look.count - 1 - left],
			look.refuses ? left : left + 1, look.refuses && !left);
	answer(f, REFUSE(range->fate == MISSING ? ENOSYS : EPERM));
	answer(f, SECCOMP_RET_ALLOW);
}

/* By halves: the kernel tries a new filter with each call there is, to know which are always
 * allowed. */
static void search(struct filter *f, const struct range *ranges, size_t count)
{
	unsigned short jump;

	if (count == 1) {
		decide(f, ranges);
		return;
	}
	/* A conditional jump reaches 255 instructions, the other kind any. */
	add(f, BPF_JMP | BPF_JGE | BPF_K, ranges[count / 2].first, 0, 1);
	jump = f->len;
	add(f, BPF_JMP | BPF_JA, 0, 0, 0);
	search(f, ranges, count / 2);
	f->code[jump].k = f->len - jump - 1u;
	search(f, ranges + count / 2, count - count / 2);
}

static void choose_fates(struct filter *f, const struct souk_needs *needs)
{
	if (!needs->network)
		set_fate(f, REFUSED, network, LENGTH(network));
	if (SOUK_SANITIZED)
		return;
	set_fate(f, REFUSED, never, LENGTH(never));
	set_fate(f, REFUSED, programs, LENGTH(programs));
	if (!needs->opens && !needs->network)
		set_fate(f, REFUSED, files, LENGTH(files));
	set_fate(f, OWN_LIMITS, (const int[]){SYS_prlimit64}, 1);
	set_fate(f, NO_OWNER, (const int[]){SYS_fcntl}, 1);
	set_fate(f, NO_TYPING, (const int[]){SYS_ioctl}, 1);
	set_fate(f, MISSING, (const int[]){SYS_clone3}, 1);
	set_fate(f, needs->forks ? PROCESSES_ONLY : THREADS_ONLY, (const int[]){SYS_clone}, 1);
	if (needs->forks)
		return;
	set_fate(f, TO_ITSELF, signals, LENGTH(signals));
#ifdef __x86_64__
	set_fate(f, REFUSED, (const int[]){SYS_fork, SYS_vfork}, 2);
#endif
}

bool souk_seccomp_enter(const struct souk_needs *needs)
{
	struct filter f = {.len = 0};
	struct sock_fprog program = {.filter = f.code};

	choose_fates(&f, needs);
	find_ranges(&f);
	load(&f, FIELD(arch));
	/* What has another number in another mode is refused as a whole. */
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
	answer(&f, REFUSE(EPERM));
	load(&f, FIELD(nr));
	if (FOREIGN_CALLS) {
		add(&f, BPF_JMP | BPF_JGE | BPF_K, FOREIGN_CALLS, 0, 1);
		answer(&f, REFUSE(EPERM));
	}
	if (!f.range_count)
		answer(&f, SECCOMP_RET_ALLOW);
	else
		search(&f, f.ranges, f.range_count);
	program.len = f.len;
	/* No code of others runs here beside secrets of its own: what slows branches down, so that
	 * one can't be guessed from the other, is not needed. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0;
}

#else

bool souk_seccomp_enter(const struct souk_needs *needs)
{
	(void)needs;
	errno = ENOSYS;
	return false;
}

#endif
