"""Wheel, source distribution and editable install: all of them load the database."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

LOAD = """
from licheck.db.store import Database
d = Database.open()
sizes = [len(d.fingerprint_file(name)) for name in ("runs.bin", "sketch.bin")]
print(d.document("llama3.1").title, len(d.keys("licenses")), sizes)
"""


def run(*command: str, cwd: Path, **env: str) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **env})
    assert done.returncode == 0, done.stderr
    return done.stdout


def build(source: Path, target: str, out: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out), cwd=source)
    return next(path for path in out.iterdir() if path.suffix in (".whl", ".gz"))


def loads(folder: Path) -> str:
    """Title and number of licences that a copy of the package finds, run where no checkout is."""
    return run(sys.executable, "-S", "-c", LOAD, cwd=folder, PYTHONPATH=os.pathsep.join([str(folder), *yaml_path()]))


def yaml_path() -> list[str]:
    import yaml

    return [str(Path(yaml.__file__).parents[1])]


@pytest.fixture(scope="module")
def expected() -> str:
    return run(sys.executable, "-c", LOAD, cwd=ROOT)


def test_the_wheel_carries_the_compiled_database_and_no_yaml(tmp_path: Path, expected: str) -> None:
    wheel = build(ROOT, "wheel", tmp_path / "dist")
    assert wheel.stat().st_size < 6_000_000
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    shipped = {f"licheck/{name}" for name in ("db/compiled.json", "db/runs.bin", "db/sketch.bin", "py.typed")}
    assert shipped <= set(names)
    assert not [name for name in names if name.endswith(".yaml")]
    assert loads(tmp_path / "site") == expected


def test_the_source_distribution_builds_the_same_wheel(tmp_path: Path, expected: str) -> None:
    sdist = build(ROOT, "sdist", tmp_path / "dist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(path for path in tmp_path.iterdir() if path.name.startswith("licheck_models-"))
    assert (source / "license_db" / "vocabulary.yaml").is_file()
    assert not (source / "licheck" / "db" / "compiled.json").exists()
    assert loads(source) == expected
    wheel = build(source, "wheel", tmp_path / "again")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    assert loads(tmp_path / "site") == expected


def test_an_editable_install_reads_the_checkout(tmp_path: Path, expected: str) -> None:
    wheel = build(ROOT, "wheel:editable", tmp_path / "dist")
    with zipfile.ZipFile(wheel) as archive:
        link = next(name for name in archive.namelist() if name.endswith(".pth"))
        assert archive.read(link).decode().strip() == str(ROOT)
    assert loads(ROOT) == expected
