#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What the UCI Online Retail invoices come to, computed apart from the shop.

    uci.py [--rates tax-rates.ndjson] CSV...          facts, one `name value` a line;
           VAT too where the rates are given
    uci.py --documents order CSV...                   what the maps must make, NDJSON
           (order, adjust, cancel or debt)
    uci.py --match CSV...                             where each cancelled line came from
    uci.py --unserved stock.ndjson CSV...             ids of the orders that ask for more
           than there is, served one by one from these receipts of goods

--rejected FILE holds the ids of orders that were not placed, one a line: no cancelled
line comes from them, and they are counted under `rejected` instead of `order`.

CSV files may be gzipped. Standard library only. Sums are exact: `net_exact` is in
pounds before any rounding; all other amounts are pence, each line rounded half up.
"""
import argparse
import collections
import csv
import gzip
import json
from decimal import Decimal
from fractions import Fraction

COUNTRIES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Bermuda": "BM",
    "Brazil": "BR", "Canada": "CA", "Channel Islands": "JE", "Cyprus": "CY",
    "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "European Community": "EU",
    "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK",
    "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Korea": "KR",
    "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Nigeria": "NG",
    "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA",
    "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Thailand": "TH",
    "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB", "Unspecified": "ZZ",
}
# Skus that are no goods: postage, carriage, manual entries, discounts, samples, fees.
SERVICES = {"POST", "DOT", "C2", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"}

Row = collections.namedtuple("Row", "sku text qty price")


class Invoice:
    def __init__(self, number, first):
        self.number = number
        self.time = first["InvoiceDate"].replace(" ", "T") + "Z"
        self.customer = first["CustomerID"].removesuffix(".0") or None
        self.country = COUNTRIES[first["Country"]]
        self.rows = []


def is_service(sku):
    return sku.upper() in SERVICES


def round_half_up(amount):
    """A Fraction to the nearest integer, halves away from zero."""
    whole = (2 * abs(amount) + 1) // 2
    return int(whole if amount >= 0 else -whole)


def pence(row):
    return row.qty * row.price * 100


def read(paths):
    """All invoices in the order of their first rows, and what is odd about their rows."""
    invoices, facts, last = {}, collections.Counter(), None
    for path in paths:
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                number = line["InvoiceNo"]
                if number not in invoices:
                    invoices[number] = Invoice(number, line)
                elif number != last:
                    facts["invoices_interrupted"] += 1
                last = number
                invoices[number].rows.append(Row(line["StockCode"], line["Description"],
                    int(line["Quantity"]), Fraction(line["UnitPrice"])))
                facts["rows"] += 1
    return list(invoices.values()), facts


def route(invoice):
    """The invoice's rows by what they become. Each row is in exactly one list."""
    parts = {"order": [], "adjust": [], "cancel": [], "debt": []}
    corrects_stock = (len(invoice.rows) == 1 and invoice.customer is None
        and invoice.rows[0].price == 0)
    for at, row in enumerate(invoice.rows, 1):
        if invoice.number[0] == "A":
            kind = "debt"
        elif invoice.number[0] == "C":
            if row.qty >= 0:
                raise SystemExit(f"uci.py: {invoice.number}: cancellation of {row.qty}")
            kind = "cancel"
        elif row.price == 0 and (row.qty < 0 or corrects_stock):
            kind = "adjust"
        else:
            kind = "order" if row.qty > 0 else "cancel"
        parts[kind].append((at, row))
    return parts


def agreed(price):
    minor = price * 100
    if minor.denominator == 1:
        return {"unit_price": int(minor)}
    return {"unit_price_decimal": str(Decimal(minor.numerator) / Decimal(minor.denominator))}


