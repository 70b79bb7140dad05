#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What bench/catalog imports and asks.

    catalog.py rows N CATALOG      N product rows as CSV, three variants a product
    catalog.py shopify N CATALOG   the same goods as a Shopify export
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


SHOPIFY = ("Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
           "Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,"
           "Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
           "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,"
           "SEO Title,SEO Description,Google Shopping / Google Product Category,Google Shopping / Gender,"
           "Google Shopping / Age Group,Google Shopping / MPN,Google Shopping / Condition,Google Shopping / Custom Product,"
           "Google Shopping / Custom Label 0,Google Shopping / Custom Label 1,Google Shopping / Custom Label 2,"
           "Google Shopping / Custom Label 3,Google Shopping / Custom Label 4,Variant Image,Variant Weight Unit,"
           "Variant Tax Code").split(",")


def shopify(count, path):
    known = titles(path)
    words = [word for title in known for word in title.split()]
    out = csv.DictWriter(sys.stdout, SHOPIFY, restval="")
    out.writeheader()
    for i in range(count):
        draw = random.Random(i // 3)
        row = {"Handle": f"h{i // 3:05}", "Option1 Value": "SML"[i % 3], "Variant SKU": f"P{i:06}",
               "Variant Grams": i % 2000, "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": i % 50,
               "Variant Inventory Policy": "deny", "Variant Fulfillment Service": "manual",
               "Variant Price": f"{5 + i % 90}.99", "Variant Requires Shipping": "true", "Variant Taxable": "true",
               "Variant Barcode": f"50{i:011}", "Variant Weight Unit": "kg"}
        if i % 3 == 0:
            row |= {"Title": f"{draw.choice(known)} {draw.choice(words)}", "Vendor": f"Vendor {draw.randrange(60)}",
                    "Body (HTML)": f"<p>{' '.join(draw.choices(words, k=20)).lower()}</p>",
                    "Type": f"Type {draw.randrange(30)}", "Tags": ", ".join(draw.sample(words, 3)).lower(),
                    "Published": "true", "Option1 Name": "Size", "Gift Card": "false", "Image Position": 1,
                    "Image Src": f"https://cdn.example/{i // 3}.jpg"}
        out.writerow(row)


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
    print(f"{what}: median {statistics.median(times):.1f} ms, 95 of 100 below {times[len(times) * 95 // 100]:.1f} ms, "
          f"99 below {times[len(times) * 99 // 100]:.1f} ms, slowest {times[-1]:.1f} ms")
    return times[-1]


class Service:
    def __init__(self):
        self.process = subprocess.Popen(["souk-catalog", "search"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.ask("warm")

    def processor(self):
        """Milliseconds: what else goes on makes a search wait, but hardly work more."""
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e6

    def ask(self, words):
        """How long it took, how long the processor worked for it, how many were found."""
        worked, start = self.processor(), time.perf_counter()
        self.process.stdin.write((json.dumps({"q": words}) + "\n").encode())
        answer = b""
        while not answer.endswith(b"\n"):
            part = self.process.stdout.read(1 << 16)
            if not part:
                sys.exit("the service has ended")
            answer += part
        took = (time.perf_counter() - start) * 1000
        time.sleep(0.001)  # for it to come to rest
        return took, self.processor() - worked, json.loads(answer)["catalog"]["found"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def search(path):
    asked = list(questions(path))
    service = Service()
    took, worked, found = zip(*[service.ask(words) for words in asked])
    tell(f"a service, {len(asked)} searches with beginnings and slips, "
         f"{sum(found) // len(found)} products each on average", took)
    slowest = tell("    of this its processor", worked)
    service.close()
    # The worst there is: words that are in every product, the first time and again.
    service = Service()
    first, again = zip(*[(service.ask(words)[1], service.ask(words)[1]) for words in ("p", "vendor", "vendor type", "vendor type p")])
    print("words of every product, its processor:", ", ".join(f"{a:.1f} then {b:.1f}" for a, b in zip(first, again)), "ms")
    service.close()
    times = []
    for words in asked[:100]:
        start = time.perf_counter()
        subprocess.run(["souk-catalog", "search", *words.split()], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - start) * 1000)
    tell("a command each", times)
    return 1 if slowest > 10 or max(again) > 10 else 0


if __name__ == "__main__":
    if sys.argv[1] in ("rows", "shopify"):
        {"rows": rows, "shopify": shopify}[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(search(sys.argv[2]))
