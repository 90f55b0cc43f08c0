"""A statement that the model was changed.

What it does: where a text wants changed files to say so, looks in the README and NOTICE for the name of the base model
or for a word of change.
Why: recipients shall not take the changed model for the original.
Example: a quantised Gemma whose README does not mention Gemma.
Use instead: `base_model: google/gemma-2-9b-it` in the front matter, or a sentence in the README.
References: clause `state-changes-required`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import DERIVING
from licheck.policy.case import Case
from licheck.policy.texts import mentioned

ID = "state-changes"
_WORDS = (
    *("fine-tuned", "finetuned", "fine-tune", "finetune", "fine-tuning", "merged", "merge", "quantized", "quantised"),
    *("modified", "modification", "changed", "adapted", "derived", "based on", "converted", "pruned", "distilled"),
)


def check(case: Case) -> Iterator[Finding]:
    """Look for a statement that the thing was changed."""
    term = case.term("state-changes-required")
    # A student has no changed files, and a tokenizer is taken over as it is.
    if term is None or not (DERIVING - {"tokenizer"}).intersection(case.bound.use.how):
        return
    name = case.bound.use.of.name
    found = mentioned(case.release, (name, name.rpartition("/")[2], *_WORDS))
    if found:
        yield case.finding(ID, term, State.SATISFIED, f"{found.path} says what was changed", "", found)
    else:
        yield case.finding(
            ID,
            term,
            State.ACTION_NEEDED,
            f"nothing in the release says that {name} was changed, as {case.document.title} requires",
            f"write `base_model: {name}` into the front matter of README.md, or a sentence that says what you changed",
        )
