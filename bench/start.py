#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Medians of the time from spawn to exit, in ms: of `true`, and of each command line
given, with FILE on its stdin. Runs alternate, so that noise falls on all alike.

    start.py RUNS FILE COMMAND...     a command line is one argument
"""
import os
import shlex
import shutil
import statistics
import sys
import time


def once(path, argv, stdin):
    with open(stdin, "rb") as source, open(os.devnull, "wb") as sink:
        actions = [(os.POSIX_SPAWN_DUP2, source.fileno(), 0), (os.POSIX_SPAWN_DUP2, sink.fileno(), 1)]
        start = time.perf_counter()
        pid = os.posix_spawn(path, argv, os.environ, file_actions=actions)
        os.waitpid(pid, 0)
        return (time.perf_counter() - start) * 1000


def main():
    runs, stdin = int(sys.argv[1]), sys.argv[2]
    commands = [shlex.split(text) for text in ["true", *sys.argv[3:]]]
    times = [[] for _ in commands]
    for _ in range(runs):
        for i, argv in enumerate(commands):
            times[i].append(once(shutil.which(argv[0]), argv, stdin))
    base = statistics.median(times[0])
    for argv, values in zip(commands, times):
        median = statistics.median(values)
        print(f"{' '.join(argv):24} {median:6.2f} ms   {median - base:+.2f}")


main()
