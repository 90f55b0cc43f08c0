"""What binds rows of training data that agree in source, licence, generator, route and date.

The licence that a row states counts beside the one that the catalogue knows for its source: where they differ both
bind. Whoever generated a row had accepted terms; they bind that maker, and reach the user only if it is the user.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from licheck.model.audit import Columns, Key
from licheck.model.binding import BoundUse, Differs, Layer
from licheck.model.dates import Interval
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, Generator, Lookup
from licheck.model.project import Manifest, Use
from licheck.model.reference import Reference
from licheck.terms.layers import Layers

Named = Callable[[str, str | None], str | None]
# What corpora write where nobody knows a licence.
_NO_LICENCE = {"", "unknown", "none", "other", "no_license", "nolicense", "unspecified", "various", "n/a", "null"}


def bind(
    key: Key,
    columns: Columns,
    manifest: Manifest,
    lookup: Lookup,
    today: date,
    repo: str | None,
    named: Named,
    own: bool,
) -> BoundUse:
    """Find what binds rows with a key; `repo` is the id of their source, `named` reads names of models.

    `own` tells that the user generated them. Never raises for what a row holds.
    """
    text = f"dataset:{repo}" if repo else f"rows:{key.source or '(no source)'}"
    reference = Reference(text, "dataset", "dataset", None, repo or key.source or "(no source)")
    obtained = "self" if own else None
    use = Use(reference, ("train",), 0, obtained_by=obtained)
    where = Evidence("data", quote=key.source, locator=columns.source or None)
    layers = Layers(use, manifest, lookup, where, today, frozenset())
    entry = lookup.dataset(repo) if repo else None
    stated, unknown = _stated(key, columns, lookup, layers)
    known = layers.entry_layers(entry) if entry else []
    held, differs = [*stated, *known], None
    said = {d.id for layer in stated for d in layer.candidates}
    if said and known and not said & {d.id for layer in known for d in layer.candidates}:
        other = known[0].candidates[0].title
        what = f"rows of {text} say {', '.join(key.license or ())}, while the catalogue knows {other}"
        differs = Differs(what, (*stated[0].evidence, *known[0].evidence))
    if not held and not unknown:
        unknown.append(entry.why if entry else "nothing at hand says under which licence it comes")
    generators, untold = _generators(key, columns, named)
    made = CatalogueEntry(text, (), Grade.C, where, "the rows name it", generators=generators)
    held += [*layers.generated(made), *(layers.generated(entry) if entry and not generators else ())]
    unknown += untold
    return BoundUse(
        use=use,
        layers=tuple(held),
        entry=entry or made,
        unknown="; ".join(unknown),
        unknown_rule="unknown-license" if unknown else "",
        differs=differs,
        own=True,
    )


def _stated(key: Key, columns: Columns, lookup: Lookup, layers: Layers) -> tuple[list[Layer], list[str]]:
    """The licences that the rows state, and those of them that nobody knows."""
    held: list[Layer] = []
    unknown: list[str] = []
    for name in key.license or ():
        ids = lookup.named(name)
        evidence = Evidence("data", quote=name, locator=columns.license or "license")
        if ids:
            layer = layers.layer("licence", ids, f"the rows state {name}", Grade.C, (evidence,))
            held += [layer, *layers.incorporated(layer)]
        elif name.strip().lower() in _NO_LICENCE:
            unknown.append(f"the rows say {name!r} where a licence should stand")
        else:
            unknown.append(lookup.family(name) or f"{name!r} is no licence in the database")
    return held, unknown


def _generators(key: Key, columns: Columns, named: Named) -> tuple[tuple[Generator, ...], list[str]]:
    """The models that made the rows, and those that cannot be told."""
    found: dict[str, Generator] = {}
    untold: list[str] = []
    when = _interval(key.date)
    for name in key.generator or ():
        of = named(name, key.route)
        if of:
            found[of] = Generator(of, when, f"The rows say {name}.")
        elif of is None:
            untold.append(f"{name!r} cannot be told to be one model under known terms")
    return tuple(found.values()), untold


def _interval(text: str | None) -> Interval | None:
    try:
        return Interval.parse(text[:10]) if text else None
    except ValueError:
        return None
