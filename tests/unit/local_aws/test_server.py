from __future__ import annotations

import logging

from local_aws.server import LineFormatter


def test_extra_fields_stand_behind_the_message() -> None:
    record = logging.makeLogRecord({"name": "contract", "levelname": "ERROR", "msg": "broken", "pointer": "/price"})
    line = LineFormatter().format(record)
    assert line.endswith(" ERROR contract: broken  pointer=/price")


def test_a_plain_message_has_nothing_behind_it() -> None:
    record = logging.makeLogRecord({"name": "a", "levelname": "INFO", "msg": "ready"})
    assert LineFormatter().format(record).endswith(" INFO a: ready")
