"""YAML without its surprises: for manifests, records and the front matter of model cards.

`NO` stays text, a date stays text, `1.10` stays text, no second key wins, and nothing expands: aliases, tags and
nesting deeper than `MAX_DEPTH` are refused while the events stream by: hostile input costs no more than its size.
Only `true`, `false`, `null` and whole numbers have a type of their own (YAML 1.2, core schema, without floats).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from licheck.errors import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_PROBLEMS = 50
MAX_DIRECTIVES = 100
MAX_SHOWN = 80
_DIRECTIVE = re.compile(r"[\r\n\x85\u2028\u2029]%")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*(_[0-9]+)*)")
_WORDS: dict[str, bool | None] = {
    **{
        spelling: value
        for word, value in (("true", True), ("false", False), ("null", None))
        for spelling in (word, word.capitalize(), word.upper())
    },
    "~": None,
    "": None,
}

Path = tuple[str | int, ...]


class Loaded(NamedTuple):
    """The value of a document, the line of every key and item, and what was wrong with it."""

    value: Any
    lines: dict[Path, int]
    problems: tuple[Problem, ...]

    def line(self, path: Path) -> int | None:
        """Line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def show(path: Path) -> str:
    """Write a path as people say it.

    >>> show(("uses", 0, "how"))
    'uses[0].how'
    """
    text = ""
    for step in path:
        if isinstance(step, str) and len(step) > MAX_SHOWN:
            step = f"{step[:MAX_SHOWN]}…"
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def load(text: str, name: str, first_line: int = 1) -> Loaded:
    """Read one YAML document; never raises for what the text holds.

    `first_line` is the line of `name` on which `text` begins. With a syntax error the value is None and the one
    problem says where.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if len(text) > MAX_BYTES:
        return _failed(Problem(name, None, "", f"larger than {MAX_BYTES:,} characters", "split it or shorten it"))
    # libyaml compares every directive with every other.
    if len(_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
        help_ = "remove the lines that begin with %"
        return _failed(Problem(name, None, "", f"more than {MAX_DIRECTIVES} directives", help_))
    builder = _Builder(name, first_line)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
            if builder.fatal:
                return _failed(*builder.problems, builder.fatal)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is missed on the last line that holds anything.
        line = first_line + min(mark.line, len(text.rstrip().splitlines()) - 1) if mark else None
        wrong = f"not valid YAML: {error.problem or error.context}"
        return _failed(*builder.problems, Problem(name, line, "", wrong, _hint(text)))
    except (yaml.YAMLError, ValueError) as error:
        wrong, line = str(error).splitlines()[0], None
        if control := yaml.reader.Reader.NON_PRINTABLE.search(text):
            wrong = f"the control character U+{ord(control[0]):04X} is not allowed"
            line = text.count("\n", 0, control.start()) + first_line
        help_ = "remove control characters, and save the file as UTF-8"
        return _failed(*builder.problems, Problem(name, line, "", f"not valid YAML: {wrong}", help_))
    return Loaded(builder.value, builder.lines, tuple(builder.problems))


def _failed(*problems: Problem) -> Loaded:
    return Loaded(None, {}, problems)


def _hint(text: str) -> str:
    return "indent with spaces, not tabs" if "\n\t" in text else "quote text that holds ': ' or starts with a symbol"


def _scalar(event: Any) -> Any:
    if event.style:
        return event.value
    value = event.value
    if value in _WORDS:
        return _WORDS[value]
    if len(value) <= 30 and _INT.fullmatch(value):
        return int(value)
    return value


class _Builder:
    """Turns parser events into values without recursion."""

    def __init__(self, name: str, first_line: int) -> None:
        self.name, self.first_line = name, first_line
        self.value: Any = None
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.fatal: Problem | None = None
        self._open: list[list[Any]] = []  # [container, path, pending key]
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        line = event.start_mark.line + self.first_line
        if kind == "AliasEvent":
            self._fail(line, "an alias (*name) is not allowed", "write the value out where it is needed")
        elif getattr(event, "tag", None) and not (kind == "ScalarEvent" and event.tag == "!"):
            self._fail(line, f"a tag ({event.tag}) is not allowed", "remove the tag; quote the value to keep it text")
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._fail(line, "a second document begins", "keep one document a file; remove the line '---'")
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._start({} if kind[0] == "M" else [], line)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()

    def _fail(self, line: int, message: str, help_: str) -> None:
        where = self._open[-1][1] if self._open else ()
        self.fatal = Problem(self.name, line, show(where), message, help_)

    def _scalar(self, event: Any, line: int) -> None:
        top = self._open[-1] if self._open else None
        if top and isinstance(top[0], dict) and top[2] is None:
            path = (*top[1], event.value)
            if event.value in top[0]:
                first = self.lines[path]
                self.problems.append(
                    Problem(self.name, line, show(path), f"the key stands twice (first on line {first})", "keep one")
                )
                if len(self.problems) >= MAX_PROBLEMS:
                    self._fail(line, f"{MAX_PROBLEMS} keys stand twice, the rest was not read", "keep one of each")
            else:
                self.lines[path] = line
                top[0][event.value] = None
            top[2] = event.value
        else:
            self._put(_scalar(event), line)

    def _start(self, container: dict[str, Any] | list[Any], line: int) -> None:
        top = self._open[-1] if self._open else None
        if top and isinstance(top[0], dict) and top[2] is None:
            self._fail(line, "a list or mapping stands where a key belongs", "use a plain word as the key")
            return
        if len(self._open) >= MAX_DEPTH:
            self._fail(line, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
            return
        self._open.append([container, self._put(container, line), None])

    def _put(self, value: Any, line: int) -> Path:
        if not self._open:
            self.value = value
            return ()
        top = self._open[-1]
        if isinstance(top[0], dict):
            key, top[2] = top[2], None
            top[0][key] = value
            return (*top[1], key)
        top[0].append(value)
        path = (*top[1], len(top[0]) - 1)
        self.lines[path] = line
        return path
