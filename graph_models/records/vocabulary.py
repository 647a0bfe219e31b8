"""The vocabulary as data, and the questions that code may ask of it. No other module compares kinds by name."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cached_property
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import FieldError, InvalidInput

EntryId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
KindId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages of the product."""

    en: str
    zh: str

    def in_locale(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every entry has: an id that records use and labels that people read."""

    id: EntryId
    label: Text
    plural: Text | None = None
    color: str | None = None
    icon: str | None = None
    stance: Text | None = None
    own: bool = False
    """A workspace added it."""


class PartyKind(Entry, frozen=True, kw_only=True):
    """``counts_as_whole``: by default it counts as the topmost party that it is part of (a unit does)."""

    id: KindId
    counts_as_whole: bool = False


DEFAULT_CLAIM = 0.4
"""The ``claim`` of a role that states none: the middle of the scale of the product's own roles."""


class RoleKind(Entry, frozen=True, kw_only=True):
    """``side``: within the company or outside. A role moves both ways unless it is ``one_way``.

    ``claim``: how accepted a claim of such a party is, from 0 to 1 (legitimacy where nobody judged it).
    """

    id: KindId
    directed: bool = True
    default_strength: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    side: Literal["external", "internal"] = "external"
    buys: bool = False
    """Who has it buys from the target: what the bare word customer means in a phrase."""
    one_way: bool = False
    claim: Annotated[float, msgspec.Meta(ge=0, le=1)] = DEFAULT_CLAIM
    means: Literal["channel", "service", "user", "employee", "partner", "advocate", "competitor", "competitor_customer", ""] = ""

    @property
    def neo4j_label(self) -> str:
        return "".join(part.capitalize() for part in self.id.split("_"))


class RelationshipKind(Entry, frozen=True, kw_only=True):
    """``one_way``: influence goes from source to target only. ``means``: what the service itself understands by it."""

    id: KindId
    directed: bool = False
    default_strength: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    one_way: bool = False
    means: Literal["ownership", "part", "partnership", "referral", "competition", "account_owner", "buying_centre", ""] = ""

    @property
    def neo4j_type(self) -> str:
        return self.id.upper()


class ValueKind(Entry, frozen=True, kw_only=True):
    """``means``: payment (money), trade (goods, service), aside (paid for, but no part of the value chain)."""

    id: KindId
    tangible: bool = False
    means: Literal["payment", "trade", "aside", ""] = ""


Step = Literal["discover", "consider", "buy", "receive", "use", "support", "advocate", "leave"]
"""The steps of a customer journey, in order."""


class TouchpointKind(Entry, frozen=True, kw_only=True):
    """``means``: order (a purchase), negative by nature (a complaint), referral (it brings another party).

    ``step``: the step of the customer journey that it belongs to. ``shows_use``: how surely it shows that its party uses the product, 0 to 1.
    ``contact``: at which level it is. ``develops``: it makes the relation deeper (training, co-creation).
    """

    id: KindId
    means: Literal["order", "negative", "referral", ""] = ""
    step: Step | None = None
    shows_use: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    contact: Literal["executive", ""] = ""
    develops: bool = False


class Topic(Entry, frozen=True, kw_only=True):
    """``advanced``: interest in it is a signal of potential."""

    advanced: bool = False


class Stage(Entry, frozen=True, kw_only=True):
    """``follows``: the stages after which it may come; the first of a role may be any. ``urgent`` counts toward urgency.
    ``under_way``: the two are expected to deal with each other. ``weight``: the part of its strength that a role in this stage has in influence."""

    id: KindId
    after_any: bool = False
    follows: list[str] = []
    urgent: bool = False
    under_way: bool = True
    weight: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0


class Dimension(Entry, frozen=True, kw_only=True):
    """A dimension of segmentation: the field of a record or the text metric that it reads, and its values; an ``open`` one takes others too."""

    id: KindId
    of: Literal["party", "role", "relationship", "touchpoint", "metric"] = "party"
    open: bool = False
    values: list[Entry] = []


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The shape of a vocabulary in TOML and JSON."""

    party_kinds: list[PartyKind] = []
    roles: list[RoleKind] = []
    stages: list[Stage] = []
    relationship_kinds: list[RelationshipKind] = []
    value_kinds: list[ValueKind] = []
    touchpoint_kinds: list[TouchpointKind] = []
    dimensions: list[Dimension] = []
    products: list[Entry] = []
    topics: list[Topic] = []
    reasons: list[Entry] = []
    """Why a role is in its stage, with what to do then."""
    currencies: list[str] = []


GROUPS = ("party_kinds", "roles", "stages", "relationship_kinds", "value_kinds", "touchpoint_kinds", "dimensions", "products", "topics", "reasons")
RESERVED_LABELS = frozenset({"Party", "PartySlice", "Touchpoint", "Assessment", "Document", "Superseded", "Revision", "Workspace", "ExchangeRate", "Schema"})
RESERVED_TYPES = frozenset({"HAS_ROLE", "GIVES", "MADE", "TOWARD", "JUDGES", "SLICE_OF", "NEXT"})


class Vocabulary:
    """The product's terms together with a workspace's own."""

    def __init__(self, terms: Terms, own: Terms | None = None) -> None:
        self.own = own or Terms()
        self.terms = _joined(terms, self.own)
        index = {group: {entry.id: entry for entry in getattr(self.terms, group)} for group in GROUPS}
        self.party_kinds: dict[str, PartyKind] = index["party_kinds"]
        self.roles: dict[str, RoleKind] = index["roles"]
        self.stages: dict[str, Stage] = index["stages"]
        self.relationship_kinds: dict[str, RelationshipKind] = index["relationship_kinds"]
        self.value_kinds: dict[str, ValueKind] = index["value_kinds"]
        self.touchpoint_kinds: dict[str, TouchpointKind] = index["touchpoint_kinds"]
        self.dimensions: dict[str, Dimension] = index["dimensions"]
        self.products: dict[str, Entry] = index["products"]
        self.topics: dict[str, Topic] = index["topics"]
        self.reasons: dict[str, Entry] = index["reasons"]
        self.currencies = frozenset(self.terms.currencies)
        self.dimension_values = {name: frozenset(value.id for value in dimension.values) for name, dimension in self.dimensions.items() if not dimension.open}

    @cached_property
    def hash(self) -> str:
        """A short digest: it enters the parameters hash of every analysis."""
        return hashlib.blake2b(msgspec.json.encode(self.terms, order="deterministic"), digest_size=8).hexdigest()

    def kinds_that_mean(self, group: str, *meanings: str) -> frozenset[str]:
        """The kinds of a group (``roles``, ``value_kinds`` ...) that the service understands as one of these (``means``)."""
        return frozenset(kind.id for kind in getattr(self, group).values() if kind.means in meanings)

    @cached_property
    def plain_return(self) -> str:
        """The kind of value that money is paid for where nothing else is said: the first that means trade."""
        return next(kind.id for kind in self.value_kinds.values() if kind.means == "trade")

    def stage_may_follow(self, before: str | None, after: str | None) -> bool:
        """May a role go from one stage to the other, where its slices adjoin? What has no stage may go anywhere."""
        if before is None or after is None or before == after or after not in self.stages:
            return True
        stage = self.stages[after]
        return stage.after_any or before in stage.follows

    def labels(self, locale: str) -> dict[str, dict[str, str]]:
        """group -> id -> label, for pages and reports."""
        return {group: {entry.id: entry.label.in_locale(locale) for entry in getattr(self.terms, group)} for group in GROUPS}

    def as_json(self) -> dict[str, Any]:
        """The answer of ``GET .../vocabulary``: every entry with its defaults, labels and types of Neo4j included."""
        answer: dict[str, Any] = {}
        for group in GROUPS:
            answer[group] = [_full(entry) for entry in getattr(self.terms, group)]
        return answer | {"currencies": sorted(self.currencies)}

    def extended(self, own: Terms) -> Vocabulary:
        """With more entries of the workspace's own (an own entry of the same id is replaced); ``InvalidInput`` where one clashes."""
        errors = []
        for group in GROUPS:
            builtin = {entry.id for entry in getattr(self.terms, group) if not entry.own}
            errors += [
                FieldError("built-in", f"{entry.id!r} is part of the product's vocabulary", f"{group}[{place}].id")
                for place, entry in enumerate(getattr(own, group))
                if entry.id in builtin
            ]
        errors += [
            FieldError("reserved", f"{kind.neo4j_label} is a label of the service's own", "roles") for kind in own.roles if kind.neo4j_label in RESERVED_LABELS
        ]
        errors += [
            FieldError("reserved", f"{kind.neo4j_type} is a type of the service's own", "relationship_kinds")
            for kind in own.relationship_kinds
            if kind.neo4j_type in RESERVED_TYPES
        ]
        errors += [FieldError("invalid", "currencies are those of ISO 4217", "currencies")] * bool(own.currencies)
        if errors:
            raise InvalidInput("The vocabulary is not valid", errors=errors)
        return Vocabulary(BUILT_IN.terms, _joined(self.own, own))


def terms_of(fields: Any) -> Terms:
    """Own terms from JSON or TOML; ``InvalidInput`` with the field where they are not valid."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if name != "type"}
    return decode_request(fields, Terms)


def _joined(terms: Terms, own: Terms) -> Terms:
    groups: dict[str, list[Any]] = {}
    for group in GROUPS:
        entries = {entry.id: entry for entry in getattr(terms, group)}
        entries |= {entry.id: msgspec.structs.replace(entry, own=True) for entry in getattr(own, group)}
        groups[group] = list(entries.values())
    return Terms(**groups, currencies=terms.currencies)


def _full(entry: Entry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    for extra in ("neo4j_label", "neo4j_type"):
        if hasattr(entry, extra):
            fields[extra] = getattr(entry, extra)
    answer: dict[str, Any] = msgspec.to_builtins(fields)
    return answer


BUILT_IN = Vocabulary(terms_of(tomllib.loads(resources.files("graph_models").joinpath("vocabulary.toml").read_text("utf-8"))))
"""The vocabulary of the product."""


def entries(terms: Terms) -> list[list[Entry]]:
    """The entries of each group."""
    return [getattr(terms, group) for group in GROUPS]


def with_own(body: bytes | None) -> Vocabulary:
    """The product's vocabulary and a workspace's own terms, from the JSON in which these are stored (``own_body``)."""
    return BUILT_IN if body is None else Vocabulary(BUILT_IN.terms, msgspec.json.decode(body, type=Terms))


def own_body(vocabulary: Vocabulary) -> bytes:
    """The workspace's own terms as they are stored."""
    return msgspec.json.encode(vocabulary.own)
