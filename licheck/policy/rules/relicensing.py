"""What the release declares against what it inherits.

What it does: holds the licence declared in the manifest and in the model card against the licences that go on governing
what was made from the models used.
Why: a tag is not a text; `license: apache-2.0` over a Llama base does not make it Apache, and those who rely on the tag
break terms that they never saw.
Example: a merge of Llama 3.1 and Gemma 2 declared as Apache-2.0.
Use instead: `license: other` with `license_name` and `license_link`, and the agreements in the release.
References: what each licence says of further terms (`relicensing` in its record).
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.acts import DERIVING, LEARNING, PASSING_ON, releases
from licheck.policy.case import Case, Context
from licheck.policy.declared import Declaration, declarations

ID = "relicensing"


def check(context: Context) -> Iterator[Finding]:
    """Compare every place that declares a licence with what keeps governing the release."""
    if "distribution" not in releases(context.project):
        return
    governing = _governing(context)
    declared = declarations(context)
    sure = [case for case in governing if _grade(case) not in (Grade.D, Grade.X)]
    held = {case.document.id for case in sure}
    inferred = [case for case in governing if case not in sure and case.document.id not in held]
    for cases in filter(None, (sure, inferred)):
        wrong = [place for place in declared if not all(place.covers(case.versions) for case in cases)]
        yield _finding(context, cases, wrong or declared, bool(wrong))
    card = context.release.card
    readme = context.release.readme
    if (
        readme
        and "public-weights" in (context.project.distribution or ("public-weights",))
        and not (card and card.values.get("license"))
    ):
        yield _undeclared(context, readme.path, governing)


def _governing(context: Context) -> list[Case]:
    """One case for each licence that goes on governing the release, in the order of the uses."""
    cases: list[Case] = []
    for bound in context.uses:
        for layer in bound.layers:
            if not layer.candidates or layer.binds != "user" or layer.name != "licence":
                continue
            case = Case.of(context, bound, layer, layer.candidates[-1])
            if _keeps_governing(case):
                cases.append(case)
    return cases


def _grade(case: Case) -> Grade:
    return Grade.weakest(case.document.grade, case.layer.grade)


def _keeps_governing(case: Case) -> bool:
    """Whether other terms cannot take the licence's place for what the release holds of the thing."""
    how, document = set(case.bound.use.how), case.document
    if document.unchanged == "keeps-governing" and how & PASSING_ON:
        return True
    if document.relicensing != "keeps-governing":
        return False
    if how & (DERIVING | PASSING_ON):
        return True
    student = case.document.output_rule.value == "allowed-student-is-derivative"
    return student and bool(how & LEARNING & case.document.output_rule.uses)


def _finding(context: Context, governing: list[Case], places: list[Declaration], wrong: bool) -> Finding:
    titles = " and ".join(dict.fromkeys(case.document.title for case in governing))
    keep = "keep" if len({case.document.id for case in governing}) > 1 else "keeps"
    terms = [case.document.evidence(case.document.relicensing_term) for case in governing]
    grade = Grade.weakest(*map(_grade, governing))
    where = [place.evidence for place in places] or [context.manifest.evidence("project")]
    common = {
        "rule": ID,
        "clause": None,
        "license": " AND ".join(dict.fromkeys(case.document.id for case in governing)),
        "subject": context.project.name,
        "grade": grade,
        "evidence": (*where, *terms),
        "via": tuple(dict.fromkeys(case.bound.use.of.text for case in governing)),
    }
    names = " and ".join(dict.fromkeys(place.text for place in places))
    if wrong:
        return Finding(
            state=State.ACTION_NEEDED,
            # An inference informs, it does not decide.
            severity=Severity.REVIEW if grade in (Grade.D, Grade.X) else Severity.MUST_FIX,
            message=f"{names} cannot stand for the whole release: {titles} {keep} governing what came from them",
            remedy=f"declare {instead(governing)}",
            **common,  # type: ignore[arg-type]
        )
    if not places:
        return Finding(
            state=State.ACTION_NEEDED,
            severity=Severity.REVIEW,
            message=f"the release declares no licence, while {titles} {keep} governing it",
            remedy=f"declare {instead(governing)}",
            **common,  # type: ignore[arg-type]
        )
    return Finding(
        state=State.SATISFIED,
        severity=Severity.INFO,
        message=f"the declared licence ({names}) leaves room for {titles}",
        remedy="",
        **common,  # type: ignore[arg-type]
    )


def instead(governing: list[Case]) -> str:
    """What to write in the model card and as SPDX, for the licences that govern."""
    documents = {case.document.id: case.document for case in governing}
    tags = list(dict.fromkeys(document.hub_tag or document.id for document in documents.values()))
    spdx = " AND ".join(document.spdx or f"LicenseRef-{document.id}" for document in documents.values())
    only = next(iter(documents.values()))
    if len(documents) == 1 and only.hub_tag and only.hub_tag != "other":
        return f"`license: {only.hub_tag}` in the model card (as SPDX: {spdx})"
    return (
        f"`license: other`, `license_name: {'-and-'.join(tags)}`, `license_link: LICENSE` in the model card "
        f"(as SPDX: {spdx}), with your own terms for your part in LICENSE"
    )


def _undeclared(context: Context, readme: str, governing: list[Case]) -> Finding:
    what = instead(governing) if governing else "`license: …` in its front matter"
    return Finding(
        rule="declared-license",
        clause=None,
        license=None,
        subject=context.project.name,
        state=State.ACTION_NEEDED,
        severity=Severity.REVIEW,
        message=f"the model card {readme} declares no licence",
        remedy=f"write {what}",
        grade=Grade.A,
        evidence=(context.manifest.evidence("project.distribution"),),
    )
