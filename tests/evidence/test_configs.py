"""Configs that name what a model was made from: PEFT, transformers, and those of the trainers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheck.evidence.configs import ModelConfig, adapter, config, training
from licheck.model.lineage import RELATIONS, Parent


def test_an_adapter_names_its_base_and_revision() -> None:
    text = json.dumps({"peft_type": "LORA", "base_model_name_or_path": "org/base", "revision": "0123abc"}, indent=2)
    found, problems = adapter("adapter_config.json", text)
    assert found is not None
    assert (found.of, found.relation, found.revision) == ("hf:org/base", "adapter", "0123abc")
    assert (found.evidence.source, found.evidence.line, found.evidence.quote) == (
        *("adapter config", 3, "base_model_name_or_path: org/base"),
    )
    assert problems == ()


@pytest.mark.parametrize("base", ["/home/me/llama", "./base", "models/llama", "C:\\llama", "my-model"])
def test_an_adapter_of_a_local_model_still_has_a_base(base: str) -> None:
    found, problems = adapter("a.json", json.dumps({"base_model_name_or_path": base, "revision": None}))
    assert found is not None
    assert (found.of, found.revision) == (f"name:{base}", None)
    assert problems == ()


DEEP = "[" * 400_000
BROKEN = [
    ("", "a.json:1: not valid JSON: Expecting value"),
    ('{\n"a": }', "a.json:2: not valid JSON: Expecting value"),
    ("[]", "a.json: not a JSON object"),
    ("7", "a.json: not a JSON object"),
    (DEEP, "a.json: not valid JSON: nested too deep, or a number too long"),
    ('{"a": ' + "9" * 5000 + "}", "a.json: not valid JSON: nested too deep, or a number too long"),
    (" " * 1_000_001, "a.json: larger than 1,000,000 characters, so it was not read"),
]


@pytest.mark.parametrize(("text", "says"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_object_is_said(text: str, says: str) -> None:
    assert adapter("a.json", text) == (None, (says,))
    assert config("a.json", text) == ModelConfig(problems=(says,))


@pytest.mark.parametrize("value", [None, "", "  ", 7, ["org/base"], {}])
def test_an_adapter_without_a_base_is_said(value: object) -> None:
    says = ("a.json: base_model_name_or_path names no model",)
    assert adapter("a.json", json.dumps({"base_model_name_or_path": value})) == (None, says)
    assert adapter("a.json", "\ufeff{}") == (None, says)


def test_config_json() -> None:
    body = {"_name_or_path": "org/base", "architectures": ["LlamaForCausalLM", 7], "model_type": "llama"}
    found = config("config.json", json.dumps(body, indent=1))
    assert found.parent is not None
    assert (found.parent.of, found.parent.relation, found.parent.evidence.line) == ("hf:org/base", "finetune", 2)
    assert (found.model_type, found.architectures, found.modality) == ("llama", ("LlamaForCausalLM",), "text")
    awq = config("config.json", json.dumps({**body, "quantization_config": {"quant_method": "awq"}}))
    assert awq.parent is not None
    assert (awq.parent.relation, awq.quantized) == ("quantized", "awq")


@pytest.mark.parametrize("name", ["", "./output", "/data/x", "outputs/run", "out/checkpoint-500", None, 7, "a b/c"])
def test_a_local_path_in_config_json_is_no_parent(name: object) -> None:
    assert config("config.json", json.dumps({"_name_or_path": name})).parent is None


@pytest.mark.parametrize(
    ("body", "modality"),
    [
        ({"architectures": ["MllamaForConditionalGeneration"], "vision_config": {"hidden_size": 1}}, "multimodal"),
        ({"architectures": ["Qwen2AudioForConditionalGeneration"], "audio_config": {"x": 1}}, "multimodal"),
        ({"architectures": ["LlavaLlamaForCausalLM"], "mm_vision_tower": "openai/clip"}, "multimodal"),
        ({"architectures": ["LlamaForCausalLM"], "vision_config": None}, "text"),
        ({"architectures": ["BertForMaskedLM"]}, "text"),
        ({"architectures": ["T5ForConditionalGeneration"]}, None),
        ({"architectures": "LlamaForCausalLM"}, None),
        ({}, None),
    ],
)
def test_modality(body: object, modality: str | None) -> None:
    assert config("config.json", json.dumps(body)).modality == modality


def found(text: str) -> set[tuple[str, str, str | None]]:
    parents, problems = training("train.yaml", text)
    assert problems == ()
    assert {p.relation for p in parents} <= set(RELATIONS)
    return {(p.of, p.relation, p.revision) for p in parents}


def test_axolotl() -> None:
    assert found(
        "base_model: org/base\nbase_model_config: org/base\nrevision_of_model: v1\nadapter: qlora\nreward_model: true\n"
        "datasets:\n  - {path: org/chat, revision: abc, name: config}\n"
        "  - {path: json, data_files: [data/a.jsonl, 'hf://datasets/org/files/b.jsonl']}\n  - path: s3://bucket/a\n"
        "test_datasets:\n  - path: org/eval\npretraining_dataset:\n  - path: org/pre\nhub_model_id: me/result\n"
        "kd_online_server_base_url: http://localhost:8000\n"
    ) == {
        ("hf:org/base", "adapter", "v1"),
        ("name:http://localhost:8000", "distill", None),
        ("dataset:org/chat", "train", "abc"),
        ("name:data/a.jsonl", "train", None),
        ("dataset:org/files", "train", None),
        ("name:s3://bucket/a", "train", None),
        ("dataset:org/pre", "train", None),
    }


def test_llama_factory() -> None:
    text = "model_name_or_path: org/base\nadapter_name_or_path: org/lora,saves/more\nfinetuning_type: lora\n"
    assert found(text + "dataset: identity, org/chat\neval_dataset: org/eval\nreward_model: org/judge\n") == {
        ("hf:org/base", "adapter", None),
        ("hf:org/lora", "finetune", None),
        ("name:saves/more", "finetune", None),
        ("hf:org/judge", "train", None),
        ("name:identity", "train", None),
        ("dataset:org/chat", "train", None),
    }
    assert ("hf:org/base", "finetune", None) in found(text + "export_dir: merged\n")
    assert found("model: org/base\npeft_config: {name: lora}\n") == {("hf:org/base", "adapter", None)}
    assert found("model: org/base\npeft_config: null\nfinetuning_type: full\n") == {("hf:org/base", "finetune", None)}


def test_alignment_handbook_trl_and_open_instruct() -> None:
    assert found(
        "model_name_or_path: org/base\nmodel_revision: main\nuse_peft: true\nteacher_model_name_or_path: org/teacher\n"
        "dataset_mixture:\n  datasets:\n    - {id: org/one, config: default, weight: 1.0}\n    - {id: org/two}\n"
    ) == {
        ("hf:org/base", "adapter", "main"),
        ("hf:org/teacher", "distill", None),
        ("dataset:org/one", "train", None),
        ("dataset:org/two", "train", None),
    }
    assert found(
        "model_name_or_path: org/base\ntokenizer_name: org/base\n"
        "dataset_mixer:\n  org/one: 0.5 # MIT\n  org/two: 9500\n"
        "dataset_mixer_list: [org/three, 1.0, org/four, '10']\ndataset_mixer_eval_list: [org/eval, 1.0]\n"
    ) == {
        ("hf:org/base", "finetune", None),
        *((f"dataset:org/{name}", "train", None) for name in ("one", "two", "three", "four")),
    }
    assert found("tokenizer_name: org/tok\nmodel_name_or_path: org/base\n") >= {("hf:org/tok", "tokenizer", None)}


def test_torchtune_says_in_a_comment_where_its_folders_come_from() -> None:
    text = (
        "# tune download org/Student --output-dir /tmp/student --hf-token <T>\n#   tune download org/Teacher\n"
        "base: /tmp/student\nmodel:\n  _component_: torchtune.models.llama3_2.lora_llama3_2_1b\n"
        "tokenizer: {path: /tmp/student/original/tokenizer.model}\ncheckpointer:\n  checkpoint_dir: ${base}\n"
        "teacher_checkpointer: {checkpoint_dir: /tmp/Teacher/}\nref_checkpointer: {checkpoint_dir: /tmp/student}\n"
        "reward_checkpointer: {checkpoint_dir: /mnt/judge}\n"
        "dataset:\n  - _component_: torchtune.datasets.alpaca_cleaned_dataset\n"
        "  - {_component_: torchtune.datasets.chat_dataset, source: org/chat}\n  - _component_: mine.load\n"
    )
    assert found(text) == {
        ("hf:org/Student", "adapter", None),
        ("hf:org/Teacher", "distill", None),
        ("name:/mnt/judge", "train", None),
        ("dataset:yahma/alpaca-cleaned", "train", None),
        ("dataset:org/chat", "train", None),
        ("name:mine.load", "train", None),
    }
    base = training("t.yaml", text)[0][0].evidence
    assert (base.line, base.quote, base.locator) == (
        *(1, "tune download org/Student --output-dir /tmp/student", "checkpointer.checkpoint_dir"),
    )


def test_evidence_of_a_dataset() -> None:
    one = training("t.yaml", "base_model: org/base\ndatasets:\n  - type: chat\n    path: org/chat\n")[0][1].evidence
    assert (one.source, one.path, one.line, one.quote, one.locator) == (
        *("training config", "t.yaml", 4, "path: org/chat", "datasets[0].path"),
    )


def test_a_config_that_cannot_be_read_is_said() -> None:
    assert training("t.yaml", "base_model: org/base\nx: *alias\n") == (
        (),
        ("t.yaml:2: an alias (*name) is not allowed",),
    )
    parents, problems = training("t.yaml", "base_model: org/one\nbase_model: org/two\n")
    assert [p.of for p in parents] == ["hf:org/two"]
    assert len(problems) == 1


@pytest.mark.parametrize("text", ["", "- a", "7", "datasets: 7", "datasets: [[[null]]]", "checkpointer: x", "model: 7"])
def test_what_names_nothing(text: str) -> None:
    assert found(text) == set()


def test_many_datasets_are_bounded() -> None:
    text = "datasets:\n" + "".join(f"- path: o/d{n}\n" for n in range(50_000))
    start = time.perf_counter()
    parents, problems = training("t.yaml", text)
    assert time.perf_counter() - start < 20  # measured 1.9 s
    assert len(parents) == 20_001
    assert problems == ("t.yaml: more than 20,000 inputs, the rest was not read",)


@given(st.text(alphabet="-. \n:[]{}datasetsmodel%&*!\"'ab/+@#$,", max_size=150))
def test_no_text_breaks_them(text: str) -> None:
    for read in (adapter, config, training):
        read("a", text)
        read("a", "datasets: " + text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_no_value_breaks_them(value: object) -> None:
    keys = (
        "base_model_name_or_path",
        "revision",
        "_name_or_path",
        "architectures",
        "quantization_config",
        "vision_config",
    )
    adapter("a", json.dumps(dict.fromkeys(keys, value)))
    config("a", json.dumps(dict.fromkeys(keys, value)))
    training(
        "a", json.dumps(dict.fromkeys(("datasets", "dataset_mixer", "model", "base_model", "checkpointer"), value))
    )


def has(parents: tuple[Parent, ...], what: str) -> bool:
    relations = ("train",) if what == "dataset" else ("finetune", "adapter")
    return any(p.relation in relations and p.of.startswith(f"{what}:") for p in parents)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("folder", "unless", "models", "datasets"),
    [
        # The rest of each are settings of clouds, of accelerate and DeepSpeed, and models that lie in local folders.
        ("axolotl", lambda p: "cloud" in p.parts, 1.0, 0.99),
        ("alignment-handbook", lambda p: "accelerate_configs" in p.parts, 1.0, 1.0),
        ("torchtune", lambda p: "evaluation" in p.name or p.name == "quantization.yaml", 0.98, 0.95),
        ("openinstruct", lambda p: "train_configs" not in p.parts, 0.9, 0.9),
        ("llamafactory", lambda p: "accelerate" in p.parts, 0.85, 0.0),
    ],
)
def test_real_configs(
    corpus: Path, folder: str, unless: Callable[[Path], bool], models: float, datasets: float
) -> None:
    files = [p for p in sorted((corpus / "configs" / folder).rglob("*.y*ml")) if not unless(p)]
    assert files
    read = [training(p.name, p.read_text("utf-8"))[0] for p in files]
    assert sum(has(parents, "hf") for parents in read) / len(files) >= models
    assert sum(has(parents, "dataset") for parents in read) / len(files) >= datasets
