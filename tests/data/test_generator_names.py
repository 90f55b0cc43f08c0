"""Names of generators, as people write them, lead to a reference or to nothing, and open weights never to OpenAI."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from licheck.data.names import _ROUTES, reference
from licheck.db.store import Database
from licheck.model.reference import Reference

NAMES = {
    "gpt-4": "api:openai/gpt-4",
    "OpenAI ChatGPT": "api:openai/chatgpt",
    "ChatGPT": "api:openai/chatgpt",
    "GPT-3.5-turbo-0613": "api:openai/gpt-3.5-turbo-0613",
    "gpt-35-turbo": "api:openai/gpt-3.5-turbo",
    "GPT-4 Turbo": "api:openai/gpt-4-turbo",
    "gpt4": "api:openai/gpt-4",
    "openai/gpt-4o": "api:openai/gpt-4o",
    "gpt-4o-mini-2024-07-18": "api:openai/gpt-4o-mini-2024-07-18",
    "text-davinci-003": "api:openai/text-davinci-003",
    "o1-preview": "api:openai/o1-preview",
    "ft:gpt-3.5-turbo:acme::8abc": "api:openai/gpt-3.5-turbo",
    "claude-3-opus": "api:anthropic/claude-3-opus",
    "Claude 2.1": "api:anthropic/claude-2.1",
    "anthropic/claude-3.5-sonnet": "api:anthropic/claude-3.5-sonnet",
    "gemini-1.5-pro-002": "api:google/gemini-1.5-pro-002",
    "bard": "chat:google/bard",
    "mistral-large-latest": "api:mistral/mistral-large-latest",
    "deepseek/deepseek-chat": "api:deepseek/deepseek-chat",
    "command-r-plus": "api:cohere/command-r-plus",
    "Command R+": "hf:CohereForAI/c4ai-command-r-plus",
    "Nous-Hermes-2-Yi-34B": "hf:NousResearch/Nous-Hermes-2-Yi-34B",
    "meta-llama/Llama-2-70b-chat-hf": "hf:meta-llama/Llama-2-70b-chat-hf",
    "LLaMA-2-chat-70b": "hf:meta-llama/Llama-2-70b-chat-hf",
    "mistralai/mixtral-8x7b-instruct:free": "hf:mistralai/Mixtral-8x7B-Instruct-v0.1",
    "google/gemma-2-9b-it": "hf:google/gemma-2-9b-it",
    "google/gemini-pro": "api:google/gemini-pro",
    "azure/gpt-4": "api:azure/gpt-4",
    "together_ai/meta-llama/Llama-3-70b": "host:together/meta-llama/Llama-3-70b",
    "openrouter/openai/gpt-4o": "aggregator:openrouter/openai/gpt-4o",
    "host:groq/meta-llama/Llama-3-70b": "host:groq/meta-llama/Llama-3-70b",
    **dict.fromkeys(("human", "Human-written", "none", "None", "", "  ", "template", "templates"), ""),
}
OPEN = {
    **dict.fromkeys(("gpt2", "GPT-2", "OpenAI GPT-2", "openai/gpt2"), "hf:openai-community/gpt2"),
    "gpt2-xl": "hf:openai-community/gpt2-xl",
    **dict.fromkeys(("GPT-1", "OpenAI GPT-1", "openai-gpt"), "hf:openai-community/openai-gpt"),
    **dict.fromkeys(("GPT-J", "gpt-j-6B", "EleutherAI/gpt-j-6b"), "hf:EleutherAI/gpt-j-6b"),
    "GPT-NeoX-20B": "hf:EleutherAI/gpt-neox-20b",
    "openai/gpt-oss-120b": "hf:openai/gpt-oss-120b",
    "nomic-ai/gpt4all-j": "hf:nomic-ai/gpt4all-j",
    "cerebras/Cerebras-GPT-13B": "hf:cerebras/Cerebras-GPT-13B",
    **dict.fromkeys(("GPT-Neo", "gpt4all", "gpt4-x-alpaca", "gpt-4-llm", "Instruct-GPT-J", "claude2-alpaca-13b")),
}
UNTOLD = (
    *("Other", "unknown", "n/a", "N/A", "model", "OpenAI", "openai/whisper-large-v3", "openai/something-new"),
    *("gpt-4, claude-3", "gpt-4/claude-3", "human/gpt-4", "GPT-4 and people", "flan-t5", "Mistral-7B-Instruct"),
    *("models/llama", "./out/model", "/data/models/x", "a/b/c", "llama3:8b", "hf:", "x" * 500, "?"),
)


@pytest.mark.parametrize(("name", "expected"), [*NAMES.items(), *OPEN.items(), *((name, None) for name in UNTOLD)])
def test_names(name: str, expected: str | None) -> None:
    assert reference(name) == expected
    assert reference(name, "") == expected


@pytest.mark.parametrize(
    ("name", "route", "expected"),
    [
        ("gpt-4", "api", "api:openai/gpt-4"),
        ("gpt-4", "OpenAI", "api:openai/gpt-4"),
        ("gpt-4", "azure", "api:azure/gpt-4"),
        ("gpt-4", "azure_openai", "api:azure/gpt-4"),
        ("meta-llama/Llama-3-70b", "azure", "host:azure/meta-llama/Llama-3-70b"),
        ("my-deployment", "azure", None),
        ("openai/gpt-4o", "openrouter", "aggregator:openrouter/openai/gpt-4o"),
        ("gpt-4o", "openrouter", "aggregator:openrouter/openai/gpt-4o"),
        ("deepseek-ai/DeepSeek-R1", "together", "host:together/deepseek-ai/DeepSeek-R1"),
        ("DeepSeek-R1", "together.ai", "host:together/deepseek-ai/DeepSeek-R1"),
        ("deepseek-ai/DeepSeek-R1", "api", "api:deepseek/DeepSeek-R1"),
        ("claude-3-opus", "bedrock", "host:aws/anthropic/claude-3-opus"),
        ("llama3-70b-8192", "groq", "host:groq/llama3-70b-8192"),
        ("acme-tuned", "openai", "api:openai/acme-tuned"),
        ("ChatGPT", "chat", "chat:openai/chatgpt"),
        ("gpt-4", "host:together", "host:together/openai/gpt-4"),
        ("meta-llama/Llama-3-8B", "vllm", "hf:meta-llama/Llama-3-8B"),
        ("NousResearch/Hermes", "api", None),  # whose?
        ("acme-tuned", "api", None),
        ("gpt-4", "vllm", None),
        ("claude-3-opus", "openai", None),
        ("acme/tuned", "openai", None),
        ("gpt2", "openai", None),
        ("gpt2", "api", None),
        ("GPT-J", "openai", None),
        ("openai/gpt2", "openai", None),
        ("openai/gpt-oss-20b", "api", None),
        ("openai/gpt-oss-20b", "groq", "host:groq/openai/gpt-oss-20b"),
        ("gpt-4", "a friend", None),
        ("hello world", "groq", None),
        ("human", "a friend", ""),
    ],
)
def test_the_route_decides(name: str, route: str, expected: str | None) -> None:
    assert reference(name, route) == expected


def test_known_repositories_are_weights() -> None:
    assert reference("openai/whisper-large-v3", known={"openai/whisper-large-v3"}.__contains__) == (
        "hf:openai/whisper-large-v3"
    )
    assert reference("bert-base-uncased", known={"bert-base-uncased"}.__contains__) == "hf:bert-base-uncased"
    assert reference("gpt-4", "a friend", known=lambda _: True) is None


def test_routes_lead_to_terms_that_are_held() -> None:
    database = Database.open()
    for way in _ROUTES.values():
        route, _, name = way.partition(":")
        if name:
            provider = database.provider(name, route)
            assert provider, way
            assert route in provider.routes, way


@given(st.text(max_size=60), st.one_of(st.none(), st.sampled_from(sorted(_ROUTES)), st.text(max_size=12)))
def test_whatever_comes_out_can_be_read(name: str, route: str | None) -> None:
    found = reference(name, route)
    assert not found or Reference.parse(found).text == found


@pytest.mark.parametrize("start", ["gpt-3", "claude", "o1", "gemini"])
def test_long_names_cost_no_time(start: str) -> None:
    begun = time.perf_counter()
    for tail in ("1" * 190, "-1" * 90 + "!", ".1" * 90 + "!", "-v1.1" * 36 + "!"):
        reference(start + tail)
    assert time.perf_counter() - begun < 0.5


def audited(corpus: Path) -> Iterator[tuple[list[str], bool]]:
    with (corpus / "datasets" / "dpi_text_datasets.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["model_generated"]:
                yield row["model_generated"].split("|"), row["openai_generated"] == "1"


OLD = {"OpenAI GPT-1", "OpenAI GPT-2"}


@pytest.mark.corpus
def test_audited_datasets_lead_to_openai_where_the_audit_says_so(corpus: Path) -> None:
    rows = list(audited(corpus))
    served = [any((reference(name) or "").startswith("api:openai/") for name in names) for names, _ in rows]
    assert len(rows) > 400
    # The audit also flags what GPT-2 wrote, whose weights are open.
    assert served == [flag and not set(names) <= OLD for names, flag in rows]
    assert sum(flag and set(names) <= OLD for names, flag in rows) == 16


@pytest.mark.corpus
def test_coverage_of_audited_names(corpus: Path) -> None:
    names = [name for names, _ in audited(corpus) for name in names]
    told = [name for name in names if reference(name) is not None]
    assert len(set(names)) == 60
    assert len(set(told)) == 29
    assert (len(names), len(told)) == (582, 366)


@pytest.mark.corpus
def test_names_agree_with_the_catalogue_or_stay_open(corpus: Path) -> None:
    listed = set()
    for line in (ROOT / "license_db/catalogue/datasets.audit.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            listed |= {made.split()[0] for made in line.split("\t")[6].split(" | ") if made}
    told = {reference(name) for names, _ in audited(corpus) for name in names} - {None, ""}
    # The catalogue takes Mixtral-8x7B for the instruct model; the name says the base, under the same licence.
    assert told - listed == {"hf:mistralai/Mixtral-8x7B-v0.1"}
