"""What the tests of input share: a manifest that passes, ways to break it, and the command as users run it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from licheck.errors import InputError, Problem
from licheck.policy import manifest as manifests


def _reads_everything() -> bool:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


unprivileged = pytest.mark.skipif(_reads_everything(), reason="this user may read everything")
GOOD = """\
licheck: 1
project:
  name: acme/Small-1B
  license: apache-2.0
uses: []
"""
FULL = """\
licheck: 1
project:
  name: acme/Support-8B
  kind: model
  license: [apache-2.0, mit]
  path: .
  distribution: [public-weights, product]
  commercial: true
  monthly_active_users: 40_000
  annual_revenue_usd: 3000000
  domicile: NO
  territories: [US, EEA]
  fields: [customer-support]
  competes: no
uses:
  - of: hf:meta-llama/Llama-3.1-8B-Instruct@v1.0
    how: [finetune, merge]
    revision: 0123
  - of: api:openai/gpt-4o
    how: generate-training-data
    when: 2025-07-14/2025-08
    feature: batch
    account: {plan: team, region: US}
    obtained_by: self
  - of: dataset:acme/tickets
    how: train
    when: 2025
    license: CC-BY-4.0
policy:
  fail_on: must-fix
  allow: [Apache-2.0]
  deny: [GPL-3.0]
  exceptions:
    - {of: "hf:meta-llama/*", clause: attribution-display, reason: "in the About box", until: 2027-01-01}
  clarify:
    - of: dataset:acme/tickets
      license: CC-BY-4.0
      because: {path: DATA.md, sha256: "%s"}
""" % ("0a" * 32)


def project(folder: Path, manifest: str = GOOD, **files: str) -> Path:
    """Write a project whose card declares what the manifest does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Small\n", "utf-8")
    (folder / "licheck.yaml").write_text(manifest, "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def problems(path: Path, manifest: str | bytes | None = None) -> list[Problem]:
    """Return what is wrong with a manifest; every complaint has to say what to write."""
    if manifest is not None:
        path.write_bytes(manifest if isinstance(manifest, bytes) else manifest.encode())
    try:
        manifests.read(path)
    except InputError as error:
        assert error.exit_code == 2
        assert all(p.path == str(path) and p.message and p.help for p in error.problems), error
        return list(error.problems)
    return []


def licheck(*args: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command; whatever happens, nobody sees a traceback and no output goes astray."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LICHECK_DEBUG", "SOURCE_DATE_EPOCH")} | env
    command = [sys.executable, "-m", "licheck", *map(os.fsencode, args)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=60, check=False)
    if "LICHECK_DEBUG" not in env:
        assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode()
    assert done.returncode in (0, 1, 2, 3, 4)
    if done.returncode > 1:
        assert done.stdout == b""
        assert b"help:" in done.stderr
    return done
