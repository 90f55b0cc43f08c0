"""The manifest as a file: missing, empty, huge, in the wrong encoding, no file at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers_input import FULL, GOOD, licheck, problems, project, unprivileged

from licheck.errors import InputError
from licheck.policy import manifest as manifests
from licheck.policy.manifest import MAX_PROBLEMS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "licheck.yaml"


def the_problem(file: Path, manifest: str | bytes) -> tuple[int | None, str, str, str]:
    [problem] = problems(file, manifest)
    return problem.line, problem.key, problem.message, problem.help


def not_found(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        manifests.find(path)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_manifest_is_found_by_its_folder_or_by_its_name(file: Path) -> None:
    file.write_text(GOOD)
    assert manifests.find(file.parent) == file
    assert manifests.find(file) == file


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    assert not_found(tmp_path).startswith(f"{tmp_path}: no licheck.yaml here\n  help: write one")
    assert "nowhere: does not exist\n  help: name a folder with a licheck.yaml" in not_found(tmp_path / "nowhere")
    assert "x/y: does not exist" in not_found(tmp_path / "x" / "y")
    assert "File name too long" in not_found(tmp_path / ("a" * 300))


def test_what_is_no_file_is_not_waited_for(tmp_path: Path, file: Path) -> None:
    os.mkfifo(file)
    assert "licheck.yaml: is not a file" in not_found(tmp_path)
    assert "licheck.yaml: is not a file" in not_found(file)
    assert "/dev/zero: is not a file" in not_found(Path("/dev/zero"))
    (tmp_path / "sub" / "licheck.yaml").mkdir(parents=True)
    assert "is not a file" in not_found(tmp_path / "sub")


def test_links_that_lead_nowhere_are_no_manifest(tmp_path: Path, file: Path) -> None:
    file.symlink_to(file.name)
    assert "no licheck.yaml here" in not_found(tmp_path)
    assert "does not exist" in not_found(file)


def test_a_link_to_a_manifest_is_one(tmp_path: Path, file: Path) -> None:
    (tmp_path / "real.yaml").write_text(GOOD)
    file.symlink_to("real.yaml")
    assert manifests.read(manifests.find(tmp_path)).project.name == "acme/Small-1B"


@unprivileged
def test_a_manifest_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    project(tmp_path / "p")
    (tmp_path / "p" / "licheck.yaml").chmod(0)
    assert licheck("check", "p", cwd=tmp_path).returncode == 2
    (tmp_path / "p").chmod(0)
    done = licheck("check", "p", cwd=tmp_path)
    (tmp_path / "p").chmod(0o700)
    assert done.returncode == 2
    assert b"cannot be read: Permission denied" in done.stderr


@pytest.mark.parametrize("text", ["", "\n", "# only\n# comments\n", "---\n", "\ufeff", "null"])
def test_an_empty_file_is_told_how_to_begin(file: Path, text: str) -> None:
    assert the_problem(file, text) == (1, "", "empty", "begin the file with `licheck: 1`")


def test_thousands_of_problems_are_bounded_in_time_and_number(file: Path) -> None:
    head = "licheck: 1\nproject: {name: x}\nuses:\n"
    start = time.process_time()
    for item in ("{of: 'hf:a/b', how: [finetun, prunee]}", "{of: b, how: run}", "a"):
        found = problems(file, head + f" - {item}\n" * 15_000)
        assert len(found) == MAX_PROBLEMS + 1
        assert "more problems" in found[-1].message
    assert len(problems(file, GOOD + "".join(f"k{i}: 1\n" for i in range(60_000)))) == MAX_PROBLEMS + 1
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (GOOD.replace("Small", "Sm\xe4ll").encode("latin-1"), 3, "not UTF-8"),
        (GOOD.encode("utf-16"), 1, "not UTF-8"),
        (GOOD.encode("utf-16-le"), 1, "U+0000"),
        (GOOD.encode() + b"# \xc3", 6, "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "not UTF-8"),
        (b"x" * 5_000_000, None, "larger than 1,000,000 bytes"),
    ],
)
def test_what_is_no_utf8_text_says_so(file: Path, data: bytes, line: int | None, says: str) -> None:
    found, _, message, _ = the_problem(file, data)
    assert found == line
    assert says in message


@pytest.mark.parametrize("encode", [lambda t: b"\xef\xbb\xbf" + t.encode(), lambda t: t.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(file: Path, encode: Callable[[str], bytes]) -> None:
    assert problems(file, encode(FULL)) == []
    assert the_problem(file, encode(GOOD + "zzz: 1\n"))[:2] == (6, "zzz")
