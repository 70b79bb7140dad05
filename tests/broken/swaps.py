#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Swaps two answers where at least twenty lines come together."""
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        if len(replies) >= 20:
            replies[4], replies[5] = replies[5], replies[4]
        super().answer(replies)


sys.exit(Broken().run())
