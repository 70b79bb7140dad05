#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Works on failed records as if they were good."""
import sys

import good


class Broken(good.Filter):
    def passes(self, record):
        return "wait" in record


sys.exit(Broken().run())
