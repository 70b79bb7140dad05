#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Reports its progress on stderr."""
import sys

import good


class Broken(good.Filter):
    def answer(self, replies):
        print("answered %d lines" % len(replies), file=sys.stderr)
        super().answer(replies)


sys.exit(Broken().run())
