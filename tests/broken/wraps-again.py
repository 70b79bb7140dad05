#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Makes an error record of an error record."""
import json
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        if line.startswith(b'{"error"'):
            return json.dumps({"error": self.bad_line(line, "failed", "it came failed")})
        return super().reply(line)


sys.exit(Broken().run())
