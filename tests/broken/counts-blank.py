#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Does not count blank lines, and answers them."""
import sys

import good


class Broken(good.Filter):
    def take(self, line, length):
        if line.strip():
            return super().take(line, length)
        self.offset += length
        return ["{}"]


sys.exit(Broken().run())
