"""The front matter of a model card, by the Hub's grammar."""

from __future__ import annotations

import re

from licheck.model.release import Card
from licheck.strict_yaml import Loaded, load

# The Hub's rule for where front matter begins and ends, as huggingface_hub documents it: nothing but the line end may
# follow the opening dashes, blanks may follow the closing ones.
_BLOCK = re.compile(r"\A\ufeff?(?P<open>\s*---\n)(?P<yaml>.*?)(?P<close>\n---[ \t]*(?:\n|\Z))", re.DOTALL)


def block(path: str, text: str) -> Loaded | None:
    """Load the front matter of a README with Unix line ends, whatever is wrong with it; None where there is none."""
    match = _BLOCK.match(text)
    return load(match["yaml"], path, text.count("\n", 0, match.start("yaml")) + 1) if match else None


def parse(path: str, text: str) -> Card | None:
    """Read the front matter of a README with Unix line ends; None where there is none or it is not a mapping."""
    match, loaded = _BLOCK.match(text), block(path, text)
    if not match or not loaded or not isinstance(loaded.value, dict):
        return None
    lines = {str(keys[0]): line for keys, line in loaded.lines.items() if len(keys) == 1}
    return Card(path, loaded.value, lines, text.count("\n", 0, match.end()) + 1, match.end())
