#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Takes the same event for another because of its spacing."""
import sys

import good


class Broken(good.Filter):
    def value(self, record):
        return {"lines": self.length}

    def reply(self, line):
        self.length = len(line)
        return super().reply(line)


sys.exit(Broken().run())
