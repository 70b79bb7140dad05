#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The peer of the checkout: one Python script, standard library only, one SQLite file,
synchronous=FULL, 1,000 orders a commit. It prices, taxes, reserves, charges and books the
orders on stdin and writes them with what it found to stdout.

    checkout.py DATABASE PRICES TAX-RATES <orders.ndjson

PRICES and TAX-RATES are the demo shop's files; every sku gets a million pieces.
"""
import json
import sqlite3
import sys
from decimal import ROUND_HALF_UP, Decimal

BATCH = 1000


def setup(path, prices, rates):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript("""
        CREATE TABLE stock (sku TEXT PRIMARY KEY, on_hand INTEGER, reserved INTEGER) WITHOUT ROWID;
        CREATE TABLE hold (order_id TEXT PRIMARY KEY, lines TEXT) WITHOUT ROWID;
        CREATE TABLE charge (key TEXT PRIMARY KEY, order_id TEXT, amount INTEGER, state TEXT) WITHOUT ROWID;
        CREATE TABLE orders (id TEXT PRIMARY KEY, state TEXT, total INTEGER, record TEXT) WITHOUT ROWID;
    """)
    price = {}
    with open(prices, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row.get("min_qty", 1) == 1 and "amount" in row:
                price[row["sku"]] = row["amount"]
    with open(rates, encoding="utf-8") as file:
        rate = [(r["country"], r["class"], r.get("from", ""), r.get("to", "9999"), Decimal(r["rate"]))
            for r in map(json.loads, file)]
    db.execute("BEGIN")
    db.executemany("INSERT INTO stock VALUES (?, 1000000, 0)", [(sku,) for sku in price])
    db.execute("COMMIT")
    return db, price, rate


def checkout(db, price, rates, order):
    known = db.execute("SELECT record FROM orders WHERE id = ?", (order["id"],)).fetchone()
    if known:
        return known[0]
    lines, subtotal, tax = [], 0, 0
    day, country = order["time"][:10], order["ship_to"]["country"]
    rate = next((r for c, k, a, b, r in rates if c == country and k == "standard" and a <= day < b), None)
    for line in order["lines"]:
        if line["sku"] not in price:
            return json.dumps({**order, "error": {"code": "unknown_sku"}}, separators=(",", ":"))
        amount = price[line["sku"]] * line["qty"]
        vat = int((amount * rate / 100).quantize(Decimal(1), ROUND_HALF_UP))
        lines.append({"unit_price": price[line["sku"]], "subtotal": amount, "tax": vat})
        subtotal += amount
        tax += vat
    order["price"] = {"lines": lines, "subtotal": subtotal}
    order["total"] = {"subtotal": subtotal, "tax": tax, "total": subtotal + tax}
    want = {}
    for line in order["lines"]:
        want[line["sku"]] = want.get(line["sku"], 0) + line["qty"]
    done = []
    for sku, qty in want.items():
        if db.execute("UPDATE stock SET reserved = reserved + ? WHERE sku = ? AND on_hand - reserved >= ?",
                (qty, sku, qty)).rowcount != 1:
            for back in done:
                db.execute("UPDATE stock SET reserved = reserved - ? WHERE sku = ?", (want[back], back))
            return json.dumps({**order, "error": {"code": "out_of_stock"}}, separators=(",", ":"))
        done.append(sku)
    db.execute("INSERT INTO hold VALUES (?, ?)", (order["id"], json.dumps(want)))
    db.execute("INSERT INTO charge VALUES (?, ?, ?, 'authorized')",
        (order["id"] + "/1", order["id"], subtotal + tax))
    order["stock"], order["pay"] = {"state": "committed"}, {"state": "authorized"}
    order["order"] = {"state": "placed"}
    record = json.dumps(order, separators=(",", ":"))
    db.execute("INSERT INTO orders VALUES (?, 'placed', ?, ?)", (order["id"], subtotal + tax, record))
    return record


def main():
    db, price, rates = setup(*sys.argv[1:4])
    batch = []
    db.execute("BEGIN")
    for line in sys.stdin:
        batch.append(checkout(db, price, rates, json.loads(line)))
        if len(batch) == BATCH:
            db.execute("COMMIT")
            sys.stdout.write("\n".join(batch) + "\n")
            batch = []
            db.execute("BEGIN")
    db.execute("COMMIT")
    if batch:
        sys.stdout.write("\n".join(batch) + "\n")


main()
