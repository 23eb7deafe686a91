"""What holds for all tests: which files are none, and that Ctrl-C ends them.

A shell that runs the suite in the background has it, and all that it starts, ignore Ctrl-C; some tests send one."""

from __future__ import annotations

import signal

collect_ignore = ["fixtures"]  # For copies of the project.

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
