#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""souk-tax in Python: rates by country, class of goods and date.

Usage: tax.py [RATES], a file as data/tax-rates.ndjson; or $TAX_RATES names it. Rates of
parts of a country and reliefs are left to souk-tax. It keeps the whole contract.
"""
import base64
import hashlib
import json
import os
import re
import select
import signal
import sys
import time
from json.decoder import scanstring

DESCRIPTION = {
    "contract": 1, "function": "tax", "about": "the tax on an order", "verb": "",
    "summary": "compute the tax on an order", "kind": "filter", "effects": "none",
    "reads": ["lines", "price", "promo?", "catalog?", "ship_to.country", "time?", "*.charges"],
    "writes": "tax", "on_failed": False, "on_waiting": False, "needs_id": False, "options": [],
}
MAX_RECORD = 1 << 20
# What an order brings itself can't charge, or a customer could.
NO_CHARGES = {"customer", "ship_to", "bill_to", "lines", "coupons", "pay_with", "tax", "total",
              "order", "error", "wait"}


class Refused(Exception):
    """Its code, its message, what else the error holds."""


# ---- The tax ----

def moment(text):
    """A time in UTC, or a date, in a form that can be compared."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?", text):
        raise Refused("bad_record", "time must be RFC 3339 in UTC, as 2011-01-04T00:00:00Z")
    return (text + "T00:00:00")[:19]


def read_rates(path):
    """The rates of each country and class, those that began last first."""
    rates = {}
    with open(path, encoding="utf-8") as file:
        for row in map(json.loads, file):
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


def get(owner, name, kind, default=None):
    """A member; null counts as missing."""
    if not isinstance(owner, Object) or owner.twice:
        raise Refused("bad_record", f"{name}: what should hold it is no object, or has a name twice")
    value = owner.get(name)
    if value is None and default is not None:
        return default
    if type(value) is not kind:
        raise Refused("bad_record", f"{name} is missing or of a wrong type")
    return value


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


# ---- The record: its own bytes, with one member more ----

class Object(dict):
    """An object that knows whether it had a name twice."""

    def __init__(self, pairs=()):
        super().__init__(pairs)
        self.twice = len(self) < len(pairs)


def whole(digits):
    return int(digits) if len(digits) < 20 else digits  # no amount has so many


def no_json(name):
    raise ValueError(name + " is no JSON")


decode = json.JSONDecoder(object_pairs_hook=Object, parse_int=whole, parse_float=str,
                          parse_constant=no_json).raw_decode
space = re.compile(r"[ \t\r\n]*")


def expect(text, at, char):
    """Where it goes on behind the character."""
    if text[at:at + 1] != char:
        raise ValueError(f"{char} is expected at character {at + 1}")
    return space.match(text, at + 1).end()


def parse(text):
    """The record, and where each of its members begins and ends."""
    members, at = [], expect(text, space.match(text).end(), "{")
    while text[at:at + 1] != "}" or members:
        begin = at
        expect(text, at, '"')
        name, at = scanstring(text, at + 1)
        value, end = decode(text, expect(text, space.match(text, at).end(), ":"))
        members.append((name, value, begin, end))
        at = space.match(text, end).end()
        if text[at:at + 1] == "}":
            break
        at = expect(text, at, ",")
    if expect(text, at, "}") != len(text):
        raise ValueError("something follows the object")
    record = Object([(name, value) for name, value, _, _ in members])
    if record.twice:
        raise ValueError("a member name stands twice")
    return record, members, at


def write(text, members, brace, name, value):
    """The line without an older member tax, and with the new member at its end."""
    kept = [text[begin:end] for old, _, begin, end in members if old != "tax"]
    head = text[:brace] if len(kept) == len(members) else text[:members[0][2]] + ",".join(kept)
    value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f'{head}{"," if kept else ""}"{name}":{value}{text[brace:]}'


# ---- The stream ----

class Stream:
    def __init__(self, rates):
        self.rates, self.number, self.offset, self.bad = rates, 0, 0, False

    def bad_line(self, line, code, message):
        self.bad = True
        return json.dumps({"error": {
            "by": "tax", "code": code, "message": f"line {self.number}: {message}",
            "line": self.number, "byte": self.offset, "length": len(line),
            "sha256": hashlib.sha256(line).hexdigest(),
            "input": base64.b64encode(line[:1 << 16]).decode()}}, separators=(",", ":"))

    def answer(self, line):
        if len(line) > MAX_RECORD:
            return self.bad_line(line, "too_long", f"it is longer than {MAX_RECORD} bytes")
        try:
            text = line.decode()
            record, members, brace = parse(text)
        except (ValueError, RecursionError) as fault:
            return self.bad_line(line, "bad_record", str(fault))
        if "error" in record or "wait" in record:
            return text
        try:
            return write(text, members, brace, "tax", tax_of(record, self.rates))
        except Refused as why:
            code, message, *more = why.args
            error = {"by": "tax", "code": code, "message": message, **(more[0] if more else {})}
            return write(text, members, brace, "error", error)

    def answers(self, lines):
        """Of whole lines, without their LF; blank ones have none."""
        for line in lines:
            self.number += 1
            if line.strip(b" \t\r"):
                yield self.answer(line.removesuffix(b"\r")) + "\n"
            self.offset += len(line) + 1

    def run(self):
        """A batch is what one read gives: bulk comes by the megabyte, a lone line at once."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        rest = b""
        while woken not in select.select([0, woken], [], [])[0]:
            data = os.read(0, 1 << 18)
            *lines, rest = (rest + data).split(b"\n")
            self.put("".join(self.answers(lines if data else [rest])))
            if not data:
                break
        return 1 if self.bad else 0

    @staticmethod
    def put(text):
        data = text.encode()
        while data:
            data = data[os.write(1, data):]


def main(path):
    if path == "--describe":
        print(json.dumps(DESCRIPTION, separators=(",", ":")))
        return 0
    try:
        rates = read_rates(path)
    except (OSError, ValueError, KeyError, Refused) as fault:
        print(f"tax.py: cannot read the rates: {path or '$TAX_RATES'}: {fault}", file=sys.stderr)
        return 2
    try:
        return Stream(rates).run()
    except OSError as fault:
        print(f"tax.py: cannot go on: {fault}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TAX_RATES", "")))
