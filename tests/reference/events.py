#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Random sequences of events of orders, and what money and stock must be after each.

Usage: events.py SEED ORDERS ROUNDS PIPELINES. It sells in the shop of $SOUK_DB, which must
be empty. In each round something happens, or must not, to each order: it is fulfilled,
sent, delivered, returned, cancelled, or an event comes again. What the order is then,
what was captured and refunded and what is on the shelves is reckoned here, by pieces and
exact fractions, and compared with the answers and the exports; souk-audit reads the books
and the statement of the provider. The same seed makes the same events.
"""
import json
import math
import random
import subprocess
import sys
from collections import Counter, defaultdict
from fractions import Fraction

SEED, ORDERS, ROUNDS, PIPELINES = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
NOW = "--now 2026-03-01T12:00:00Z"
RUN = {
    "cancel": f"{PIPELINES}/cancel",
    "return": f"{PIPELINES}/return",
    "ship": f"{PIPELINES}/ship",
    "fulfil": "souk-order check | souk-order event",
    "deliver": "souk-order check | souk-order event",
    "capture": "souk-pay capture",
}
SKUS = {"globe": 1999, "bead": "0.7", "pen": 99, "mug": 1250, "visit": 5000}
RATES = {"standard": "17.5", "reduced": "5"}
STOCK = 100000
random = random.Random(SEED)


def sh(command, records=()):
    text = "".join(json.dumps(r) + "\n" for r in records)
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], input=text, stdout=subprocess.PIPE,
                          text=True, check=False)
    assert done.returncode == 0, f"{command}: exit {done.returncode}: {done.stdout[-2000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def furnish():
    sh("souk-catalog put", [{"sku": s, "title": s, "tax_class": "reduced" if s == "pen" else "standard",
                             **({"manage_stock": False} if s == "visit" else {})} for s in SKUS])
    sh("souk-price put", [{"sku": s, "currency": "GBP",
                           **({"amount": p} if isinstance(p, int) else {"amount_decimal": p})}
                          for s, p in SKUS.items()])
    sh("souk-invoice put -e", [{"name": "Shop", "address": ["Street"]}])
    sh("souk-tax put", [{"country": "GB", "class": c, "rate": r} for c, r in RATES.items()])
    sh("souk-stock put", [{"location": "north"}])
    sh("souk-stock receive", [{"id": f"in-{s}", "sku": s, "qty": STOCK} for s in SKUS if s != "visit"])


class Order:
    """An order, and all that happened to it as far as it is told here."""

    def __init__(self, number):
        self.id = f"o{number:05d}"
        lines = []
        for i in range(random.randint(1, 3)):
            sku = random.choice([s for s in SKUS if i or s != "visit"])
            lines.append({"sku": sku, "qty": random.randint(1, 7)})
            if random.random() < 0.7:
                lines[-1]["id"] = f"L{i}"
        pay = [{"id": "p1", "method": "test", "token": "pm_card_visa"}]
        if random.random() < 0.3 and any(x["sku"] != "bead" for x in lines):
            pay.insert(0, {"id": "p0", "method": "invoice", "amount": random.randint(1, 50)})
        self.bad_card = random.random() < 0.15
        if self.bad_card:
            pay[-1]["token"] = "pm_card_captureDeclined"
        self.record = {"id": self.id, "currency": "GBP", "time": "2026-03-01T00:00:00Z",
                       "customer": {"id": f"c{number % 7}"}, "ship_to": {"country": "GB"},
                       "lines": lines, "pay_with": pay}
        self.sent = {}                       # answers, by the id of the event: what was asked
        self.captured = self.refunded = 0
        self.due = 0                         # of what was shipped, as souk-ship reckoned
        self.cancelled = False

    def booked(self, answer):
        assert answer.get("order") == {"state": "placed", "closed": True}, answer
        self.total = answer["total"]["total"]
        self.lines = []
        for i, line in enumerate(self.record["lines"]):
            paid = answer["price"]["lines"][i]["subtotal"] + answer["tax"]["lines"][i]["tax"]
            self.lines.append({"name": line.get("id", str(i + 1)), "sku": line["sku"], "bought": line["qty"],
                               "ordered": 0 if line["sku"] == "visit" else line["qty"], "paid": paid,
                               "fulfilled": 0, "shipped": 0, "delivered": 0, "returned": 0})

    def state(self):
        if self.cancelled:
            return "cancelled"
        for kind in "returned", "delivered", "shipped", "fulfilled":
            if any(x[kind] for x in self.lines):
                if all(x[kind] == x["ordered"] for x in self.lines):
                    return kind
                if kind != "delivered":
                    return "partially_" + kind
        return "placed"

    COUNTS = {"fulfil": ("fulfilled", "ordered"), "ship": ("shipped", "ordered"),
              "deliver": ("delivered", "shipped"), "return": ("returned", "shipped")}
    MAY = {"placed": "cancel fulfil ship", "partially_fulfilled": "cancel fulfil ship",
           "fulfilled": "cancel ship", "partially_shipped": "fulfil ship deliver return",
           "shipped": "deliver return", "delivered": "return", "returned": "", "cancelled": "",
           "partially_returned": "fulfil ship deliver return"}

    def left(self, kind):
        counts, of = self.COUNTS[kind]
        return {x["name"]: x[of] - x[counts] for x in self.lines}

    def ask(self, number):
        """An event at random, and whether it is legal."""
        if self.sent and random.random() < 0.15:
            return random.choice(list(self.sent.values()))[0], None
        kinds = ["fulfil", "ship", "ship", "deliver", "return", "return", "cancel", "capture"]
        likely = [k for k in kinds[:-2] if k in self.MAY[self.state()].split()]
        kind = random.choice(likely if likely and random.random() < 0.7 else kinds)
        # What a bad card declines is spread over all payments, and shipped for a part of it.
        if kind == "capture" and (self.bad_card or self.captured == self.total or self.cancelled):
            kind = "ship"
        event = {"id": f"{self.id}-{number}-{kind}", "order_id": self.id, "event": kind,
                 "actor": random.choice(["ann", "bob"])}
        if kind == "capture":
            if random.random() < 0.5:
                event["amount"] = random.randint(1, self.total - self.captured)
            return event, True
        legal = kind in self.MAY[self.state()].split()
        if kind == "cancel":
            return event, legal
        left = self.left(kind)
        if random.random() < 0.6:
            names = random.sample(list(left), random.randint(1, len(left)))
            event["lines"] = [{"id": n, "qty": random.randint(1, max(1, left[n] + (random.random() < 0.1)))}
                              for n in names]
            legal = legal and all(x["qty"] <= left[x["id"]] for x in event["lines"])
            if kind == "return":
                for x in event["lines"]:
                    reject = random.randint(0, x["qty"])
                    x.update(random.choice([{}, {"reject": reject},
                                            {"reject": reject, "write_off": random.randint(0, x["qty"] - reject)}]))
        legal = legal and any(left.values())
        if kind == "ship" and legal and random.random() < 0.15:
            # There is nothing in the north: the shipment is given up.
            event["location"] = "north"
            return event, "not_on_hand"
        if kind == "ship" and legal and self.bad_card:
            event["payment"] = "p1"
            return event, "declined"
        return event, legal

    def happen(self, event, shop):
        """What must be by a legal event; gives the answer's amount, if it is known here."""
        kind = event["event"]
        if kind == "capture":
            self.captured += event.get("amount", self.total - self.captured)
            return None
        if kind == "cancel":
            self.cancelled, self.refunded = True, self.captured
            return None
        left, amount = self.left(kind), 0
        asked = {x["id"]: x for x in event.get("lines", [{"id": n, "qty": q} for n, q in left.items()])}
        for line in self.lines:
            x = asked.get(line["name"], {"qty": 0})
            qty = x["qty"] - x.get("reject", 0)
            if kind == "return":
                amount += self.share(line, line["returned"] + qty) - self.share(line, line["returned"])
                shop[line["sku"]] += qty - x.get("write_off", 0)
            if kind == "ship":
                shop[line["sku"]] -= qty
            line[self.COUNTS[kind][0]] += qty
            line["fulfilled"] = max(line["fulfilled"], line["shipped"])
        return amount if kind == "return" else None

    @staticmethod
    def share(line, qty):
        """By largest remainder among those that came back and those that did not: of
        equal ones the former."""
        return math.floor(Fraction(line["paid"] * qty, line["bought"]) + Fraction(1, 2))


