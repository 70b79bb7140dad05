#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Keeps every record it ever saw."""
import json
import sys

import good


class Broken(good.Filter):
    def value(self, record):
        self.seen = getattr(self, "seen", [])
        self.seen.append(json.dumps(record))
        return super().value(record)


sys.exit(Broken().run())
