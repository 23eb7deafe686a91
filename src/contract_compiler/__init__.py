"""Compiles an OpenAPI 3.0 document, at build time, into tables of checks for the run time.

Everything that the document says about requests and responses ends up in a table or is refused by name and place;
nothing is dropped in silence. No Lambda carries this package.
"""
