"""The shipped example, and its compliant twin made from the real texts."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, attention

from licheck.model.report import Report
from licheck.pipeline import check
from licheck.report import RENDERERS

EXAMPLE = ROOT / "examples" / "support-8b"
LLAMA, GEMMA = "hf:meta-llama/Llama-3.1-8B-Instruct", "hf:google/gemma-2-9b-it"
GPT, R1, ALPACA = "api:openai/gpt-4o", "host:together/deepseek-ai/DeepSeek-R1", "dataset:tatsu-lab/alpaca"

STORY = {
    ("acme/Support-8B", "relicensing", "action-needed"),
    (LLAMA, "naming-prefix-required", "action-needed"),
    (LLAMA, "attribution-display", "action-needed"),
    (LLAMA, "notice-file-required", "action-needed"),
    (LLAMA, "license-copy-required", "action-needed"),
    (LLAMA, "aup-incorporated", "action-needed"),
    (GEMMA, "notice-file-required", "action-needed"),
    (GEMMA, "license-copy-required", "action-needed"),
    (GEMMA, "use-restrictions-flowdown", "action-needed"),
    (GPT, "anti-distillation", "undetermined"),
    (ALPACA, "non-commercial", "violated"),
    (ALPACA, "anti-distillation", "undetermined"),
}


@pytest.fixture(scope="module")
def story() -> Report:
    return check(EXAMPLE, TODAY)


def test_the_example_tells_the_whole_story_and_nothing_else(story: Report) -> None:
    assert attention(story) == STORY
    assert story.verdict == "fail"


def test_every_finding_names_document_section_words_and_remedy(story: Report) -> None:
    for finding in story.findings:
        assert any(e.path and e.line for e in finding.evidence), finding
        if finding.severity != "info":
            assert finding.remedy, finding
        if finding.clause and finding.license and finding.grade not in ("D", "X"):
            assert any(e.locator and e.quote and e.sha256 for e in finding.evidence), finding


def test_the_name_is_proposed_and_the_notice_line_is_given_word_for_word(story: Report) -> None:
    by_clause = {(f.subject, f.clause): f for f in story.findings}
    assert "acme/Llama-Support-8B" in by_clause[LLAMA, "naming-prefix-required"].remedy
    line = "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc."
    assert line in by_clause[LLAMA, "notice-file-required"].remedy
    display = by_clause[LLAMA, "attribution-display"].remedy
    assert "“Built with Llama”" in display and "product documentation" in display


def test_what_to_declare_instead_of_apache_is_said(story: Report) -> None:
    relicensing = next(f for f in story.findings if f.rule == "relicensing")
    assert "license: other" in relicensing.remedy and "LicenseRef-llama3.1 AND LicenseRef-gemma" in relicensing.remedy


def test_gpt_4o_is_judged_by_the_agreement_in_force_with_its_exceptions(story: Report) -> None:
    finding = next(f for f in story.findings if f.subject == GPT and f.severity != "info")
    assert finding.license == "openai/services-agreement@2025-05-31"
    assert "excepted: classifiers" in finding.message and finding.grade == "A"


def test_deepseek_through_together_is_fine_and_the_report_says_why(story: Report) -> None:
    states = {f.license: f.state.value for f in story.findings if f.subject == R1 and f.rule == "output-training"}
    assert states["MIT"] == states["deepseek-r1-statement"] == "satisfied"
    assert any(name and name.startswith("together/") and state == "satisfied" for name, state in states.items())
    artifact = next(a for a in story.artifacts if a.id == R1)
    assert "own service terms do not apply" in artifact.why
    assert not any((f.license or "").startswith("deepseek/") for f in story.findings)


def test_the_reported_clause_is_shown_beside_the_text_at_grade_x(story: Report) -> None:
    reported = [f for f in story.findings if f.rule == "reported"]
    assert reported and all(f.grade == "X" and f.severity == "info" for f in reported)


def test_what_binds_the_generator_and_what_reaches_acme_are_two_findings(story: Report) -> None:
    rules = {
        f.rule: f.severity.value for f in story.findings if f.subject == ALPACA and f.clause == "anti-distillation"
    }
    assert rules == {"generator-terms": "info", "generator-reach": "review"}


def test_the_same_input_gives_the_same_bytes() -> None:
    for render in RENDERERS.values():
        assert render(check(EXAMPLE, TODAY)) == render(check(EXAMPLE, TODAY))


# ---- the twin

README = """---
license: other
license_name: llama3.1-and-gemma
license_link: LICENSE
base_model: [meta-llama/Llama-3.1-8B-Instruct, google/gemma-2-9b-it]
---
# Llama-Support-8B

