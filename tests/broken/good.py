#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""A filter that keeps the whole contract: it adds "seen", the number of lines.

The broken filters beside it are subclasses that break one rule each. With
--effects it also keeps rule 5, as far as one process can.
"""
import base64
import errno
import hashlib
import json
import os
import select
import signal
import sys
from json.decoder import scanstring

MAX_RECORD = 1 << 20
QUOTED = 64 << 10
SPACE = " \t\n\r"


def refuse(name):
    raise ValueError(name + " is no JSON")


decoder = json.JSONDecoder(parse_constant=refuse, parse_int=str, parse_float=str)


def skip(text, at):
    while text[at : at + 1] and text[at] in SPACE:
        at += 1
    return at


def expect(text, at, char):
    if text[at : at + 1] != char:
        raise ValueError("%s is expected at byte %d" % (char, at + 1))
    return skip(text, at + 1)


def members(text):
    """The members of the object: name, value, begin, end, where the next begins."""
    found = []
    at = expect(text, skip(text, 0), "{")
    while text[at : at + 1] != "}" or found:
        begin = at
        expect(text, at, '"')
        name, at = scanstring(text, at + 1)
        at = expect(text, skip(text, at), ":")
        value, end = decoder.raw_decode(text, at)
        if any(name == other[0] for other in found):
            raise ValueError("a member name stands twice")
        at = skip(text, end)
        found.append((name, value, begin, end))
        if text[at : at + 1] == "}":
            break
        at = expect(text, at, ",")
    if skip(text, at + 1) != len(text):
        raise ValueError("something follows the object")
    return found, at


class Filter:
    name = "seen"

    def __init__(self):
        self.effects = "--effects" in sys.argv
        self.stored = {}
        self.bad = False
        self.number = self.offset = 0

    # What a record becomes.

    def bad_line(self, line, code, message):
        self.bad = True
        return {
            "by": self.name,
            "code": code,
            "message": message,
            "line": self.number,
            "byte": self.offset,
            "length": len(line),
            "sha256": hashlib.sha256(line).hexdigest(),
            "input": base64.b64encode(line[:QUOTED]).decode(),
        }

    def write_member(self, text, found, brace, name, value):
        """The record with its older member cut and the new one appended."""
        kept = [m for m in found if m[0] != self.name]
        if len(kept) == len(found):
            head = text[:brace]
        else:
            head = text[: found[0][2]] + ",".join(text[m[2] : m[3]] for m in kept)
        return "%s%s%s:%s%s" % (head, "," if kept else "", json.dumps(name), json.dumps(value), text[brace:])

    def value(self, record):
        return {"lines": len(record.get("lines") or [])}

    def conflict(self, record):
        """The code of a refusal by rule 5, or None."""
        if "id" not in record:
            return "bad_record"
        acted_on = json.dumps(record, sort_keys=True)
        if len(self.stored) > 10000:
            self.stored.clear()
        if self.stored.setdefault(record["id"], acted_on) != acted_on:
            return "id_conflict"
        return None

    def passes(self, record):
        return "error" in record or "wait" in record

    def reply(self, line):
        if len(line) > MAX_RECORD:
            return json.dumps({"error": self.bad_line(line, "too_long", "the line is too long")})
        try:
            text = line.decode()
            found, brace = members(text)
        except (ValueError, RecursionError) as fault:
            return json.dumps({"error": self.bad_line(line, "bad_record", str(fault))})
        record = {m[0]: m[1] for m in found}
        if self.passes(record):
            return text
        code = self.conflict(record) if self.effects else None
        if code:
            error = {"by": self.name, "code": code, "message": "refused"}
            return self.write_member(text, found, brace, "error", error)
        return self.write_member(text, found, brace, self.name, self.value(record))

    # The stream.

    def write(self, text):
        data = text.encode()
        while data:
            data = data[os.write(1, data) :]

    def answer(self, replies):
        """Writes the answers to the lines that came together."""
        self.write("".join(reply + "\n" for reply in replies))

    def end(self):
        """Called when all is answered."""

    def take(self, line, length):
        if line.endswith(b"\r"):
            line = line[:-1]
        self.number += 1
        reply = [self.reply(line)] if line.strip(b" \t\r") else []
        self.offset += length
        return reply

    def terminated(self, wakeup):
        return bool(wakeup.poll(0))

    def run(self):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        signal.set_wakeup_fd(writes)
        signal.signal(signal.SIGTERM, lambda *_: None)
        wakeup, both = select.poll(), select.poll()
        wakeup.register(reads, select.POLLIN)
        both.register(reads, select.POLLIN)
        both.register(0, select.POLLIN)
        pending = bytearray()
        try:
            while True:
                both.poll()
                if self.terminated(wakeup):
                    return 0
                data = os.read(0, 65536)
                pending += data
                if not data:
                    self.answer(self.take(bytes(pending), len(pending)) if pending else [])
                    self.end()
                    return 1 if self.bad else 0
                if b"\n" not in data:
                    continue
                *lines, rest = bytes(pending).split(b"\n")
                pending = bytearray(rest)
                self.answer([r for line in lines for r in self.take(line, len(line) + 1)])
        except OSError as fault:
            print("good: cannot write: " + errno.errorcode[fault.errno], file=sys.stderr)
            return 3


if __name__ == "__main__":
    sys.exit(Filter().run())
