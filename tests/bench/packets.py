"""Synthetic phenopackets for the benches that load and kill nodes."""

import json
from pathlib import Path

TERMS = [f"HP:{number:07d}" for number in (1250, 1263, 252, 518, 1305, 1274, 8050, 319, 411, 519, 1629, 1631)]


def packet(number: int, edition: int = 0) -> dict[str, object]:
    """A patient of six findings, some of them excluded; each of 36 editions says others."""
    present = 3 - edition // len(TERMS) % 3
    features = [
        {"type": {"id": TERMS[(number * 5 + step + edition) % len(TERMS)]}, "excluded": step > present}
        for step in range(6)
    ]
    return {"id": f"synthetic-{number}", "phenotypicFeatures": features}


def write_packets(path: Path, total: int, *, edition: int = 0) -> None:
    """``total`` patients, one a line."""
    with path.open("w") as file:
        for number in range(total):
            file.write(json.dumps(packet(number, edition)) + "\n")
