#!/usr/bin/env bash
# Builds the Lambda packages in dist; --help has the options.
# shellcheck source=scripts/environment
source "$(dirname "$0")/environment"
exec "$PYTHON" -m lambda_packages "$@"
