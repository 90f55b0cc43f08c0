"""Which files of a repository a path, a folder or a pattern means."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence

from licheck.data import files


def matching(pattern: str, names: Sequence[str]) -> list[str]:
    """The names that are meant, in order: `*` stays within a folder, `**` does not; of a folder its data files.

    >>> matching("data", ["data/a.parquet", "data/sub/b.parquet", "data/README.md", "data.csv"])
    ['data/a.parquet', 'data/sub/b.parquet']
    >>> matching("**/*.jsonl", ["a.jsonl", "x/y/b.jsonl", "x/c.csv"]), matching("a.jsonl", ["a.jsonl"])
    (['a.jsonl', 'x/y/b.jsonl'], ['a.jsonl'])
    """
    if pattern in names:
        return [pattern]
    if glob.has_magic(pattern):
        found = re.compile(_expression(pattern))
        return sorted(name for name in names if found.fullmatch(name))
    below = [name for name in names if name.startswith(f"{pattern}/")]
    return sorted(n for n in below if files.suffix(n) in files.KINDS and n.rpartition("/")[2] not in files.NOT_DATA)


def _expression(pattern: str) -> str:
    parts = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    # Not [!…]: no dataset of the Hub needs it, and one that does can be named file by file.
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]/!^\\]+\])", pattern)
    return "".join(parts.get(p, p if p.startswith("[") and p.endswith("]") else re.escape(p)) for p in pieces)
