from __future__ import annotations

import pytest

from contract.strict_json import pointer, unescaped


@pytest.mark.parametrize(
    ("path", "expected"),
    [((), ""), (("a", 0), "/a/0"), (("a/b", "c~d", ""), "/a~1b/c~0d/"), (("~1",), "/~01")],
)
def test_a_pointer_is_escaped_by_rfc_6901(path: tuple[str | int, ...], expected: str) -> None:
    assert pointer(path) == expected
    assert [unescaped(step) for step in expected.split("/")[1:]] == [str(step) for step in path]
