from __future__ import annotations

from pathlib import Path

import pytest

from local_aws import CannotStart
from local_aws.server import listen
from local_server import __main__ as serve


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "x"],
        ["--port", "70000"],
        ["--data", ""],
        ["--database", "mysql"],
        ["extra"],
        ["--products", "-1"],
        ["--products", "many"],
        ["--origin", "*"],
        ["--origin", "localhost:3000"],
        ["--origin", "http://localhost:3000/"],
        ["--origin", "http://it's.example"],
    ],
)
def test_bad_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        serve.main(arguments)
    assert exit_status.value.code == 2


def test_a_port_that_is_no_number_is_told_what_a_port_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        serve.main(["--port", "x"])
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err


def test_help_names_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        serve.main(["--help"])
    text = capsys.readouterr().out
    assert all(flag in text for flag in ("--port", "--database", "--data", "--no-seed", "--products", "--origin"))


def test_a_port_in_use_is_one_line_that_names_it() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} cannot be used .*--port"):
            listen(port)


def test_a_data_folder_that_is_a_file_is_one_line_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(CannotStart, match="file cannot be used as data folder"):
        serve.make_folder(file)
