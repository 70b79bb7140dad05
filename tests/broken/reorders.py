#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes the members of a record sorted by name."""
import json
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        reply = json.loads(super().reply(line))
        return json.dumps(reply, sort_keys=True) if "id" in reply else super().reply(line)


sys.exit(Broken().run())