Built with Llama. A merge of two fine-tunes.
"""
NOTICE = """Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. \
All Rights Reserved.

Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms
"""


@pytest.fixture
def twin(tmp_path: Path, text_of: Callable[[str], str]) -> Path:
    """The example, done right: the name, the files and the front matter, without the data that cannot be used."""
    folder = tmp_path / "twin"
    shutil.copytree(EXAMPLE, folder)
    manifest = (folder / "licheck.yaml").read_text("utf-8")
    manifest = manifest.replace("acme/Support-8B", "acme/Llama-Support-8B").replace("apache-2.0", "other")
    manifest = manifest.replace("competes: unknown", "competes: no")
    manifest = re.sub(r"  - of: dataset:tatsu-lab/alpaca\n    how: train\n", "", manifest)
    files = {
        "licheck.yaml": manifest,
        "README.md": README,
        "NOTICE": NOTICE,
        "LICENSE": "Our own part is offered under the same terms as what it was made from.\n",
        "LICENSE-llama3.1.txt": text_of("llama3.1"),
        "LICENSE-gemma.txt": text_of("gemma-tou-2025-03-24"),
        "USE_POLICY-llama3.1.md": text_of("llama3.1-aup"),
        "USE_POLICY-gemma.md": text_of("gemma-pup-2024-02-21"),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")

    return change


def _drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.corpus
def test_the_twin_is_silent_and_every_duty_is_told_as_met(twin: Path) -> None:
    report = check(twin, TODAY)
    assert attention(report) == set()
    assert report.verdict == "pass"
    assert {duty.state.value for duty in report.obligations} == {"satisfied"}
    assert len(report.obligations) == 10


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("take_away", "expected"),
    [
        (_edit("licheck.yaml", "Llama-Support", "Support"), (LLAMA, "naming-prefix-required")),
        (_edit("README.md", "Built with Llama. ", ""), (LLAMA, "attribution-display")),
        (_edit("NOTICE", "Llama 3.1 is licensed", "Llama 3.1 was licensed"), (LLAMA, "notice-file-required")),
        (_edit("NOTICE", "Gemma is provided", "Gemma was provided"), (GEMMA, "notice-file-required")),
        (_drop("LICENSE-llama3.1.txt"), (LLAMA, "license-copy-required")),
        (_drop("LICENSE-gemma.txt"), (GEMMA, "license-copy-required")),
        (_edit("LICENSE-gemma.txt", "California", "Nevada"), (GEMMA, "license-copy-required")),
        (_drop("USE_POLICY-llama3.1.md"), (LLAMA, "aup-incorporated")),
        (_drop("USE_POLICY-gemma.md"), (GEMMA, "use-restrictions-flowdown")),
        (_edit("README.md", "license: other", "license: apache-2.0"), ("acme/Llama-Support-8B", "relicensing")),
        (_edit("licheck.yaml", "license: other", "license: mit"), ("acme/Llama-Support-8B", "relicensing")),
        (_edit("README.md", "license: other\n", ""), ("acme/Llama-Support-8B", "declared-license")),
        (_edit("licheck.yaml", "competes: no", "competes: yes"), (GPT, "anti-distillation")),
    ],
)
def test_each_duty_taken_away_gives_exactly_its_one_finding(
    twin: Path, take_away: Callable[[Path], None], expected: tuple[str, str]
) -> None:
    take_away(twin)
    assert {(subject, topic) for subject, topic, _ in attention(check(twin, TODAY))} == {expected}


@pytest.mark.corpus
def test_the_words_are_cut_from_the_users_own_copy(twin: Path) -> None:
    (twin / "README.md").write_text(README.replace("Built with Llama. ", ""), "utf-8")
    finding = next(f for f in check(twin, TODAY).findings if f.clause == "attribution-display")
    words = finding.evidence[0]
    assert words.path and words.path.endswith("LICENSE-llama3.1.txt") and words.line
    quoted = (twin / "LICENSE-llama3.1.txt").read_text("utf-8").split("\n")[words.line - 1]
    assert words.quote and "prominently display" in words.quote and words.quote.split()[0] in quoted


def _wrapped(text: str) -> str:
    return "\n".join(line for paragraph in text.split("\n") for line in (textwrap.wrap(paragraph, 72) or [""]))


@pytest.mark.corpus
@pytest.mark.parametrize(
    "arrange",
    [
        lambda t: {"LICENSE": "\n\n".join(t.values())},
        lambda t: {f"licenses/{name}.txt": text for name, text in t.items()},
        lambda t: {f"{name}.LICENSE.txt": text.replace("\n", "\r\n") for name, text in t.items()},
        lambda t: {f"LICENSE.{name}": _wrapped(text) for name, text in t.items()},
        lambda t: {f"docs/{name}.md": "> " + text.replace("\n", "\n> ") for name, text in t.items()},
        lambda t: {f"LICENSE-{name}": f"\ufeff{text.upper()}" for name, text in t.items()},
        lambda t: {"README.md": README + "\n## Licences\n\n" + "\n\n".join(t.values())},
    ],
    ids=["one file", "folder", "CRLF", "wrapped", "quoted", "BOM and capitals", "in the README"],
)
def test_agreements_are_found_however_they_are_kept(
    twin: Path, text_of: Callable[[str], str], arrange: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    names = ("llama3.1", "llama3.1-aup", "gemma-tou-2024-04-01", "gemma-pup-2024-02-21")
    for path in (*twin.glob("LICENSE*"), *twin.glob("USE_POLICY*")):
        path.unlink()
    for name, text in arrange({name: text_of(name) for name in names}).items():
        (twin / name).parent.mkdir(exist_ok=True)
        (twin / name).write_bytes(text.encode())
    assert attention(check(twin, TODAY)) == set()


def test_json_has_the_form_that_other_programs_read() -> None:
    data = json.loads(RENDERERS["json"](check(EXAMPLE, TODAY)))
    assert data["schema"] == "licheck-report/1"
    assert set(data) == {
        *("schema", "tool", "database", "verdict", "artifacts", "findings", "obligations", "skipped", "lock", "summary")
    }
    assert {"id", "kind", "revision", "route", "declared", "found", "concluded", "why", "modified", "upstream"} == set(
        data["artifacts"][0]
    )
    assert set(data["findings"][0]) == {
        *("rule", "clause", "license", "subject", "via", "state", "severity", "message", "remedy", "grade"),
        *("excepted_by", "evidence"),
    }
    assert set(data["findings"][0]["evidence"][0]) == {
        *("source", "path", "line", "end_line", "quote", "locator", "url", "sha256")
    }
    assert data["summary"]["excepted"] == 0
