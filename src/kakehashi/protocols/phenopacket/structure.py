"""From a plain tree to a document: which of the three kinds it is, and every structural mistake by its path."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kakehashi.protocols.phenopacket.documents import Cohort, Document, Family, Phenopacket
from kakehashi.protocols.phenopacket.jsontext import Tree, child_path
from kakehashi.protocols.phenopacket.problems import PhenopacketError, Problem
from kakehashi.protocols.phenopacket.reading_problems import reading_problem, unreadable
from kakehashi.protocols.phenopacket.shape import MAX_DEPTH, Message, camel

M = TypeVar("M", bound=Message)

MAX_PROBLEMS: Final = 50
"""Most structural problems reported for one document."""

_EXPECTED: Final[dict[str, tuple[str, str]]] = {
    "string_type": ("text", "文字列"),
    "string_sub_type": ("text", "文字列"),
    "bool_type": ("true or false", "true か false"),
    "bool_parsing": ("true or false", "true か false"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_from_float": ("a whole number", "整数"),
    "float_type": ("a number", "数値"),
    "float_parsing": ("a number", "数値"),
    "list_type": ("a list", "リスト"),
    "dict_type": ("an object", "オブジェクト"),
    "model_type": ("an object", "オブジェクト"),
    "model_attributes_type": ("an object", "オブジェクト"),
}
_OUT_OF_RANGE: Final = {
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "int_parsing_size",
    "finite_number",
}
_MATCHMAKER: Final = ("features", "genomicFeatures")
_V1_TOP: Final = ("genes", "variants", "hts_files")
_V1_SUBJECT: Final = ("age_at_collection", "dataset_id")
_CAMEL_FIELDS: Final = frozenset(camel(name) for name in Phenopacket.model_fields)


def kind_of(tree: Tree) -> type[Phenopacket] | type[Family] | type[Cohort]:
    """Which document a tree is, by its field names. Raises when it is none."""
    if not isinstance(tree, dict):
        raise unreadable("not-phenopacket", what=type_name(tree)[0])
    if "proband" in tree or "relatives" in tree or "pedigree" in tree:
        return Family
    if "members" in tree:
        return Cohort
    if sign := _sign_of_matchmaker(tree):
        raise unreadable("matchmaker-patient", sign=sign)
    if not any(name in _CAMEL_FIELDS or name in Phenopacket.model_fields for name in tree):
        raise unreadable("not-phenopacket", what=", ".join(list(tree)[:5]) or "{}")
    return Phenopacket


def _sign_of_matchmaker(tree: dict[str, Any]) -> str:
    """The field that shows a patient of the Matchmaker Exchange, alone or in a request; empty for anything else."""
    if isinstance(tree.get("patient"), dict):
        return "patient"
    if _field(tree, "phenotypic_features") is not None:
        return ""
    return next((name for name in _MATCHMAKER if isinstance(tree.get(name), list)), "")


def read_tree(tree: Tree, as_text: Callable[[], Tree] | None = None) -> Document:
    """A document from a plain tree.

    ``as_text`` gives the same tree with every plain YAML scalar as text: where the schema wants text and YAML gave a
    number, the text is taken (``id: 007``). Raises PhenopacketError with every problem and its path.
    """
    kind = kind_of(tree)
    _refuse_version_1(tree)
    return read_message(kind, tree, as_text)


def read_message(kind: type[M], tree: Tree, as_text: Callable[[], Tree] | None = None) -> M:
    """One message of a known kind from a plain tree; errors as in ``read_tree``."""
    try:
        return kind.model_validate(tree)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
    numbers = [mistake["loc"] for mistake in mistakes if _is_number_for_text(mistake)]
    if as_text is not None and numbers:
        texts = as_text()
        for steps in numbers:
            _put(tree, steps, _get(texts, steps))
        return read_message(kind, tree)
    raise PhenopacketError(*(_problem(mistake) for mistake in mistakes[:MAX_PROBLEMS]))


def _is_number_for_text(mistake: ErrorDetails) -> bool:
    return mistake["type"] == "string_type" and isinstance(mistake["input"], int | float | bool)


def _get(tree: Any, steps: tuple[int | str, ...]) -> Any:
    for step in steps:
        tree = tree[step]
    return tree


def _put(tree: Any, steps: tuple[int | str, ...], value: Any) -> None:
    _get(tree, steps[:-1])[steps[-1]] = value


def type_name(value: object) -> tuple[str, str]:
    """What a JSON value is called, in English and Japanese."""
    match value:
        case None:
            return "null", "null"
        case bool():
            return "true or false", "真偽値"
        case int() | float():
            return "a number", "数値"
        case str():
            return "text", "文字列"
        case list():
            return "a list", "リスト"
        case _:
            return "an object", "オブジェクト"


def _problem(mistake: ErrorDetails) -> Problem:
    path = "$"
    for step in mistake["loc"]:
        path = child_path(path, step)
    kind, given, context = mistake["type"], mistake["input"], mistake.get("ctx", {})
    if kind in _EXPECTED:
        expected, expected_ja = _EXPECTED[kind]
        what = type_name(given)[0] if isinstance(given, dict | list) or given is None else given
        return reading_problem("wrong-type", path, expected=expected, expected_ja=expected_ja, given=what)
    if kind in ("literal_error", "enum"):
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return reading_problem("wrong-value", path, given=given, allowed=allowed)
    if kind in _OUT_OF_RANGE:
        return reading_problem("out-of-range", path, given=given)
    if kind == "one_of":
        return reading_problem("one-of", path, given=context["given"])
    if kind == "named_twice":
        return reading_problem("named-twice", path, first=context["first"], second=context["second"])
    if kind in ("too_deep", "recursion_loop"):
        return reading_problem("too-deep", path, limit=MAX_DEPTH)
    return reading_problem(
        "wrong-type", path, expected="another value", expected_ja="別の値", given=type_name(given)[0]
    )


def _refuse_version_1(tree: Any) -> None:
    """Raise when a tree bears the signs of Phenopacket Schema 1 (there, ``negated`` would be lost in silence)."""
    for prefix, packet in _packets(tree):
        for path, sign in _signs_of_version_1(packet):
            raise unreadable("phenopacket-v1", prefix + path.removeprefix("$"), sign=sign)


def _packets(tree: Any) -> list[tuple[str, Any]]:
    found = [("$", tree)]
    if isinstance(tree.get("proband"), dict):
        found.append(("$.proband", tree["proband"]))
    for name in ("relatives", "members"):
        if isinstance(tree.get(name), list):
            found += [(f"$.{name}[{at}]", packet) for at, packet in enumerate(tree[name])]
    return [(path, packet) for path, packet in found if isinstance(packet, dict)]


def _signs_of_version_1(packet: dict[str, Any]) -> list[tuple[str, str]]:
    version = str(_field(_field(packet, "meta_data"), "phenopacket_schema_version") or "")
    features = _field(packet, "phenotypic_features")
    signs = [
        (f"$.phenotypicFeatures[{at}].negated", "negated")
        for at, feature in enumerate(features if isinstance(features, list) else ())
        if _field(feature, "negated") is not None
    ]
    if signs or version.startswith(("2", "v2")):
        return signs
    signs = [(f"$.{camel(name)}", camel(name)) for name in _V1_TOP if _field(packet, name) is not None]
    subject = packet.get("subject")
    signs += [(f"$.subject.{camel(name)}", camel(name)) for name in _V1_SUBJECT if _field(subject, name) is not None]
    if not signs and version.startswith(("1.", "v1")):
        signs.append(("$.metaData.phenopacketSchemaVersion", f"phenopacketSchemaVersion {version}"))
    return signs


def _field(tree: Any, name: str) -> Any:
    return tree.get(camel(name), tree.get(name)) if isinstance(tree, dict) else None
