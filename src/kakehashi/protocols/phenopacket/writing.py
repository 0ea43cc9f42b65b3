"""Phenopackets to text: JSON, JSON lines and YAML, as the protobuf JSON mapping writes them."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, BinaryIO

from kakehashi.protocols.phenopacket.shape import Message


def to_tree(message: Message) -> dict[str, Any]:
    """Plain JSON tree: camelCase, only what was said, unknown fields as they were read."""
    return message.model_dump(mode="json", by_alias=True, exclude_unset=True)


def to_json(message: Message, *, indent: int | None = None) -> str:
    """One JSON text; on one line unless ``indent`` is given."""
    return json.dumps(to_tree(message), ensure_ascii=False, indent=indent, allow_nan=False)


def to_yaml(message: Message) -> str:
    """One YAML document, without aliases."""
    import yaml

    text: str = yaml.dump(
        to_tree(message),
        Dumper=_plain_dumper(),
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=120,
    )
    return text


def write_lines(stream: BinaryIO, messages: Iterable[Message]) -> int:
    """JSON lines into a binary stream; how many were written."""
    count = 0
    for message in messages:
        stream.write(to_json(message).encode() + b"\n")
        count += 1
    return count


@cache
def _plain_dumper() -> Any:
    """libyaml's dumper, writing shared values out each time."""
    import yaml

    fastest: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return type("PlainDumper", (fastest,), {"ignore_aliases": lambda self, data: True})
