"""The README is checked against what the tool does."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import ROOT, TODAY

from licheck.errors import InputError, UnreadableError
from licheck.model.reference import SCHEMES
from licheck.pipeline import check
from licheck.policy.manifest import read
from licheck.policy.schema import schema
from licheck.report import text

README = (ROOT / "README.md").read_text("utf-8")


def block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no block {mark}"
    return found.group(1)


def test_the_output_shown_is_what_the_tool_prints() -> None:
    printed = text.render(check(ROOT / "examples" / "support-8b", TODAY)).replace(f"{ROOT}/", "")
    assert block("output").strip()
    assert block("output") in printed


def test_the_manifest_shown_is_valid(tmp_path) -> None:
    shown = re.search(r"```yaml\n(licheck: 1\n.*?)```", README, re.DOTALL).group(1)
    (tmp_path / "licheck.yaml").write_text(shown.replace("…64 hex digits…", "0" * 64), "utf-8")
    assert len(read(tmp_path / "licheck.yaml").uses) == 4


def test_every_route_and_every_use_is_explained() -> None:
    for scheme in SCHEMES:
        assert re.search(rf"`{scheme}:", README), scheme
    for how in schema()["$defs"]["how"]["enum"]:
        assert f"`{how}`" in README, how
    for key in schema()["properties"]["uses"]["items"]["properties"]:
        assert re.search(rf"`?{key}\b", README), key


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ["check", "examples/support-8b", "--exit-zero"]),
        (1, ["check", "examples/support-8b"]),
        (2, ["check", "examples"]),
        (2, ["check", "--no-such-option"]),
    ],
)
def test_exit_codes_are_those_of_the_table(code: int, arguments: list[str]) -> None:
    assert re.search(rf"^\| {code} \| ", README, re.MULTILINE)
    done = subprocess.run([sys.executable, "-m", "licheck", *arguments], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == code


def test_the_other_exit_codes_belong_to_the_errors_of_the_table() -> None:
    assert (InputError.exit_code, UnreadableError.exit_code) == (2, 3)
    assert "| 4 | a bug in licheck" in README


def test_both_commands_are_single_lines_that_make_their_environment() -> None:
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert all("pip install" in command for command in commands)
