#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Leaves an older member where it is."""
import sys

import good


class Broken(good.Filter):
    def write_member(self, text, found, brace, name, value):
        return text[:brace] + ',"%s":{"lines":0}' % name + text[brace:]


sys.exit(Broken().run())
