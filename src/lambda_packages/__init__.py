"""Lambda packages: from a handler to the smallest zip that runs it. Build time only, in no zip itself.

target         the machine a package is for, and the Python that compiles for it
wheels         pinned wheels for that machine
imports        which modules a handler can reach
botocore_data  botocore's data, cut to the AWS calls that those modules make
package        one function's files
build          all of it, in order
"""
