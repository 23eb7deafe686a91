from __future__ import annotations

from tests.performance.benchmark import import_times

TOLD = """\
import time: self [us] | cumulative | imported package
import time:      4000 |       4000 |   botocore.session
import time:      1500 |       5500 | products
import time:      2000 |       2000 |     botocore
something else
"""


def test_times_are_summed_by_package_without_what_they_import() -> None:
    assert import_times.by_package(TOLD) == {"botocore": 6, "products": 2}


def test_the_slowest_packages_come_first() -> None:
    table = import_times.table({"bare": import_times.by_package(TOLD), "ours": import_times.by_package("")})
    assert [line.split() for line in table.splitlines()] == [
        ["imports,", "ms", "bare", "ours"],
        ["botocore", "6", "0"],
        ["products", "2", "0"],
        ["all", "8", "0"],
    ]