def judge(order, event, legal, answer, shop):
    where = f"seed {SEED}: {event} of {order.lines}, {order.state()}: {answer}"
    if legal is None:
        stored, again = order.sent[event["id"]][1], outcome(answer)
        if "error" in answer:
            # Of a shipment that was given up: unless the order has gone on without it.
            if answer["error"]["code"] == "illegal_move":
                again["error"] = stored["error"]
            again["order"] = stored["order"]
        assert again == stored, (where, stored)
        return
    if isinstance(legal, str):
        # A part of nothing asks no card.
        if legal == "declined" and answer.get("ship", {}).get("state") == "shipped":
            assert answer["pay"] == {"state": "none", "amount": 0}, where
            legal = True
        else:
            assert (answer["error"]["code"], answer["ship"]["state"]) == (legal, "void"), where
            order.sent[event["id"]] = event, outcome(answer)
            return
    if not legal:
        assert answer.get("error", {}).get("code") == "illegal_move", where
        return
    assert "error" not in answer and "wait" not in answer, where
    amount = order.happen(event, shop)
    if event["event"] == "ship":
        order.due += answer["ship"]["amount"]
        more = min(answer["ship"]["amount"], order.total - order.captured)
        assert answer["pay"]["amount"] == more, (where, more)
        order.captured += more
    if amount is not None:
        order.refunded += amount
        assert answer["return"]["amount"] == amount, (where, amount)
    if event["event"] != "capture":
        assert answer["order"] == {"state": order.state()}, (where, order.state())
    order.sent[event["id"]] = event, outcome(answer)


