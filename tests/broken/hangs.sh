#!/bin/sh
# SPDX-License-Identifier: ISC
# Reads nothing and does not end; its child holds its output open.
echo $$ >"${PID_FILE:-/dev/null}"
sleep 600
