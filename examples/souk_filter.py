# SPDX-License-Identifier: ISC
"""A filter in Python that keeps the whole contract (souk-filter(7)).

Filter(function, answer, reads).run(): answer(order) gives the value of the member that has the
function's name, or raises Refused. Every other byte of a record passes as it came.
"""
import base64
import hashlib
import json
import os
import re
import select
import signal
import sys
from json.decoder import scanstring

MAX_RECORD = 1 << 20


class Refused(Exception):
    """Its code, its message, and, as a dict, what else the error holds."""


# ---- The record ----

class Object(dict):
    """An object that knows whether it had a name twice."""

    def __init__(self, pairs=()):
        super().__init__(pairs)
        self.twice = len(self) < len(pairs)


def get(owner, name, kind, default=None):
    """A member; null counts as missing."""
    if not isinstance(owner, Object) or owner.twice:
        raise Refused("bad_record", f"{name}: what should hold it is no object, or has a name twice")
    value = owner.get(name)
    if value is None and default is not None:
        return default
    if type(value) is not kind:
        raise Refused("bad_record", f"{name} is missing or of a wrong type")
    if kind is str and re.search("[\ud800-\udfff]", value):
        raise Refused("bad_record", f"{name} holds half a surrogate pair, which no text can")
    return value


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


def write(text, members, brace, own, name, value):
    """The line without an older member `own`, and with the member `name` at its end."""
    kept = [text[begin:end] for old, _, begin, end in members if old != own]
    head = text[:brace] if len(kept) == len(members) else text[:members[0][2]] + ",".join(kept)
    value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f'{head}{"," if kept else ""}"{name}":{value}{text[brace:]}'


# ---- The stream ----

class Filter:
    def __init__(self, function, answer, reads, about=""):
        self.function, self.member_of = function, answer
        self.number, self.offset, self.bad = 0, 0, False
        self.description = {
            "contract": 1, "function": function, "about": about, "verb": "", "summary": about,
            "kind": "filter", "effects": "none", "reads": reads, "writes": function,
            "on_failed": False, "on_waiting": False, "needs_id": False, "options": []}

    def bad_line(self, line, code, message):
        self.bad = True
        return json.dumps({"error": {
            "by": self.function, "code": code, "message": f"line {self.number}: {message}",
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
            name, value = self.function, self.member_of(record)
        except Refused as why:
            code, message, *more = why.args
            name, value = "error", {"by": self.function, "code": code, "message": message}
            value.update(*more)
        return write(text, members, brace, self.function, name, value)

    def answers(self, lines):
        """Of whole lines, without their LF; blank ones have none."""
        for line in lines:
            self.number += 1
            if line.strip(b" \t\r"):
                yield self.answer(line.removesuffix(b"\r")) + "\n"
            self.offset += len(line) + 1

    def run(self):
        """Does what the command line says, and ends the process."""
        if sys.argv[1:2] == ["--describe"]:
            print(json.dumps(self.description, separators=(",", ":")))
            sys.exit(0)
        try:
            sys.exit(self.stream())
        except OSError as fault:
            print(f"souk-{self.function}: cannot go on: {fault}", file=sys.stderr)
            sys.exit(3)

    def stream(self):
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
