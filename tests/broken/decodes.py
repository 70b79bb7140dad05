#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes escapes as the characters they stand for."""
import sys

import good


class Broken(good.Filter):
    def reply(self, line):
        return super().reply(line).replace("\\u0069", "i").replace("\\/", "/")


sys.exit(Broken().run())
