"""What those who maintain license_db need: check it, count it, begin a new record from a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db import check, texts
from licheck.db.compile import records
from licheck.errors import InputError, Problem
from licheck.identify.exact import row
from licheck.identify.nearest import runs
from licheck.words import Word, squash, words

_BREAK = re.compile(r"[.;:](?=\s)|\n\s*\n|\n(?=\s*(?:[-*•]|\(?[0-9a-z]{1,4}[.)]\s))")

DEFAULT = Path(__file__).resolve().parents[1] / "license_db"


class Added(NamedTuple):
    """What `add` wrote: the record, the clauses it proposes, and the fingerprint."""

    record: Path
    proposed: tuple[str, ...]
    fingerprint: str


def find(root: Path | None) -> Path:
    """Return the folder of the records; raises InputError where there is none."""
    folder = root or (Path("license_db") if Path("license_db/vocabulary.yaml").is_file() else DEFAULT)
    if not (folder / "vocabulary.yaml").is_file():
        help_ = "run it in a checkout of licheck, or name the folder with --db"
        raise InputError(Problem(str(folder), None, "", "holds no license_db", help_))
    return folder


def problems(root: Path, corpus: Path | None) -> tuple[list[Problem], int]:
    """Return what is wrong with the records, and how many anchors were held against texts."""
    found = check.problems(root)
    if corpus is None or found:
        return found, 0
    if not corpus.is_dir():
        raise InputError(Problem(str(corpus), None, "", "no such folder", "name the folder that holds the texts"))
    result = texts.compare(root, corpus)
    return [*found, *result.problems], result.anchors


def stats(root: Path) -> dict[str, int]:
    """Count what the database holds."""
    table = records(root)
    licences = [r for key, r in table.items() if key.startswith("licenses/")]
    services = [r for key, r in table.items() if key.startswith("services/")]
    versions = [v for provider in services for document in provider["documents"] for v in document["versions"]]
    layers = Counter(record["layer"] for record in licences)
    return {
        "licences and policies": len(licences),
        **{f"  {layer}": count for layer, count in sorted(layers.items())},
        "clauses present in them": sum(len(record["clauses"]) for record in licences),
        "providers": len(services),
        "versions of service documents": len(versions),
        "  with the text read": sum(bool(version.get("sources")) for version in versions),
        "models and patterns of models": sum(_entries(table, "models")),
        "datasets": sum(_entries(table, "datasets")),
        "names of licences": len(table["names"]),
        "fingerprints": len(table["fingerprints/exact"]["rows"]),
        "reviewed by a lawyer": sum(record["status"] == "reviewed" for record in licences),
    }


def _entries(table: dict[str, Any], name: str) -> list[int]:
    # Patterns stand together in one record, exact ids each in its own.
    return [
        len(record) if key == f"catalogue/{name}*" else 1
        for key, record in table.items()
        if key.startswith(f"catalogue/{name}")
    ]


def add(root: Path, text_file: Path, record_id: str, title: str) -> Added:
    """Begin the record of a new text, with the clauses that known anchors point at; never overwrites one.

    Raises InputError where the record exists or the text cannot be read.
    """
    target = root / "licenses" / f"{record_id}.yaml"
    if target.exists():
        raise InputError(Problem(str(target), None, "", "exists already", "choose another --id, or edit the record"))
    try:
        data = text_file.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(str(text_file), None, "", f"cannot be read: {error}", "give a text in UTF-8")
        ) from error
    proposed = _proposed(root, text)
    tokens = [word.text for word in words(text)]
    head, count, digest, _ = row(tokens, ())
    fingerprint = f"{head}\t{count}\t{digest}\t{record_id}\t"
    target.write_text(_skeleton(record_id, title, sha256(data).hexdigest(), text_file.name, proposed, root), "utf-8")
    table = root / "fingerprints" / "exact.tsv"
    table.write_text(table.read_text("utf-8") + fingerprint + "\n", "utf-8")
    with (root / "fingerprints" / "runs.bin").open("ab") as file:
        file.write(runs(tokens).tobytes())
    return Added(target, tuple(proposed), fingerprint)


def clause_places(text: str, found: Sequence[Word], record: Mapping[str, Any]) -> str:
    """Where the sentence of each clause stands in a text, as `clause:from-to` in words, for the fingerprint."""
    tokens = [word.text for word in found]
    places = []
    for clause, term in sorted(record["clauses"].items()):
        wanted = [word.text for word in words(str(term["anchor"]))]
        at = next((i for i in range(len(tokens)) if tokens[i : i + len(wanted)] == wanted), None)
        if at is not None:
            start, end = found[at].start, found[at + len(wanted) - 1].end
            low = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
            stop = _BREAK.search(text, end)
            high = stop.start() if stop else len(text)
            inside = [i for i, word in enumerate(found) if low <= word.start and word.end <= high]
            places.append(f"{clause}:{inside[0]}-{inside[-1]}")
    return " ".join(places)


def _proposed(root: Path, text: str) -> dict[str, tuple[str, int]]:
    """Clause → anchor of some known licence that also stands in this text, and its line."""
    body = f" {squash(text)} "
    found: dict[str, tuple[str, int]] = {}
    for key, record in records(root).items():
        if not key.startswith("licenses/"):
            continue
        for clause, term in record["clauses"].items():
            anchor = str(term["anchor"])
            if clause not in found and len(anchor.split()) > 2 and f" {squash(anchor)} " in body:
                found[clause] = (anchor, _line(text, anchor))
    return dict(sorted(found.items()))


def _line(text: str, anchor: str) -> int:
    wanted = [word.text for word in words(anchor)]
    found = words(text)
    tokens = [word.text for word in found]
    at = next(i for i in range(len(tokens)) if tokens[i : i + len(wanted)] == wanted)
    return text.count("\n", 0, found[at].start) + 1


def _skeleton(
    record_id: str, title: str, digest: str, name: str, proposed: dict[str, tuple[str, int]], root: Path
) -> str:
    clauses = sorted(path.stem for path in (root / "clauses").glob("*.yaml"))
    present = "".join(
        f"  {clause}:   # CONFIRM: like words stand on line {line}\n"
        f'    section: "?"\n    anchor: {_quoted(anchor)}\n    summary: "?"\n'
        f"    trigger: [use]\n    reach: [materials]\n    params: {{}}\n"
        for clause, (anchor, line) in proposed.items()
    )
    absent = "".join(f"  - {clause}   # READ: is it really absent?\n" for clause in clauses if clause not in proposed)
    return (
        f"id: {record_id}\ntitle: {_quoted(title)}\nlayer: weight-licence\nstatus: draft\n"
        f"names: [{_quoted(record_id.lower())}]\n"
        f'sources:\n  - source: "?"   # where {name} was read: owner/repo@commit:path\n    sha256: {digest}\n'
        "relicensing:\n  value: keeps-governing   # or free, same-licence, forbidden\n"
        '  section: "?"\n  anchor: "??"\n  summary: "?"\n'
        "output_rule: {value: unknown}   # what does the text say of training on outputs?\n"
        f"clauses:{' {}' if not present else ''}\n{present}"
        f'absent:\n  - "?"   # delete this line when the text was read for all that follow\n{absent}'
    )


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
