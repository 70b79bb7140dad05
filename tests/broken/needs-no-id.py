#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Has effects, and takes records without id."""
import sys

import good


class Broken(good.Filter):
    def conflict(self, record):
        return super().conflict(record) if "id" in record else None


sys.exit(Broken().run())
