#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What the books must say when the UCI Online Retail invoices are sold, sent and taken
back, computed from the CSV apart from the shop.

    uci_books.py --stock FILE --rates FILE --costs FILE CSV...

takes a CSV file a month, in their order, and prints what is to be found in the shop, one
`name value` a line, amounts in pence:

    account NAME      the balance in the journal, if it is not 0
    on_hand SKU       pieces, if there are any
    paid, orders, returns, left_over, invoice, credit_note ...

In each month orders are served first, one by one; all that are placed are sent and
paid. Then the corrections of the stock, then what the cancellations of the month take
back (uci.py says how they are matched): it is for sale in the next month. Given back is
what was paid for the pieces, VAT included, whatever the cancellation says. Nothing
comes back of what has no order (left_over no_order), nor of postage and the like, of
which nothing was sent (left_over no_goods).

Standard library only.
"""
import argparse
import collections
import json
from fractions import Fraction

import uci


class Line:
    """A line of a placed order: what was paid for it, and what of it came back."""
    def __init__(self, row, rate, account):
        self.row, self.account, self.back = row, account, 0
        self.net = uci.round_half_up(uci.pence(row))
        self.tax = uci.round_half_up(Fraction(self.net) * Fraction(rate) / 100)

    def given_back(self):
        """Of what was paid the share of the pieces, and the share of VAT in that."""
        paid = self.net + self.tax
        amount = uci.round_half_up(Fraction(paid * self.back, self.row.qty))
        tax = uci.round_half_up(Fraction(self.tax * amount, paid)) if paid else 0
        return amount, tax


class Shop:
    def __init__(self, levels, rates, costs):
        self.levels, self.rates, self.costs = collections.Counter(levels), rates, costs
        self.lines, self.rejected, self.facts = {}, set(), collections.Counter()
        for sku, qty in levels.items():
            self.value(sku, qty, "liabilities:goods-received")

    def post(self, account, amount):
        self.facts["account " + account] += amount

    def value(self, sku, qty, source):
        """Pieces come into the stock, or leave it."""
        worth = self.costs.get(sku, 0) * qty
        self.post("assets:stock", worth)
        self.post(source, -worth)

    def place(self, invoice, rows):
        order = "uci-" + invoice.number
        rate = uci.rate_at(self.rates, invoice.country, invoice.time[:10])
        account = f"liabilities:vat:{invoice.country}:{rate}"
        self.facts["orders placed"] += 1
        self.facts["invoice records"] += 1
        for number, (_, row) in enumerate(rows, 1):
            line = self.lines[order, str(number)] = Line(row, rate, account)
            self.post("income:sales", -line.net)
            self.post(account, -line.tax)
            self.facts["invoice net"] += line.net
            self.facts["invoice tax"] += line.tax
            self.facts["paid captured"] += line.net + line.tax
            if not uci.is_service(row.sku):
                self.value(row.sku, -row.qty, "expenses:cost")

    def sell(self, invoices):
        orders = [invoice for invoice in invoices if uci.route(invoice)["order"]]
        unserved = {invoice.number for invoice in uci.unserved(orders, self.levels)}
        for invoice in orders:
            rows = uci.route(invoice)["order"]
            if invoice.number in unserved:
                self.facts["orders rejected"] += 1
                self.rejected.add("uci-" + invoice.number)
                continue
            self.place(invoice, rows)
            for _, row in rows:
                if not uci.is_service(row.sku):
                    self.levels[row.sku] -= row.qty

    def adjust(self, invoices):
        for invoice in invoices:
            for _, row in uci.route(invoice)["adjust"]:
                self.levels[row.sku] += row.qty
                self.value(row.sku, row.qty, "expenses:shrinkage")

    def leave(self, why, row, qty):
        self.facts[f"left_over {why} rows"] += 1
        self.facts[f"left_over {why} pieces"] += qty
        self.facts[f"left_over {why} net"] += uci.round_half_up(qty * row.price * 100)

    def take_back(self, so_far, month):
        numbers, events = {invoice.number for invoice in month}, set()
        for invoice, _, row, _, taken, rest in uci.match(so_far, self.rejected):
            if invoice.number not in numbers:
                continue
            found = sum(part["qty"] for part in taken)
            if rest:
                self.leave("no_order", row, rest)
            if found and uci.is_service(row.sku):
                self.leave("no_goods", row, found)
                continue
            for part in taken:
                line = self.lines[part["order_id"], part["line"]]
                line.back += part["qty"]
                self.levels[row.sku] += part["qty"]
                self.value(row.sku, part["qty"], "expenses:cost")
                self.facts["returns pieces"] += part["qty"]
                events.add((invoice.number, part["order_id"]))
        self.facts["returns records"] += len(events)
        self.facts["credit_note records"] += len(events)

    def close(self):
        facts = self.facts
        for line in self.lines.values():
            amount, tax = line.given_back()
            facts["paid refunded"] += amount
            facts["credit_note net"] += amount - tax
            facts["credit_note tax"] += tax
            self.post("income:returns", amount - tax)
            self.post(line.account, tax)
        self.post("assets:provider:invoice", facts["paid captured"] - facts["paid refunded"])
        for sku, qty in self.levels.items():
            facts["on_hand " + sku] += qty
        return {name: value for name, value in facts.items() if value}


def load_costs(path):
    with open(path, encoding="utf-8") as file:
        return {line["sku"]: line["cost"]["amount"] for line in map(json.loads, file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stock", "rates", "costs"):
        parser.add_argument(f"--{name}", required=True, metavar="FILE")
    parser.add_argument("csv", nargs="+", metavar="CSV")
    args = parser.parse_args()
    shop = Shop(uci.load_levels(args.stock), uci.load_rates(args.rates), load_costs(args.costs))
    so_far = []
    for path in args.csv:
        month, _ = uci.read([path])
        so_far += month
        shop.sell(month)
        shop.adjust(month)
        shop.take_back(so_far, month)
    for name, value in sorted(shop.close().items()):
        print(name, value)


if __name__ == "__main__":
    main()
