#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Holds random promotions against random orders, in souk-promo and in a plain model with
fractions: each discount must be the same, none above what its line costs, and all add up.

    promo.py SEED [SHOPS] [ORDERS]
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

SKUS = [f"s{n}" for n in range(8)]
TARGETS = ["items", "order", "shipping"]


def half_up(amount):
    return int((2 * amount + 1) // 2)


def spread(amount, weights):
    """By largest remainder; of equal ones the first."""
    total = sum(weights)
    exact = [Fraction(amount * w, total) if total else Fraction(amount, len(weights)) for w in weights]
    shares = [int(e) for e in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[:amount - sum(shares)]:
        shares[i] += 1
    return shares


def percent_of(promo, amount):
    return half_up(amount * Fraction(promo.get("percent", "100")) / 100)


def listed(promo, order):
    return [("skus" not in promo or line["sku"] in promo["skus"]) and line["sku"] not in promo.get("get_skus", [])
            for line in order["lines"]]


def discounts(promo, order, left):
    """What it takes off each line, of which so much is left."""
    lines, on = order["lines"], listed(promo, order)
    cap = promo.get("cap", 10**30)
    if target(promo) == "shipping":
        return [0] * len(lines)
    if target(promo) == "order":
        off = percent_of(promo, sum(left)) if promo["kind"] == "percent" else promo["amount"]
        off = min(off, cap, sum(left))
        return spread(off, left) if off else [0] * len(lines)
    if promo["kind"] == "buy_get":
        gets = promo.get("get_skus")
        pieces = [(Fraction(left[i], line["qty"]), i) for i, line in enumerate(lines)
                  if (line["sku"] in gets if gets else on[i]) for _ in range(line["qty"])]
        bought = sum(line["qty"] for i, line in enumerate(lines) if on[i])
        count = bought // (promo["buy"] + (0 if gets else promo["get"])) * promo["get"]
        cheap = [i for _, i in sorted(pieces)[:count]]
        off = [percent_of(promo, spread(left[i], [cheap.count(i), line["qty"] - cheap.count(i)])[0])
               if i in cheap else 0 for i, line in enumerate(lines)]
    elif promo["kind"] == "percent":
        off = [percent_of(promo, left[i]) if on[i] else 0 for i in range(len(lines))]
    else:
        off = [min(promo["amount"] * line["qty"], left[i]) if on[i] else 0 for i, line in enumerate(lines)]
    return spread(cap, off) if sum(off) > cap else off


def target(promo):
    return {"buy_get": "items", "free_shipping": "shipping"}.get(promo["kind"]) or promo["on"]


def could_apply(promo, order):
    on = listed(promo, order)
    subtotals = [line["subtotal"] for line in order["price"]["lines"]]
    if "codes" in promo and not any(c.lower() in [p.lower() for p in promo["codes"]] for c in order["coupons"]):
        return False
    if sum(q["qty"] for q, o in zip(order["lines"], on) if o) < promo.get("min_qty", 1):
        return False
    if sum(s for s, o in zip(subtotals, on) if o) < promo.get("min_amount", 0):
        return False
    if "condition" in promo and len(order["lines"]) < 3:
        return False
    return target(promo) == "shipping" or sum(discounts(promo, order, subtotals)) > 0


def expected(promos, order):
    chosen = []
    for promo in sorted(promos, key=lambda p: (-p.get("priority", 0), p["id"])):
        if not could_apply(promo, order) or (promo.get("exclusive") and chosen):
            continue
        chosen.append(promo)
        if promo.get("exclusive"):
            break
    left = [line["subtotal"] for line in order["price"]["lines"]]
    applied = []
    for promo in sorted(chosen, key=lambda p: TARGETS.index(target(p))):
        off = discounts(promo, order, left)
        left = [a - b for a, b in zip(left, off)]
        if sum(off) or target(promo) == "shipping":
            applied.append((promo["id"], sum(off)))
    return [line["subtotal"] - rest for line, rest in zip(order["price"]["lines"], left)], applied


def make_promo(rng, number):
    kind = rng.choice(["percent", "percent", "amount", "buy_get", "free_shipping"])
    promo = {"id": f"p{number}", "kind": kind, "currency": "GBP"}
    if kind in ("percent", "amount"):
        promo["on"] = rng.choice(TARGETS)
    if kind == "percent" or (kind == "buy_get" and rng.random() < 0.4):
        promo["percent"] = rng.choice(["10", "33.333", "0.5", "100", str(rng.randint(1, 99))])
    if kind == "amount":
        promo["amount"] = rng.choice([1, rng.randint(1, 500), rng.randint(1, 10**6)])
    if kind == "buy_get":
        promo.update(buy=rng.randint(1, 4), get=rng.randint(1, 3))
        if rng.random() < 0.4:
            promo["get_skus"] = rng.sample(SKUS, rng.randint(1, 3))
    if target(promo) != "shipping" and rng.random() < 0.3:
        promo["cap"] = rng.randint(1, 2000)
    for name, chance, value in [
            ("skus", 0.4, rng.sample(SKUS, rng.randint(1, 5))), ("min_qty", 0.2, rng.randint(1, 20)),
            ("min_amount", 0.2, rng.randint(1, 5000)), ("priority", 0.5, rng.randint(-2, 2)),
            ("exclusive", 0.15, True), ("codes", 0.4, [f"C{number}", f"also-{number}"]),
            ("condition", 0.2, ".lines | length >= 3")]:
        if rng.random() < chance:
            promo[name] = value
    return promo


def make_order(rng, number):
    skus = rng.choices(SKUS, k=rng.randint(1, 6))
    lines = [{"sku": sku, "qty": rng.choice([1, 2, 3, rng.randint(1, 30)])} for sku in skus]
    prices = [{"subtotal": rng.choice([0, 1, rng.randint(1, 300), rng.randint(1, 10**5)])} for _ in lines]
    return {"id": f"o{number}", "time": "2026-01-01T00:00:00Z", "currency": "GBP", "lines": lines,
            "coupons": [rng.choice([f"c{n}", f"ALSO-{n}"]) for n in rng.sample(range(8), rng.randint(0, 4))],
            "price": {"lines": prices, "subtotal": sum(p["subtotal"] for p in prices)}}


def check(promos, order, answer):
    promo = answer["promo"]
    lines = [line["discount"] for line in promo.get("lines", [{"discount": 0}] * len(order["lines"]))]
    for off, line in zip(lines, order["price"]["lines"]):
        assert 0 <= off <= line["subtotal"], "a line's discount is more than it costs"
    assert sum(lines) == promo["discount"], "the lines do not add up to the discount"
    assert sum(a["discount"] for a in promo.get("applied", [])) == promo["discount"], "what was applied does not add up"
    want = expected(promos, order)
    got = lines, [(a["id"], a["discount"]) for a in promo.get("applied", [])]
    assert got == want, f"expected {want}"


def run(verb, records, env):
    text = "".join(json.dumps(r) + "\n" for r in records)
    out = subprocess.run(["souk-promo"] + verb, input=text, env=env, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    seed, shops, count = int(sys.argv[1]), *(int(a) for a in sys.argv[2:4] or (25, 40))
    rng = random.Random(seed)

    print(f"seed {seed}")
    for _ in range(shops):
        promos = [make_promo(rng, n) for n in range(rng.randint(1, 8))]
        orders = [make_order(rng, n) for n in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            env = dict(os.environ, SOUK_DB=folder)
            for promo, answer in zip(promos, run(["put"], promos, env)):
                assert "error" not in answer, (promo, answer)
            for order, answer in zip(orders, run([], orders, env)):
                try:
                    check(promos, order, answer)
                except (AssertionError, KeyError) as wrong:
                    sys.exit(f"{wrong!r}\npromotions {json.dumps(promos)}\ngot {json.dumps(answer)}")
    print(f"{shops * count} orders as expected")


main()
