"""Recorded repositories on the fake Hub, read back through the real client."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hub_data import card_of, load_api, load_cards, load_dataset_metadata, load_metadata
from hub_repos import front_matter, render_card
from hub_server import HubServer
from huggingface_hub import HfApi
from huggingface_hub.utils import get_session

pytest_plugins = ["hub_fixtures"]
pytestmark = pytest.mark.corpus
WANTED: Any = ["cardData", "baseModels", "tags", "gated", "sha", "createdAt"]


def test_metadata_of_models(hub: HubServer, corpus: Path) -> None:
    start = time.monotonic()
    assert len(load_metadata(hub, corpus)) == 3988
    assert time.monotonic() - start < 10  # a second, as a rule
    api = HfApi(hub.endpoint, token=False)
    rows = json.loads((corpus / "hub" / "models_metadata_3988.json").read_text("utf-8"))
    derived = [row for row in rows if any(tag.startswith("base_model:") for tag in row["tags"])]
    for row in [*derived, *rows[:50]]:
        info = api.model_info(row["id"], expand=WANTED)
        assert info.tags == row["tags"]
        licences = [tag.removeprefix("license:") for tag in row["tags"] if tag.startswith("license:")]
        assert info.card_data is not None
        assert info.card_data.license == (licences[0] if licences else None)
        bases: Any = info.base_models
        told = {f"base_model:{bases['relation']}:{base['id']}" for base in bases["models"]} if bases else set()
        assert told == {tag for tag in row["tags"] if tag.startswith("base_model:") and tag.count(":") == 2}
    plain = get_session().get(f"{hub.endpoint}/api/models/{rows[0]['id']}").json()
    assert plain.items() >= rows[0].items()


def test_metadata_of_some(hub: HubServer, corpus: Path) -> None:
    assert list(load_metadata(hub, corpus, ["albert/albert-base-v1"])) == ["albert/albert-base-v1"]
    path = HfApi(hub.endpoint, token=False).hf_hub_download("albert/albert-base-v1", "README.md")
    assert "\nlicense: apache-2.0\n" in Path(path).read_text("utf-8")
    with pytest.raises(KeyError, match="no such/model"):
        load_metadata(hub, corpus, ["no such/model"])


def test_metadata_of_datasets(hub: HubServer, corpus: Path) -> None:
    ids = load_dataset_metadata(hub, corpus)
    assert len(ids) == 708
    info = HfApi(hub.endpoint, token=False).dataset_info("metaeval/nli-veridicality-transitivity")
    assert info.card_data is not None
    assert (info.sha, info.card_data.license) == ("830b0d0c724f22b06a1e1cb95b6812f31ed701f2", "cc")


def test_cards(hub: HubServer, corpus: Path) -> None:
    kinds = load_cards(hub, corpus)
    assert len(kinds) == len(list((corpus / "hub" / "cards").iterdir()))
    assert [name for name, kind in kinds.items() if kind == "datasets"] == [
        "teknium/openhermes", "allenai/tulu-v2-sft-mixture", "allenai/tulu-3-sft-mixture",
        "bigcode/the-stack-v2-train-full-ids",
    ]  # fmt: skip
    assert {"Shakker/ControlNet__depth", "qwen-32b-lipo", "openmdw/MLX"} <= kinds.keys()
    api = HfApi(hub.endpoint, token=False)
    for name, kind in kinds.items():
        info = api.model_info(name) if kind == "models" else api.dataset_info(name)
        assert info.card_data is not None
        assert info.card_data.license, name


def test_api_answers_are_given_back_as_recorded(hub: HubServer, corpus: Path) -> None:
    kinds = load_api(hub, corpus)
    for path in sorted((corpus / "hub" / "api").glob("*.json")):
        body = json.loads(path.read_text("utf-8"))
        if ".partial" in path.name or (path.name.endswith("uncased.aibomgen.json")):
            continue
        url = f"{hub.endpoint}/api/{kinds[body['id']]}/{body['id']}"
        assert get_session().get(url).json() == body
        assert get_session().get(f"{url}/revision/{body['sha']}").json() == body
    api = HfApi(hub.endpoint, token=False)
    assert api.dataset_info("akariasai/PopQA", expand=["cardData", "tags"]).card_data is None
    bases: Any = api.model_info("deepset/roberta-base-squad2", expand=WANTED).base_models
    assert bases is None or bases["relation"] == "finetune"


def test_partial_answers_are_completed(hub: HubServer, corpus: Path) -> None:
    load_api(hub, corpus)
    api = HfApi(hub.endpoint, token=False)
    llama = api.model_info("meta-llama/Llama-3.1-8B-Instruct")
    assert llama.card_data is not None
    assert (llama.gated, llama.card_data.license) == ("manual", "llama3.1")
    assert llama.sha == "0e9e39f249a16976918f6564b8830bc894c89659"
    phi = api.model_info("microsoft/Phi-3-mini-4k-instruct")
    assert {"LICENSE", "NOTICE.md"} <= {file.rfilename for file in phi.siblings or ()}
    assert (phi.tags or [])[-2:] == ["license:mit", "region:us"]
    assert api.model_info("black-forest-labs/FLUX.1-dev").gated == "auto"


def test_a_card_is_made_from_tags() -> None:
    assert card_of(["en", "license:mit", "license:other", "arxiv:1"]) == {"license": ["mit", "other"]}
    both = ["base_model:a/b", "base_model:c/d", "base_model:merge:a/b", "base_model:merge:c/d"]
    assert card_of(both) == {"base_model": ["a/b", "c/d"], "base_model_relation": "merge"}
    assert card_of(["base_model:a/b", "base_model:finetune:a/b"]) == {"base_model": "a/b"}


def test_a_written_card_reads_the_same() -> None:
    card = {"language": ["no", "en"], "license": "mit", "a b": "x: y", "tags": [], "n": 1.0, "d": {"k": ["ö", None]}}
    assert front_matter(render_card(card, "# Text\n")) == card
    assert render_card({"license": "mit", "language": ["no"]}) == '---\nlicense: mit\nlanguage:\n- "no"\n---\n'
