"""The reports of `licheck audit`: what is drawn together, what is owed, and that data cannot write the report."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT

from licheck.model.audit import Audit, BadRow, Columns, Group, Judged, Key
from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import Finding, Severity, State
from licheck.report import AUDIT_RENDERERS
from licheck.report.audit_markdown import MOST
from licheck.report.escape import code, plain, prose
from licheck.resolve import rules

HOSTILE = "a|b`c`\n# @team <script> [x](http://evil) \x1b[31m\u202e#1"


def finding(rule: str, source: str, state: State, severity: Severity, **more: Any) -> Finding:
    given: dict[str, Any] = {
        "clause": None,
        "license": "CC-BY-4.0",
        "subject": f"dataset:{source}",
        "message": f"{rule} speaks of {source}",
        "remedy": f"do {rule} for {source}",
        "grade": Grade.A,
        "evidence": (Evidence("CC-BY-4.0", locator="3(a)", quote="words of it"),),
    }
    return Finding(rule=rule, state=state, severity=severity, **(given | more))


def blocker(source: str, **more: Any) -> Finding:
    return finding("non-commercial", source, State.VIOLATED, Severity.BLOCKER, **more)


def review(source: str, **more: Any) -> Finding:
    return finding("unknown-license", source, State.UNDETERMINED, Severity.REVIEW, **({"license": None} | more))


def duty(source: str, rule: str = "attribution", **more: Any) -> Finding:
    return finding(rule, source, State.ACTION_NEEDED, Severity.MUST_FIX, **more)


def judged(
    source: str | None, rows: int, verdict: str, findings: Any = (), duties: Any = (), group: Any = None
) -> Judged:
    made = Group(Key(source, ("cc-by-4.0",)), rows, rows * 10, None, (f"id-{rows}",))
    return Judged(made._replace(**(group or {})), verdict, tuple(findings), tuple(duties))


def audit(*groups: Judged, **more: Any) -> Audit:
    columns = Columns(source="dataset", license="meta.license", tokens="n")
    return Audit("acme/m", "2026.1.1", "0" * 64, columns, groups, manifests=("data/rows.jsonl",))._replace(**more)


def written(found: Audit, form: str) -> str:
    return "".join(AUDIT_RENDERERS[form](found, rules()))


def results(found: Audit) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(written(found, "sarif"))["runs"][0]["results"]
    return listed


def test_alike_findings_are_told_once_and_rows_are_counted_once() -> None:
    # Two ways lead to the same document: stated in the rows, known to the catalogue.
    found = audit(
        judged("org/a", 30, "restricted", [blocker("org/a"), blocker("org/a", grade=Grade.C)]),
        judged("org/b", 10, "restricted", [blocker("org/b")]),
        judged("org/c", 60, "usable"),
    )
    text = written(found, "text")
    assert text.count("blocker[non-commercial]") == 1
    assert (
        "blocker[non-commercial] 40 rows (40.0 %, 400 tokens), reaches you\n    non-commercial speaks of this data"
        in text
    )
    assert "help: do non-commercial for this data" in text
    assert re.search(r"30 +org/a; licence cc-by-4.0; ids id-30\n +10 +org/b; .*ids id-10", text.replace(",", ""))
    assert "columns taken: source ← dataset, license ← meta.license, tokens ← n" in text
    assert "not told by the data: generator, route, date" in text
    assert re.search(r"restricted +40 +40.0 % +2 +400 ", text)
    (one,) = results(found)
    assert (one["properties"]["rows"], one["properties"]["share"], one["properties"]["verdict"]) == (
        40,
        0.4,
        "restricted",
    )
    assert one["properties"]["examples"] == ["id-30", "id-10"]


def test_findings_without_a_document_are_alike_by_what_they_say_of_any_source() -> None:
    unlike = review("org/c", message="org/c is something else")
    found = audit(
        *(judged(source, 5, "undetermined", [review(source)]) for source in ("org/a", "org/b")),
        judged("org/c", 90, "undetermined", [unlike]),
    )
    assert [one["properties"]["rows"] for one in results(found)] == [90, 10]
    text = written(found, "text")
    assert text.index("org/c is something else") < text.index("unknown-license speaks of this data")


def test_a_subject_without_a_name_of_its_own_is_left_as_it_is_told() -> None:
    found = audit(*(judged(s, 1, "undetermined", [review(s, subject="rows", message="of these rows")]) for s in "ab"))
    assert [one["message"]["text"].count("of these rows") for one in results(found)] == [1]
    assert "through" not in written(found, "text")


def test_a_finding_about_a_parent_names_it() -> None:
    text = written(audit(judged("org/child", 1, "restricted", [blocker("org/parent")])), "text")
    assert "org/child; through org/parent; licence" in text


def test_the_heaviest_come_first_however_few_their_rows() -> None:
    found = audit(judged("org/a", 1, "restricted", [blocker("org/a")]), judged("b", 99, "undetermined", [review("b")]))
    assert [one["level"] for one in results(found)] == ["error", "warning"]


def test_what_binds_the_generator_and_what_may_reach_you_stand_apart() -> None:
    def made(source: str, model: str) -> list[Finding]:
        via, of = (f"api:{model}",), {"license": "openai/terms@1"}
        told = f"api:{model} generated {source}, so Terms binds whoever had it do so: no (The rows say {model}.)"
        info, open_ = Severity.INFO, Severity.REVIEW
        return [
            finding("generator-reach", source, State.UNDETERMINED, open_, via=via, **of),
            finding("generator-terms", source, State.NOT_APPLICABLE, info, via=via, message=told, remedy="", **of),
        ]

    groups = [judged(s, 1, "undetermined", made(s, m)) for s, m in (("org/a", "openai/x"), ("org/b", "openai/y"))]
    text = written(audit(*groups), "text")
    assert "review[generator-reach] 2 rows (100 %, 20 tokens), may reach you" in text
    # No model is named for rows of another.
    assert (
        "2 rows of 2 sources: models under these terms generated this data, "
        "so Terms binds whoever had it do so: no\n" in text
    )
    alone = written(audit(groups[0]), "text")
    assert "1 row of org/a: api:openai/x generated org/a" in alone
    said = {one["ruleId"]: (one["level"], one["properties"]["bearing"]) for one in results(audit(*groups))}
    assert said == {
        "generator-reach": ("warning", "may reach you"),
        "generator-terms": ("note", "binds the generator"),
    }


def test_what_is_owed_is_one_entry_for_each_source_and_licence() -> None:
    owing = [duty("org/a"), duty("org/a", "license-copy"), duty("org/a", license="MIT")]
    met = finding("notice", "org/a", State.SATISFIED, Severity.INFO)
    found = audit(
        judged("org/a", 7, "conditional", [], [*owing, met]),
        judged("org/a", 3, "conditional", [], [duty("org/a")]),
        judged("org/b", 2, "conditional", [], [duty("org/b"), duty("org/b", "license-copy")]),
        judged("org/c", 1, "restricted", [blocker("org/c")], [duty("org/c")]),
        judged(None, 4, "conditional", [], [duty("(no source)")]),
    )
    asks = ["do attribution for org/a", "do license-copy for org/a"]
    expected = [
        {"source": None, "license": "CC-BY-4.0", "rows": 4, "asks": ["do attribution for (no source)"]},
        {"source": "org/a", "license": "CC-BY-4.0", "rows": 10, "asks": asks},
        {"source": "org/a", "license": "MIT", "rows": 7, "asks": asks[:1]},
        {"source": "org/b", "license": "CC-BY-4.0", "rows": 2, "asks": [ask.replace("/a", "/b") for ask in asks]},
    ]
    assert json.loads(written(found, "json"))["attribution"] == expected
    assert json.loads(written(found, "sarif"))["runs"][0]["properties"]["attribution"] == expected
    for form in ("text", "markdown"):
        report = written(found, form)
        assert "Owed when a model made from the data goes out" in report
        assert report.count("do license-copy for this data") == 1
        assert "more entries" not in report


def test_json_has_the_form_that_programs_read() -> None:
    found = audit(
        judged("org/a", 1, "restricted", [blocker("org/a")]),
        judged("org/b", 2, "usable", group={"bytes": 5}),
        bad_rows=(BadRow("a.jsonl", 3, "not JSON"),),
        notes=("a note",),
    )
    data = json.loads(written(found, "json"))
    assert (data["schema"], data["verdict"], data["rows"]) == ("licheck-audit/1", "fail", 3)
    assert data["bad_rows"] == [{"path": "a.jsonl", "row": 3, "why": "not JSON"}]
    assert data["columns"] == {"source": "dataset", "license": "meta.license", "tokens": "n"}
    first = data["groups"][0]
    assert (first["source"], first["license"], first["generator"]) == ("org/a", ["cc-by-4.0"], None)
    assert (first["verdict"], first["findings"][0]["rule"]) == ("restricted", "non-commercial")
    assert data["summary"]["usable"] == {"groups": 1, "share": 0.666667, "rows": 2, "tokens": 20, "bytes": 5}
    assert set(data["summary"]) == {"restricted", "undetermined", "conditional", "usable"}
    assert json.loads(written(audit(), "json"))["groups"] == []


def test_json_comes_in_pieces() -> None:
    found = audit(*(judged(f"org/{n}", 1, "usable") for n in range(1_201)))
    pieces = list(AUDIT_RENDERERS["json"](found, {}))
    assert max(map(len, pieces)) < sum(map(len, pieces)) / 2
    assert [g["source"] for g in json.loads("".join(pieces))["groups"]] == [f"org/{n}" for n in range(1_201)]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_the_same_audit_gives_the_same_bytes(form: str) -> None:
    found = audit(*(judged(s, 1, "undetermined", [review(s)], [duty(s)]) for s in ("b", "a", "c")))
    assert written(found, form) == written(found, form)


def hostile() -> Audit:
    more = {"message": f"of {HOSTILE}", "remedy": f"leave {HOSTILE} out"}
    return audit(
        judged(HOSTILE, 1, "undetermined", [review(HOSTILE, **more)], [duty(HOSTILE)], {"examples": (HOSTILE,)}),
        notes=(HOSTILE,),
        bad_rows=(BadRow(HOSTILE, 1, HOSTILE),),
        subject=HOSTILE,
        columns=Columns(source=HOSTILE),
    )


def test_text_holds_no_sign_that_a_terminal_obeys_and_no_line_of_the_data() -> None:
    text = written(hostile(), "text")
    assert all(line.isprintable() for line in text.split("\n"))
    assert not re.search(r"^\s*# @team", text, re.MULTILINE)
    assert r"\x1b[31m\u202e" in text


def test_markdown_shows_what_data_say_and_does_nothing_of_it() -> None:
    report = written(hostile(), "markdown")
    assert all(line.isprintable() for line in report.split("\n"))
    bare = re.sub(
        r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", report
    )  # without code spans, in which nothing has a meaning
    assert "<script>" not in bare
    assert not re.search(r"(?<!\\)\[x\]", bare)
    assert not re.search(r"@\w", bare)
    assert not re.search(r"(?<![\\&])#\d", bare)
    assert "of a\\|b\\`c\\`\\\\n" in bare


def test_markdown_fits_into_a_comment() -> None:
    many = [f"org/{n}-" + "é" * 300 for n in range(2_000)]
    found = audit(
        *(judged(s, 1, "undetermined", [review(s, message=f"{n}: {s}")], [duty(s)]) for n, s in enumerate(many)),
        bad_rows=tuple(BadRow(s, 1, s) for s in many),
    )
    report = written(found, "markdown")
    assert len(report.encode()) <= MOST
    assert re.search(r"- and 1,\d\d\d more, which `--format json` lists", report)
    assert report.endswith("not legal advice.\n")
    assert "and 1,960 more findings, which --format json lists" in written(found, "text")


@pytest.mark.parametrize("text", ["", "`", "``a`", " a ", "a`b``c", "a\nb"])
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)
    fence = re.match("`+", span)[0]
    assert span.endswith(fence)
    assert fence not in re.findall("`+", span[len(fence) : -len(fence)])


def test_long_values_are_cut_and_surrogates_can_be_written() -> None:
    assert len(plain("x" * 10**6, 50)) == len(prose("x" * 10**6, 50)) == 50
    assert plain("a\udc80") == r"a\udc80"


def test_fingerprints_outlive_rows_and_sources_and_tell_findings_apart() -> None:
    def prints(*groups: Judged) -> list[str]:
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results(audit(*groups))]

    a, b = (judged(s, n, "restricted", [blocker(s), review(s)]) for s, n in (("org/a", 1), ("org/b", 9)))
    assert prints(a) == prints(b) == prints(a, b)
    assert len(set(prints(a))) == 2


def test_results_say_where_the_sources_stand() -> None:
    entry = {"path": "data/my list.yaml", "line": 7}
    (one,) = results(audit(judged("org/a", 1, "restricted", [blocker("org/a")], (), entry)))
    (place,) = one["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "data/my%20list.yaml"},
        "region": {"startLine": 7},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "org/a", "kind": "dataset"}]
    rows = results(audit(judged("org/a", 1, "restricted", [blocker("org/a")])))
    assert rows[0]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "data/rows.jsonl"}}
    absolute = audit(
        judged("org/a", 1, "restricted", [blocker("org/a")]), manifests=("/d/ä.csv", "hf://datasets/o/n/*")
    )
    uris = [p["physicalLocation"]["artifactLocation"]["uri"] for p in results(absolute)[0]["locations"]]
    assert uris == ["file:///d/%C3%A4.csv", "hf://datasets/o/n/%2A"]


def test_rules_in_sarif_carry_their_documentation() -> None:
    log = json.loads(written(audit(judged("a", 1, "restricted", [blocker("a"), review("a")])), "sarif"))
    run = log["runs"][0]
    named = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert [run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] for r in run["results"]] == [
        r["ruleId"] for r in run["results"]
    ]
    assert named["non-commercial"]["shortDescription"]["text"] == "Commercial use where a text does not grant it."
    assert "Use instead:" in named["non-commercial"]["help"]["text"]


SMALL = [
    {"id": "r1", "source": "our/tickets", "license": "cc0-1.0", "n_tokens": 30},
    {"id": "r2", "source": "our/papers", "license": "cc-by-nc-4.0", "n_tokens": 10},
    {"id": "r3", "source": "our/chat", "license": "mit", "generator": "gpt-4o", "date": "2025-03-01", "n_tokens": 7},
    {"id": "r4", "source": HOSTILE, "license": "unknown", "n_tokens": 1},
]


def run(folder: Path, form: str) -> str:
    (folder / "small.jsonl").write_text("".join(json.dumps(row) + "\n" for row in SMALL), "utf-8")
    (folder / "licheck.yaml").write_text(
        "licheck: 1\nuses: []\n"
        "project: {name: acme/m, license: mit, distribution: [public-weights], commercial: true}\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "licheck", "audit", "small.jsonl", "--format", form]
    done = subprocess.run(command, cwd=folder, capture_output=True, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 1, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_get_a_table_findings_and_what_bound_the_makers(tmp_path: Path, form: str) -> None:
    report = run(tmp_path, form)
    assert "date ← date" in report
    assert "our/papers" in report
    assert "What bound whoever generated the data" in report
    assert "\x1b" not in report


def test_programs_get_json_of_every_group(tmp_path: Path) -> None:
    groups = {group["source"]: group for group in json.loads(run(tmp_path, "json"))["groups"]}
    assert groups["our/papers"]["verdict"] == "restricted"
    assert groups[HOSTILE]["verdict"] == "undetermined"


@pytest.mark.corpus
def test_sarif_is_valid(tmp_path: Path, corpus: Path) -> None:
    schema = json.loads((corpus / "spec" / "sarif-schema-2.1.0.json").read_text("utf-8"))
    valid = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    for log in (run(tmp_path, "sarif"), written(hostile(), "sarif"), written(audit(manifests=()), "sarif")):
        valid.validate(json.loads(log))
    with pytest.raises(jsonschema.ValidationError):
        valid.validate({"version": "2.1.0"})
