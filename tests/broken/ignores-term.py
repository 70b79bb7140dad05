#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Ignores SIGTERM."""
import sys

import good


class Broken(good.Filter):
    def terminated(self, wakeup):
        return False


sys.exit(Broken().run())
