#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Drops every seventh line."""
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        self.write("".join(reply + "\n" for reply in replies if self.keeps(reply)))

    def keeps(self, reply):
        self.count = getattr(self, "count", 0) + 1
        return self.count % 7 != 0


sys.exit(Broken().run())
