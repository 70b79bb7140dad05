#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes nothing until its input ends."""
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        self.held = getattr(self, "held", []) + replies

    def end(self):
        super().answer(self.held)


sys.exit(Broken().run())
