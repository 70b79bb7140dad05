#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""souk-tax in Python: rates by country, class of goods and date.

Usage: tax.py [RATES], a file as data/tax-rates.ndjson; or $TAX_RATES names it. Rates of
parts of a country and reliefs are left to souk-tax. It keeps the whole contract.
"""
import os
import re
import sys
import time
from json import loads

from souk_filter import Filter, Object, Refused, get

READS = ["lines", "price", "promo?", "catalog?", "ship_to.country", "time?", "*.charges"]
# What an order brings itself can't charge, or a customer could.
NO_CHARGES = {"customer", "ship_to", "bill_to", "lines", "coupons", "pay_with", "tax", "total",
              "order", "error", "wait"}


def moment(text):
    """A time in UTC, or a date, in a form that can be compared."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?", text):
        raise Refused("bad_record", "time must be RFC 3339 in UTC, as 2011-01-04T00:00:00Z")
    return (text + "T00:00:00")[:19]


def read_rates(path):
    """The rates of each country and class, those that began last first."""
    rates = {}
    with open(path, encoding="utf-8") as file:
        for row in map(loads, file):
            if "rate" in row and not {"region", "postcode"} & row.keys():
                held = moment(row.get("from", "0001-01-01")), moment(row.get("to", "9999-12-31"))
                classes = rates.setdefault(row["country"], {})
                classes.setdefault(row["class"], []).append((*held, str(row["rate"])))
    for classes in rates.values():
        for rows in classes.values():
            rows.sort(reverse=True)
    return rates


def rate_of(rates, country, goods, when):
    classes = rates.get(country) or rates.get("*", {})
    for begin, end, rate in classes.get(goods, []) + classes.get("*", []):
        if begin <= when < end:
            return rate
    raise Refused("no_tax_rate", f"no rate is known for class {goods} in {country} at {when}Z",
                  {"country": country, "class": goods, "time": when + "Z"})


def tax_on(amount, rate):
    """In whole minor units, halves away from zero; nothing here is a float."""
    whole, _, decimals = rate.partition(".")
    dividend, divisor = amount * int(whole + decimals), 100 * 10 ** len(decimals)
    tax = (2 * abs(dividend) + divisor) // (2 * divisor)
    return tax if dividend > 0 else -tax


def lines_of(order, stage):
    """The lines of a stage's member, which are as many as the order's; None without it."""
    member = get(order, stage, Object, Object())
    if "lines" not in member:
        if member.get("discount") or stage == "price":
            raise Refused("bad_record", f"{stage}.lines is missing")
        return [Object()] * len(order["lines"])
    lines = get(member, "lines", list)
    if len(lines) != len(order["lines"]):
        raise Refused("bad_record", f"{stage}.lines must be as long as lines")
    return lines


def items_of(order):
    """What is taxed: (amount, class, label), the label None for a line."""
    get(order, "lines", list)
    for price, promo, goods in zip(*(lines_of(order, s) for s in ("price", "promo", "catalog"))):
        subtotal, discount = get(price, "subtotal", int), get(promo, "discount", int, 0)
        if not 0 <= discount <= subtotal:
            raise Refused("bad_record", "a subtotal or discount is out of range")
        yield subtotal - discount, get(goods, "tax_class", str, "standard"), None
    for name, member in order.items():
        if isinstance(member, Object) and "charges" in member and name not in NO_CHARGES:
            for charge in get(member, "charges", list, []):
                label = get(charge, "label", str)
                yield get(charge, "amount", int), get(charge, "tax_class", str, "standard"), label


def tax_of(order, rates):
    when = moment(get(order, "time", str, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
    country = get(get(order, "ship_to", Object), "country", str)
    lines, charges, sums = [], [], {}
    for amount, goods, label in items_of(order):
        rate = rate_of(rates, country, goods, when)
        tax = tax_on(amount, rate)
        if label is None:
            lines.append({"rate": rate, "tax": tax})
        else:
            charges.append({"label": label, "amount": amount, "rate": rate, "tax": tax})
        net, taxes = sums.get(rate, (0, 0))
        sums[rate] = net + amount, taxes + tax
    member = {"inclusive": False, "lines": lines, "charges": charges,
              "rates": [{"rate": r, "net": net, "tax": tax} for r, (net, tax) in sums.items()],
              "tax": sum(tax for _, tax in sums.values())}
    if not charges:
        del member["charges"]
    return member


def main(path):
    rates = {}
    try:
        if path != "--describe":
            rates = read_rates(path)
    except (OSError, ValueError, KeyError, Refused) as fault:
        print(f"tax.py: cannot read the rates: {path or '$TAX_RATES'}: {fault}", file=sys.stderr)
        sys.exit(2)
    Filter("tax", lambda order: tax_of(order, rates), READS, "compute the tax on an order").run()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TAX_RATES", ""))
