"""A repository that was read → what it binds its users to, in the form in which the rules take it."""

from __future__ import annotations

from collections.abc import Sequence

from licheck.model.binding import BoundUse, Conclusion
from licheck.model.document import Document
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Inherited, Node, ReadState, Unread
from licheck.model.project import Use
from licheck.model.reference import Reference
from licheck.model.report import ArtifactReport

_LONGEST = 300  # characters of the text of a gate that are shown
_SCHEMES = {"hf": "weights", "dataset": "dataset"}


def own(node: Node, conclusion: Conclusion) -> BoundUse:
    """What the repository itself is under; no act is done with it."""
    return _bound(node, conclusion, Use(_reference(node.id), (), 0), ())._replace(own=True)


def upstream(node: Node, conclusion: Conclusion, link: Inherited, place: int) -> BoundUse:
    """What something upstream binds the repository below it to, with the way between them."""
    bound = _bound(node, conclusion, Use(_reference(node.id), link.hows, place), link.via)
    weakest = [layer._replace(grade=Grade.weakest(layer.grade, link.grade)) for layer in bound.layers]
    return bound._replace(layers=tuple(weakest), inferred=link.grade is Grade.D)


def derived(own_: BoundUse, above: Sequence[Inherited]) -> bool:
    """Whether a repository is somebody's derivative of a model that it does not name.

    Who puts a licensor's agreement on a model of their own has built on that licensor's: nobody else can grant it. Told
    for agreements that prescribe a name, since no other kind is used for one family of models only.
    """
    if any("train" not in link.hows for link in above):
        return False
    documents = [document for layer in own_.layers for document in layer.candidates]
    prescribed = [document for document in documents if "naming-prefix-required" in document.terms]
    return any(not wrote(own_.use.of.text, document) for document in prescribed)


def wrote(node_id: str, document: Document) -> bool:
    """Whether a repository is in the name of who published a document, as `meta-llama` is in that of Meta.

    >>> from licheck.model.document import Document
    >>> wrote("hf:meta-llama/Guard", Document("x", "X", "weight-licence", "Meta", "x.yaml"))
    True
    """
    owner, slash, _ = node_id.partition(":")[2].lower().partition("/")
    words = (word for word in document.publisher.lower().split() if len(word) > 3)
    return bool(slash) and any(word in owner for word in words)


def artifact(node: Node, conclusion: Conclusion) -> ArtifactReport:
    """What was concluded of a node, for the report."""
    layers = [layer for layer in conclusion.layers if layer.candidates and layer.binds == "user"]
    names = dict.fromkeys(" / ".join(document.id for document in layer.candidates) for layer in layers)
    why = [node.why] if node.state is not ReadState.READ else []
    why += [*(layer.why for layer in layers), *filter(None, [conclusion.unknown]), *node.notes]
    grades = [layer.grade for layer in layers]
    return ArtifactReport(
        id=node.id,
        kind=node.kind,
        route="dataset" if node.kind == "dataset" else "weights",
        revision=node.revision,
        declared=", ".join(tag for declared in node.declared[:1] for tag in declared.tags) or None,
        found=conclusion.found,
        concluded=" AND ".join(names) or None,
        why="; ".join(reason.rstrip(".") for reason in dict.fromkeys(why)),
        upstream=tuple((parent.of, parent.relation) for parent in node.parents),
        state=node.state.value,
        grade=Grade.weakest(*grades).value if grades else None,
    )


def _bound(node: Node, conclusion: Conclusion, use: Use, via: tuple[str, ...]) -> BoundUse:
    trained = "train" in use.how
    layers = tuple(layer._replace(via=(*via, *layer.via)) for layer in conclusion.layers)
    unread = node.unread
    if node.state is not ReadState.READ:
        unread = (Unread(node.id, node.state, node.why), *unread)
    # What cannot be read and is not held elsewhere is told as unread, which says more than unknown.
    unknown = "" if trained or node.state is not ReadState.READ else conclusion.unknown
    return BoundUse(
        use=use,
        layers=layers,
        entry=conclusion.entry,
        unknown=unknown,
        unknown_rule="unknown-license" if unknown else "",
        differs=conclusion.differs,
        unread=unread,
        gate=_gate(node, conclusion),
        settled=conclusion.settled,
        formerly=node.asked.partition(":")[2],
        url=node.url,
    )


def _gate(node: Node, conclusion: Conclusion) -> Evidence | None:
    """The text of the gate, where it is none of the texts that are known; without words where there is only a gate."""
    if node.gate_parts or not (node.gate or node.gated):
        return None
    quote = " ".join(node.gate.split())
    if len(quote) > _LONGEST:
        quote = f"{quote[:_LONGEST].rsplit(' ', 1)[0]} …"
    return Evidence("gate", quote=quote or None, locator="extra_gated_prompt", url=node.url or None)


def _reference(node_id: str) -> Reference:
    """The reference of a node; one that leads nowhere keeps its name."""
    scheme, _, name = node_id.partition(":")
    plain, _, revision = name.partition("@") if scheme in _SCHEMES else (name, "", "")
    return Reference(node_id, scheme, _SCHEMES.get(scheme, "weights"), None, plain, revision or None)
