"""What the kinds of jobs are called: each system names its own when it is ready."""

from kakehashi.kernel.shell import Text

_LABELS: dict[str, Text] = {}


def name_kind(kind: str, label: Text) -> None:
    """Say what a kind of jobs is called."""
    _LABELS[kind] = label


def kind_label(kind: str) -> str:
    """A kind in words; one that nobody named stays as it is written."""
    return str(_LABELS.get(kind, kind))
