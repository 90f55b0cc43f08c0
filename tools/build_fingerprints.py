"""Makes license_db/fingerprints/exact.tsv from a folder of texts: hashes only, no words.

Usage: python tools/build_fingerprints.py FOLDER    (laid out like $LICHECK_CORPUS)

Every source of a licence or policy record whose digest is that of a text in the folder gives one row; a source with
`contains:` gives its row for those documents too, and a record with `optional_after:` a second row that ends there.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from licheck.db.compile import records
from licheck.identify.exact import row
from licheck.words import words

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("corpus/licenses", "terms/texts")


def build(corpus: Path) -> str:
    """Return the table for the records at hand."""
    texts = {
        sha256(data).hexdigest(): data.decode("utf-8", "replace")
        for folder in FOLDERS
        for path in sorted((corpus / folder).glob("*.txt"))
        for data in (path.read_bytes(),)
    }
    rows: dict[tuple[str, int, str], set[str]] = {}
    for key, record in records(ROOT / "license_db").items():
        if not key.startswith("licenses/") or record["layer"] == "statement":
            continue
        for source in record["sources"]:
            if source["sha256"] in texts:
                for tokens in _forms(texts[source["sha256"]], record.get("optional_after")):
                    head, count, digest, _ = row(tokens, ())
                    rows.setdefault((head, count, digest), set()).update({record["id"], *source.get("contains", ())})
    lines = [f"{head}\t{count}\t{digest}\t{','.join(sorted(ids))}" for (head, count, digest), ids in rows.items()]
    return "\n".join(["head\twords\tdigest\tdocuments", *sorted(lines, key=lambda r: (r.split("\t")[3], r))]) + "\n"


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
    target = ROOT / "license_db" / "fingerprints" / "exact.tsv"
    target.parent.mkdir(exist_ok=True)
    target.write_text(build(Path(sys.argv[1])), encoding="utf-8")
    print(f"{target}: {len(target.read_text().splitlines()) - 1} rows")
