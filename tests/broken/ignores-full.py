#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Takes no notice of a failed write."""
import sys

import good


class Broken(good.Filter):
    def write(self, text):
        try:
            super().write(text)
        except OSError:
            pass


sys.exit(Broken().run())
