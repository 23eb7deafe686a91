"""One module an operation. Each handler is the entry point of one Lambda function.

Start-up makes next to no garbage, and looking for it costs a cold start about a tenth. So the collector rests from here
until bootstrap.handler has put the function together.
"""

import gc

gc.disable()

# What every function reads of its environment. Each handler adds what it alone reads, and the calls that it makes on
# the table. scripts/generate gathers both in generated/handler_permissions.json, of which Terraform makes
# settings and roles.
PERMISSIONS = {"environment": ["PRODUCTS_TABLE", "ALLOWED_ORIGINS"]}
