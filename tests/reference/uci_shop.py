#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What the UCI invoices came to in the shop, computed from the records it wrote.

    uci_shop.py --orders FILE --cancellations FILE --adjustments FILE --debts FILE

prints the facts that uci.py computes from the CSV alone, under the same names, one
`name value` a line: those it can't know (how rows followed each other, VAT rounded per
order) are left out. Orders are what checkout wrote, cancellations what souk-order match
did. Amounts are the shop's; `net_exact` is prices times quantities before rounding.
"""
import argparse
import collections
import json
from fractions import Fraction

import uci


def records(path):
    with open(path, encoding="utf-8") as file:
        yield from map(json.loads, file)


def exact_pence(line):
    agreed = line["agreed"]
    return line["qty"] * Fraction(agreed.get("unit_price", agreed.get("unit_price_decimal")))


class Facts:
    def __init__(self):
        self.count = collections.Counter()
        self.exact = collections.defaultdict(Fraction)
        self.invoices = set()

    def begin(self, kind, record, rows):
        self.invoices.add(record["id"].split("-")[1])
        self.count[f"{kind}.records"] += 1
        self.count[f"{kind}.rows"] += rows
        self.count["rows"] += rows

    def amount(self, kind, month, exact, rounded):
        for name in ("", f"{kind}.", f"{month}."):
            self.exact[name + "net_exact"] += exact / 100
            self.count[name + "net"] += rounded

    def line(self, kind, line, rounded):
        what = "service" if uci.is_service(line["sku"]) else "goods"
        self.count[f"{kind}.pieces"] += line["qty"] if what == "goods" else 0
        if exact_pence(line) == 0:
            what = "free"
        self.count[f"{kind}.{what}.rows"] += 1
        self.count[f"{kind}.{what}.net"] += rounded


def add_order(facts, order):
    if "order" not in order:
        raise SystemExit(f"uci_shop.py: {order.get('id')}: neither placed nor rejected: {order}")
    kind = {"placed": "order", "rejected": "rejected"}[order["order"]["state"]]
    day, country = order["time"][:10], order["ship_to"]["country"]
    facts.begin(kind, order, len(order["lines"]))
    facts.count[f"{kind}.guests"] += "customer" not in order
    for line, price, tax in zip(order["lines"], order["price"]["lines"], order["tax"]["lines"],
            strict=True):
        facts.amount(kind, day[:7], exact_pence(line), price["subtotal"])
        facts.line(kind, line, price["subtotal"])
        if kind == "order":
            vat = f"vat.{country}.{tax['rate']}."
            facts.count["order.tax_by_line"] += tax["tax"]
            facts.count[vat + "tax_by_line"] += tax["tax"]
            facts.count[vat + "net"] += price["subtotal"]
    if kind == "order":
        net = order["total"]["total"] - order["total"]["tax"]
        facts.count["order.zero_total"] += order["total"]["total"] == 0
        for name in (f"country.{country}.", f"day.{day}."):
            facts.count[name + "orders"] += 1
            facts.count[name + "net"] += net


def add_cancellation(facts, cancellation):
    facts.begin("cancel", cancellation, len(cancellation["lines"]))
    facts.count["cancel.guests"] += "customer" not in cancellation
    for line, match in zip(cancellation["lines"], cancellation["order"]["lines"], strict=True):
        exact = -exact_pence(line)
        rounded = uci.round_half_up(exact)
        facts.amount("cancel", cancellation["time"][:7], exact, rounded)
        facts.line("cancel", line, rounded)
        facts.count[f"match.{match['match']}.rows"] += 1
        facts.count[f"match.{match['match']}.net"] += rounded
        facts.count["match.split.rows"] += len(match["of"]) > 1
        facts.count["match.short.rows"] += bool(match["of"] and match["rest"])


def add_adjustment(facts, adjustment):
    facts.begin("adjust", adjustment, 1)
    facts.amount("adjust", adjustment["time"][:7], Fraction(0), 0)
    reason = f"adjust.{adjustment['reason']}."
    facts.count["adjust.guests"] += 1
    facts.count[reason + "records"] += 1
    facts.count[reason + "pieces"] += abs(adjustment["qty"])


def add_debt(facts, debt):
    facts.begin("debt", debt, len(debt["lines"]))
    facts.count["debt.guests"] += "customer" not in debt
    for line in debt["lines"]:
        exact = exact_pence(line)
        facts.amount("debt", debt["time"][:7], exact, uci.round_half_up(exact))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = {"orders": add_order, "cancellations": add_cancellation,
        "adjustments": add_adjustment, "debts": add_debt}
    for kind in kinds:
        parser.add_argument(f"--{kind}", required=True, metavar="FILE")
    args = parser.parse_args()
    facts = Facts()
    for kind, add in kinds.items():
        for record in records(getattr(args, kind)):
            add(facts, record)
    facts.count["invoices"] = len(facts.invoices)
    exact = {name: uci.exact_pounds(value) for name, value in facts.exact.items()}
    for name, value in sorted({**facts.count, **exact}.items()):
        print(name, value)


if __name__ == "__main__":
    main()
