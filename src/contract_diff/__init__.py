"""Tells what a new version of a contract means to the clients of the old one.

Two documents in, a list of changes out, each breaking, an addition or prose. The schemas are compared as they are
enforced: a change is compatible only where it is proven that every request that the old contract allows is still
allowed, and that every answer that the new contract allows was allowed before. What cannot be proven is breaking.

No library for Python or Node.js does this soundly: those that there are compare keyword by keyword, and call a schema
that is only written otherwise a break, or miss one behind allOf, oneOf or a reference.
"""
