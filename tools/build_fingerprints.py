"""Makes license_db/fingerprints/exact.tsv from folders of texts: hashes only, no words.

Usage: python tools/build_fingerprints.py FOLDER…

Every .txt below the folders is a text, and so is what follows the front matter of a .LICENSE or .RULE file, as packages
of licence texts ship them. A row that no text is at hand for is kept. Each source of a record whose digest
is that of a text gives one row; a source with `contains:` gives its row for those documents too, and a record with
`optional_after:` further rows that end there.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from licheck.db.compile import records
from licheck.identify.exact import row
from licheck.words import words

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "license_db" / "fingerprints" / "exact.tsv"
HEADER = "head\twords\tdigest\tdocuments"


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


def build(folders: list[Path]) -> str:
    """Return the table for the records at hand."""
    held = texts(folders)
    rows: dict[tuple[str, int, str], set[str]] = {}
    seen: set[str] = set()
    for key, record in records(ROOT / "license_db").items():
        if not key.startswith("licenses/") or record["layer"] == "statement":
            continue
        for source in record["sources"]:
            if source["sha256"] in held:
                seen.add(record["id"])
                for tokens in _forms(held[source["sha256"]], record.get("optional_after")):
                    head, count, digest, _ = row(tokens, ())
                    rows.setdefault((head, count, digest), set()).update({record["id"], *source.get("contains", ())})
    for line in TABLE.read_text("utf-8").splitlines()[1:] if TABLE.exists() else ():
        head, count, digest, ids = line.split("\t")
        if not seen & set(ids.split(",")):
            rows.setdefault((head, int(count), digest), set()).update(ids.split(","))
    lines = [f"{head}\t{count}\t{digest}\t{','.join(sorted(ids))}" for (head, count, digest), ids in rows.items()]
    return "\n".join([HEADER, *sorted(lines, key=lambda r: (r.split("\t")[3], r))]) + "\n"


def _forms(text: str, optional_after: str | None) -> list[list[str]]:
    tokens = [word.text for word in words(text)]
    forms = [tokens]
    if optional_after:
        mark = [word.text for word in words(optional_after)]
        ends = [i + len(mark) for i in range(len(tokens)) if tokens[i : i + len(mark)] == mark]
        forms += [tokens[:end] for end in ends[:1]]
        forms += [tokens[: end - len(mark)] for end in ends[:1]]
    return forms


if __name__ == "__main__":
    table = build([Path(folder) for folder in sys.argv[1:]])
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table, encoding="utf-8")
    print(f"{TABLE}: {len(table.splitlines()) - 1} rows")
