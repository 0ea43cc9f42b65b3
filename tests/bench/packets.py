"""Synthetic phenopackets for the benches that load and kill nodes."""

import json
from pathlib import Path

TERMS = [f"HP:{number:07d}" for number in (1250, 1263, 252, 518, 1305, 1274, 8050, 319, 411, 519, 1629, 1631)]


def packet(number: int) -> dict[str, object]:
    """A patient of six findings, two of them excluded."""
    features = [{"type": {"id": TERMS[(number * 5 + step) % len(TERMS)]}, "excluded": step > 3} for step in range(6)]
    return {"id": f"synthetic-{number}", "phenotypicFeatures": features}


def write_packets(path: Path, total: int, *, first: int = 0) -> None:
    """``total`` patients, one a line."""
    with path.open("w") as file:
        for number in range(first, first + total):
            file.write(json.dumps(packet(number)) + "\n")
