"""Territories that a text leaves out.

What it does: holds the project's domicile and territories against the territories that a text or its policy excludes,
for the kind of model that the exclusion is about.
Why: some rights are not granted at all to people at home in, or uses within, a territory.
Example: a company in Germany that builds on a multimodal Llama 3.2 model.
Use instead: a text-only model of the family, or another model.
References: clause `geographic-exclusion`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.document import Term
from licheck.model.evidence import Evidence
from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "territory"


def check(case: Case) -> Iterator[Finding]:
    """Compare where the project is at home and where it goes with what is excluded."""
    term = case.term("geographic-exclusion")
    if term is None or not term.params.get("territories"):
        return  # a list of supported countries elsewhere is nothing to compare with
    modality = case.bound.entry.modality if case.bound.entry else None
    wanted = term.params.get("modalities") or ()
    if wanted and modality and modality not in wanted:
        return
    named = ", ".join(term.params.get("territories") or ())
    home, abroad, known = _hits(case, term)
    where = case.context.manifest.evidence("project.domicile", case.project.domicile)
    title, name = case.document.title, case.bound.use.of.name
    if (home or abroad) and wanted and not modality:
        yield _open(
            case,
            term,
            where,
            f"{title} excludes {named} for {', '.join(wanted)} models; what kind {name} is, is not known",
        )
    elif home or abroad:
        reason = f"the project is at home in {home}" if home else f"the project goes to {', '.join(abroad)}"
        yield case.finding(
            ID,
            term,
            State.VIOLATED,
            f"{title} grants nothing for {named}, and {reason}",
            f"leave {name} out, or take a model whose terms do not exclude {named}",
            where,
        )
    elif not known:
        what = "`domicile:`" if term.params.get("by", "domicile") == "domicile" else "`domicile:` and `territories:`"
        yield _open(
            case,
            term,
            where,
            f"{title} grants nothing for {named}, and the manifest does not say where the project is",
            f"write {what} under `project:`",
        )


def _open(case: Case, term: Term, where: Evidence, message: str, remedy: str = "look the model's kind up") -> Finding:
    return case.finding(ID, term, State.UNDETERMINED, message, remedy, where)


def _hits(case: Case, term: Term) -> tuple[str, list[str], bool]:
    """Domicile if it is excluded, excluded territories of use, and whether the manifest says enough to tell."""
    sets = case.context.vocabulary["territories"]
    excluded = {code for name in term.params.get("territories") or () for code in sets.get(name, [name])}
    by = term.params.get("by", "domicile")
    project = case.project
    home = project.domicile if by in ("domicile", "both") and project.domicile in excluded else ""
    going = {code: set(sets.get(code, [code])) for code in project.territories}
    abroad = [code for code, codes in going.items() if by in ("use", "both") and codes & excluded]
    known = (project.domicile is not None or by == "use") and (bool(project.territories) or by == "domicile")
    return home or "", abroad, known
