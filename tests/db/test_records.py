"""The data has its own tests: form, references, dates, words, and the texts behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT

from licheck.db import check, texts
from licheck.db import compile as compiler
from licheck.db.store import Database
from licheck.errors import InputError
from licheck.model.reference import Reference
from licheck.policy.schema import schema
from licheck.strict_yaml import load

DB = ROOT / "license_db"


def test_every_record_is_sound() -> None:
    assert [str(problem) for problem in check.problems(DB)] == []


@pytest.mark.corpus
def test_every_anchor_and_digest_holds_against_its_text(corpus: Path) -> None:
    result = texts.compare(DB, corpus)
    assert [str(problem) for problem in result.problems] == []
    assert result.anchors > 1000


@pytest.fixture(scope="module")
def compiled() -> Database:
    return Database(compiler.compile_tree(DB))


def test_every_record_loads_alike_from_yaml_and_compiled(compiled: Database) -> None:
    for folder in ("licenses", "services", "clauses"):
        paths = sorted((DB / folder).glob("*.yaml"))
        assert sorted(compiled.keys(folder)) == sorted(path.stem for path in paths)
        for path in paths:
            assert compiled.record(f"{folder}/{path.stem}") == load(path.read_text("utf-8"), path.name).value


@pytest.mark.parametrize("name", ["models", "datasets"])
def test_every_catalogue_entry_loads_from_the_compiled_form(compiled: Database, name: str) -> None:
    written = load((DB / "catalogue" / f"{name}.yaml").read_text("utf-8"), name).value["entries"]
    for entry in written:
        path = f"license_db/catalogue/{name}.yaml"
        if "*" in entry["match"]:
            assert {**entry, "path": path} in compiled.record(f"catalogue/{name}*")
        else:
            assert compiled.record(f"catalogue/{name}/{entry['match'].lower()}") == {**entry, "path": path}
    find = compiled.model if name == "models" else compiled.dataset
    for key in compiled.keys(f"catalogue/{name}"):
        entry = find(key)
        assert entry and entry.match.lower() == key and entry.evidence.source and entry.why and entry.evidence.path
        for layer in entry.layers:
            assert all(compiled.document(document) for document in layer.one_of)
        for generator in entry.generators:
            assert Reference.parse(generator.of)


def test_every_licence_and_provider_becomes_values(compiled: Database) -> None:
    for name in compiled.keys("licenses"):
        document = compiled.document(name)
        assert document.id == name and document.sources and document.output_rule.value
        assert all(term.section and term.anchor and term.summary for term in document.terms.values())
    for name in compiled.keys("services"):
        provider = compiled.provider(name)
        assert provider and any(slot.documents for slots in provider.routes.values() for slot in slots)


def test_all_records_read_at_once_are_those_read_one_by_one(compiled: Database) -> None:
    everything = compiled.everything()
    assert len(everything) > 3000
    assert all(compiled.record(key) == everything[key] for key in everything)


def test_the_same_records_compile_to_the_same_bytes() -> None:
    assert compiler.compile_tree(DB) == compiler.compile_tree(DB)


def test_the_vocabulary_and_the_manifest_schema_name_the_same_things(compiled: Database) -> None:
    vocabulary, form = compiled.record("vocabulary"), schema()
    project = form["properties"]["project"]["properties"]
    assert sorted(vocabulary["uses"]) == sorted(form["$defs"]["how"]["enum"])
    assert sorted(vocabulary["distributions"]) == sorted(project["distribution"]["items"]["enum"])
    assert sorted(vocabulary["kinds"]) == sorted(project["kind"]["enum"])


def test_a_name_leads_to_its_document_and_a_family_name_to_all_versions(compiled: Database) -> None:
    assert compiled.named("MIT") == ("MIT",)
    assert compiled.named("apache-2.0") == ("Apache-2.0",)
    assert compiled.named("Llama 3.1 Community License") == ("llama3.1",)
    assert compiled.named("gemma") == ("gemma-tou-2024-02-21", "gemma-tou-2024-04-01", "gemma-tou-2025-03-24")
    assert compiled.named("other") == () and compiled.named("llama") == ()


def test_the_most_specific_catalogue_entry_wins(compiled: Database) -> None:
    def documents(repo: str) -> list[str]:
        entry = compiled.model(repo)
        return [] if entry is None else ["/".join(layer.one_of) for layer in entry.layers]

    assert documents("deepseek-ai/DeepSeek-V3") == ["deepseek-1.0"]
    assert "deepseek-1.0" not in documents("deepseek-ai/DeepSeek-V3-0324")
    assert documents("deepseek-ai/DeepSeek-R1") == ["MIT", "deepseek-r1-statement"]
    assert documents("deepseek-ai/DeepSeek-R1-Distill-Llama-8B")[-1] == "llama3.1"
    assert documents("deepseek-ai/DeepSeek-R1-Distill-Llama-70B")[-1] == "llama3.3"
    assert documents("meta-llama/Llama-3.2-11B-Vision-Instruct") == ["llama3.2"]
    assert compiled.model("meta-llama/Llama-3.2-11B-Vision-Instruct").modality == "multimodal"
    assert compiled.model("meta-llama/Llama-3.2-1B").modality == "text"
    assert documents("nobody/has-this") == []


# ---- each check is seen failing on a planted fault


def plant(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the database in which one place of one file is wrong."""
    import shutil

    root = tmp_path / "license_db"
    shutil.copytree(DB, root)
    text = (root / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (root / file).write_text(text.replace(old, new, 1), "utf-8")
    return root


LLAMA = "licenses/llama3.1.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (LLAMA, "id: llama3.1\n", "id: llama3.2\n", "llama3.2 is not the file's name"),
        (LLAMA, "layer: weight-licence", "layer: weights", "not in the vocabulary"),
        (LLAMA, "status: draft", "status: final", "final"),
        (LLAMA, "publisher: Meta", "publisher: Meta\ncolour: red", "unknown key"),
        (LLAMA, "publisher: Meta", "publisher: Meta\npublisher: Facebook", "stands twice"),
        (LLAMA, "  - no-derivatives\n", "", "no-derivatives is not decided"),
        (LLAMA, "absent:\n", "absent:\n  - mau-threshold\n", "present and absent"),
        (LLAMA, "absent:\n", "absent:\n  - no-fun\n", "no-fun is no clause"),
        (LLAMA, "position: prefix", "position: front", "not in the vocabulary"),
        (LLAMA, "more_than: 700000000", "more_than: many", "not a integer"),
        (LLAMA, "more_than: 700000000", "more_than: 700000000, colour: 3", "no such parameter"),
        (LLAMA, "trigger: [use]", "trigger: [sleep]", "not in the vocabulary"),
        (LLAMA, "document: llama3.1-aup", "document: llama3.9-aup", "no record llama3.9-aup"),
        (LLAMA, "value: keeps-governing", "value: maybe", "not in the vocabulary"),
        (LLAMA, "anchor: include “Llama” at the beginning", "anchor: a b c d e f g h i", "at most 8"),
        ("services/openai.yaml", "forbidden-competing-with-exceptions", "forbidden", "not in the vocabulary"),
        ("services/openai.yaml", "to: 2025-12-31", "to: 2026-03-31", "runs to 2026-03-31"),
        ("services/openai.yaml", "to: 2025-12-31", "to: 2024-12-31", "before it begins"),
        (
            "services/openai.yaml",
            "{document: openai/services-agreement}",
            "{document: openai/none}",
            "not in this file",
        ),
        ("clauses/update-duty.yaml", "phrases:\n", 'phrases:\n  - "{nolist} word"\n', "is no list in words.yaml"),
        ("clauses/update-duty.yaml", "phrases:\n", 'phrases:\n  - {say: "may ..x not"}\n', "is no gap"),
        ("clauses/update-duty.yaml", "read:\n", 'read:\n  x: {value: y, where: "<hue>"}\n', "nothing to read out"),
        ("catalogue/models.yaml", "documents: [llama3.1]", "documents: [llama9]", "no record llama9"),
        ("web_sources.yaml", "kind: crawl", "kind: crowl", "is not one of"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    found = [str(problem) for problem in check.problems(plant(tmp_path, file, old, new))]
    assert any(says in text and text.startswith(f"license_db/{file}:") for text in found), found
    assert all("help:" in text for text in found)


@pytest.mark.corpus
def test_an_anchor_that_is_not_in_the_text_is_found(tmp_path: Path, corpus: Path) -> None:
    root = plant(tmp_path, LLAMA, "include “Llama” at the beginning", "include “Llama” at the end")
    assert any("does not stand in" in str(problem) for problem in texts.compare(root, corpus).problems)


def test_a_damaged_compilation_is_made_anew_in_a_checkout_and_refused_elsewhere(tmp_path: Path) -> None:
    target = tmp_path / "compiled.json"
    compiler.write(DB, target)
    whole = target.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:40], b"\0" * 100, b""):
        target.write_bytes(damaged)
        assert Database.open(DB, target).document("MIT").id == "MIT"
        assert target.read_bytes() == whole
        target.write_bytes(damaged)
        with pytest.raises(InputError, match=r"missing|damaged"):
            Database.open(tmp_path / "nowhere", target)


def test_a_changed_clause_changes_the_verdict_at_once(tmp_path: Path) -> None:
    """In a checkout the YAML decides, however fresh the compiled file looks."""
    root = plant(tmp_path, LLAMA, "words: [Llama]", "words: [Lama]")
    target = tmp_path / "compiled.json"
    compiler.write(DB, target)
    before = Database.open(DB, target).document("llama3.1").terms["naming-prefix-required"].params["words"]
    after = Database.open(root, target).document("llama3.1").terms["naming-prefix-required"].params["words"]
    assert (before, after) == (["Llama"], ["Lama"])
