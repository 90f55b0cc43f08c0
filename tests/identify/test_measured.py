"""What the phrases find in the texts that records were read from, by the figures of the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.mark.corpus
def test_phrases_find_what_people_found(corpus: Path) -> None:
    command = [sys.executable, "benchmarks/clauses.py", str(corpus / "corpus" / "licenses")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=env)
    rows = {line[:32].strip(): line[32:].split() for line in done.stdout.splitlines()[1:]}
    held, found, _, _, precision, recall, *params = rows["all"]
    assert int(held) > 1000 and int(found) > 1000
    assert float(precision) >= 0.97 and float(recall) >= 0.97, done.stdout
    assert float(params[-1]) >= 0.95, done.stdout
    weak = {name for name, row in rows.items() if int(row[0]) >= 10 and min(float(row[4]), float(row[5])) < 0.9}
    assert weak == set(), done.stdout
