#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Sends random orders in random parcels through souk-ship: over all parcels of an order
what is due must be its total, each amount within a penny a line of the exact share,
and each piece sent once.

    ship.py SEED [ORDERS]
"""
import json
import random
import subprocess
import sys
from fractions import Fraction


def make(rng, number):
    inclusive = rng.random() < 0.3
    lines, prices, discounts, taxes = [], [], [], []
    for n in range(rng.randint(1, 5)):
        lines.append({"id": f"l{n}", "sku": f"S{n}", "qty": rng.randint(1, 7)})
        subtotal = rng.choice([0, rng.randint(1, 20), rng.randint(1, 100000), rng.randint(10**15, 10**16)])
        prices.append({"subtotal": subtotal})
        discounts.append({"discount": rng.randint(0, subtotal)})
        taxes.append({"tax": rng.randint(0, subtotal // 4)})
    due = [p["subtotal"] - d["discount"] + (0 if inclusive else t["tax"])
           for p, d, t in zip(prices, discounts, taxes)]
    # A charge below 0 gives something back.
    rest = rng.choice([0, rng.randint(0, 2000), -min(sum(due), rng.randint(0, 300))])
    return {"id": f"o{number}", "currency": "GBP", "lines": lines, "price": {"lines": prices},
            "promo": {"lines": discounts}, "tax": {"inclusive": inclusive, "lines": taxes},
            "total": {"total": sum(due) + rest}}, due, rest


def parcels(rng, order):
    """Its pieces in random order, cut into random parcels."""
    pieces = [line["id"] for line in order["lines"] for _ in range(line["qty"])]
    rng.shuffle(pieces)
    while pieces:
        count = rng.randint(1, len(pieces))
        parcel, pieces = pieces[:count], pieces[count:]
        yield [{"id": line, "qty": parcel.count(line)} for line in sorted(set(parcel))]


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300
    rng = random.Random(seed)
    print(f"seed {seed}")
    orders, events = {}, []
    for number in range(count):
        order, due, rest = make(rng, number)
        orders[order["id"]] = (order, due, rest, [])
        for index, lines in enumerate(parcels(rng, order)):
            events.append({"id": f"{order['id']}-{index}", "order_id": order["id"], "lines": lines,
                           "order": {"state": "placed", "record": order}})
    text = "".join(json.dumps(event) + "\n" for event in events)
    first = subprocess.run(["souk-ship", "ship"], input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    again = subprocess.run(["souk-ship", "ship"], input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert first.stdout == again.stdout, "the second run gave other bytes"
    for event, answer in zip(events, map(json.loads, first.stdout.splitlines())):
        assert "ship" in answer, answer
        orders[event["order_id"]][3].append((event["lines"], answer["ship"]["amount"]))
    for order, due, rest, sent in orders.values():
        assert sum(amount for _, amount in sent) == order["total"]["total"], (order, sent)
        assert all(amount >= 0 for _, amount in sent), (order, sent)
        if rest < 0:
            continue
        qty = {line["id"]: line["qty"] for line in order["lines"]}
        part = {line["id"]: amount for line, amount in zip(order["lines"], due)}
        for index, (lines, amount) in enumerate(sent):
            exact = sum(Fraction(part[line["id"]] * line["qty"], qty[line["id"]]) for line in lines)
            assert abs(amount - exact - (0 if index else rest)) <= len(lines), (order, sent)
    print(len(orders), "orders added up")


if __name__ == "__main__":
    main()
