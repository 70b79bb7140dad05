#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Answers every tenth record under another id."""
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        reply = super().reply(line)
        return reply.replace('-burst-', '-other-', 1) if self.number % 10 == 0 else reply


sys.exit(Broken().run())
