#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes two members."""
import sys

import good


class Broken(good.Filter):
    def write_member(self, text, found, brace, name, value):
        written = super().write_member(text, found, brace, name, value)
        end = written.rindex("}")
        return written[:end] + ',"also":1' + written[end:] if name == self.name else written


sys.exit(Broken().run())
