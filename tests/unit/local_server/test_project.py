"""What stands elsewhere in the project is read there."""

from __future__ import annotations

from cross_check.contract_document import ContractDocument, version_headers
from local_server import project


def test_the_version_is_told_in_a_header_that_the_contract_declares_for_a_405() -> None:
    content = ContractDocument.load(project.DOCUMENT).content
    [name] = version_headers(project.GATEWAY_SETTINGS)
    assert name in content["components"]["responses"]["MethodNotAllowed"]["headers"]
