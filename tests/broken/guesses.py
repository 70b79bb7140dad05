#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Answers by chance."""
import random
import sys

import good


class Broken(good.Filter):
    def value(self, record):
        return {"lines": random.getrandbits(64)}


sys.exit(Broken().run())
