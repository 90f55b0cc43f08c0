"""The name of a release made with a model.

What it does: where a text wants the name of a derivative (or of a model trained on outputs) to begin with or contain a
word, compares the released name, without case and separators, with the word.
Why: the right to pass the model on depends on it, and the word changes with the version of the licence.
Example: `acme/Support-8B`, fine-tuned from a Llama 3.1 model, is distributed.
Use instead: `acme/Llama-Support-8B`.
References: clause `naming-prefix-required`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case

ID = "name"
_COPYING = frozenset({"quantize", "convert"})


def check(case: Case) -> Iterator[Finding]:
    """Compare the released name with the words that the document wants in it."""
    term = case.term("naming-prefix-required")
    if term is None:
        return
    words, position = term.params["words"], term.params.get("position", "prefix")
    name = case.project.short_name
    where = case.context.manifest.evidence("project.name", case.project.name)
    want = "begins with" if position == "prefix" else "contains"
    quoted = " or ".join(f"“{word}”" for word in words)
    if any(fits(name, word, position) for word in words):
        yield case.finding(ID, term, State.SATISFIED, f"the name {name} {want} {quoted}", "", where)
        return
    if licensors := _licensors(case):
        message = f"the name {name} keeps the licensor's own name of the model, {licensors}"
        yield case.finding(ID, term, State.SATISFIED, message, "", where)
        return
    owner, slash, _ = case.project.name.rpartition("/")
    better = f"{owner}{slash}{propose(name, words[0])}"
    does = "does not begin with" if position == "prefix" else "does not contain"
    must = term.params.get("force", "must") == "must"
    yield case.finding(
        ID,
        term,
        State.ACTION_NEEDED,
        f"the name {name} {does} {quoted}, as {case.document.title} {'requires' if must else 'asks'}",
        f"rename the release, for example {better}",
        where,
        severity=None if must else Severity.REVIEW,
    )


def _licensors(case: Case) -> str:
    """The licensor's own name that an unchanged model in another form goes by, like `Meta-Llama-3-8B-GGUF`."""
    for bound in case.context.uses:
        if not bound.use.how or not _COPYING.issuperset(bound.use.how):
            continue
        names = [name.rpartition("/")[2] for name in (bound.use.of.name, bound.formerly) if name]
        known = bound.entry is not None and bound.entry.grade in (Grade.A, Grade.B)
        same = any(case.document in layer.candidates for layer in bound.layers)
        kept = [name for name in names if case.project.short_name.lower().startswith(name.lower())]
        if known and same and kept:
            return kept[0]
    return ""


def fits(name: str, word: str, position: str) -> bool:
    """Whether a name begins with or contains a word, whatever the case and the separators.

    A number has to end where the word ends: `Llama-30B` does not begin with “Llama 3”, while `Llama-3.1-8B` does.

    >>> names = ("llama-3-typhoon", "LLaMA3-x", "Llama-3.1-8B", "Llama-30B", "My-Llama-3")
    >>> [fits(name, "Llama 3", "prefix") for name in names]
    [True, True, True, False, False]
    """
    parts = [re.escape(part) for part in re.findall(r"[^\W\d_]+|\d+", word.lower())]
    pattern = r"[\W_]*".join(parts) + (r"(?!\d)" if parts and parts[-1].isdigit() else "")
    text = name.lower()
    if position == "prefix":
        return re.match(r"[\W_]*" + pattern, text) is not None
    return re.search(pattern, text) is not None


def propose(name: str, word: str) -> str:
    """Put a word in front of a name, taking it out from where it stood.

    >>> propose("Support-Llama-8B", "Llama"), propose("Support-8B", "Llama 3")
    ('Llama-Support-8B', 'Llama-3-Support-8B')
    """
    dashed = re.sub(r"\s+", "-", word)
    rest = re.sub(rf"(?i)(^|[-_.]){re.escape(dashed)}(?=[-_.]|$)", "", name).strip("-_.")
    return f"{dashed}-{rest}" if rest else dashed
