"""What maintainers do: count, check, and add a licence by the guide alone, without Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, TODAY

from licheck import maintain
from licheck.db.compile import write
from licheck.db.store import Database
from licheck.errors import InputError
from licheck.pipeline import identifier

TEXT = """Pelican Model Licence 1.0

1. You may use and change the model.
2. If you distribute the model or works made from it, provide a copy of this Agreement and
   prominently display "Built with Pelican" on a related website.
3. The law of Atlantis governs.
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "license_db", tmp_path / "license_db")
    return tmp_path / "license_db"


def licheck(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "LICHECK_CORPUS"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "licheck", "db", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=env)


def test_a_licence_is_added_by_the_guide_alone(db: Path, tmp_path: Path) -> None:
    (tmp_path / "pelican.txt").write_text(TEXT, "utf-8")
    done = licheck("add", "pelican.txt", "--id", "pelican-1.0", "--title", "Pelican Model Licence 1.0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "license-copy-required" in done.stdout
    record = db / "licenses" / "pelican-1.0.yaml"
    assert "CONFIRM: like words stand on line 4" in record.read_text("utf-8")

    unfinished = licheck("check", cwd=tmp_path)
    assert unfinished.returncode == 2 and "is still to be written" in unfinished.stderr
    text = record.read_text("utf-8").replace("output_rule: {value: unknown}", "output_rule: {value: none-found}")
    text = text.replace('"??"', "the model or works").replace("trigger: [use]", "trigger: [distribution]")
    for left in ("absent", "sources[0].source"):
        assert left in unfinished.stderr
    read = "".join(line for line in text.splitlines(keepends=True) if not line.startswith('  - "?"'))
    record.write_text(read.replace('"?"', '"2"'), "utf-8")
    finished = licheck("check", "--corpus", ".", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert ", 4 anchors held" in finished.stdout
    nowhere = licheck("check", "--corpus", "nowhere", cwd=tmp_path)
    assert nowhere.returncode == 2 and "no such folder" in nowhere.stderr
    write(db, tmp_path / "compiled.json")
    database = Database.open(db, tmp_path / "compiled.json")
    assert database.named("pelican-1.0") == ("pelican-1.0",)
    assert identifier(database).identify(TEXT).license == ("pelican-1.0",)
    changed = identifier(database).identify(TEXT.replace("change", "never change"))
    assert (changed.status, changed.nearest) == ("modified", "pelican-1.0")
    assert "license-copy-required" in database.document("pelican-1.0").terms


def test_nothing_is_overwritten(db: Path, tmp_path: Path) -> None:
    before = (db / "licenses" / "MIT.yaml").read_bytes()
    (tmp_path / "mit.txt").write_text("Some text that calls itself MIT.", "utf-8")
    done = licheck("add", "mit.txt", "--id", "MIT", "--title", "MIT", cwd=tmp_path)
    assert done.returncode == 2 and "exists already" in done.stderr and "help:" in done.stderr
    assert (db / "licenses" / "MIT.yaml").read_bytes() == before


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_text_that_cannot_be_read_is_refused(db: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        maintain.add(db, tmp_path / "x.txt", "x-1.0", "X")
    assert not (db / "licenses" / "x-1.0.yaml").exists()


def test_a_fault_is_told_with_file_line_key_and_help(db: Path, tmp_path: Path) -> None:
    path = db / "licenses" / "llama3.1.yaml"
    path.write_text(path.read_text("utf-8").replace("position: prefix", "position: front"), "utf-8")
    done = licheck("check", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        "license_db/licenses/llama3.1.yaml:" in done.stderr and "naming-prefix-required.params.position" in done.stderr
    )
    assert "known: prefix, contain" in done.stderr and "1 problems" in done.stdout


def test_a_folder_without_records_is_an_error(tmp_path: Path) -> None:
    done = licheck("stats", "--db", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2 and "holds no license_db" in done.stderr


def test_the_figures_are_those_of_the_files() -> None:
    figures = maintain.stats(ROOT / "license_db")
    assert figures["licences and policies"] == len(list((ROOT / "license_db" / "licenses").glob("*.yaml")))
    assert figures["providers"] == len(list((ROOT / "license_db" / "services").glob("*.yaml")))
    assert figures["datasets"] > 800 and figures["models and patterns of models"] > 2000
    assert TODAY.year == 2026
