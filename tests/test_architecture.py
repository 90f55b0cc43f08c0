"""Who may import whom: data flows one way, and start-up pays only for what it needs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "licheck"

# Stage → what it may import of licheck. Only the pipeline knows the order of the stages.
ALLOWED = {
    "errors": set(),
    "words": set(),
    "phrases": {"words"},
    "strict_yaml": {"errors"},
    "model": set(),
    "db": {"model", "errors", "strict_yaml", "words", "phrases"},
    "sources": {"errors", ""},
    "evidence": {"model", "strict_yaml"},
    "identify": {"model", "words"},
    "terms": {"model"},
    "policy": {"model", "errors", "strict_yaml", "words"},
    "report": {"model", ""},
    "lineage": {"model", "errors", "sources", "evidence"},
    "lock": {"model", "errors"},
    "data": {"model", "errors", "strict_yaml", "evidence"},
    "audit": {"data", "db", "errors", "gather", "hubdata", "model", "terms", "upstream", "verdicts"},
    "gather": {"data", "errors", "model", "sources", "upstream"},
    "hubdata": {"db", "model", "terms", "upstream"},
    "verdicts": {"data", "db", "evidence", "model", "policy", "terms"},
    "pin": {"upstream", "lock", "db", "model", "policy", "errors"},
    "upstream": {"db", "identify", "lineage", "model", "pipeline", "sources", "terms", "words"},
    "scan": {"upstream", "db", "lineage", "model", "policy", "terms"},
    "pipeline": {"lock", "db", "sources", "evidence", "identify", "terms", "policy", "model", "errors"},
    "maintain": {"db", "identify", "words", "errors"},
    "resolve": {"db", "policy"},
    "cli": {
        *("pipeline", "scan", "pin", "audit", "data", "upstream", "lineage", "lock", "policy", "maintain", "resolve"),
        *("report", "model", "errors", ""),
    },
    "__main__": {"cli"},
    "__init__": set(),
}
# Loaded only when they are needed: a check that passes must not pay for them.
LATE = {"jsonschema", "huggingface_hub", "packaging", "csv", "rich.console", "pydantic"}


def _stage(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {[*name.split("."), ""][1] for name in names if name.split(".")[0] == "licheck"}
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_import_only_what_their_stage_may(path: Path) -> None:
    stage = _stage(path)
    assert _imports(path) - {stage} <= ALLOWED[stage], f"{stage} may import {sorted(ALLOWED[stage])}"


def test_every_stage_is_in_the_table() -> None:
    assert {_stage(path) for path in PACKAGE.rglob("*.py")} == set(ALLOWED)


def test_a_check_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['licheck', 'check', 'examples/support-8b', '--exit-zero']\n"
        "from licheck.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print(sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(ast.literal_eval(done.stderr.splitlines()[-1]))
    assert "licheck.pipeline" in loaded
    assert not loaded & LATE


def test_files_stay_short() -> None:
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p in PACKAGE.rglob("*.py")}
    assert sorted(lengths.values())[len(lengths) // 2] <= 120
    assert {str(p): n for p, n in lengths.items() if n > 300} == {}
