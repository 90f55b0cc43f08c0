"""A copy of the licence for those who get the release.

What it does: looks for the text of the licence, word for word, in any file of the release; where a link is enough, for
the link; where a copyright notice has to be kept, for the notice.
Why: recipients are bound by a text that they have to be given.
Example: a Gemma fine-tune without the Gemma Terms of Use.
Use instead: put the text beside your own LICENSE, for example as LICENSE-gemma.txt.
References: clause `license-copy-required`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case
from licheck.policy.texts import copy_of, linked, mentioned

ID = "license-copy"


def check(case: Case) -> Iterator[Finding]:
    """Look for the text of the document in the release."""
    term = case.term("license-copy-required")
    if term is None:
        return
    title = case.document.title
    found = copy_of(case.release, case.versions)
    if not found and term.params.get("form") == "copy-or-link":
        found = linked(case.release, term.params.get("links") or (case.document.url,))
    holder = case.bound.entry.copyright if case.bound.entry and case.layer.via == () else None
    if found and holder and not _kept(case, holder):
        yield case.finding(
            ID,
            term,
            State.ACTION_NEEDED,
            f"the text of {title} is there, the copyright notice of {case.bound.use.of.name} is not",
            f"keep this line with the text: {holder}",
            found,
        )
    elif found:
        yield case.finding(ID, term, State.SATISFIED, f"{title} is in {found.path}", "", found)
    else:
        either = " or a link to it" if term.params.get("form") == "copy-or-link" else ""
        where = f" from {case.document.url}" if case.document.url else ""
        yield case.finding(
            ID,
            term,
            State.ACTION_NEEDED,
            f"no copy of {title}{either} is in the release" + _near(case),
            f"add its unchanged text{where} as LICENSE-{case.document.id}.txt"
            + (", or link to it in README.md" if either else ""),
        )


def _kept(case: Case, holder: str) -> bool:
    squeezed = " ".join(holder.split()).lower()
    texts = (" ".join(file.text.split()).lower() for file in case.release.files)
    return any(squeezed in text for text in texts) or mentioned(case.release, [holder]) is not None


def _near(case: Case) -> str:
    """Say which licence files are there and are something else, so that nobody searches for a typing error."""
    other = [file for file in case.release.files if file.kind == "licence" and not file.parts]
    told = [f"{file.path} is {file.near}" if file.near else f"{file.path} is another text" for file in other[:3]]
    return f" ({'; '.join(told)})" if told else ""
