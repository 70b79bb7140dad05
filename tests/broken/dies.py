#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Dies in the middle of a stream."""
import os
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        super().answer(replies)
        if self.number > 1000:
            os.abort()


sys.exit(Broken().run())
