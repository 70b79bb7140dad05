#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Makes the demo shop's files from their sources. Standard library only.

    build.py [--vat vat-rates.json] --out FOLDER [--orders NAME] CSV...

writes catalog.ndjson, prices.ndjson and stock.ndjson into FOLDER for the goods in the CSV
files (UCI Online Retail, gzipped or not), in that order; with --vat also tax-rates.ndjson,
which does not depend on the goods, and with --orders the CSV itself as FOLDER/NAME,
gzipped. Prints how it came out. README.md says what is known and what is assumed.
The same sources give the same bytes.
"""
import argparse
import collections
import gzip
import json
import os
import re
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "reference"))
import uci  # noqa: E402

# UK VAT before the one period that vat-rates.json knows.
UK_BEFORE = [("17.5", "1991-04-01", "2008-12-01"), ("15", "2008-12-01", "2010-01-01"),
    ("17.5", "2010-01-01", "2011-01-04")]
# A price counts as one of a sku's if this many of its lines, and this share, have it.
PRICE_LINES, PRICE_SHARE = 4, 0.08
# A quantity break is believed if it explains this share of the lines at its two prices
# and takes off no more than this; what does is a clearance.
BREAK_SHARE, BREAK_MOST = 0.95, Fraction("0.4")
# Goods come in cartons of a dozen. Of every SHORT_EVERYth sku the buyer ordered only
# this share of what will be asked for.
CARTON, SHORT_EVERY, SHORT_SHARE = 12, 250, 0.97


def most_common(counter):
    """The most frequent key; of several the least, so that a rerun says the same."""
    return min(counter, key=lambda key: (-counter[key], key))


def catalog(invoices):
    sold, other = (collections.defaultdict(collections.Counter) for _ in range(2))
    for invoice in invoices:
        for row in invoice.rows:
            titles = sold if row.price > 0 else other
            titles[row.sku][row.text.strip()] += 1
    for sku in sorted({*sold, *other}):
        # Without a price the description is often a note on the stock, not a title.
        titles = {t: n for t, n in (sold[sku] or other[sku]).items() if t}
        product = {"sku": sku, "title": most_common(titles) if titles else sku,
            "tax_class": "standard"}
        if uci.is_service(sku):
            product["manage_stock"] = False
        yield product


def breaks(lines):
    """(quantity, price) pairs, first (1, p): the price from each quantity on."""
    counts = collections.Counter(price for _, price in lines)
    modal = most_common(counts)
    least = max(PRICE_LINES, PRICE_SHARE * len(lines))
    usual = sorted((p for p in counts if counts[p] >= least), reverse=True)
    steps = []
    for price in usual:
        if not steps:
            steps.append((1, price))
            continue
        high = [qty for qty, p in lines if p == steps[-1][1]]
        low = [qty for qty, p in lines if p == price]
        fits = {at: sum(q < at for q in high) + sum(q >= at for q in low) for at in set(low)}
        at = min(fits, key=lambda at: (-fits[at], at))
        if (fits[at] < BREAK_SHARE * len(high + low) or at <= steps[-1][0]
                or price < steps[-1][1] * (1 - BREAK_MOST)):
            return [(1, modal)]
        steps.append((at, price))
    return steps or [(1, modal)]


def prices(invoices):
    trade, guests = (collections.defaultdict(list) for _ in range(2))
    for invoice in invoices:
        for _, row in uci.route(invoice)["order"]:
            if row.price > 0 and (not uci.is_service(row.sku) or row.sku in ("POST", "C2")):
                (trade if invoice.customer else guests)[row.sku].append((row.qty, row.price))
    for sku in sorted({*trade, *guests}):
        for qty, price in breaks(trade[sku] or guests[sku]):
            record = {"sku": sku, "currency": "GBP"}
            money = uci.agreed(price)
            if "unit_price" in money:
                record["amount"] = money["unit_price"]
            else:
                record["amount_decimal"] = money["unit_price_decimal"]
            if qty > 1:
                record["min_qty"] = qty
            yield record


def postcodes(expression):
    """A regular expression of the source as souk-tax put takes it: prefixes and ranges."""
    patterns = []
    for one in expression.strip("()").split("|"):
        begin, first, last, more = re.fullmatch(
            r"(\d+)(?:\[(\d)(?:-(\d)|(\d*))\])?(?:\\d\{\d,?\})?", one).groups()
        last = last or (more or first or "")[-1:]
        patterns.append(begin + first + "-" + begin + last if first else begin)
    return ",".join(patterns)


def exceptions(country, period):
    """Parts of a country: those without VAT have none on any goods."""
    for part in period.get("exceptions", []):
        yield {"country": country, "postcode": postcodes(part["postcode"]),
               "class": "*" if part["standard"] == "0" else "standard", "rate": part["standard"]}


def tax_rates(path):
    with open(path, encoding="utf-8") as file:
        items = json.load(file, parse_float=str, parse_int=str)["items"]
    rates = []
    for country, periods in items.items():
        before = None
        for period in sorted(periods, key=lambda p: p["effective_from"], reverse=True):
            start = period["effective_from"]
            of_country = [{"country": country, "class": tax_class, "rate": rate}
                          for tax_class, rate in period["rates"].items()]
            for record in of_country + list(exceptions(country, period)):
                if start != "0000-01-01":
                    record["from"] = start
                if before:
                    record["to"] = before
                rates.append(record)
            # A period ends where the next begins: `to` is the first day it no longer holds.
            if start != "0000-01-01":
                before = start
    for rate, start, end in UK_BEFORE:
        rates.append({"country": "GB", "class": "standard", "rate": rate, "from": start, "to": end})
    home = [rate for rate in rates if rate["country"] == "GB"]
    for country in sorted(set(uci.COUNTRIES.values()) - set(items)):
        if country in ("EU", "ZZ"):
            rates += [{**rate, "country": country} for rate in home]
        else:
            rates.append({"country": country, "class": "standard", "rate": "0"})
    return sorted(rates, key=lambda r: (r["country"], r.get("postcode", ""), r["class"], r.get("from", "")))


def stock(invoices):
    asked, lost = collections.Counter(), collections.Counter()
    for invoice in invoices:
        parts = uci.route(invoice)
        for _, row in parts["order"]:
            asked[row.sku] += row.qty
        for _, row in parts["adjust"]:
            if row.qty < 0:
                lost[row.sku] -= row.qty
    goods = sorted(sku for sku in asked | lost if not uci.is_service(sku))
    for at, sku in enumerate(goods):
        need = asked[sku] + lost[sku]
        cartons = -(-need // CARTON)
        if at % SHORT_EVERY == 0 and not lost[sku]:
            cartons = int(asked[sku] * SHORT_SHARE) // CARTON
        if cartons:
            yield {"id": f"receipt-{sku}", "sku": sku, "qty": cartons * CARTON}


def write(folder, name, records):
    records = list(records)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{name}: {len(records)}")
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vat", metavar="FILE")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--orders", metavar="NAME")
    parser.add_argument("csv", nargs="+", metavar="CSV")
    args = parser.parse_args()
    invoices, _ = uci.read(args.csv)
    write(args.out, "catalog.ndjson", catalog(invoices))
    write(args.out, "prices.ndjson", prices(invoices))
    if args.vat:
        write(args.out, "tax-rates.ndjson", tax_rates(args.vat))
    receipts = write(args.out, "stock.ndjson", stock(invoices))
    orders = [invoice for invoice in invoices if uci.route(invoice)["order"]]
    short = list(uci.unserved(orders, {r["sku"]: r["qty"] for r in receipts}))
    print(f"orders: {len(orders)}, of which {len(short)} ask for more than is in stock:",
        *(invoice.number for invoice in short))
    if args.orders:
        if len(args.csv) != 1:
            parser.error("--orders takes one CSV file")
        opener = gzip.open if args.csv[0].endswith(".gz") else open
        with opener(args.csv[0], "rb") as source, \
                open(os.path.join(args.out, args.orders), "wb") as target:
            # No name and no time in the header: the same bytes each time.
            target.write(gzip.compress(source.read(), 9, mtime=0))


if __name__ == "__main__":
    main()
