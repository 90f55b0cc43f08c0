"""Makes license_db/fingerprints from texts: checksums and digests only, no words.

Usage: python tools/build_fingerprints.py NAME=FOLDER… [--package DISTRIBUTION]…

NAME is what sources.csv calls the folder. Texts are *.txt, *.LICENSE and *.RULE (what follows their front matter) and
*.json with a `licenseText`, the form in which packages ship the SPDX list; `--package` reads an installed distribution
and calls it by name and version. Each source of a record whose digest is that of a text gives a row; a source with
`contains:` gives its row for those documents too, a record with `optional_after:` further rows that end there. Texts
of the SPDX list give rows for the ids that have no record, and second rows where two published forms differ; what the
list calls each of them, and the address it gives, go to names.tsv. The same texts give the same files; rows that no
text is at hand for are kept.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db.compile import records
from licheck.identify import index as fingerprints
from licheck.identify.clauses import Detector
from licheck.identify.sentences import sentences
from licheck.identify.text import Identifier
from licheck.words import Words, digest, words

ROOT = Path(__file__).resolve().parents[1] / "license_db"
FOLDER = ROOT / "fingerprints"
SPDX = re.compile(rb"^spdx_license_key: *([A-Za-z0-9.+-]+) *$", re.MULTILINE)
LEAST = 20  # shorter texts stand inside others by chance
TITLE = 12
PACKAGED = ".debian.org/"  # somebody's package that holds the text is not the licence's address
ROW_ID = 12  # hex digits of a row's digest that tell it from the others
# Ids that the SPDX list keeps only for old documents.
OLD = {"Nunit", "StandardML-NJ", "eCos-2.0", "wxWindows", "BSD-2-Clause-FreeBSD", "BSD-2-Clause-NetBSD", "bzip2-1.0.5"}
# Between these words a licence names whoever uses it.
HOLDERS = (
    ("name of", "nor"),
    ("names of", "nor"),
    ("name of", "may"),
    ("provided by", "as is"),
    ("shall", "be liable"),
)
HOLDER_LONGEST = 14


class Text(NamedTuple):
    """A text: where it was read, the digest of the bytes it was cut from, and what an SPDX list calls it."""

    source: str
    sha256: str
    text: str
    spdx: str
    name: str = ""
    url: str = ""


class Row(NamedTuple):
    """A row of texts.tsv, its packed runs, the checksums it gives to the sketch, and the text it was made from."""

    row: dict[str, str]
    runs: bytes
    sampled: list[int]
    source: tuple[str, str]


def texts(folders: Iterable[tuple[str, Path]]) -> Iterator[Text]:
    """Every text below the folders, in the order of their paths."""
    for name, folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".txt", ".LICENSE", ".RULE", ".json")):
            data = path.read_bytes()
            source = f"{name}:{path.relative_to(folder).as_posix()}"
            if path.suffix == ".json":
                listed = json.loads(data)
                if isinstance(listed, dict) and "licenseText" in listed:
                    address = str(listed.get("url", ""))
                    address = "" if PACKAGED in address else address
                    found = (str(listed["licenseText"]), path.stem, str(listed["name"]), address)
                    yield Text(source, sha256(data).hexdigest(), *found)
                continue
            head, body = (b"", data) if path.suffix == ".txt" else _front(data)
            named = SPDX.search(head)
            old = b"is_exception: yes" in head or b"is_deprecated: yes" in head
            spdx = named[1].decode() if named and not old and path.suffix == ".LICENSE" else ""
            # Readers have cut the newlines at the end of such a text, or left them.
            for form in dict.fromkeys((body, body.rstrip(b"\n"))) if head else (body,):
                yield Text(source, sha256(form).hexdigest(), form.decode("utf-8", "replace"), spdx)


def _front(data: bytes) -> tuple[bytes, bytes]:
    head, _, body = data.removeprefix(b"---\n").partition(b"\n---\n")
    return head, body.lstrip(b"\n")


class Builder:
    """Collects rows, each digest once."""

    def __init__(self) -> None:
        table = records(ROOT)
        self.detector = Detector(table["phrases"], table["words"]["territories"])
        self.records = [
            value
            for key, value in sorted(table.items())
            if key.startswith("licenses/") and value["layer"] != "statement"
        ]
        self.rows: dict[str, Row] = {}

    def build(self, held: list[Text]) -> list[Row]:
        """Return one row a text, in the order of the documents."""
        by_digest = {text.sha256: text for text in reversed(held)}  # the folder that is named first counts
        for record in self.records:
            for source in record["sources"]:
                if source["sha256"] in by_digest:
                    self._record(record, source, by_digest[source["sha256"]])
        recorded = {str(record.get("spdx") or record["id"]): record["id"] for record in self.records}
        listed = sorted(_current(held), key=lambda text: (text.spdx, text.source))
        named = {name for row in self.rows.values() for name in row.row["documents"].split(",")}
        for text in listed:
            name, found = recorded.get(text.spdx, text.spdx), words(text.text)
            if name not in named and len(found) >= LEAST:
                named.add(name)
                self._add(text, found, len(found), {name}, self._detected(found), free_places(found))
        first = Identifier(make_index(list(self.rows.values())))
        for text in listed:
            self._other_form(text, recorded.get(text.spdx, text.spdx), first)
        at_hand = {text.sha256 for text in held}
        for kept in _kept():
            if kept.source[1] not in at_hand:
                self.rows.setdefault(kept.row["digest"], kept)
        return sorted(self.rows.values(), key=lambda r: (r.row["documents"], r.row["digest"]))

    def _record(self, record: dict[str, Any], source: dict[str, Any], text: Text) -> None:
        found = words(text.text)
        places = clause_places(found, record)
        whole = {record["id"], *source.get("contains", ())}
        cuts = list(_cuts(found, record.get("optional_after")))
        free = f" {cuts[0]}-{len(found) - 1}" if cuts and cuts[0] < len(found) else ""
        for cut in (len(found), *cuts):
            # What a text contains besides its own document may stand in the part that is left off.
            documents = whole if cut == len(found) else {record["id"]}
            entire = cut == len(found)
            self._add(
                text, found, cut, documents, places, free_places(found, cut) + (free if entire else ""), aligned=entire
            )

    def _other_form(self, text: Text, name: str, first: Identifier) -> None:
        """A row for a published form of a known document that is not the one at hand, nor that with something more."""
        found = words(text.text)
        answer = first.identify(text.text)
        exact = any(name in part.documents and part.status == "exact" for part in answer.parts)
        if len(found) < LEAST or exact:
            return
        edited = answer.parts[0].edits if answer.nearest == name else ()
        aligned = not edited or sum(max(e.end - e.start, e.was) for e in edited) > len(found) / 10
        self._add(text, found, len(found), {name}, self._detected(found), free_places(found), aligned)

    def _detected(self, found: Words) -> str:
        return " ".join(f"{d.clause}:{p.start}-{p.end - 1}" for d in self.detector.detect(found) for p in d.places)

    def _add(
        self, text: Text, found: Words, cut: int, documents: set[str], clauses: str, free: str, aligned: bool = True
    ) -> None:
        tokens = found.tokens[:cut]
        key = digest(tokens)
        known = self.rows.get(key)
        if known:
            documents = documents | set(known.row["documents"].split(","))
        inside = " ".join(place for place in clauses.split() if int(place.rpartition("-")[2]) < cut)
        row = fingerprints.row(
            tokens, documents, key, clauses=inside, free=" ".join(free.split()), aligned="1" if aligned else "0"
        )
        runs = fingerprints.checksums(tokens) if aligned else []
        source = known.source if known else (text.source, text.sha256)
        self.rows[key] = Row(row, fingerprints.pack(runs), fingerprints.sampled(runs), source)


def _current(held: list[Text]) -> list[Text]:
    """Texts that an SPDX list ships under an id that is in use, and those that also.txt asks for."""
    ids = {text.spdx for text in held}
    also = set((FOLDER / "also.txt").read_text("utf-8").split())
    return [
        text
        for text in held
        if text.spdx
        and (not text.spdx.startswith("LicenseRef-") or text.spdx in also)
        and text.spdx not in OLD
        and not text.spdx.endswith(("+", "-or-later"))
        and "-with-" not in text.spdx
        and f"{text.spdx}-only" not in ids
    ]


def names(held: list[Text]) -> str:
    """What an SPDX list calls its licences and where it says they are published, as a table; "" without a list."""
    rows = {
        text.spdx: f"{text.spdx}\t{' '.join(text.name.split())}\t{text.url}" for text in _current(held) if text.name
    }
    return "\n".join(["id\tname\turl", *(rows[spdx] for spdx in sorted(rows))]) + "\n" if rows else ""


def clause_places(found: Words, record: dict[str, Any]) -> str:
    """Where the sentence of each clause of a record stands in a text, as `clause:first-last` in words."""
    parts = sentences(found)
    places = []
    for clause, term in sorted(record["clauses"].items()):
        wanted = words(str(term["anchor"])).tokens
        at = next((i for i, t in enumerate(found.tokens) if found.tokens[i : i + len(wanted)] == wanted), None)
        if at is not None:
            inside = [p for p in parts if p.start < at + len(wanted) and at < p.end]
            places.append(f"{clause}:{inside[0].start}-{inside[-1].end - 1}")
    return " ".join(places)


def free_places(found: Words, cut: int | None = None) -> str:
    """Where words may differ without meaning anything: the title, and the names of holders."""
    tokens = found.tokens[:cut]
    joined = " " + " ".join(tokens) + " "
    spans = []
    # A remark in brackets may stand above the title.
    title = re.match(r"((?:\s*\[[^\]\n]*\]\s*\n)?\W*[^\n]*)\n", found.text)
    if title and 0 < (count := len(words(title[1]))) <= TITLE + 14 * title[1].lstrip().startswith("["):
        spans.append((0, count - 1))
    for before, after in HOLDERS:
        for match in re.finditer(rf" {before} (?=((?:\S+ ){{1,{HOLDER_LONGEST}}}?){after} )", joined):
            first = joined.count(" ", 0, match.end()) - 1
            spans.append((first, first + len(match[1].split()) - 1))
    return " ".join(f"{first}-{last}" for first, last in sorted(set(spans)))


def _cuts(found: Words, optional_after: str | None) -> Iterator[int]:
    """Where a text may end: after the words that begin its appendix are left off, and before them."""
    if optional_after:
        mark = words(optional_after).tokens
        for at in range(len(found)):
            if found.tokens[at : at + len(mark)] == mark:
                yield from (at + len(mark), at)
                return


def _kept() -> Iterator[Row]:
    """Rows as they stand in the files."""
    names = ("texts.tsv", "runs.bin", "sketch.bin", "sources.csv")
    if not all((FOLDER / name).exists() for name in names):
        return
    header, *lines = ((FOLDER / "texts.tsv").read_text("utf-8")).splitlines()
    rows = [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["row"]: (row["source"], row["sha256"]) for row in csv.DictReader(file)}
    index = fingerprints.Index([list(row.values()) for row in rows], lambda name: (FOLDER / name).read_bytes())
    for number, row in enumerate(rows):
        known = index.known(number)
        runs = fingerprints.pack(index.runs(known))
        yield Row(row, runs, index.sampled_of(known), sources.get(known.digest[:ROW_ID], ("", "")))


def make_index(rows: list[Row]) -> fingerprints.Index:
    """Put rows together as they are read from the files."""
    files = {
        "runs.bin": b"".join(row.runs for row in rows),
        "sketch.bin": fingerprints.sketch(enumerate(row.sampled for row in rows)),
    }
    return fingerprints.Index([list(row.row.values()) for row in rows], files.__getitem__)


def write(rows: list[Row]) -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    lines = ["\t".join(row.row[column] for column in fingerprints.COLUMNS) for row in rows]
    (FOLDER / "texts.tsv").write_text("\n".join(["\t".join(fingerprints.COLUMNS), *lines]) + "\n", "utf-8")
    (FOLDER / "runs.bin").write_bytes(b"".join(row.runs for row in rows))
    (FOLDER / "sketch.bin").write_bytes(fingerprints.sketch(enumerate(row.sampled for row in rows)))
    with (FOLDER / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("row", "source", "sha256"))
        writer.writerows((row.row["digest"][:ROW_ID], *row.source) for row in rows)


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="NAME=FOLDER")
    parser.add_argument("--package", action="append", default=[], metavar="DISTRIBUTION")
    options = parser.parse_args()
    folders = [(name, Path(folder)) for name, _, folder in (item.rpartition("=") for item in options.folders)]
    for name in options.package:
        found = distribution(name)
        folders.append((f"{name}=={found.version}", Path(str(found.locate_file("")))))
    held = list(texts(folders))
    made = Builder().build(held)
    write(made)
    if listed := names(held):
        (FOLDER / "names.tsv").write_text(listed, "utf-8")
    sizes = sum(path.stat().st_size for path in FOLDER.iterdir() if path.suffix != ".csv")
    print(f"{len(made)} rows, {sizes:,} bytes")


if __name__ == "__main__":
    main()
