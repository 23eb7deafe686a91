"""Validates an API Gateway REST event, and the answer to it, against one operation of a compiled OpenAPI 3.0 contract.

The compiler writes one table per operation at build time; this package reads it and checks against it at run time. It
stands on the standard library and jsonschema-rs alone, and knows neither a product nor an AWS SDK.

    from contract.lambda_handler import lambda_handler
    from contract.messages import Request, Response
    from contract.operation import Operation

    def get_thing(request: Request) -> Response:
        return Response(200, {"id": request.path_parameters["id"]})

    handler = lambda_handler(Operation.load("generated/operations/get_thing.json"), get_thing)

A Lambda pays at start-up for all that it loads. So nothing is imported here, what only a refusal needs is imported when
there is one, and type aliases are text, which nothing evaluates.
"""
