#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Takes the CR of a line end for a part of the record."""
import sys

import good


class Broken(good.Filter):
    def take(self, line, length):
        reply = super().take(line, length)
        return [r + "\r" for r in reply] if line.endswith(b"\r") else reply


sys.exit(Broken().run())
