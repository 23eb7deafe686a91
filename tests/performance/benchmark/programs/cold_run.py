"""A cold start: imports a handler, asks it once, and tells on standard output what that took. Runs in a subject's
interpreter, with nothing on its path but the subject: arguments are the handler's module and a file with the event."""

import importlib
import json
import sys
import time


def main() -> None:
    module, event = sys.argv[1:]
    handler = importlib.import_module(module).handler
    with open(event, encoding="utf-8") as file:  # noqa: PTH123  # pathlib takes longer to import than some subjects.
        answer = handler(json.load(file), None)
    told = {"status": answer["statusCode"], "cpu": time.process_time() * 1000, "modules": len(sys.modules)}
    print(json.dumps(told), flush=True)
    sys.stdin.read()  # Until the caller has looked at this process' memory.


if __name__ == "__main__":
    main()
