"""What counts as the name of a repository, by the Hub's own rules, and what is only a path."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheck.evidence.ids import MAX_SHOWN, Reference, clean, parent, reference, repo_id
from licheck.model.evidence import Evidence

HERE = Evidence("test")


@pytest.mark.parametrize(
    ("text", "kind", "name", "revision"),
    [
        ("meta-llama/Llama-3.1-8B", "hf", "meta-llama/Llama-3.1-8B", None),
        (" 01-ai/Yi-34B\n", "hf", "01-ai/Yi-34B", None),
        ("_org_/_name_", "hf", "_org_/_name_", None),
        ("org/name@refs%2Fpr%2F1", "hf", "org/name", "refs%2Fpr%2F1"),
        ("https://huggingface.co/org/name", "hf", "org/name", None),
        ("https://huggingface.co/org/name/", "hf", "org/name", None),
        ("http://www.huggingface.co/org/name?library=x#usage", "hf", "org/name", None),
        ("HTTPS://HF.CO/org/name", "hf", "org/name", None),
        ("huggingface.co/org/name.git", "hf", "org/name", None),
        ("hf.co/org/name:Q4_K_M", "hf", "org/name", None),
        ("https://huggingface.co/org/name/tree/v1.0", "hf", "org/name", "v1.0"),
        ("https://huggingface.co/org/name/blob/0123abc/LICENSE", "hf", "org/name", "0123abc"),
        ("https://huggingface.co/datasets/org/name/resolve/main/a.json", "dataset", "org/name", "main"),
        ("https://huggingface.co/models/org/name", "hf", "org/name", None),
        ("https://huggingface.co/data/name", "hf", "data/name", None),
        ("hf://datasets/org/name@v2/a.parquet", "dataset", "org/name", "v2"),
        ("hf:org/name@main", "hf", "org/name", "main"),
        ("dataset:org/name", "dataset", "org/name", None),
        ("gpt2", "hf", "gpt2", None),
        ("https://huggingface.co/bert-base-uncased", "hf", "bert-base-uncased", None),
        ("a" * 96 + "/" + "b" * 96, "hf", "a" * 96 + "/" + "b" * 96, None),
    ],
)
def test_ids_and_addresses_of_the_hub(text: str, kind: str, name: str, revision: str | None) -> None:
    assert reference(text) == Reference(kind, name, revision)
    assert repo_id(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "a/", "/a", "llama", "org/name/deeper", "./org/name", "../name", "~/models", "~me/model"),
        *("/data/llama", "C:\\models\\x", "C:/models", "org\\name", "org/na me", "org/na--me", "org/na..me", "or--g/x"),
        *("-org/name", ".org/name", "org/-name", "org/.name", "org/name-", "org/name.", "org-/name", "a" * 97 + "/b"),
        *("a/" + "b" * 97, "org/näme", "${base}/name", "<org>/<name>", "org/name.gguf", "org/model.safetensors"),
        *("models/llama3-8b-pro", "saves/qwen3-4b", "data/alpaca", "outputs/checkpoint-500", "run7/checkpoint-500"),
        *(
            "10.48550/arXiv.2307.09288",
            "s3://bucket/name",
            "https://example.com/org/name",
            "https://github.com/org/name",
            "ftp://hf.co/org/name",
        ),
        *("https://huggingface.co", "https://huggingface.co/", "https://huggingface.co/org"),
        *("https://huggingface.co/spaces/org/name", "https://huggingface.co.evil.example/org/name"),
        *("https://evil.example/huggingface.co/org/name", "https://huggingface.co/../org/name", "hf:", "dataset:x"),
        *(
            "https://huggingface.co/" + "a" * 97 + "/b",
            "https://huggingface.co/a/" + "b" * 97,
            "org/name\x00",
            "x" * 2000,
        ),
    ],
)
def test_paths_and_other_addresses_are_no_ids(text: str) -> None:
    assert reference(text) is None
    assert repo_id(text) is None


def test_a_parent_that_is_no_id_keeps_its_name() -> None:
    assert parent("/data/llama", "finetune", HERE).of == "name:/data/llama"
    assert parent("org/name@v1", "finetune", HERE).revision == "v1"
    assert parent("org/name@v1", "finetune", HERE, "v2").revision == "v2"
    assert parent("https://huggingface.co/org/name", "train", HERE, kind="dataset").of == "dataset:org/name"


def test_names_are_cleaned_for_the_screen() -> None:
    assert clean("a\x1b[31m\r\nb\u202ec\ud800") == "a [31m b c"
    assert len(clean("x" * 10_000)) == MAX_SHOWN


@given(st.text(max_size=300) | st.from_regex(r"(https://huggingface\.co/)?[\w./@:-]{0,60}"))
def test_every_text_has_an_answer(text: str) -> None:
    found = reference(text)
    if found:
        assert found.kind in ("hf", "dataset")
        assert ".." not in found.id
        assert not found.id.startswith(("/", ".", "-"))
        assert reference(f"https://huggingface.co/{'datasets/' * (found.kind == 'dataset')}{found.id}")
    clean(text).encode()


@pytest.mark.parametrize("text", ["a-" * 400, "a." * 480 + "/" + "b-" * 10, "w" * 999 + "/", "hf.co/" + "-" * 900])
def test_hostile_texts_cost_nothing(text: str) -> None:
    start = time.perf_counter()
    for _ in range(100):
        repo_id(text)
    assert time.perf_counter() - start < 10
