#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Rewrites a number: 1.10 becomes 1.1."""
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        return super().reply(line).replace("1.10", "1.1")


sys.exit(Broken().run())
