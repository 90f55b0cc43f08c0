"""Croissant files (MLCommons, 1.0 and 1.1): the licence of a dataset, where it lies, what it was made from and by.

A reader of the few keys that bear on licences, by the last part of their names: `license`, `sc:license` and
`https://schema.org/license` are one key. Provenance is that of PROV-O, which Croissant 1.1 recommends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licheck.data.listed import text_of
from licheck.data.names import reference as model
from licheck.errors import InputError, Problem
from licheck.evidence.ids import reference
from licheck.model.audit import Columns, Group, Key

MAX_BYTES = 16_000_000  # thousands of record sets; the largest that was seen has less than one
_HEAD = 65_536
_CONFORMS = re.compile(r"https?://(?:www\.)?mlcommons\.org/croissant/1(?:\.\d+)*/?")
# What the Hub writes: its own tag as a page of this site, whether or not there is one.
_TAG = re.compile(r"https?://choosealicense\.com/licenses/([^/?#]+)/?")
_DERIVED = ("isBasedOn", "isBasedOnUrl", "wasDerivedFrom", "hadPrimarySource", "wasQuotedFrom", "wasRevisionOf")
_MADE_BY = ("wasAttributedTo", "wasGeneratedBy", "wasAssociatedWith", "machineAnnotationTools")
_DESCRIBES = re.compile(rb'mlcommons\.org/croissant|"(sc:|https?://schema\.org/)?Dataset"')
_HELP = "write one JSON object with @context, @type, conformsTo, name and license"


def holds(path: Path) -> bool:
    """Whether a JSON file means to describe a dataset: one object with a context, a Dataset or one of Croissant."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return False
    return head.startswith(b"{") and b'"@context"' in head and _DESCRIBES.search(head) is not None


def read(path: Path) -> tuple[Columns, Group, tuple[Key, ...]]:
    """Read a Croissant file: the dataset, and what it was made from; raises InputError for one that is malformed."""
    name = str(path)
    value = _loaded(text_of(path, MAX_BYTES, "a description has no rows: keep them in files beside it"), name)
    stated = list(_texts(_get(value, "conformsTo")))
    if not any(_CONFORMS.fullmatch(text) for text in stated):
        what = f"conformsTo is {', '.join(stated)[:200]!r}" if stated else "conformsTo is missing"
        help_ = "write the version that it follows, like http://mlcommons.org/croissant/1.1"
        raise InputError(Problem(name, None, "conformsTo", what, help_))
    if not any(type_.endswith("Dataset") for type_ in _texts(_get(value, "@type"))):
        raise InputError(Problem(name, None, "@type", "is no Dataset", _HELP))
    own, others = _place(value)
    title = next(_texts(_get(value, "name")), "")
    if not (own or title):
        raise InputError(Problem(name, None, "name", "is missing, and no address names a dataset of the Hub", _HELP))
    nodes = list(_nodes(value))
    inside = {str(node["@id"]) for node in nodes if len(node) > 1 and isinstance(node.get("@id"), str)}
    parents = [key for node in nodes for derived in _DERIVED for key in _parents(_get(node, derived), inside)]
    parents += [Key(source=other) for other in others]
    makers = {text for node in nodes for key in _MADE_BY for text in _texts(_get(node, key)) if model(text, None)}
    key = Key(own or title, _licences(value), tuple(sorted(makers)) or None)
    columns = Columns(source="url" if own else "name", license="license", generator="prov" if makers else "")
    return columns, Group(key, 1, path=name), tuple(p for p in dict.fromkeys(parents) if p.source != key.source)


def _loaded(text: str, name: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
            raise InputError(Problem(name, None, twice[:80], "the key stands twice", "keep one"))
        return found

    try:
        value = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        what = f"not valid JSON: {error.msg}"
        raise InputError(Problem(name, error.lineno, "", what, "correct it; the error may be just before")) from error
    except RecursionError as error:
        raise InputError(Problem(name, None, "", "nested too deeply", "flatten it")) from error
    assert isinstance(value, dict)  # it begins with a brace
    return value


def _get(node: dict[str, Any], name: str) -> Any:
    """The value of a key by the last part of its name."""
    if name in node:
        return node[name]
    return next((value for key, value in node.items() if re.split(r"[:/#]", key)[-1] == name), None)


def _texts(value: Any) -> Iterator[str]:
    """What a value says, be it text, a list, or an object with an address or a name."""
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key in ("url", "@id", "@value", "name", "label"):
            texts = list(_texts(_get(value, key)))
            if texts and not texts[0].startswith("_:"):
                yield texts[0]
                return


def _licences(node: dict[str, Any]) -> tuple[str, ...] | None:
    """Licences as written; conditions of use, which no reader of licences knows, count as one more."""
    found = [*_texts(_get(node, "license")), *_texts(_get(node, "usageInfo"))]
    found = [match[1] if (match := _TAG.fullmatch(text)) else text for text in found]
    return tuple(sorted(set(found))) or None


def _hub(text: str) -> str | None:
    """The dataset of the Hub that an address leads to."""
    found = reference(text) if "://" in text else None
    return found.id if found and found.kind == "dataset" else None


def _place(value: dict[str, Any]) -> tuple[str, list[str]]:
    """The id of the dataset on the Hub, or nothing, and those of others that its files come from."""
    files = _get(value, "distribution")
    below = files if isinstance(files, list) else [files]
    addresses = [text for key in ("url", "@id", "sameAs") for text in _texts(_get(value, key))]
    contents = [text for file in below if isinstance(file, dict) for text in _texts(_get(file, "contentUrl"))]
    names = [text for key in ("alternateName", "name") for text in _texts(_get(value, key))]
    found = [id_ for text in (*addresses, *contents, *names) if (id_ := _hub(text))]
    if not found:
        plain = [text for text in names if (r := reference(text)) and r.kind == "hf" and r.id == text and "/" in text]
        return (plain[0] if plain else ""), []
    return found[0], [id_ for id_ in dict.fromkeys(map(_hub, contents)) if id_ and id_ != found[0]]


def _nodes(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All objects of the description, but for its context and the records that it holds."""
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            yield item
            todo += [item[key] for key in reversed(item) if key not in ("@context", "data", "examples")]
        elif isinstance(item, list):
            todo += reversed(item)


def _parents(value: Any, inside: set[str]) -> Iterator[Key]:
    """What something was made from, with the licence that is stated there; parts of the same description are none."""
    for item in value if isinstance(value, list) else [value]:
        for text in _texts(item):
            if text not in inside or (isinstance(item, dict) and len(item) > 1):
                yield Key(_hub(text) or text, _licences(item) if isinstance(item, dict) else None)
