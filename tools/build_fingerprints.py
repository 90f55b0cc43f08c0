"""Makes license_db/fingerprints from folders of texts: checksums and digests only, no words.

Usage: python tools/build_fingerprints.py FOLDER…

Every .txt below the folders is a text, and so is what follows the front matter of a .LICENSE or .RULE file, as packages
of licence texts ship them. Each source of a record whose digest is that of a text gives one row of exact.tsv and the
checksums of its runs of words in runs.bin; a source with `contains:` gives its row for those documents too, and a
record with `optional_after:` further rows that end there. A .LICENSE file whose front matter names an SPDX licence that
has no record gives a row for that id. Rows that no text is at hand for are kept as they are.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db.compile import records
from licheck.identify.exact import row
from licheck.identify.nearest import RUN, runs
from licheck.maintain import clause_places
from licheck.words import Word, words

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "license_db" / "fingerprints"
SPDX = re.compile(rb"^spdx_license_key: *([A-Za-z0-9.+-]+) *$", re.MULTILINE)
LEAST = 20  # shorter texts stand inside others by chance
HEADER = "head\twords\tdigest\tdocuments\tclauses"


class Row(NamedTuple):
    """One text: what exact.tsv says of it, and its runs."""

    head: str
    words: int
    digest: str
    documents: frozenset[str]
    clauses: str
    runs: array[int]


def texts(folders: list[Path]) -> dict[str, str]:
    """Texts by the digest of their bytes."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted((*folder.rglob("*.txt"), *folder.rglob("*.LICENSE"), *folder.rglob("*.RULE"))):
            data = path.read_bytes()
            for form in (data,) if path.suffix == ".txt" else _cuts(data):
                found[sha256(form).hexdigest()] = form.decode("utf-8", "replace")
    return found


def _cuts(data: bytes) -> tuple[bytes, bytes]:
    """What follows front matter, with and without the newlines at its end: readers have cut it either way."""
    text = data.split(b"\n---\n", 1)[-1].lstrip(b"\n")
    return text, text.rstrip(b"\n")


def build(folders: list[Path]) -> list[Row]:
    """Return one row a text, in the order of the documents."""
    held = texts(folders)
    rows: dict[str, Row] = {}
    seen: set[str] = set()
    for key, record in records(ROOT / "license_db").items():
        if not key.startswith("licenses/") or record["layer"] == "statement":
            continue
        for source in record["sources"]:
            if source["sha256"] not in held:
                continue
            seen.add(record["id"])
            text = held[source["sha256"]]
            whole = frozenset((record["id"], *source.get("contains", ())))
            for place, part in enumerate(_forms(words(text), record.get("optional_after"))):
                # What a text contains besides its own document may stand in the part that is left off.
                new = _row(text, part, whole if place == 0 else frozenset((record["id"],)), record)
                old = rows.get(new.digest, new)
                rows[new.digest] = new._replace(documents=new.documents | old.documents)
    named = {name for r in rows.values() for name in r.documents}
    for name, text in sorted(_listed(folders).items()):
        new = _row(text, words(text), frozenset((name,)), {"clauses": {}})
        if name not in named and new.words >= LEAST:
            rows.setdefault(new.digest, new)
            seen.add(name)
    for row_ in _kept():
        if not seen & row_.documents:
            rows.setdefault(row_.digest, row_)
    return sorted(rows.values(), key=lambda r: (sorted(r.documents), r.digest))


def _listed(folders: list[Path]) -> dict[str, str]:
    """Texts of the SPDX list by id, as a package ships them."""
    found: dict[str, str] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*.LICENSE")):
        head, _, text = path.read_bytes().removeprefix(b"---\n").partition(b"\n---\n")
        name = SPDX.search(head)
        if name and b"is_exception: yes" not in head and b"is_deprecated: yes" not in head:
            found.setdefault(name[1].decode(), text.decode("utf-8", "replace"))
    return {name: text for name, text in found.items() if not name.startswith("LicenseRef-")}


def _row(text: str, part: list[Word], ids: frozenset[str], record: dict[str, Any]) -> Row:
    tokens = [word.text for word in part]
    head, count, digest, _ = row(tokens, ())
    return Row(head, count, digest, ids, clause_places(text, part, record), runs(tokens))


def _kept() -> Iterator[Row]:
    """Rows as they stand in the files."""
    table = FOLDER / "exact.tsv"
    if not (table.exists() and (FOLDER / "runs.bin").exists()):
        return
    everything, at = array("H"), 0
    everything.frombytes((FOLDER / "runs.bin").read_bytes())
    for line in table.read_text("utf-8").splitlines()[1:]:
        head, count, digest, ids, clauses = line.split("\t")
        length = max(0, int(count) - RUN + 1)
        yield Row(head, int(count), digest, frozenset(ids.split(",")), clauses, everything[at : at + length])
        at += length


def _forms(found: list[Word], optional_after: str | None) -> list[list[Word]]:
    forms = [found]
    if optional_after:
        mark = [word.text for word in words(optional_after)]
        tokens = [word.text for word in found]
        ends = [i + len(mark) for i in range(len(tokens)) if tokens[i : i + len(mark)] == mark]
        forms += [found[:end] for end in ends[:1]] + [found[: end - len(mark)] for end in ends[:1]]
    return forms


def write(rows: list[Row]) -> None:
    """Write both files."""
    lines = [f"{r.head}\t{r.words}\t{r.digest}\t{','.join(sorted(r.documents))}\t{r.clauses}" for r in rows]
    (FOLDER / "exact.tsv").write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    (FOLDER / "runs.bin").write_bytes(b"".join(r.runs.tobytes() for r in rows))


if __name__ == "__main__":
    made = build([Path(folder) for folder in sys.argv[1:]])
    FOLDER.mkdir(exist_ok=True)
    write(made)
    print(f"{len(made)} rows, {sum(len(r.runs) for r in made) * 2:,} bytes of runs")
