"""The uses that people ask about, each judged by all rules as if somebody did just that and owed nothing yet.

Nothing is known of who asks. What depends on it (commercial or not, users, territory, competition) becomes a condition;
what has to be delivered becomes one too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from licheck.model.answer import Answer, Condition, Value
from licheck.model.binding import BoundUse
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.project import Project
from licheck.model.release import Release
from licheck.policy import engine
from licheck.policy.acts import PASSING_ON
from licheck.policy.case import Case, Context

YOURS = "your-model"  # the name of what is asked about; no text allows or forbids it


class Question(NamedTuple):
    """A use as people call it: what is done, and how the result goes out."""

    use: str
    asks: str
    how: tuple[str, ...]
    distribution: tuple[str, ...]
    commercial: bool | None = None


MODEL = (
    Question("use", "run it inside your organisation", ("run",), ("internal",)),
    Question("fine-tune", "train it further, for yourself", ("finetune",), ("internal",)),
    Question("distil", "train another model on its outputs, and publish that", ("distill",), ("public-weights",)),
    Question("redistribute", "pass it on unchanged", ("redistribute",), ("public-weights",)),
    Question("host", "offer it to others as a service", ("host",), ("hosted-api",)),
    Question("sell", "ship it in a product for money", ("bundle",), ("product",), True),
)
DATASET = (
    Question("use", "evaluate with it", ("evaluate",), ("internal",)),
    Question("fine-tune", "train a model on it, and publish that", ("train",), ("public-weights",)),
    Question("redistribute", "pass it on unchanged", ("redistribute",), ("public-weights",)),
    Question("sell", "train a model on it that is sold", ("train",), ("product",), True),
)
ALIASES = {"distill": "distil", "finetune": "fine-tune", "train": "fine-tune", "run": "use", "bundle": "sell"}
# Rules that ask for something that nothing in a release shows.
_ASKS = {"update-duty", "registration"}
_UNSET = (None, (), "unknown")


def questions(kind: str) -> tuple[Question, ...]:
    """The questions for a model or a dataset."""
    return DATASET if kind == "dataset" else MODEL


def answer(question: Question, context: Context, uses: Sequence[BoundUse], unsure: Sequence[Finding]) -> Answer:
    """Answer one question about a thing whose own licence and whose upstream's are `uses`.

    `unsure` are findings that leave open under what they come, whatever is done with them.
    """
    project = Project(
        YOURS, distribution=question.distribution, commercial=question.commercial, fields=(), competes="unknown"
    )
    asked = tuple(bound._replace(use=bound.use._replace(how=_hows(bound, question))) for bound in uses)
    hypothetical = context._replace(manifest=context.manifest._replace(project=project), release=Release(), uses=asked)
    findings, duties = engine.judge(hypothetical)
    owed = [f for f in duties if f.state is State.ACTION_NEEDED]
    open_ = [f for f in findings if f.severity is not Severity.INFO and not f.is_duty]
    decided = {state: [f for f in open_ if f.state is state] for state in State}
    facts = [f for f in decided[State.UNDETERMINED] if f.rule in _ASKS or _depends(f, project)]
    unknown = [*unsure, *(f for f in decided[State.UNDETERMINED] if f not in facts)]
    forbidden = [f for f in decided[State.VIOLATED] if f.grade not in (Grade.D, Grade.X)]
    unknown += [f for f in decided[State.VIOLATED] if f not in forbidden]
    owed += decided[State.ACTION_NEEDED]
    conditions = _conditions([*facts, *owed]) + _policies(hypothetical)
    for value, because in (
        (Value.NO, forbidden),
        (Value.UNKNOWN, unknown),
        (Value.NOT_SAID, decided[State.SILENT]),
    ):
        if because:
            return Answer(question.use, value, tuple(because), conditions)
    grounds = tuple(f for f in findings if f.state is State.SATISFIED)
    return Answer(question.use, Value.YES_IF if conditions else Value.YES, grounds, conditions)


def distinct(uses: Iterable[BoundUse]) -> list[BoundUse]:
    """Of uses under the same documents one is enough to ask; what is open about each is told beside.

    Data that something was trained on is left out: it is in the model already, and is not used again.
    """
    found: dict[object, BoundUse] = {}
    for bound in uses:
        if bound.layers and ("train" not in bound.use.how or bound.own):
            ids = tuple(tuple(document.id for document in layer.candidates) for layer in bound.layers)
            key = (bound.own, bound.use.how, ids)
            bare = bound._replace(unknown="", unknown_rule="", unread=(), differs=None, gate=None, drift="")
            found.setdefault(key, bare)
    return list(found.values())


def _hows(bound: BoundUse, question: Question) -> tuple[str, ...]:
    """What the question does to one thing: who passes a derivative on passes on what was made of things upstream."""
    passed = not bound.own and set(question.how) & PASSING_ON
    return (*question.how, *bound.use.how) if passed else question.how


def _depends(finding: Finding, project: Project) -> bool:
    """Whether the finding is open only because nobody said who asks."""
    keys = [
        e.locator.partition(".")[2] for e in finding.evidence if (e.locator or "").startswith("project.") and e.locator
    ]
    return any(getattr(project, key, None) in _UNSET for key in keys if key not in ("name", "license"))


def _conditions(findings: Iterable[Finding]) -> tuple[Condition, ...]:
    """One condition a document and matter, in the words of the finding or, for a duty, of its remedy."""
    told: dict[tuple[str, str | None, str | None], Condition] = {}
    for finding in findings:
        what = finding.remedy if finding.is_duty else finding.message
        for tail in (", and the manifest", "; the manifest"):
            what = what.partition(tail)[0]
        told.setdefault((finding.rule, finding.clause, finding.license), Condition(what, finding))
    return tuple(told.values())


def _policies(context: Context) -> tuple[Condition, ...]:
    """The uses that a document closes, or the policy that it makes part of itself, as one condition each."""
    found: dict[str, Condition] = {}
    for bound in context.uses:
        for layer in bound.layers:
            for document in layer.candidates:
                case = Case.of(context, bound, layer, document)
                if layer.binds == "user" and document.id not in found and ("use", "materials") in case.pairs:
                    condition = _policy(case)
                    found |= {document.id: condition} if condition else {}
    return tuple(found.values())


def _policy(case: Case) -> Condition | None:
    document = case.document
    closed, attached = document.restricted_fields, document.terms.get("aup-incorporated")
    held = [part for part in document.incorporates if part.document and part.document != document.id]
    if closed:
        term, what = next(iter(closed.values())), f"closes some uses: not for {', '.join(sorted(closed))}"
    elif attached and not held:
        address = attached.params.get("address") or next((p.url for p in document.incorporates if p.url), "")
        term, what = attached, f"makes a use policy part of itself that is not held here{address and f' ({address})'}"
    else:
        return None
    own = attached or document.layer == "use-policy" or "military-ban" not in document.terms
    finding = case.finding(
        "fields-of-use",
        term,
        State.UNDETERMINED,
        f"{document.title} {what}",
        "keep out of these fields",
        clause="aup-incorporated" if own else "military-ban",
    )
    return Condition(finding.message, finding)
