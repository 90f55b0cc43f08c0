"""How well the phrases find the clauses of texts that were read by people, kind by kind.

Usage: python benchmarks/clauses.py FOLDER… [--labels FILE] [--ids FILE] [--part dev|test] [--clause ID] [--show]

FOLDER holds the texts (*.txt, found by their digests); what they hold is known from the records, or from FILE (YAML:
id → present → clause → params; the text is FOLDER/id.txt). `--part` takes two thirds or one third of the families, for
tuning and for measuring. A parameter counts as right when it is what the record says; one that the record has and
the phrases leave out counts as wrong. `--show` lists what was missed and what was found wrongly.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from licheck.db.compile import records
from licheck.identify.clauses import Detector
from licheck.words import squash, words

ROOT = Path(__file__).resolve().parents[1] / "license_db"
Gold = dict[str, dict[str, Any]]
# What a reader of one text can say without weighing it: the others are judgements that a record gives.
READ_OUT = {
    "more_than", "unit", "currency", "period", "metric", "then", "words", "position", "phrases", "territories", "law",
    "line", "owner", "form", "how", "when", "which", "suits", "ends", "force", "object", "scope", "target", "marks",
}  # fmt: skip


def from_records(folders: list[Path]) -> Iterator[tuple[str, str, Gold]]:
    """Each text with the clauses that its records give it."""
    texts = {sha256(p.read_bytes()).hexdigest(): p for f in folders for p in sorted(f.rglob("*.txt"))}
    table = {key: value for key, value in records(ROOT).items() if key.startswith("licenses/")}
    gold: dict[Path, Gold] = {}
    names: dict[Path, str] = {}
    for record in table.values():
        for source in record["sources"]:
            path = texts.get(source["sha256"])
            if path and record["layer"] != "statement":
                names.setdefault(path, record["id"])
                for one in (record["id"], *source.get("contains", ())):
                    gold.setdefault(path, {}).update(table[f"licenses/{one}"]["clauses"])
    for path, clauses in gold.items():
        yield names[path], path.read_text("utf-8-sig"), {c: t.get("params", {}) for c, t in clauses.items()}


def from_labels(folder: Path, labels: Path) -> Iterator[tuple[str, str, Gold]]:
    """Each text with the clauses that a file gives it."""
    import yaml

    for name, entry in yaml.safe_load(labels.read_text("utf-8")).items():
        path = folder / f"{name}.txt"
        yield (
            name,
            path.read_text("utf-8-sig", "replace"),
            {c: t.get("params") or {} for c, t in entry["present"].items()},
        )


def family(name: str) -> str:
    """The letters that an id begins with: `llama3.1` and `llama2-aup` are one family."""
    return re.match(r"[a-z]*", name.lower().removeprefix("std-").removeprefix("data-")).group()  # type: ignore[union-attr]


def same(found: Any, wanted: Any) -> bool:
    """Whether two values say the same: lists hold the same members, words are compared as words."""
    if isinstance(wanted, list):
        wanted = [_whole(one) for one in wanted]
        wanted = " ".join(wanted) if isinstance(found, str) else wanted
    if isinstance(wanted, list) or isinstance(found, list):
        many = [{squash(str(v)) for v in (x if isinstance(x, list) else [x])} for x in (found, wanted)]
        return many[0] == many[1]
    if isinstance(wanted, str) and isinstance(found, str):
        a, b = squash(found), squash(wanted)
        return a == b or (len(b.split()) < 9 and (f" {b} " in f" {a} " or f" {a} " in f" {b} "))
    return bool(found == wanted)


def _whole(value: Any) -> Any:
    """A notice that a record keeps in pieces, as one."""
    if not isinstance(value, dict):
        return value
    return " ".join(str(piece["words"]) for piece in value["pieces"]) if "pieces" in value else str(value["words"])


def main() -> None:
    """Print a table of kinds, and on request what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--ids", type=Path)
    parser.add_argument("--part", choices=("dev", "test"))
    parser.add_argument("--clause", action="append")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    table = records(ROOT)
    clauses = [value for key, value in table.items() if key.startswith("clauses/")]
    detector = Detector(table["phrases"], table["words"]["territories"])
    kinds = options.clause or sorted(record["id"] for record in clauses)
    corpus = from_labels(options.folders[0], options.labels) if options.labels else from_records(options.folders)
    only = set(options.ids.read_text().split()) if options.ids else None
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, text, gold in corpus:
        part = "test" if crc32(family(name).encode()) % 3 == 0 else "dev"
        if (only is not None and name not in only) or (options.part and part != options.part):
            continue
        found = words(text)
        detected = {d.clause: d for d in detector.detect(found)}
        for kind in kinds:
            hit, wanted = detected.get(kind), gold.get(kind)
            outcome = {(True, True): "right", (True, False): "false", (False, True): "missed"}.get(
                (hit is not None, wanted is not None)
            )
            counts[kind][outcome or "absent"] += 1
            if options.show and hit and wanted is None:
                print(f"FALSE   {name} {kind}: {' '.join(found.tokens[hit.sentence.start : hit.sentence.end])[:400]}")
            if options.show and wanted is not None and not hit:
                print(f"MISSED  {name} {kind}: {dict(wanted)}")
            for param in wanted or () if hit else ():
                if param in READ_OUT and wanted[param] not in (None, []):
                    right = same(hit.params.get(param), wanted[param])
                    counts[kind]["param right" if right else "param wrong"] += 1
                    if options.show and not right:
                        print(
                            f"PARAM   {name} {kind}.{param}: read {hit.params.get(param)!r}, record {wanted[param]!r}"
                        )
    total: Counter[str] = Counter()
    print(f"{'clause':32} held found missed false   precision recall   params")
    for kind in kinds:
        total += counts[kind]
        print(_row(kind, counts[kind]))
    print(_row("all", total))


def _row(name: str, c: Counter[str]) -> str:
    held, found = c["right"] + c["missed"], c["right"] + c["false"]
    read = c["param right"] + c["param wrong"]
    shares = (c["right"] / found if found else 1.0, c["right"] / held if held else 1.0)
    params = f"{c['param right']}/{read} = {c['param right'] / read:.3f}" if read else "-"
    return f"{name:32} {held:4} {found:5} {c['missed']:6} {c['false']:5}   {shares[0]:9.3f} {shares[1]:6.3f}   {params}"


if __name__ == "__main__":
    main()
