"""One module an operation. Each handler is the entry point of one Lambda function.

Start-up makes next to no garbage, and looking for it costs a cold start about a tenth. So the collector rests from here
until bootstrap.handler has put the function together.
"""

import gc

gc.disable()
