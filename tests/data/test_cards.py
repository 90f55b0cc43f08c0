"""Dataset cards: what their front matter says of licence and sources, and hostile ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, declared

from licheck.audit import Options, audit
from licheck.data.cards import MAX_BYTES, read
from licheck.errors import InputError
from licheck.model.audit import Audit, Key
from licheck.model.project import Project

TRAINING = Project("acme/model", distribution=("public-weights",), commercial=True, competes="yes")


def card(folder: Path, *lines: str) -> Path:
    path = folder / "README.md"
    path.write_bytes("\r\n".join(["---", *lines, "---", "# A dataset"]).encode())
    return path


def audited(path: Path) -> Audit:
    return audit([str(path)], declared(TRAINING), TODAY, Options(), lambda done, known: None)


def test_licence_and_sources_of_a_card(tmp_path: Path) -> None:
    path = card(
        tmp_path,
        "pretty_name: Our mix",
        "license: [mit, cc-by-4.0]",
        "source_datasets: [original, org/a, extended|squad, extended|other-web]",
        "datasets: org/b",
    )
    _, group, parents = read(path, lambda text: False)
    assert (group.key, group.path, group.line) == (Key("Our mix", ("cc-by-4.0", "mit")), str(path), 3)
    assert parents == (Key("org/b"), Key("org/a"), Key("squad"))


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["license: cc-by-nc-4.0"], "restricted"),
        (["license: other", "license_name: cc-by-nc-4.0"], "restricted"),
        (
            ["license: other", "license_name: ours", "license_link: https://creativecommons.org/licenses/by-nc/4.0/"],
            "restricted",
        ),
        (["license: other", "license_name: ours", "license_link: LICENSE"], "undetermined"),
        (["license: other"], "undetermined"),
        (["license: unknown"], "undetermined"),
        (["language: en"], "undetermined"),
        (["license: mit", "source_datasets: tatsu-lab/alpaca"], "restricted"),
        (["license: mit", "source_datasets: nobody/knows-this"], "undetermined"),
    ],
)
def test_a_card_is_judged_with_what_it_was_made_from(tmp_path: Path, lines: list[str], verdict: str) -> None:
    assert [judged.verdict for judged in audited(card(tmp_path, *lines)).groups] == [verdict]


def test_a_permissive_card_is_clear(tmp_path: Path) -> None:
    assert audited(card(tmp_path, "license: mit")).groups[0].verdict in ("usable", "conditional")


def test_a_card_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    assert audited(card(tmp_path, "license: mit")).groups[0].group.key.source == (tmp_path / "README.md").as_posix()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# Only a title\n", 1, "no front matter"),
        ("---\nlicense: mit\n", 1, "no front matter"),
        ("---\n- mit\n---\n", 1, "no mapping"),
        ("---\nlicense: [mit\n---\n", None, "not valid YAML"),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n", 3, "alias"),
        ("---\nlicense: mit\nlicense: cc-by-nc-4.0\n---\n", 3, "stands twice"),
        ("---\na: " + "[" * 5000 + "\n---\n", 2, "nested"),
        ("---\nlicense: !!python/object/apply:os.system [ls]\n---\n", 2, "tag"),
    ],
)
def test_a_card_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int | None, message: str
) -> None:
    path = tmp_path / "README.md"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        audited(path)
    assert caught.value.problems[0].path == str(path)
    assert line is None or caught.value.problems[0].line == line
    assert message in str(caught.value)


def test_a_huge_card_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = card(tmp_path, "license: mit")
    with path.open("ab") as file:
        file.truncate(100_000_000)
    with pytest.raises(InputError, match=f"larger than {MAX_BYTES:,} bytes"):
        audited(path)


def test_lists_cards_and_rows_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("- {source: ours, license: mit, rows: 5}\n", "utf-8")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"source": "x", "license": "cc-by-nc-4.0"}\n' * 3, "utf-8")
    paths = [str(tmp_path / "data.yaml"), str(card(tmp_path, "license: mit")), str(rows)]
    found = audit(paths, declared(TRAINING), TODAY, Options(), lambda done, known: None)
    assert (found.rows, len(found.groups), found.verdict) == (9, 3, "fail")
    assert found.groups[0].verdict == "restricted"
    clean = tmp_path / "clean.jsonl"
    audit(paths, declared(TRAINING), TODAY, Options(clean=clean), lambda done, known: None)
    assert clean.read_text("utf-8") == ""
    with pytest.raises(InputError, match="holds no rows"):
        audit(paths[:2], declared(TRAINING), TODAY, Options(clean=clean), lambda done, known: None)


def test_the_card_of_a_folder_counts_for_the_rows_below_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"source": "our/x", "license": "mit"}\n', "utf-8")
    card = tmp_path / "README.md"
    card.write_text("---\nlicense: cc-by-nc-4.0\n---\n", "utf-8")
    told = {(f.rule, f.license) for j in audited(tmp_path).groups for f in j.findings if f.state.value == "violated"}
    assert told == {("non-commercial", "CC-BY-NC-4.0")}
    card.write_text("---\nlicense: mit\nsource_datasets: [tatsu-lab/alpaca]\n---\n", "utf-8")
    assert audited(tmp_path).verdict == "fail"
    for text in ("---\nlicense: mit\n---\n", "# No front matter\n"):
        card.write_text(text, "utf-8")
        assert audited(tmp_path).verdict == "pass"
