"""What an output rule means for the project: shared by the rules on outputs and on generated datasets."""

from __future__ import annotations

from typing import NamedTuple

from licheck.model.document import OutputRule
from licheck.model.finding import State
from licheck.policy.acts import DERIVING
from licheck.policy.case import Case

CLAUSE = "anti-distillation"
DECIDE = "decide it with your counsel and record the decision under `policy: exceptions:` with name and date"
OTHERWISE = "use outputs of a model whose terms allow training, or get permission and record it as an exception"
_EXCEPTED = (
    " (excepted: classifiers and embedding models that are not distributed or sold, and fine-tuning on the provider's"
    " own service)"
)


class Answer(NamedTuple):
    """State, reason and what to do."""

    state: State
    why: str
    remedy: str = ""


# Values whose answer depends on nothing but the text; {} is its title.
_PLAIN = {
    "allowed": Answer(State.SATISFIED, "{} does not forbid training on outputs and grants use for any purpose"),
    "flow-down": Answer(State.SATISFIED, "{} leaves outputs to the terms of the model"),
    "forbidden-modality": Answer(State.SATISFIED, "{} closes only outputs of another kind"),
    "forbidden-unless-authorised": Answer(
        State.VIOLATED, "{} forbids training on outputs without the provider's authorisation", OTHERWISE
    ),
    "forbidden-any-ml": Answer(State.VIOLATED, "{} forbids machine learning on outputs", OTHERWISE),
    "forbidden-express-purpose": Answer(
        State.VIOLATED, "{} forbids generating for the purpose of training a model", OTHERWISE
    ),
    "none-found": Answer(State.SILENT, "{} was read whole and says nothing of training on outputs", DECIDE),
    "ambiguous": Answer(State.UNDETERMINED, "{} can be read both ways on training with outputs", DECIDE),
    "disputed": Answer(State.UNDETERMINED, "sources disagree on what {} says of training with outputs", DECIDE),
}


def rule_of(case: Case) -> OutputRule:
    """The document's rule, or the one it has for the feature that was used."""
    rule = case.document.output_rule
    return rule.features.get(case.bound.use.feature or "", rule)


def judge(case: Case, rule: OutputRule) -> Answer:
    """Hold an output rule against the project, as if the document bound it."""
    title = case.document.title
    if rule.value in _PLAIN:
        plain = _PLAIN[rule.value]
        answer = plain._replace(why=plain.why.format(title))
    elif rule.value.startswith("forbidden-competing"):
        answer = _competing(case, rule)
    elif rule.value == "forbidden-other-llm":
        answer = _other_model(case, rule)
    else:
        answer = Answer(State.UNDETERMINED, f"what {title} says of training on outputs is not known", DECIDE)
    if rule.ambiguous and answer.state is State.SATISFIED:
        wider = f"{answer.why}; but {rule.ambiguous} can be read more widely"
        return Answer(State.UNDETERMINED, wider, DECIDE)
    if not case.document.sources and answer.state is not State.UNDETERMINED:
        # A report informs and does not decide.
        why = f"reports on {title}, whose text is not held, put its rule on outputs as {rule.value}"
        return Answer(State.UNDETERMINED, why, answer.remedy or DECIDE)
    return answer


def _competing(case: Case, rule: OutputRule) -> Answer:
    title, project = case.document.title, case.project
    stays = project.kind in ("classifier", "embedding") and project.distribution == ("internal",)
    if stays and "classifier-not-distributed" in rule.exceptions:
        return Answer(State.SATISFIED, f"{title} excepts classifiers and embedding models that stay with you")
    ban = f"{title} forbids developing models that compete with the provider{_EXCEPTED if rule.exceptions else ''}"
    if project.competes == "yes":
        return Answer(State.VIOLATED, f"{ban}, and the project declares that it competes", OTHERWISE)
    if project.competes == "no":
        return Answer(State.SATISFIED, f"{ban}; the project declares that it does not compete")
    return Answer(
        State.UNDETERMINED,
        f"{ban}; the manifest does not say whether the project competes",
        f"decide whether it does and write `competes: yes` or `no` under `project:`; if it does, {OTHERWISE}",
    )


def _other_model(case: Case, rule: OutputRule) -> Answer:
    title, kind = case.document.title, case.project.kind
    if "own-derivatives" in rule.exceptions and _is_own_derivative(case):
        return Answer(State.SATISFIED, f"{title} closes outputs to other models; this one is a derivative under it")
    if kind in ("classifier", "embedding"):
        return Answer(
            State.UNDETERMINED, f"{title} closes outputs to other models; whether a {kind} is one is not said", DECIDE
        )
    return Answer(State.VIOLATED, f"{title} forbids improving other models with its outputs", OTHERWISE)


def _is_own_derivative(case: Case) -> bool:
    """Whether the released model is itself made from a model under the same document."""
    return any(
        case.document.id == document.id
        for bound in case.context.uses
        if DERIVING.intersection(bound.use.how)
        for layer in bound.layers
        if layer.binds == "user" and layer.main
        for document in layer.candidates
    )
