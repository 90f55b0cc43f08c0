"""The shipped pre-commit hook, run by the real pre-commit from this very checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from licheck.strict_yaml import load

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]


def run(command: list[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **env}, timeout=300
    )


@pytest.fixture(scope="module")
def hook_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository that holds the hooks file as shipped and this tool as it is in the work tree."""
    repo = tmp_path_factory.mktemp("hook")
    listed = run(["git", "ls-files", "-co", "--exclude-standard"], ROOT).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (repo / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, repo / name)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "hook"]):
        assert run([*GIT, *command], repo).returncode == 0
    return repo


def project(folder: Path, hook_repo: Path, manifest: str) -> Path:
    (folder / "licheck.yaml").write_text(manifest, "utf-8")
    head = run(["git", "rev-parse", "HEAD"], hook_repo).stdout.strip()
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hook_repo}\n  rev: {head}\n  hooks:\n  - id: licheck-check\n", "utf-8"
    )
    assert run([*GIT, "init", "-q"], folder).returncode == 0
    assert run([*GIT, "add", "-A"], folder).returncode == 0
    return folder


CLEAN = "licheck: 1\nproject: {name: acme/Thing, license: mit, distribution: [internal]}\nuses: []\n"
DIRTY = """licheck: 1
project: {name: acme/Thing, license: mit, distribution: [internal], commercial: true}
uses:
  - {of: "dataset:tatsu-lab/alpaca", how: train}
"""


def test_the_hook_lets_a_clean_project_pass_and_stops_another(tmp_path: Path, hook_repo: Path) -> None:
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"]
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    for name, manifest, code in (("clean", CLEAN, 0), ("dirty", DIRTY, 1)):
        folder = tmp_path / name
        folder.mkdir()
        done = run(command, project(folder, hook_repo, manifest), **home)
        assert done.returncode == code, done.stdout + done.stderr
        assert ("non-commercial" in done.stdout) == bool(code)


def test_the_hook_file_names_a_verb_that_exists() -> None:
    hooks = load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"), "hooks").value
    assert [hook["id"] for hook in hooks] == ["licheck-check"]
    done = run([sys.executable, "-m", *hooks[0]["entry"].split(), "--help"], ROOT)
    assert done.returncode == 0 and "licheck.yaml" in done.stdout
