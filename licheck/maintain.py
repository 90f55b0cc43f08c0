"""What those who maintain license_db need: check it, count it, begin a new record from a text."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db import check, texts
from licheck.db.compile import records
from licheck.errors import InputError, Problem
from licheck.identify import index
from licheck.identify.clauses import Detector
from licheck.words import Words, digest, words

ANCHOR = 8  # words that an anchor may have
DEFAULT = Path(__file__).resolve().parents[1] / "license_db"


class Proposal(NamedTuple):
    """Where a clause seems to stand in a text: words of it, their line, and what was read there."""

    anchor: str
    line: int
    params: dict[str, Any]


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
        "fingerprints": len(table["fingerprints/texts"]["rows"]),
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
    """Begin the record of a new text, with the clauses that phrases find in it; never overwrites one.

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
    found = words(text)
    proposed = _proposed(root, found)
    target.write_text(_skeleton(record_id, title, sha256(data).hexdigest(), text_file.name, proposed, root), "utf-8")
    return Added(target, tuple(proposed), _fingerprint(root / "fingerprints", found, record_id))


def _fingerprint(folder: Path, found: Words, record_id: str) -> str:
    """Add a text to the fingerprints."""
    row = index.row(found.tokens, [record_id], digest(found.tokens))
    runs = index.checksums(found.tokens)
    table, sketch = folder / "texts.tsv", folder / "sketch.bin"
    number = len(table.read_text("utf-8").splitlines()) - 1
    line = "\t".join(row[column] for column in index.COLUMNS)
    with table.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with (folder / "runs.bin").open("ab") as file:
        file.write(index.pack(runs))
    sketch.write_bytes(index.extended(sketch.read_bytes(), number, index.sampled(runs)))
    return line


def _proposed(root: Path, found: Words) -> dict[str, Proposal]:
    """Clause → where its phrases stand in a text."""
    table = records(root)
    detector = Detector(table["phrases"], table["words"]["territories"])
    proposed = {}
    for detected in detector.detect(found):
        start, end = detected.sentence.start, detected.sentence.end
        last = min(end, start + ANCHOR) - 1
        anchor = " ".join(found.text[found.starts[start] : found.ends[last]].split())
        proposed[detected.clause] = Proposal(anchor, found.line(found.starts[start]), detected.params)
    return dict(sorted(proposed.items()))


def _skeleton(record_id: str, title: str, sha: str, name: str, proposed: dict[str, Proposal], root: Path) -> str:
    clauses = sorted(path.stem for path in (root / "clauses").glob("*.yaml"))
    present = "".join(
        f"  {clause}:   # CONFIRM: like words stand on line {found.line}\n"
        f'    section: "?"\n    anchor: {_quoted(found.anchor)}\n    summary: "?"\n'
        f"    trigger: [use]\n    reach: [materials]\n    params: {_quoted(found.params)}\n"
        for clause, found in proposed.items()
    )
    absent = "".join(f"  - {clause}   # READ: is it really absent?\n" for clause in clauses if clause not in proposed)
    return (
        f"id: {record_id}\ntitle: {_quoted(title)}\nlayer: weight-licence\nstatus: draft\n"
        f"names: [{_quoted(record_id.lower())}]\n"
        f'sources:\n  - source: "?"   # where {name} was read: owner/repo@commit:path\n    sha256: {sha}\n'
        "relicensing:\n  value: keeps-governing   # or free, same-licence, forbidden\n"
        '  section: "?"\n  anchor: "??"\n  summary: "?"\n'
        "output_rule: {value: unknown}   # what does the text say of training on outputs?\n"
        f"clauses:{' {}' if not present else ''}\n{present}"
        f'absent:\n  - "?"   # delete this line when the text was read for all that follow\n{absent}'
    )


def _quoted(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
