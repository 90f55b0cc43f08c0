"""Writes the report of one upstream of the example into the README, as the tool prints it today."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from licheck.pipeline import check
from licheck.report.text import render

ROOT = Path(__file__).resolve().parents[1]
SUBJECT = "hf:meta-llama/Llama-3.1-8B-Instruct"

if __name__ == "__main__":
    printed = render(check(ROOT / "examples" / "support-8b", date(2026, 11, 21))).replace(f"{ROOT}/", "")
    group = re.search(rf"^{re.escape(SUBJECT)}\n  under.*?(?=\n\n\S)", printed, re.DOTALL | re.MULTILINE)
    assert group
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    block = re.compile(r"(<!-- output -->\n```text\n).*?(```)", re.DOTALL)
    readme.write_text(block.sub(lambda m: f"{m[1]}{group[0]}\n{m[2]}", text), "utf-8")
