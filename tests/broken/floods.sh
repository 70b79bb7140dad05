#!/bin/sh
# SPDX-License-Identifier: ISC
# Writes without end.
exec yes '{"id":"o1"}'