def documents(invoice, kind, rows):
    """What the map of that kind makes of the invoice."""
    name = "uci-" + invoice.number
    if kind == "adjust":
        for at, row in rows:
            reason = "write_off" if row.qty < 0 else "found"
            record = {"id": f"{name}-{at}", "time": invoice.time, "sku": row.sku,
                "qty": row.qty, "reason": reason}
            if row.text:
                record["note"] = row.text
            yield record
        return
    if kind == "cancel" and invoice.number[0] != "C":
        name += "-c"
    record = {"id": name, "time": invoice.time, "currency": "GBP"}
    if invoice.customer:
        record["customer"] = {"id": invoice.customer}
    if kind != "debt":
        record["ship_to"] = {"country": invoice.country}
    sign = -1 if kind == "cancel" else 1
    record["lines"] = [{"id": str(n), "sku": row.sku, "qty": sign * row.qty,
        "agreed": agreed(row.price)} for n, (_, row) in enumerate(rows, 1)]
    if kind == "order":
        record["pay_with"] = [{"id": name + "-p1", "method": "invoice"}]
    yield record


class Sold:
    """A line of an earlier order and how much of it is not cancelled yet."""
    def __init__(self, order, line, row):
        self.order, self.line, self.price, self.left = order, line, row.price, row.qty


def match(invoices, rejected=()):
    """For each cancelled line the earlier lines it takes back, latest first.

    exact:   at the same price with enough left there is a line in just one earlier
             order of this customer; it is taken (the last such line of the order).
    guessed: there are several such orders: the latest is taken. Or none has enough:
             the lines at the same price are used up, latest first, then those at other
             prices (not those at price 0, for which nothing was paid).
    none:    no earlier line of this customer has this sku left, or it was a guest.
    """
    sold = collections.defaultdict(list)
    for invoice in invoices:
        parts = route(invoice)
        order = "uci-" + invoice.number
        for n, (_, row) in enumerate(parts["order"], 1):
            if invoice.customer and row.price > 0 and order not in rejected:
                sold[invoice.customer, row.sku].append(Sold(order, str(n), row))
        for n, (_, row) in enumerate(parts["cancel"], 1):
            rest, taken = -row.qty, []
            earlier = [s for s in reversed(sold.get((invoice.customer, row.sku), [])) if s.left]
            fitting = [s for s in earlier if s.price == row.price and s.left >= rest]
            same_price_first = sorted(earlier, key=lambda s: s.price != row.price)
            for line in fitting[:1] or same_price_first:
                if rest:
                    part = min(rest, line.left)
                    line.left -= part
                    rest -= part
                    taken.append({"order_id": line.order, "line": line.line, "qty": part})
            how = ("none" if not taken else
                "exact" if len({s.order for s in fitting}) == 1 else "guessed")
            yield invoice, n, row, how, taken, rest


def unserved(invoices, levels):
    """The orders that these levels can't serve, taken one by one, all or nothing."""
    left = collections.Counter(levels)
    for invoice in invoices:
        need = collections.Counter()
        for _, row in route(invoice)["order"]:
            if not is_service(row.sku):
                need[row.sku] += row.qty
        if all(left[sku] >= qty for sku, qty in need.items()):
            left -= need
        else:
            yield invoice


def load_levels(path):
    levels = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for receipt in map(json.loads, file):
            levels[receipt["sku"]] += receipt["qty"]
    return levels


def load_rates(path):
    rates = collections.defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for line in file:
            rate = json.loads(line)
            if rate["class"] == "standard" and "postcode" not in rate:
                rates[rate["country"]].append(rate)
    return rates


def rate_at(rates, country, day):
    for rate in rates[country]:
        if rate.get("from", "0000-00-00") <= day < rate.get("to", "9999-99-99"):
            return rate["rate"]
    raise SystemExit(f"uci.py: no standard rate for {country} on {day}")


def exact_pounds(amount):
    value = Decimal(amount.numerator) / Decimal(amount.denominator)
    return format(value, "f") if -value.as_tuple().exponent >= 2 else format(value, ".2f")


