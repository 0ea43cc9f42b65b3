"""Our documents against GA4GH's own protobuf schema (package ``phenopackets``, for tests only)."""

import gzip
import json
import random
from typing import Any, get_args

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message as ProtobufMessage
from phenopackets import Cohort as TheirCohort
from phenopackets import Family as TheirFamily
from phenopackets import Phenopacket as TheirPhenopacket

from kakehashi.protocols.phenopacket import Cohort, Family, Phenopacket, loads, to_json
from kakehashi.protocols.phenopacket.shape import Message

PAIRS = [(Phenopacket, TheirPhenopacket), (Family, TheirFamily), (Cohort, TheirCohort)]
VRS = "org.ga4gh.vrs.v1.Variation"


def messages_inside(annotation: Any) -> list[type[Message]]:
    if isinstance(annotation, type) and issubclass(annotation, Message):
        return [annotation]
    return [found for part in get_args(annotation) for found in messages_inside(part)]


def differences(ours: type[Message], theirs: Descriptor, seen: set[str]) -> list[str]:
    if theirs.full_name in seen:
        return []
    seen.add(theirs.full_name)
    names = {field.name for field in theirs.fields}
    found = [f"{theirs.name}.{name}" for name in names ^ set(ours.model_fields)]
    for field in theirs.fields:
        own = ours.model_fields.get(field.name)
        if own is None:
            continue
        if own.alias != field.json_name:
            found.append(f"{theirs.name}.{field.name} is written {own.alias}")
        if field.enum_type:
            allowed = [value.name for value in field.enum_type.values]
            if allowed != enum_names(own):
                found.append(f"{theirs.name}.{field.name} allows {enum_names(own)}")
        inner = messages_inside(own.annotation)
        if inner and field.message_type:
            found += differences(inner[0], field.message_type, seen)
        elif field.message_type and not is_plain(field.message_type):
            found.append(f"{theirs.name}.{field.name} is no message of ours")
    groups = {tuple(field.name for field in group.fields) for group in theirs.oneofs}
    if {tuple(sorted(group)) for group in groups} != {tuple(sorted(group)) for group in ours.ONE_OF}:
        found.append(f"{theirs.name} one-of {groups} against {ours.ONE_OF}")
    return found


def is_plain(message: Descriptor) -> bool:
    return message.GetOptions().map_entry or message.full_name in ("google.protobuf.Timestamp", VRS)


def enum_names(field: Any) -> list[str]:
    return list(get_args(field.annotation))


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_every_field_enum_and_one_of_is_ga4ghs(ours, theirs):
    assert differences(ours, theirs.DESCRIPTOR, set()) == []


def filled(message: ProtobufMessage, dice: random.Random, depth: int = 0) -> None:
    """Fill every field of a protobuf message, one member of each one-of, at random."""
    chosen = {dice.choice(list(group.fields)).name for group in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        if (field.containing_oneof and field.name not in chosen) or (depth > 3 and dice.random() < 0.4):
            continue
        if field.message_type and field.message_type.full_name == VRS:
            message.variation.text.definition = "kept"
        elif field.message_type and field.message_type.GetOptions().map_entry:
            getattr(message, field.name)["a_b"] = "value"
        elif field.message_type and field.message_type.full_name == "google.protobuf.Timestamp":
            target = getattr(message, field.name)
            target.seconds, target.nanos = dice.randrange(1, 2_000_000_000), dice.randrange(1_000_000_000)
        elif field.message_type and field.is_repeated:
            for _ in range(dice.choice((1, 1, 2))):
                filled(getattr(message, field.name).add(), dice, depth + 1)
        elif field.message_type:
            target = getattr(message, field.name)
            target.SetInParent()
            filled(target, dice, depth + 1)
        elif field.is_repeated:
            getattr(message, field.name).append("文字")
        else:
            setattr(message, field.name, scalar(field, dice))


def scalar(field: FieldDescriptor, dice: random.Random) -> Any:
    match field.type:
        case FieldDescriptor.TYPE_ENUM:
            return dice.choice(field.enum_type.values).number
        case FieldDescriptor.TYPE_BOOL:
            return dice.random() < 0.5
        case FieldDescriptor.TYPE_DOUBLE:
            return dice.choice((0.0, 1.5, -2.25, 1e300, float("inf")))
        case FieldDescriptor.TYPE_STRING:
            return dice.choice(("", "text", "かな", 'q"\\\n'))
        case FieldDescriptor.TYPE_UINT64:
            return dice.choice((0, 1, 2**64 - 1))
        case FieldDescriptor.TYPE_UINT32:
            return dice.choice((0, 2**32 - 1))
        case _:
            return dice.choice((0, -(2**31), 2**31 - 1))


def unknown(message: Any) -> list[str]:
    if isinstance(message, Message):
        return [*message.unknown_fields, *(name for _, value in message for name in unknown(value))]
    return [name for value in message for name in unknown(value)] if isinstance(message, list) else []


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_whatever_the_schema_can_say_comes_back_the_same(ours, theirs, seed):
    original = theirs()
    filled(original, random.Random(seed))
    for options in ({}, {"preserving_proto_field_name": True}, {"always_print_fields_with_no_presence": True}):
        document = loads(json_format.MessageToJson(original, **options))
        assert type(document) is ours
        assert unknown(document) == []
        assert json_format.Parse(to_json(document), theirs()) == original


def test_published_patients_mean_the_same_to_protobuf(shared_data):
    with gzip.open(shared_data / "phenopackets" / "phenopackets-dev.jsonl.gz", "rt") as stream:
        for text in list(stream)[::10]:
            source = json_format.Parse(text, TheirPhenopacket(), ignore_unknown_fields=True)
            assert json.loads(text)["id"] == source.id
            assert json_format.Parse(to_json(loads(text)), TheirPhenopacket(), ignore_unknown_fields=True) == source
