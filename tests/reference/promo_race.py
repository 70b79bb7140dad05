#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Eight checkouts spend one coupon at once, and stages of them are killed with SIGKILL.
Then it recovers, sends all orders again, and looks whether the coupon was used exactly as
often as it may be, by the orders that were placed with it.

    promo_race.py SEED
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

CHECKOUTS, ORDERS, LIMIT = 8, 50, 100
QUOTE = ["souk-price", "souk-promo", "souk-total"]
BOOK = ["souk-order open", "souk-promo reserve", "souk-order place", "souk-promo settle", "souk-order close"]


def start(stages, source, out):
    """The stages as processes of one pipeline."""
    processes = []
    for stage in stages:
        last = stage is stages[-1]
        processes.append(subprocess.Popen(stage.split(), stdin=source, stdout=out if last else subprocess.PIPE))
        source.close()
        source = processes[-1].stdout
    return processes


def run(stages, name):
    with open(name + ".out", "wb") as out:
        source = open(name, "rb") if os.path.exists(name) else subprocess.Popen(
            ["souk-order", "list", "--open"], stdout=subprocess.PIPE).stdout
        states = [p.wait() for p in start(stages, source, out)]
    assert not any(states), f"{name}: stages ended with {states}"
    with open(name + ".out", "rb") as lines:
        return [json.loads(line) for line in lines]


def put(command, record):
    subprocess.run(command.split(), input=json.dumps(record).encode(), check=True, stdout=subprocess.DEVNULL)


def export(command):
    text = subprocess.run([command, "export"], check=True, capture_output=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def discounted(record):
    return any(a["id"] == "hundred" for a in record["promo"].get("applied", []))


def feed(path, pipe, pauses):
    """Orders as customers come: a few at a time."""
    try:
        with open(path, "rb") as lines, pipe:
            for line in lines:
                pipe.write(line)
                pipe.flush()
                time.sleep(pauses.random() * 0.004)
    except BrokenPipeError:
        pass


def race(rng):
    """Starts all, kills a stage of some while they are fed; how many were hit."""
    pipelines, feeders, killers = [], [], []
    chosen = rng.sample(range(CHECKOUTS), 5)
    for i in range(CHECKOUTS):
        read, write = os.pipe()
        pipelines.append(start(QUOTE + BOOK, open(read, "rb"), open(f"killed{i}", "wb")))
        feeders.append(threading.Thread(target=feed, args=(f"in{i}", open(write, "wb"), random.Random(rng.random()))))
        feeders[-1].start()
        if i in chosen:
            victim = rng.choice(pipelines[-1])
            killers.append(threading.Timer(rng.random() * 0.08, victim.send_signal, [signal.SIGKILL]))
            killers[-1].start()
    for thread in feeders + killers:
        thread.join()
    for processes in pipelines:
        for process in processes:
            assert process.wait() in (0, -signal.SIGKILL, -signal.SIGPIPE), f"{process.args}: {process.returncode}"
    hit = sum(process.returncode == -signal.SIGKILL for processes in pipelines for process in processes)
    assert hit, "nothing was killed"
    return hit


def play(rng):
    put("souk-price put -e", {"sku": "A", "currency": "GBP", "amount": 250})
    put("souk-promo put -e", {"id": "hundred", "codes": ["HUNDRED"], "kind": "percent", "on": "order",
                              "percent": "10", "usage_limit": LIMIT, "per_customer_limit": 2})
    for i in range(CHECKOUTS):
        with open(f"in{i}", "w") as file:
            for n in range(ORDERS):
                # Tax is no matter here: it is what the order brings.
                print(json.dumps({"id": f"{i}-{n:03}", "time": "2026-01-01T00:00:00Z", "currency": "GBP",
                                  "customer": {"id": f"c{i}-{n // 2}"}, "coupons": ["hundred"],
                                  "lines": [{"sku": "A", "qty": 1 + n % 3}], "tax": {"tax": 0}}), file=file)
    hit = race(rng)
    run(BOOK, "recover")
    # A second crowd sends what was lost, and what was not once more.
    answers = [record for i in range(CHECKOUTS) for record in run(QUOTE + BOOK, f"in{i}")]
    run(BOOK, "recover")

    book = {o["id"]: o for o in export("souk-order")}
    assert len(book) == CHECKOUTS * ORDERS, f"{len(book)} orders in the book"
    assert all(o["closed"] for o in book.values()), "orders are left open"
    placed = {i for i, o in book.items() if o["state"] == "placed" and discounted(o["record"])}
    full = [i for i, o in book.items() if o["state"] == "placed" and not discounted(o["record"])]
    uses = {(u.get("customer") or ""): u["taken"] for u in export("souk-promo") if u["export"] == "promo.use"}
    holds = {h["id"]: h for h in export("souk-promo") if h["export"] == "promo.hold" and h["uses"]}
    assert len(placed) == LIMIT, f"{len(placed)} orders were placed with the coupon"
    assert uses[""] == LIMIT and sum(n for who, n in uses.items() if who) == LIMIT, f"uses: {uses}"
    assert max(uses[who] for who in uses if who) <= 2, "a customer used it more than twice"
    assert {i for i, h in holds.items() if h["state"] == "committed"} == placed, "holds are not of those placed"
    assert not any(h["state"] == "held" for h in holds.values()), "something is left held"
    for answer in answers:
        assert answer["order"]["state"] == book[answer["id"]]["state"], f"the answer is not as the book says: {answer}"
    return hit, len(placed), len(full), sum(o["state"] == "rejected" for o in book.values())


def main():
    seed = int(sys.argv[1])
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="souk-promo-race-") as folder:
        os.chdir(folder)
        os.environ["SOUK_DB"] = folder
        hit, placed, full, rejected = play(random.Random(seed))
    print(f"{placed} orders placed with the coupon, {full} without, {rejected} rejected; {hit} stages killed")


main()
