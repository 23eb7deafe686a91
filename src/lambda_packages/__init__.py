"""Lambda packages: from a handler to the smallest zip that runs it. Build time only, in no zip itself.

target        the machine a package is for          interpreter   the Python that compiles for it
wheels        pinned wheels for that machine        imports       which modules a handler can reach
aws_calls     which AWS calls those modules make    botocore_data botocore's data, cut to those calls
bytecode      compiled modules                      archive       a zip that is the same bytes every time
package       one function's files                  build         all of it, in order
"""
