#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Takes the same id with other content for a new event."""
import sys

import good


class Broken(good.Filter):
    def conflict(self, record):
        return None if "id" in record else "bad_record"

    def value(self, record):
        return {"pieces": [line["qty"] for line in record["lines"]]}


sys.exit(Broken().run())
