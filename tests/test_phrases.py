"""The phrase language: what a phrase finds, and what is no phrase."""

from __future__ import annotations

from typing import Any

import pytest

from licheck.identify.clauses import Detector
from licheck.phrases import PhraseError, compiled, parse
from licheck.words import words

LISTS = {"not_allowed": ["may not", "must not", "is not permitted"], "train": ["train*", "fine tune"]}


def finds(phrase: str, text: str, **more: Any) -> list[dict[str, Any]]:
    record = {"id": "anti-distillation", "phrases": [phrase], **more}
    detector = Detector(compiled([record], LISTS), {"EU": ["European Union"], "GB": ["United Kingdom", "UK"]})
    return [found.params for found in detector.detect(words(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("may not train", "You may not train.", True),
        ("may not train", "You may not, ever, train.", False),
        ("may not .. train", "You may not, ever, train.", True),
        ("may not ..2 train", "You may not at any time whatsoever train.", False),
        (
            "may not ... train",
            "You may not at any time, for whatever reason and by whatever means of yours, train.",
            True,
        ),
        ("{not_allowed} .. {train}", "Training is fine. It is not permitted to fine-tune.", True),
        ("{not_allowed} .. {train}", "It is not permitted. Trainees are welcome.", False),
        ("may not the? model", "You may not model.", True),
        ("may not the? model", "You may not the model.", True),
        ("large_language model*", "Large “language” Models", True),
        ("不得 ... 训练", "您不得将输出用于训练其他模型。", True),
        ("may not train", "You may not:\n(a) sell it;\n(b) train with it.", True),
        ("may not sell", "You may:\n(a) sell it; and\n(b) train with it.", False),
    ],
)
def test_a_phrase_stands_in_a_sentence_or_not(phrase: str, text: str, found: bool) -> None:
    assert bool(finds(phrase, text)) is found


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("number", "more than 700 million users", 700_000_000),
        ("number", "more than 1,000,000 users", 1_000_000),
        ("number", "more than ten users", 10),
        ("quoted", "shows “Built with Heron” there", "Built with Heron"),
        ("date", "since July 23, 2024 on", "2024-07-23"),
        ("territory", "outside the European Union only", "EU"),
        ("address", "see https://heron.example/terms for more", "https://heron.example/terms"),
    ],
)
def test_a_value_is_read_out(slot: str, text: str, value: Any) -> None:
    (params,) = (
        finds(f"<{slot}>", f"Terms {text}.", read={"x": {"take": slot}})
        if slot == "x"
        else finds("terms", f"Terms {text}.", read={"x": {"take": slot}})
    )
    assert params == {"x": value}


def test_unless_honours_exceptions_in_the_sentence_and_anywhere() -> None:
    assert finds("may not", "You may not fly.", unless=["fly"]) == []
    assert finds("may not", "You may not swim. You may fly.", unless=["fly"]) == [{}]
    assert finds("may not", "You may not swim. You may fly.", unless=["anywhere:may fly"]) == []


def test_values_depend_on_conditions() -> None:
    read = {"force": [{"value": "must", "where": "must|shall"}, {"value": "encouraged"}]}
    assert finds("show", "You must show it.", read=read) == [{"force": "must"}]
    assert finds("show", "Please show it.", read=read) == [{"force": "encouraged"}]


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("", "begins and ends with a word"),
        ("may ..", "begins and ends with a word"),
        ("may ..x not", "is no gap"),
        ("{nothing} not", "is no list"),
        ("may? not", "may be left out"),
        ("<colour>", "is nothing to read out"),
        ("may|* not", "holds no word"),
    ],
)
def test_what_is_no_phrase_is_refused_with_the_part_that_is_wrong(phrase: str, says: str) -> None:
    with pytest.raises(PhraseError, match=says):
        parse(phrase, LISTS)
