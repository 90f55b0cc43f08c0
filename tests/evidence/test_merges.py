"""Merge configs as mergekit reads them: every model that went in, each once, with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheck.evidence.merges import MAX_DOCUMENTS, parents


def read(text: str) -> list[tuple[str, str, int | None, str | None]]:
    found, problems = parents("mergekit_config.yml", text)
    assert problems == ()
    assert {p.evidence.source for p in found} <= {"merge config"}
    return [(p.of, p.relation, p.evidence.line, p.evidence.locator) for p in found]


def test_a_model_that_stands_twice_is_one_parent() -> None:
    text = (
        "slices:\n  - sources: [{model: a/x, layer_range: [0, 8]}]\n  - sources: [{model: b/y}, {model: a/x}]\n"
        "    base_model: c/z\nmerge_method: passthrough\nbase_model: a/x\n"
    )
    assert read(text) == [
        ("hf:a/x", "merge", 2, "slices[0].sources[0].model"),
        ("hf:b/y", "merge", 3, "slices[1].sources[0].model"),
        ("hf:c/z", "merge", 4, "slices[1].base_model"),
    ]


def test_modules() -> None:
    text = "modules:\n  vision:\n    models: [{model: a/x}]\n"
    text += "  text:\n    slices:\n      - sources:\n          - model: b/y\n"
    assert [(of, at) for of, _, _, at in read(text)] == [
        ("hf:a/x", "modules.vision.models[0].model"),
        ("hf:b/y", "modules.text.slices[0].sources[0].model"),
    ]


def test_experts() -> None:
    text = (
        "base_model: a/base\nexperts:\n  - source_model: a/x\n    positive_prompts: ['model: no/model']\n"
        "shared_experts:\n  - source_model: b/y\n"
    )
    assert [of for of, *_ in read(text)] == ["hf:a/base", "hf:a/x", "hf:b/y"]


def test_an_evolved_merge_lists_plain_names() -> None:
    text = (
        "genome:\n  models:\n    - a/x\n    - b/y\n  merge_method: ties\n  base_model: c/z\n  tokenizer_source: d/t\n"
    )
    assert read(text + "tasks:\n  - name: gsm8k\n") == [
        ("hf:a/x", "merge", 3, "genome.models[0]"),
        ("hf:b/y", "merge", 4, "genome.models[1]"),
        ("hf:c/z", "merge", 6, "genome.base_model"),
        ("hf:d/t", "tokenizer", 7, "genome.tokenizer_source"),
    ]


@pytest.mark.parametrize("source", ["union", "base", "null", ""])
def test_a_tokenizer_of_the_merged_models_is_no_parent(source: str) -> None:
    assert read(f"models:\n  - model: a/x\ntokenizer_source: {source}\n") == [("hf:a/x", "merge", 2, "models[0].model")]


def test_tokenizers_and_single_tokens() -> None:
    text = (
        "models: [{model: a/x}]\ntokenizer:\n  source: union\n  tokens:\n    <|im_start|>:\n      source: b/y\n"
        "    <|im_end|>:\n      source: {kind: model_token, model: c/z, token_id: 7}\n    <pad>:\n"
        "      source: {kind: zero}\n      force: true\n"
    )
    assert read(text)[1:] == [
        ("hf:b/y", "tokenizer", 6, "tokenizer.tokens.<|im_start|>.source"),
        ("hf:c/z", "tokenizer", 8, "tokenizer.tokens.<|im_end|>.source"),
    ]
    assert read("tokenizer_source: model:a/x\n") == [("hf:a/x", "tokenizer", 1, "tokenizer_source")]


def test_revisions_and_adapters() -> None:
    found, problems = parents("m.yml", "models:\n  - model: a/x@v1+b/lora@0123abc\n  - model: /data/base+b/lora\n")
    assert [(p.of, p.revision) for p in found] == [
        ("hf:a/x", "v1"),
        ("hf:b/lora", "0123abc"),
        ("name:/data/base", None),
        ("hf:b/lora", None),
    ]
    assert problems == ()
    assert found[1].evidence.quote == "a/x@v1+b/lora@0123abc"


def test_references_that_are_spelt_out() -> None:
    text = (
        "models:\n  - model:\n      model: {path: a/x, revision: 7}\n      lora: {path: b/lora, revision: null}\n"
        "      override_architecture: LlamaForCausalLM\n"
    )
    found, _ = parents("m.yml", text)
    assert [(p.of, p.revision, p.evidence.quote) for p in found] == [
        ("hf:a/x", "7", "a/x@7+b/lora"),
        ("hf:b/lora", None, "a/x@7+b/lora"),
    ]


def test_names_of_other_documents_are_no_parents() -> None:
    text = (
        "---\nname: first\nmodels:\n  - model: a/x\n--- # next\nmodels:\n  - model: first\n  - model: first+b/lora\n"
        "  - model: second\n...\n---\nname: third\nbase_model: third\n"
    )
    assert read(text) == [
        ("hf:a/x", "merge", 4, "models[0].model"),
        ("hf:b/lora", "merge", 8, "models[1].model"),
        ("name:second", "merge", 9, "models[2].model"),
        ("name:third", "merge", 13, "base_model"),
    ]


def test_markers_within_texts_and_directives() -> None:
    assert [
        of for of, *_ in read("%YAML 1.2\n---\nmodels:\r\n  - model: a/x\r\nnote: |\n  ---\n  ...\n  x: ---\n")
    ] == ["hf:a/x"]


def test_what_cannot_be_parsed_is_read_by_line_and_said() -> None:
    text = "models:\n  - model: a/x # first\n  - model: 'b/y'\n"
    text += "parameters: *shared\ntokenizer_source: c/z\nnote: model: d/no\n"
    found, problems = parents("m.yml", f"models: [{{model: e/f}}]\n---\n{text}")
    assert [(p.of, p.relation, p.evidence.line) for p in found] == [
        ("hf:e/f", "merge", 1),
        ("hf:a/x", "merge", 4),
        ("hf:b/y", "merge", 5),
        ("hf:c/z", "tokenizer", 7),
    ]
    assert problems == ("m.yml:6: an alias (*name) is not allowed",)


def test_second_keys_are_said() -> None:
    found, problems = parents("m.yml", "base_model: a/x\nbase_model: b/y\n")
    assert [p.of for p in found] == ["hf:b/y"]
    assert problems == ("m.yml:2: the key stands twice (first on line 1)",)


@pytest.mark.parametrize(
    "text",
    ["", "\n", "---\n---\n", "[]", "- 1", "7", "text", "models: 7", "models: [7, null, [a/x]]", "tokenizer: [x]"],
)
def test_what_names_no_model(text: str) -> None:
    assert read(text) == []


def test_limits() -> None:
    found, problems = parents("m.yml", "---\nbase_model: a/x\n" * (MAX_DOCUMENTS + 1))
    assert [p.of for p in found] == ["hf:a/x"]
    assert problems == (f"m.yml: more than {MAX_DOCUMENTS} documents, the rest was not read",)
    found, problems = parents("m.yml", "#" * 1_000_001)
    assert found == ()
    assert len(problems) == 1


@given(st.text(alphabet="-. \n:[]{}model%&*!\"'ab/+@#", max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    parents("m.yml", text)


@pytest.mark.parametrize(
    "text", ["- model: a/b\n" * 76_000, "---\n" * 249_000, "model: [\n" * 110_000, "-\n" * 499_000]
)
def test_hostile_texts_are_bounded(text: str) -> None:
    start = time.perf_counter()
    parents("m.yml", text)
    assert time.perf_counter() - start < 15  # measured 1.7 s


def test_ten_thousand_models() -> None:
    text = "models:\n" + "".join(f"  - model: org{n}/model{n}\n" for n in range(10_000))
    start = time.perf_counter()
    found, _ = parents("m.yml", text)
    assert time.perf_counter() - start < 5  # measured 0.4 s
    assert len(found) == 10_000


@pytest.mark.corpus
def test_real_configs_all_name_models_of_the_hub(corpus: Path) -> None:
    files = sorted((corpus / "configs" / "mergekit").glob("*.yml"))
    assert len(files) >= 7
    for file in files:
        found, problems = parents(file.name, file.read_text("utf-8"))
        assert problems == ()
        assert found
        assert all(p.of.startswith("hf:") for p in found), file
        lines = file.read_text("utf-8").splitlines()
        assert all(p.of.removeprefix("hf:") in lines[(p.evidence.line or 0) - 1] for p in found)
