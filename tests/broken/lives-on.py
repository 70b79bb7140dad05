#!/usr/bin/env -S python3 -BES
# SPDX-License-Identifier: ISC
"""Goes on reading when its reader is gone."""
import signal
import sys

import good


class Broken(good.Filter):
    def write(self, text):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        try:
            super().write(text)
        except BrokenPipeError:
            pass


sys.exit(Broken().run())