def outcome(answer):
    return {k: answer.get(k) for k in ("order", "ship", "return", "stock", "pay", "error")}


def balance(orders, shop):
    books = sh("souk-order export; souk-stock export; souk-pay export; souk-return export; souk-invoice export; "
               "souk-pay statement")
    audit = sh("souk-audit || true", books)
    assert audit[-1]["verdict"] == "reconciled", (SEED, audit[:5])
    money, levels = defaultdict(Counter), {}
    for x in books:
        if x["export"] == "pay.payment":
            for k in "authorized", "captured", "refunded":
                money[x["order_id"]][k] += x[k]
            money[x["order_id"]]["void"] += (x["authorized"] - x["captured"]) * (x["state"] == "voided")
        if x["export"] == "stock.level":
            levels[x["sku"]] = x["on_hand"], x["taken"]
    taken = Counter()
    for o in orders:
        m = money[o.id]
        assert (m["captured"], m["refunded"]) == (o.captured, o.refunded), (SEED, o.id, m, o.captured, o.refunded)
        assert m["refunded"] <= m["captured"] <= m["authorized"] == o.total, (SEED, o.id, m)
        if o.state() == "cancelled":
            assert m["void"] == o.total - o.captured, (SEED, o.id, m)
        elif all(x["shipped"] == x["ordered"] for x in o.lines) and any(x["shipped"] for x in o.lines):
            assert m["captured"] == o.total, (SEED, o.id, m)
        if o.state() == "returned":
            assert m["refunded"] == sum(x["paid"] for x in o.lines if x["ordered"]), (SEED, o.id, m)
        for x in o.lines:
            taken[x["sku"]] += 0 if o.cancelled else x["ordered"] - x["shipped"]
    for sku, found in levels.items():
        assert found == (STOCK + shop[sku], taken[sku]), (SEED, sku, found, shop[sku], taken[sku])


def main():
    furnish()
    orders = [Order(n) for n in range(ORDERS)]
    for order, answer in zip(orders, sh(f"{PIPELINES}/checkout", [o.record for o in orders])):
        order.booked(answer)
    shop, seen = Counter(), Counter()
    for number in range(ROUNDS):
        asked = defaultdict(list)
        for order in orders:
            event, legal = order.ask(number)
            asked[event["event"]].append((order, event, legal))
        for kind, events in sorted(asked.items()):
            for (order, event, legal), answer in zip(events, sh(RUN[kind], [e for _, e, _ in events])):
                judge(order, event, legal, answer, shop)
                seen[{None: "again", True: kind, False: "refused"}.get(legal, legal)] += 1
        balance(orders, shop)
    print(json.dumps({"seed": SEED, "orders": ORDERS, "events": dict(sorted(seen.items())),
                      "states": dict(sorted(Counter(o.state() for o in orders).items()))}))


main()
