"""Croissant files: licence, place, provenance; those of real hosts, and malformed ones."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, declared

from licheck.audit import Options, audit
from licheck.data.croissant import MAX_BYTES, read
from licheck.errors import InputError
from licheck.model.audit import Audit, Key
from licheck.model.project import Project

TRAINING = Project("acme/model", distribution=("public-weights",), commercial=True, competes="yes")
CONTEXT = {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/", "sc": "https://schema.org/"}


def croissant(folder: Path, **keys: Any) -> Path:
    """Write a Croissant file with these keys; `__` stands for a colon, None leaves a key out."""
    whole = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "d",
    }
    whole |= {key.replace("__", ":"): value for key, value in keys.items()}
    path = folder / "croissant.json"
    path.write_text(json.dumps({k: v for k, v in whole.items() if v is not None}), "utf-8")
    return path


def audited(*paths: Path) -> Audit:
    return audit([str(path) for path in paths], declared(TRAINING), TODAY, Options(), lambda done, known: None)


@pytest.mark.parametrize(
    ("value", "licences"),
    [
        ("mit", ("mit",)),
        (["cc-by-4.0", "https://spdx.org/licenses/MIT"], ("cc-by-4.0", "https://spdx.org/licenses/MIT")),
        ({"@type": "sc:CreativeWork", "name": "CC BY 4.0", "url": "https://x.org/l"}, ("https://x.org/l",)),
        ({"@type": "CreativeWork", "name": "CC BY 4.0"}, ("CC BY 4.0",)),
        ({"@id": "https://creativecommons.org/licenses/by/4.0/"}, ("https://creativecommons.org/licenses/by/4.0/",)),
        ("https://choosealicense.com/licenses/unknown/", ("unknown",)),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_licence_is_text_a_list_or_an_object(tmp_path: Path, value: Any, licences: tuple[str, ...] | None) -> None:
    _, group, _ = read(croissant(tmp_path, license=value))
    assert group.key == Key("d", licences)


def test_prefixes_and_whole_names_mean_the_same_key(tmp_path: Path) -> None:
    path = croissant(tmp_path, conformsTo=None, dct__conformsTo="http://mlcommons.org/croissant/1.0", sc__license="mit")
    assert read(path)[1].key.license == ("mit",)
    path.write_text(path.read_text("utf-8").replace("sc:license", "https://schema.org/license"), "utf-8")
    assert read(path)[1].key.license == ("mit",)


@pytest.mark.parametrize(
    ("licence", "verdict"),
    [
        ("https://creativecommons.org/licenses/by-nc/4.0/", "restricted"),
        ("https://creativecommons.org/licenses/by-nc/4.0/legalcode", "restricted"),
        ("https://spdx.org/licenses/CC-BY-NC-4.0.html", "restricted"),
        ("https://choosealicense.com/licenses/cc-by-nc-4.0/", "restricted"),
        ("https://example.org/our-terms", "undetermined"),
        ("https://choosealicense.com/licenses/unknown/", "undetermined"),
        (None, "undetermined"),
    ],
)
def test_addresses_of_licences_lead_to_their_records(tmp_path: Path, licence: str | None, verdict: str) -> None:
    assert [judged.verdict for judged in audited(croissant(tmp_path, license=licence)).groups] == [verdict]


def test_a_permissive_address_clears_and_conditions_of_use_beside_it_do_not(tmp_path: Path) -> None:
    path = croissant(tmp_path, license="https://opensource.org/licenses/MIT")
    assert audited(path).groups[0].verdict in ("usable", "conditional")
    path = croissant(tmp_path, license="https://opensource.org/licenses/MIT", usageInfo={"@id": "DUO_0000018"})
    (judged,) = audited(path).groups
    assert (judged.verdict, "DUO_0000018" in judged.reason) == ("undetermined", True)


def test_the_dataset_of_the_hub_is_found_wherever_its_address_stands(tmp_path: Path) -> None:
    address = "https://huggingface.co/datasets/tatsu-lab/alpaca"
    file = {"@type": "cr:FileObject", "@id": "repo", "contentUrl": f"{address}/tree/refs%2Fconvert%2Fparquet"}
    for keys in (
        {"url": address},
        {"distribution": [file]},
        {"distribution": file},
        {"alternateName": ["Alpaca", address]},
        {"alternateName": "tatsu-lab/alpaca"},
        {"sameAs": address},
    ):
        path = croissant(tmp_path, license="cc-by-4.0", **keys)
        assert read(path)[1].key.source == "tatsu-lab/alpaca"
        # The catalogue knows that it is non-commercial and made with OpenAI's models.
        assert audited(path).groups[0].verdict == "restricted"


def test_what_a_dataset_was_made_from_binds_it_too(tmp_path: Path) -> None:
    nc = {"@id": "https://example.org/nc", "name": "papers", "license": "cc-by-nc-4.0"}
    path = croissant(tmp_path, license="mit", isBasedOn=nc)
    assert read(path)[2] == (Key("https://example.org/nc", ("cc-by-nc-4.0",)),)
    assert audited(path).groups[0].verdict == "restricted"
    alpaca = {"@id": "https://huggingface.co/datasets/tatsu-lab/alpaca"}
    path = croissant(tmp_path, license="mit", prov__wasDerivedFrom=[alpaca])
    assert read(path)[2] == (Key("tatsu-lab/alpaca"),)
    assert audited(path).groups[0].verdict == "restricted"
    path = croissant(tmp_path, license="mit", prov__wasDerivedFrom={"@id": "urn:dataset:Unheard"})
    assert audited(path).groups[0].verdict == "undetermined"


def test_provenance_of_parts_counts_and_that_within_the_description_does_not(tmp_path: Path) -> None:
    raw = {"@type": "cr:FileObject", "@id": "raw.csv", "contentUrl": "https://huggingface.co/datasets/org/raw/x.csv"}
    made = {"@type": "cr:FileSet", "@id": "clean", "prov:wasDerivedFrom": {"@id": "raw.csv"}}
    field = {"@type": "cr:Field", "@id": "f", "prov:wasDerivedFrom": {"@id": "https://example.org/labels"}}
    sets = [{"@type": "cr:RecordSet", "@id": "r", "field": [field], "data": [{"isBasedOn": "no provenance"}]}]
    path = croissant(tmp_path, url="https://huggingface.co/datasets/org/d", distribution=[raw, made], recordSet=sets)
    _, group, parents = read(path)
    assert group.key.source == "org/d"
    assert {parent.source for parent in parents} == {"org/raw", "https://example.org/labels"}


def test_models_that_made_it_are_its_generators(tmp_path: Path) -> None:
    agent = {"@type": "prov:SoftwareAgent", "prov:label": "gpt-4"}
    human = {"@type": "prov:Agent", "prov:label": "Our annotators"}
    path = croissant(tmp_path, license="mit", prov__wasAttributedTo=[agent, human])
    assert read(path)[1].key.generator == ("gpt-4",)
    found = audited(path).groups[0]
    assert found.verdict == "undetermined"
    assert "generator-terms" in {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"@context": "mlcommons.org/croissant",\n "name": ', 2, "not valid JSON"),
        ('{"@context": "mlcommons.org/croissant"} 5', 1, "not valid JSON"),
        ('{"@context": "http://mlcommons.org/croissant/", "@type": "Dataset", "name": "d"}', None, "is missing"),
        (
            '{"@context": "http://mlcommons.org/croissant/", "conformsTo": "http://mlcommons.org/croissant/2.0"}',
            None,
            "2.0",
        ),
        (
            '{"@context": "http://mlcommons.org/croissant/", "conformsTo": "http://mlcommons.org/croissant/1.1"}',
            None,
            "no Dataset",
        ),
        ('{"@context": "mlcommons.org/croissant", "license": "mit", "license": "cc-by-nc-4.0"}', None, "twice"),
        ('{"@context": "mlcommons.org/croissant", "a": ' + "[" * 100_000, None, "nested too deeply"),
    ],
)
def test_a_malformed_one_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, line: int | None, message: str
) -> None:
    path = tmp_path / "croissant.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        audited(path)
    assert (caught.value.problems[0].path, caught.value.problems[0].line) == (str(path), line)
    assert message in str(caught.value)


def test_one_of_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = croissant(tmp_path, license="mit")
    with path.open("ab") as file:
        file.truncate(100_000_000)
    started = time.monotonic()
    with pytest.raises(InputError, match=f"larger than {MAX_BYTES:,} bytes"):
        audited(path)
    assert time.monotonic() - started < 2


@pytest.mark.corpus
def test_real_ones_are_read(corpus: Path) -> None:
    found = {}
    for path in sorted((corpus / "configs" / "croissant").glob("*.json")):
        _, group, parents = read(path)
        found[group.key.source] = (group.key.license, parents)
    assert found == {
        "gpt-3": (("unknown",), ()),
        "Anthropic/hh-rlhf": (("mit",), ()),
        "CC-MAIN-2025-43": (("https://commoncrawl.org/terms-of-use",), ()),
        "common-pile/data_provenance_initiative_filtered": (None, ()),
    }