def facts_of(invoices, facts, rates, rejected):
    net = collections.defaultdict(Fraction)
    for invoice in invoices:
        facts["invoices"] += 1
        month = invoice.time[:7]
        day = invoice.time[:10]
        for kind, rows in route(invoice).items():
            if not rows:
                continue
            if kind == "order" and "uci-" + invoice.number in rejected:
                kind = "rejected"
            facts[kind + ".records"] += len(rows) if kind == "adjust" else 1
            facts[kind + ".rows"] += len(rows)
            facts[f"{kind}.guests"] += invoice.customer is None
            net_of_record, taxed = 0, collections.Counter()
            for _, row in rows:
                amount = pence(row)
                rounded = round_half_up(amount)
                net_of_record += rounded
                for name in ("", f"{kind}.", f"{month}."):
                    net[name + "net_exact"] += amount / 100
                for name in ("", f"{kind}.", f"{month}."):
                    facts[name + "net"] += rounded
                if kind in ("order", "rejected", "cancel"):
                    what = "service" if is_service(row.sku) else "goods"
                    if row.price == 0:
                        what = "free"
                    facts[f"{kind}.{what}.rows"] += 1
                    facts[f"{kind}.{what}.net"] += rounded
                    if not is_service(row.sku):
                        facts[f"{kind}.pieces"] += abs(row.qty)
                if kind == "adjust":
                    reason = "write_off" if row.qty < 0 else "found"
                    facts[f"adjust.{reason}.records"] += 1
                    facts[f"adjust.{reason}.pieces"] += abs(row.qty)
                if kind == "order" and rates:
                    rate = rate_at(rates, invoice.country, day)
                    tax = round_half_up(Fraction(rounded) * Fraction(rate) / 100)
                    taxed[rate] += rounded
                    facts["order.tax_by_line"] += tax
                    facts[f"vat.{invoice.country}.{rate}.net"] += rounded
                    facts[f"vat.{invoice.country}.{rate}.tax_by_line"] += tax
            for rate, base in taxed.items():
                tax = round_half_up(Fraction(base) * Fraction(rate) / 100)
                facts["order.tax_by_order"] += tax
                facts[f"vat.{invoice.country}.{rate}.tax_by_order"] += tax
            if kind == "order":
                facts["order.zero_total"] += net_of_record == 0
                facts[f"country.{invoice.country}.orders"] += 1
                facts[f"country.{invoice.country}.net"] += net_of_record
                facts[f"day.{day}.orders"] += 1
                facts[f"day.{day}.net"] += net_of_record
    for _, _, row, how, taken, rest in match(invoices, rejected):
        facts[f"match.{how}.rows"] += 1
        facts[f"match.{how}.net"] += round_half_up(pence(row))
        facts["match.split.rows"] += len(taken) > 1
        facts["match.short.rows"] += bool(taken and rest)
    return {**facts, **{name: exact_pounds(value) for name, value in net.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", metavar="FILE")
    parser.add_argument("--documents", choices=["order", "adjust", "cancel", "debt"])
    parser.add_argument("--match", action="store_true")
    parser.add_argument("--unserved", metavar="FILE")
    parser.add_argument("--rejected", metavar="FILE")
    parser.add_argument("csv", nargs="+", metavar="CSV")
    args = parser.parse_args()
    invoices, facts = read(args.csv)
    rejected = set()
    if args.rejected:
        with open(args.rejected, encoding="utf-8") as file:
            rejected = set(file.read().split())
    if args.documents:
        for invoice in invoices:
            rows = route(invoice)[args.documents]
            if rows:
                for record in documents(invoice, args.documents, rows):
                    print(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    elif args.unserved:
        for invoice in unserved(invoices, load_levels(args.unserved)):
            print("uci-" + invoice.number)
    elif args.match:
        for invoice, line, row, how, taken, rest in match(invoices, rejected):
            print(json.dumps({"id": "uci-" + invoice.number, "line": str(line), "sku": row.sku,
                "qty": -row.qty, "match": how, "of": taken, "rest": rest},
                separators=(",", ":")))
    else:
        rates = load_rates(args.rates) if args.rates else None
        for name, value in sorted(facts_of(invoices, facts, rates, rejected).items()):
            print(name, value)


if __name__ == "__main__":
    main()
