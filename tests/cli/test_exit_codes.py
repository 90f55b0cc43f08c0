"""What the command returns and where it writes: 0 to 4, the report alone on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from helpers_input import FULL, GOOD, licheck, project

FAILING = GOOD.replace("uses: []", "uses:\n  - {of: 'hf:acme/nobody-knows', how: finetune}")
Copy = Callable[[], Path]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package as a wheel holds it, without the YAML of the database; PYTHONPATH puts it first."""
    home = tmp_path / "site"
    shutil.copytree(ROOT / "licheck", home / "licheck", ignore=shutil.ignore_patterns("__pycache__"))
    compiled = home / "licheck" / "db" / "compiled.json"
    from licheck.db.compile import compile_tree

    compiled.write_bytes(compile_tree(ROOT / "license_db"))
    return home


def test_0_nothing_to_complain_about(tmp_path: Path) -> None:
    done = licheck("check", cwd=project(tmp_path))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"acme/Small-1B: pass")


def test_1_something_at_or_above_fail_on(tmp_path: Path) -> None:
    done = licheck("check", cwd=project(tmp_path, FAILING))
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"licheck.yaml:6 uses[0].of" in done.stdout
    assert b"acme/Small-1B: fail" in done.stdout


@pytest.mark.parametrize(("fail_on", "code"), [("info", 1), ("review", 1), ("must-fix", 0), ("blocker", 0)])
def test_fail_on_decides_between_0_and_1(tmp_path: Path, fail_on: str, code: int) -> None:
    done = licheck("check", cwd=project(tmp_path, f"{FAILING}policy: {{fail_on: {fail_on}}}\n"))
    assert done.returncode == code
    assert b"review[" in done.stdout


def test_exit_zero_keeps_the_report_and_the_verdict(tmp_path: Path) -> None:
    project(tmp_path, FAILING)
    done = licheck("check", "--exit-zero", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == licheck("check", cwd=tmp_path).stdout
    data = json.loads(licheck("check", "--exit-zero", "-f", "json", cwd=tmp_path).stdout)
    assert data["verdict"] == "fail"


def test_exit_zero_hides_no_error(tmp_path: Path) -> None:
    assert licheck("check", "--exit-zero", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ("", "licheck.yaml:1: empty"),
        ("- a", 'licheck.yaml:1: ["a"] is not a mapping'),
        (GOOD + "uses: []", "licheck.yaml:6: uses: the key stands twice (first on line 5)"),
        (GOOD.replace("uses", "used"), "licheck.yaml:5: used: unknown key"),
        (GOOD.replace("[]", "[{of: 'hf:a/b', how: finetun}]"), "licheck.yaml:5: uses[0].how: unknown value"),
        (GOOD.replace("[]", "[{of: gpt2, how: run}]"), "licheck.yaml:5: uses[0].of: no route"),
        (GOOD.replace("uses", "\tuses"), "licheck.yaml:5: not valid YAML"),
        (GOOD.replace("Small", "\0"), "licheck.yaml:3: not valid YAML: the control character U+0000"),
        (GOOD + '"\x9b31m\\e[2J": 1', "licheck.yaml:6: "),
        (FULL, "licheck.yaml:38: policy.clarify[0].because.path: DATA.md is not there"),
    ],
)
def test_2_a_wrong_manifest_names_file_line_and_key(tmp_path: Path, manifest: str, says: str) -> None:
    done = licheck("check", cwd=project(tmp_path, manifest))
    assert done.returncode == 2
    text = done.stderr.decode()
    assert f"error: {says}" in text
    assert "\n  help: " in text
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in text)


