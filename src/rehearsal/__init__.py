"""The deployment without AWS: `scripts/rehearse`.

The unmodified stack is applied to a mocked AWS, and what was deployed is then built up again on this machine from what
the mock and Terraform's state say: gateway, functions, roles, tokens. So a permission, a variable or a route that the
stack forgets is missing here, too.
"""
