"""Compares two versions of a contract: what the new one means to the clients of the old one, on the wire.

Two documents in, a list of changes out, each breaking, an addition or documentation.

comparison         every change: which operations both documents have, by their URLs, and documentation
operation_changes  one operation in two versions: who may call it, parameters, bodies, responses
schema_changes     one schema in two versions, in a request or in a response, on flat_schemas
changes            the rules by name, and their weight
verdict            whether the change may be merged, and its report
sources            where the two documents come from; versions and the changelog

A change of a schema is compatible only where it is sure that every request that the old contract allows is still
allowed, and that every answer that the new contract allows was allowed before; all else is breaking. No library for
Python or Node.js does this soundly: those that there are compare keyword by keyword as it is written, and call a schema
that is only written otherwise a break, or miss one behind allOf, oneOf or a reference.
"""
