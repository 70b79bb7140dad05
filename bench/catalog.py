#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What bench/catalog imports and asks.

    catalog.py rows N CATALOG      N product rows as CSV, three variants a product
    catalog.py search CATALOG      how long searches take: of a service, and as commands
"""
import csv
import json
import random
import statistics
import subprocess
import sys
import time


def titles(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line)["title"] for line in file]


def rows(count, path):
    known = titles(path)
    words = [word for title in known for word in title.split()]
    out = csv.writer(sys.stdout)
    out.writerow("sku product title description vendor type tags status weight_grams barcode image".split())
    for i in range(count):
        draw = random.Random(i // 3)
        out.writerow([
            f"P{i:06}", f"h{i // 3:05}", f"{draw.choice(known)} {draw.choice(words)}",
            f"<p>{' '.join(draw.choices(words, k=20)).lower()}</p>", f"Vendor {draw.randrange(60)}",
            f"Type {draw.randrange(30)}", ", ".join(draw.sample(words, 3)).lower(), "active",
            draw.randrange(2000), f"50{i:011}", f"https://cdn.example/{i // 3}.jpg"])


def slip(word, draw):
    at = draw.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2:]


def questions(path, count=300):
    draw = random.Random(7)
    words = [word.lower() for title in titles(path) for word in title.split() if word.isalpha()]
    for i in range(count):
        asked = draw.sample(words, draw.choice([1, 1, 2, 2, 3]))
        if i % 3 == 1:
            asked[-1] = asked[-1][:(len(asked[-1]) + 1) // 2]
        if i % 3 == 2 and len(asked[0]) > 4:
            asked[0] = slip(asked[0], draw)
        yield " ".join(asked)


def tell(what, times):
    times = sorted(times)
    print(f"{what}: median {statistics.median(times):.1f} ms, 95 of 100 below "
          f"{times[len(times) * 95 // 100]:.1f} ms, slowest {times[-1]:.1f} ms")
    return statistics.median(times)


def search(path):
    asked = list(questions(path))
    service = subprocess.Popen(["souk-catalog", "search"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(words):
        start = time.perf_counter()
        service.stdin.write((json.dumps({"q": words}) + "\n").encode())
        answer = b""
        while not answer.endswith(b"\n"):
            answer += service.stdout.read(1 << 16)
        return (time.perf_counter() - start) * 1000, json.loads(answer)["catalog"]["found"]

    ask("warm")
    found = [ask(words) for words in asked]
    median = tell(f"a service, {len(asked)} searches with beginnings and slips, "
                  f"{sum(n for _, n in found) // len(found)} products each on average", [ms for ms, _ in found])
    service.stdin.close()
    service.wait()
    times = []
    for words in asked[:100]:
        start = time.perf_counter()
        subprocess.run(["souk-catalog", "search", *words.split()], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - start) * 1000)
    tell("a command each", times)
    return 1 if median > 10 else 0


if __name__ == "__main__":
    if sys.argv[1] == "rows":
        rows(int(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(search(sys.argv[2]))