def test_2_every_problem_has_its_own_error_and_help(tmp_path: Path) -> None:
    done = licheck("check", cwd=project(tmp_path, "licheck: 2\nproject: {nam: x}\nuses: [{of: x, how: y}]\n"))
    assert done.returncode == 2
    assert [line.split(": ")[2] for line in done.stderr.decode().splitlines()[::2]] == [
        *("licheck", "project.nam", "project.name", "uses[0].how", "uses[0].of"),
    ]
    assert all(line.startswith("  help: ") for line in done.stderr.decode().splitlines()[1::2])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("check", "nowhere"), "nowhere: does not exist"),
        (("check", "a" * 300), "File name too long"),
        (("check", "."), "no licheck.yaml here"),
        (("check", ".", "."), "unexpected extra argument"),
        (("check", "--bogus"), "No such option: --bogus"),
        (("--bogus",), "No such option: --bogus"),
        (("chekc",), "No such command 'chekc'"),
        (("check", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
        (("check", "--format"), "requires an argument"),
    ],
)
def test_2_wrong_arguments(tmp_path: Path, args: tuple[str, ...], says: str) -> None:
    done = licheck(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr.decode()
    assert "\n  help: " in done.stderr.decode()


@pytest.mark.parametrize("epoch", ["soon", "99999999999999999", "-99999999999999999", "1e9", " "])
def test_2_a_clock_that_is_none(tmp_path: Path, epoch: str) -> None:
    done = licheck("check", cwd=project(tmp_path), SOURCE_DATE_EPOCH=epoch)
    assert done.returncode == 2
    assert b"SOURCE_DATE_EPOCH" in done.stderr


def test_2_without_arguments_the_help_is_not_a_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "licheck"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Usage: " in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_2_a_report_that_cannot_be_written_is_no_verdict(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "licheck", "check"]
        done = subprocess.run(command, cwd=project(tmp_path), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"stdout: cannot be written: No space left on device\n  help: " in done.stderr


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs a file that not even root may read")
def test_3_evidence_that_cannot_be_read(tmp_path: Path) -> None:
    project(tmp_path, GOOD.replace("uses", "  path: /proc/self\nuses"))
    for flags in ((), ("--exit-zero",)):
        done = licheck("check", *flags, cwd=tmp_path)
        assert done.returncode == 3
        assert re.match(
            rb"error: licheck.yaml:5: project.path: cannot read /proc/self/\w+: [^\n]+\n  help: ", done.stderr
        )


def test_4_a_bug_in_the_code_is_never_a_finding(tmp_path: Path, copy: Path) -> None:
    rule = copy / "licheck" / "report" / "text.py"
    rule.write_text(rule.read_text("utf-8").replace("    blocks = [", "    1 / 0\n    blocks = ["), "utf-8")
    project(tmp_path, FAILING)
    for flags in ((), ("--exit-zero",)):
        done = licheck("check", *flags, cwd=tmp_path, PYTHONPATH=str(copy))
        assert done.returncode == 4
        assert done.stderr.startswith(
            b"licheck has a bug: ZeroDivisionError: division by zero\n  help: please report it"
        )
    assert licheck("check", "--format", "json", cwd=tmp_path, PYTHONPATH=str(copy)).returncode == 1
    shown = licheck("check", cwd=tmp_path, PYTHONPATH=str(copy), LICHECK_DEBUG="1")
    assert shown.returncode == 4
    assert b"Traceback" in shown.stderr


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: b"\n",
        lambda data: b"not json\n" + data,
        lambda data: data.replace(b"\n", b"", 1),
        lambda data: data[: len(data) // 3],
        lambda data: data.replace(b'"sha256"', b'"sha"', 1),
        lambda data: data[: data.index(b"\n") + 1] + b"\xff" * len(data),
        lambda data: data.replace(b'"vocabulary":[', b'"vocabulary":[9', 1),
    ],
    ids=["empty", "newline", "no json", "no header", "cut", "no digest", "bytes", "offset"],
)
def test_a_spoilt_database_is_never_a_verdict(tmp_path: Path, copy: Path, spoil: Callable[[bytes], bytes]) -> None:
    compiled = copy / "licheck" / "db" / "compiled.json"
    project(tmp_path, FAILING)
    assert licheck("check", cwd=tmp_path, PYTHONPATH=str(copy)).returncode == 1
    good = compiled.read_bytes()
    compiled.write_bytes(spoil(good))
    assert compiled.read_bytes() != good
    assert licheck("check", "--exit-zero", cwd=tmp_path, PYTHONPATH=str(copy)).returncode in (2, 4)
    compiled.unlink()
    done = licheck("check", cwd=tmp_path, PYTHONPATH=str(copy))
    assert (done.returncode, b"the licence database is missing" in done.stderr) == (2, True)


def test_json_is_valid_and_the_same_bytes_every_time(tmp_path: Path) -> None:
    project(tmp_path, FAILING.replace("Small", "Smäll–1"))
    runs = [
        licheck("check", "--format", "json", cwd=tmp_path, **env).stdout
        for env in ({}, {"PYTHONHASHSEED": "7"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"})
    ]
    assert set(runs) == {runs[0]}
    data = json.loads(runs[0].decode("utf-8"))
    assert (data["schema"], data["verdict"], data["summary"]["review"]) == ("licheck-report/1", "fail", 1)
    assert runs[0].endswith(b"}\n")


@pytest.mark.parametrize("args", [("-h",), ("--help",), ("check", "-h"), ("check", "--help"), ("--version",)])
def test_help_and_version_are_what_was_asked_for(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = licheck(*args, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"licheck " if "--version" in args else b"Usage: ")


def test_a_reader_that_leaves_changes_no_verdict_into_findings(tmp_path: Path) -> None:
    project(tmp_path)
    for args, wanted in ((["check"], 141), (["check", "nowhere"], 2)):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "licheck", *args]
        done = subprocess.run(command, cwd=tmp_path, stdout=write, stderr=write, check=False, timeout=60)
        os.close(write)
        assert done.returncode == wanted
