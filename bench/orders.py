#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Writes N orders as NDJSON: time-ordered ids, three lines on average, skus of the demo
catalogue drawn evenly. The same N and seed give the same bytes.

    orders.py N [--lines L] [--pad BYTES] [--skus FILE]
"""
import argparse
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--lines", type=int, default=3, help="on average, from 1 to twice as many less one")
    parser.add_argument("--pad", type=int, default=0, help="pad each order to this length, newline counted")
    parser.add_argument("--skus", default=os.path.join(HERE, "..", "data", "prices.ndjson"))
    args = parser.parse_args()
    draw = random.Random(1)
    with open(args.skus, encoding="utf-8") as file:
        skus = sorted({json.loads(line)["sku"] for line in file})
    for number in range(args.count):
        lines = [{"id": str(i + 1), "sku": draw.choice(skus), "qty": draw.randint(1, 5)}
            for i in range(draw.randint(1, 2 * args.lines - 1))]
        order = {"id": f"o{number:09}", "time": "2010-12-01T08:26:00Z", "currency": "GBP",
            "customer": {"id": f"c{draw.randrange(100000):05}", "email": f"customer{number}@example.com"},
            "ship_to": {"name": "Anna Example", "line1": "1 High Street", "city": "London",
                "postcode": "SW1Y 4JH", "country": "GB"},
            "lines": lines,
            "pay_with": [{"id": f"p{number:09}", "method": "test", "token": "pm_card_visa"}]}
        text = json.dumps(order, separators=(",", ":"))
        if args.pad:
            order["note"] = "x" * max(0, args.pad - len(text) - len(',"note":""') - 1)
            text = json.dumps(order, separators=(",", ":"))
        sys.stdout.write(text + "\n")


main()
