"""Lambda packages: from a handler to the smallest zip that runs it. Build time only, in no zip itself.

target         the machine a package is for: its pinned wheels, and the Python that compiles for it
imports        which modules a handler can reach
botocore_data  botocore's data, cut to the AWS calls that those modules make
build          each function's files, compiled and packed
"""
