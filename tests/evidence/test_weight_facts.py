"""What the metadata of weight files says about licence and lineage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheck.evidence.weights import MAX_ENTRIES, facts
from licheck.model.lineage import RELATIONS
from licheck.sources.weights import read_header

BASE = {"general.base_model.count": 1, "general.base_model.0.repo_url": "https://huggingface.co/org/Base-8B"}


def parents(header: dict[str, object]) -> list[tuple[str, str]]:
    return [(parent.of, parent.relation) for parent in facts(header, "m.gguf")[1]]


@pytest.mark.corpus
def test_a_real_gguf_all_facts(corpus: Path) -> None:
    declared, found = facts(read_header(corpus / "configs" / "gguf" / "sample-Q8_0.gguf"), "sample-Q8_0.gguf")
    (one,) = declared
    assert (one.tags, one.name) == (("llama3.1",), "Llama 3.1 Community License")
    assert one.link == "https://huggingface.co/meta-llama/Llama-3.1-8B/blob/main/LICENSE"
    evidence = one.evidence
    assert (evidence.source, evidence.path, evidence.locator, evidence.quote) == (
        *("weight header", "sample-Q8_0.gguf", "general.license", "general.license: llama3.1"),
    )
    assert [(p.of, p.relation) for p in found] == [
        ("hf:meta-llama/Llama-3.1-8B-Instruct", "finetune"),
        ("dataset:tatsu-lab/alpaca", "train"),
        ("hf:acme/Foo-8B", "reupload"),
    ]
    assert found[0].evidence.locator == "general.base_model.0.repo_url"


@pytest.mark.parametrize(
    ("header", "tags", "name", "link"),
    [
        ({"general.license": "apache-2.0,mit"}, ("apache-2.0", "mit"), "", ""),
        ({"general.license": ["apache-2.0", "mit", 7]}, ("apache-2.0", "mit"), "", ""),
        ({"general.license": "other", "general.license.name": "x", "general.license.link": "y"}, ("other",), "x", "y"),
        ({"general.license.name": "x"}, (), "x", ""),
        ({"general.license.link": "https://a"}, (), "", "https://a"),
        ({"modelspec.license": "CreativeML Open RAIL++-M, v1"}, ("CreativeML Open RAIL++-M, v1",), "", ""),
        ({"modelspec.license": "https://a/b"}, (), "", "https://a/b"),
    ],
)
def test_declared_licences(header: dict[str, object], tags: tuple[str, ...], name: str, link: str) -> None:
    (one,) = facts(header, "m")[0]
    assert (one.tags, one.name, one.link) == (tags, name, link)
    assert one.evidence.locator in header


@pytest.mark.parametrize("value", ["", "  ", "None", 7, None, [], True])
def test_no_licence(value: object) -> None:
    assert facts(dict.fromkeys(("general.license", "general.license.name", "modelspec.license"), value), "m") == (
        (),
        (),
    )


@pytest.mark.parametrize(
    ("header", "relation"),
    [
        ({"general.file_type": 15}, "finetune"),
        ({"general.file_type": 1}, "finetune"),
        ({"general.file_type": 15, "general.name": "Base 8B"}, "quantized"),
        ({"general.file_type": 1024 + 7, "general.name": "Base 8B"}, "quantized"),
        ({"general.file_type": 1, "general.name": "base-8b"}, "convert"),
        ({"general.file_type": 1024, "general.name": "Base 8B"}, "convert"),
        ({"general.file_type": 32, "general.name": "Base 8B"}, "convert"),
        ({"general.name": "Base 8B"}, "convert"),
        ({"general.quantized_by": "me", "general.name": "Base 8B"}, "quantized"),
        ({"general.file_type": 15, "general.name": "My Base 8B"}, "finetune"),
        ({"general.type": "adapter", "general.name": "Base 8B"}, "adapter"),
        ({"adapter.type": "lora"}, "adapter"),
    ],
)
def test_the_base_is_that_of_the_model_that_was_converted(header: dict[str, object], relation: str) -> None:
    assert parents(BASE | header) == [("hf:org/Base-8B", relation)]


def test_several_bases_are_a_merge_and_the_count_is_not_believed() -> None:
    header = {"general.base_model.count": 1, "general.base_model.7.repo_url": "https://huggingface.co/org/B"}
    header |= {"general.base_model.0.name": "Llama 3.1 8B", "general.base_model.0.organization": "Meta Llama"}
    assert parents(header) == [("name:Meta Llama / Llama 3.1 8B", "merge"), ("hf:org/B", "merge")]


def test_the_best_reference_of_an_entry() -> None:
    at = "general.base_model.0"
    assert parents({f"{at}.repo_url": "https://example.com/x", f"{at}.name": "org/name"}) == [
        ("hf:org/name", "finetune")
    ]
    assert parents({f"{at}.repo_url": "https://example.com/x"}) == [("name:https://example.com/x", "finetune")]
    assert parents({f"{at}.doi": "10.5281/zenodo.1"}) == [("name:10.5281/zenodo.1", "finetune")]
    assert parents({f"{at}.version": "v1", f"{at}.author": "x"}) == []


@pytest.mark.parametrize(("kind", "relation"), [(15, "quantized"), (0, "convert")])
def test_the_source_is_the_model_that_was_converted(kind: int, relation: str) -> None:
    header = {"general.source.repo_url": "https://huggingface.co/org/Foo", "general.file_type": kind}
    header |= {"general.source.url": "https://arxiv.org/abs/1", **BASE}
    assert parents(header) == [("hf:org/Foo", relation), ("hf:org/Base-8B", "finetune")]
    assert parents({"general.source.url": "https://hf.co/org/Foo", "general.file_type": kind}) == [
        ("hf:org/Foo", relation)
    ]


def test_datasets_whose_address_lacks_the_word() -> None:
    header = {"general.dataset.0.repo_url": "https://huggingface.co/org/data", "general.datasets": ["org/more", "x", 7]}
    assert parents(header) == [("dataset:org/data", "train"), ("dataset:org/more", "train"), ("name:x", "train")]


def test_a_home_page_is_no_parent() -> None:
    assert parents({"general.repo_url": "https://huggingface.co/unsloth", "general.url": "https://example.com"}) == []


def test_kohya_and_modelspec() -> None:
    lora = {"ss_network_module": "networks.lora", "ss_base_model_version": "sdxl_base_v1-0"}
    name = "stabilityai/stable-diffusion-xl-base-1.0"
    assert parents(lora | {"ss_sd_model_name": name}) == [(f"hf:{name}", "adapter")]
    assert parents(lora | {"ss_sd_model_name": "sd_xl.safetensors"}) == [
        ("name:sd_xl.safetensors", "adapter"),
        ("name:sdxl_base_v1-0", "adapter"),
    ]
    assert parents(lora | {"ss_sd_model_name": "None"}) == [("name:sdxl_base_v1-0", "adapter")]
    assert parents({"ss_sd_model_name": "/data/sd.ckpt"}) == [("name:/data/sd.ckpt", "finetune")]
    assert parents({"modelspec.merged_from": "org/a, Some Model ,None,,org/a"}) == [
        ("hf:org/a", "merge"),
        ("name:Some Model", "merge"),
    ]


def test_many_entries_are_bounded() -> None:
    header = {f"general.base_model.{n}.name": f"m{n}" for n in range(50_000)}
    assert len(parents(header)) == MAX_ENTRIES
    assert len(parents({"modelspec.merged_from": "a,b," * 100_000})) == 2


KEYS = (
    *("general.license", "general.license.link", "general.base_model.0.repo_url", "general.base_model.1.name"),
    *("general.dataset.0.url", "general.source.url", "general.repo_url", "general.name", "general.file_type"),
    *("modelspec.license", "modelspec.merged_from", "ss_sd_model_name", "general.datasets", "general.type"),
)
VALUE = st.text() | st.integers() | st.booleans() | st.floats() | st.lists(st.text() | st.integers())


@given(st.dictionaries(st.sampled_from(KEYS), VALUE))
def test_no_values_break_it(header: dict[str, object]) -> None:
    declared, found = facts(header, "m")
    assert {p.relation for p in found} <= set(RELATIONS)
    assert all(p.evidence.locator in header for p in (*declared, *found))
