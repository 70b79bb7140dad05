#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Compares the names of members as they are spelt, not decoded."""
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        if b"\\u0065rror" in line or b"\\u0069ce" in line:
            return line.decode()
        return super().reply(line)


sys.exit(Broken().run())
