#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Starts the stages, gives them the orders on stdin one at a time, each when the one
before it was answered, and says how long the last COUNT of them took.

    latency.py COUNT STAGE... <orders.ndjson
"""
import json
import shlex
import subprocess
import sys
import time


def main():
    count, stages = int(sys.argv[1]), sys.argv[2:]
    running, end = [], subprocess.PIPE
    for stage in stages:
        running.append(subprocess.Popen(shlex.split(stage), stdin=end, stdout=subprocess.PIPE))
        if end is not subprocess.PIPE:
            end.close()
        end = running[-1].stdout
    first = running[0].stdin
    taken = []
    for order in sys.stdin.buffer:
        begin = time.perf_counter()
        first.write(order)
        first.flush()
        answer = end.readline()
        taken.append(time.perf_counter() - begin)
        assert json.loads(answer)["order"] == {"state": "placed", "closed": True}, answer
    first.close()
    assert all(stage.wait() == 0 for stage in running)
    taken = sorted(taken[-count:])
    print(f"{count} orders: median {taken[count // 2] * 1e3:.2f} ms, "
        f"99 of 100 within {taken[count * 99 // 100] * 1e3:.2f} ms")


main()
