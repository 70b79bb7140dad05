#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Drops the space behind a record."""
import sys

import good


class Broken(good.Filter):
    def write_member(self, text, found, brace, name, value):
        return super().write_member(text, found, brace, name, value).rstrip()


sys.exit(Broken().run())
