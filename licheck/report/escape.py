"""Text that others wrote, made safe for where it is shown: names of sources and models come from their data."""

from __future__ import annotations

import re

LONG = 200  # characters of one name
_SPECIAL = re.compile(r"&|<|>|[@#](?=\w)|[\\`*\[\]|~$]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def plain(text: str, most: int = 0) -> str:
    r"""One line that no terminal obeys and that reads in one direction; cut to `most` characters if that is not 0.

    >>> plain("a\nb \x1b[31mred \u202ecba"), plain("long name", 5)
    ('a\\nb \\x1b[31mred \\u202ecba', 'long…')
    """
    if most and len(text) > most:
        text = text[: most - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def prose(text: str, most: int = 0) -> str:
    r"""Markdown that shows a text as it is: no markup, no HTML, nobody mentioned, no issue linked.

    GitHub looks for mentions after it has resolved escapes and entities, so only a character of no width stops it.

    >>> prose("ask @team: a|b `c` <b>")
    'ask @&#8203;team: a\\|b \\`c\\` &lt;b&gt;'
    """
    return _SPECIAL.sub(lambda m: _ENTITIES.get(m[0]) or _special(m[0]), plain(text, most))


def code(text: str, most: int = LONG) -> str:
    """Markdown's code span of a text, in which nothing has a meaning; not for tables, where a pipe has one.

    >>> code("org/name"), code("a`b``")
    ('`org/name`', '``` a`b`` ```')
    """
    text = plain(text, most) or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.strip() != text or "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def message(text: str, most: int = 0) -> str:
    r"""Message of SARIF, which reads `[words](target)` as a link.

    >>> message("see [a](b)")
    'see \\[a\\](b)'
    """
    return re.sub(r"[\\\[\]]", r"\\\g<0>", plain(text, most))


def _special(sign: str) -> str:
    return f"{sign}&#8203;" if sign in "@#" else f"\\{sign}"
