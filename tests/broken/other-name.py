#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Writes now one member, now another."""
import sys

import good


class Broken(good.Filter):
    def write_member(self, text, found, brace, name, value):
        return super().write_member(text, found, brace, name if "EUR" in text else "other", value)


sys.exit(Broken().run())
