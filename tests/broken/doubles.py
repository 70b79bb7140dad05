#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Answers every hundredth line twice."""
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        for reply in replies:
            self.count = getattr(self, "count", 0) + 1
            self.write((reply + "\n") * (2 if self.count % 100 == 0 else 1))


sys.exit(Broken().run())
