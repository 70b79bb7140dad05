#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Ends within a line on SIGTERM."""
import sys

import good


class Broken(good.Filter):
    def terminated(self, wakeup):
        if super().terminated(wakeup):
            self.write('{"id":"o1-')
            return True
        return False


sys.exit(Broken().run())
