"""Locks the open file whose descriptor is given, until the last process that has it open ends. Waits for its turn."""

from __future__ import annotations

import fcntl
import sys

descriptor = int(sys.argv[1])
try:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Another script is installing; waiting for it", file=sys.stderr)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
