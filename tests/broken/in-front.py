#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes its member first."""
import sys

import good


class Broken(good.Filter):
    def write_member(self, text, found, brace, name, value):
        written = super().write_member(text, found, brace, name, value)
        if name != self.name or '"older"' in text:
            return written
        at = written.rindex(',"%s":' % name)
        end = written.rindex("}")
        return '{"%s":%s,%s%s' % (name, written[at + len(name) + 4 : end], written[1:at], written[end:])


sys.exit(Broken().run())
