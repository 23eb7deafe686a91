"""Compiles an OpenAPI 3.0 document, at build time, into tables of checks for the run time.

Everything that the document says about requests and responses ends up in a table, or is named with its place: by a
warning where the tables leave open what the document does not pin down, by a refusal where they could only enforce
something else than it says. No Lambda carries this package.

Supported is OpenAPI 3.0 in one file. Refused are, among others: references into other files and to whole paths; two
paths that match the same requests; `nullable` without a type beside it; parameters whose text cannot tell the type, or
that are nested deeper than their style is defined for; patterns that engines read differently; discriminators that name
inline schemas; schemas that nothing can be valid against; defaults and enums that break their own schemas.
Bodies in other media types than JSON and text are bytes, whatever their schemas say: a warning.
`contract_compiler.lint.WARNINGS` has the rules that only warn; each rule has a document in the tests that breaks it.
"""
