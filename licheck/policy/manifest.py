"""Reads licheck.yaml: every complaint at once, each with file, line, key and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from licheck.errors import InputError, Problem
from licheck.model.dates import Interval
from licheck.model.finding import Severity
from licheck.model.project import Clarification, Data, Manifest, Policy, Project, Use, Waiver
from licheck.model.reference import Reference
from licheck.policy.schema import complaints
from licheck.strict_yaml import MAX_BYTES, Loaded, load, show

FILE = "licheck.yaml"
MAX_PROBLEMS = 100
T = TypeVar("T")


def find(path: Path) -> Path:
    """Return the manifest for a folder or file; raises InputError if there is none."""
    try:
        folder = path.is_dir()
        manifest = path / FILE if folder else path
        there = manifest.exists()
        usable = manifest.is_file()
    except OSError as error:
        raise _unreadable(str(path), error) from error
    if folder and not there:
        raise InputError(Problem(str(path), None, "", f"no {FILE} here", "write one (README, “The manifest”)"))
    if not usable:
        what = "is not a file" if there else "does not exist"
        raise InputError(Problem(str(manifest), None, "", what, f"name a folder with a {FILE}, or the file"))
    return manifest


def read(path: Path) -> Manifest:
    """Read and check a manifest; raises InputError with all its problems."""
    name = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(Problem(name, None, "", f"larger than {MAX_BYTES:,} bytes", "a manifest is a short list"))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(Problem(name, line, "", "not UTF-8", "save the file as UTF-8")) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    loaded = load(text, name)
    if loaded.value is None and not loaded.problems:
        raise InputError(Problem(name, 1, "", "empty", "begin the file with `licheck: 1`"))
    problems = list(loaded.problems)
    if loaded.value is not None:
        problems += complaints(loaded, name)
    reader = _Reader(loaded, path)
    if not problems:
        return reader.manifest()
    raise _wrong({*problems, *reader.wrong_values()}, name)


def _wrong(problems: Iterable[Problem], name: str) -> InputError:
    every = sorted(problems, key=lambda p: (p.line or 0, p.key, p.message))
    if len(every) > MAX_PROBLEMS:
        every[MAX_PROBLEMS:] = [Problem(name, None, "", "there are more problems than these", "correct these first")]
    return InputError(every)


def _unreadable(name: str, error: OSError) -> InputError:
    return InputError(Problem(name, None, "", f"cannot be read: {error.strerror}", "correct the name or allow reading"))


class _Reader:
    """Makes values of what the schema has accepted; collects what only the values can get wrong."""

    def __init__(self, loaded: Loaded, path: Path) -> None:
        self.loaded, self.path, self.problems = loaded, path, list[Problem]()

    def manifest(self) -> Manifest:
        value = self.loaded.value
        project = value["project"]
        uses = tuple(use for i, item in enumerate(value["uses"]) if (use := self._use(i, item)))
        policy = self._policy(value.get("policy") or {})
        if self.problems:
            raise _wrong(self.problems, str(self.path))
        return Manifest(
            path=str(self.path),
            root=self.path.parent / project.get("path", "."),
            project=_project(project),
            uses=uses,
            policy=policy,
            lines={show(path): line for path, line in self.loaded.lines.items()},
            data=_data(value.get("data") or {}),
        )

    def wrong_values(self) -> list[Problem]:
        """Complain about the references and dates that can be found in a manifest that the schema refuses."""
        value = self.loaded.value
        uses = value.get("uses") if isinstance(value, dict) else None
        for i, use in enumerate(uses if isinstance(uses, list) else ()):
            for key, make in (("of", Reference.parse), ("when", Interval.parse)):
                text = use.get(key) if isinstance(use, dict) else None
                if text and isinstance(text, str):
                    self._try(("uses", i, key), make, text)
        return self.problems

    def _use(self, index: int, item: dict[str, Any]) -> Use | None:
        at = ("uses", index)
        reference = self._try((*at, "of"), Reference.parse, item["of"])
        when = self._try((*at, "when"), Interval.parse, str(item["when"])) if "when" in item else None
        if reference is None:
            return None
        how = item["how"] if isinstance(item["how"], list) else [item["how"]]
        if reference.scheme == "dataset" and (
            wrong := [h for h in how if h in ("finetune", "adapter", "quantize", "prune")]
        ):
            self._complain((*at, "how"), f"{wrong[0]!r} is done to a model, not to a dataset", "write `how: train`")
        return Use(
            of=reference,
            how=tuple(dict.fromkeys(how)),
            place=index,
            when=when,
            revision=str(item["revision"]) if "revision" in item else reference.revision,
            feature=item.get("feature"),
            region=(item.get("account") or {}).get("region"),
            obtained_by=item.get("obtained_by"),
            license=item.get("license"),
        )

    def _policy(self, policy: dict[str, Any]) -> Policy:
        exceptions = []
        for i, item in enumerate(policy.get("exceptions") or ()):
            at = ("policy", "exceptions", i, "until")
            until = self._try(at, _day, item["until"]) if "until" in item else None
            exceptions.append(Waiver(item["of"], item.get("clause"), item["reason"], until, i))
        return Policy(
            fail_on=Severity(policy.get("fail_on", "review")),
            allow=tuple(policy.get("allow") or ()),
            deny=tuple(policy.get("deny") or ()),
            exceptions=tuple(exceptions),
            clarify=tuple(
                Clarification(item["of"], item["license"], item["because"]["path"], item["because"]["sha256"], i)
                for i, item in enumerate(policy.get("clarify") or ())
            ),
        )

    def _try(self, at: tuple[str | int, ...], make: Callable[[str], T], text: str) -> T | None:
        try:
            return make(text)
        except ValueError as error:
            message, _, form = str(error).partition("; write ")
            self._complain(
                at, message, f"write {form or 'a day, a month, or two with a slash: 2025-07, 2025-07-14/2025-08'}"
            )
            return None

    def _complain(self, at: tuple[str | int, ...], message: str, help_: str) -> None:
        self.problems.append(Problem(str(self.path), self.loaded.line(at), show(at), message, help_))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar; write a day like 2027-01-31") from error


def _data(item: dict[str, Any]) -> Data:
    named = item.get("manifests") or ()
    return Data(
        manifests=(named,) if isinstance(named, str) else tuple(named),
        columns=dict(item.get("columns") or {}),
        own=bool(item.get("own")),
        use=item.get("use", "train"),
    )


def _project(item: dict[str, Any]) -> Project:
    declared = item.get("license") or ()
    competes = item.get("competes", "unknown")
    return Project(
        name=item["name"],
        kind=item.get("kind", "model"),
        license=(declared,) if isinstance(declared, str) else tuple(declared),
        distribution=tuple(item.get("distribution") or ()),
        commercial=item.get("commercial"),
        monthly_active_users=item.get("monthly_active_users"),
        annual_revenue_usd=item.get("annual_revenue_usd"),
        domicile=item.get("domicile"),
        territories=tuple(item.get("territories") or ()),
        fields=tuple(item.get("fields") or ()),
        competes={True: "yes", False: "no"}.get(competes, competes),
    )
