#!/usr/bin/env python3
"""Tells whether a deployment of the API works; --help says more. Whatever Python starts this, .venv's does the work."""

import os
import sys
from pathlib import Path

# scripts/environment ends the shell when it fails; here that means that nothing could be validated: 2.
RUN = """trap 'exit 2' EXIT; source "$0"; exec "$PYTHON" -m deployment_validation "$@" """

environment = Path(__file__).resolve().with_name("environment")
os.execvp("bash", ["bash", "-c", RUN, str(environment), *sys.argv[1:]])
