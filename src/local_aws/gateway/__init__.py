"""API Gateway with one REST API, made of the body that is imported, with no look at the contract: `gateway.Gateway`.

It does what AWS documents and what AWS was recorded to do (tests/unit/local_aws/gateway/test_recordings.py).
What it does not know in the body, it refuses at the start. Known limits, for want of a page or a recording:

* A slash at the end of a path leads to the same method, and stays in the event's `path`. For a literal path this is
  what people report; it was recorded for a greedy parameter only. An empty segment in a path matches nothing.
* Header names come in lower case, as every browser sends them over HTTP/2. AWS keeps the case of HTTP/1.1 in events,
  and its request validator is said to tell `X-Name` from `x-name`; here it does not.
* A charset behind `application/json` is looked past where a template or a model is chosen.
* `X-HTTP-Method-Override` is obeyed, as AWS's list of known issues has it; no recording shows it.
* A number among a function's header values is no answer, and neither is `"statusCode": null`.
* Header names that are remapped in a function's answer are not in a mock's.
* A body of more than 10 MB is refused as soon as it is, before anybody looks for its method.
"""
