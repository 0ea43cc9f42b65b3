"""Made-up outputs of the demo agency: as many of each kind as the second term's published totals, FY2020 to FY2023."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from kakehashi.kernel import audit
from kakehashi.systems.portfolio.models import Award, Credit, Output, OutputKind, Phase

FIRST, LAST = date(2020, 4, 1), date(2024, 3, 31)
TOTALS = {
    OutputKind.APPROVAL: 40,
    OutputKind.LICENCE: 434,
    OutputKind.NON_CLINICAL_POC: 357,
    OutputKind.PAPER: 6_090,
}
"""What the review of March 2025 tells of term 2 to the end of FY2023."""
FROM = {
    OutputKind.APPROVAL: (Phase.CLINICAL, Phase.PRACTICAL),
    OutputKind.LICENCE: (Phase.APPLIED, Phase.NON_CLINICAL, Phase.CLINICAL, Phase.PRACTICAL),
    OutputKind.NON_CLINICAL_POC: (Phase.APPLIED, Phase.NON_CLINICAL),
    OutputKind.PAPER: tuple(Phase),
}
"""Phases of the awards that such outputs come from."""
REFERENCES = {
    OutputKind.APPROVAL: "DEMO-A{number:05d}",
    OutputKind.LICENCE: "DEMO-L{number:05d}",
    OutputKind.NON_CLINICAL_POC: "DEMO-N{number:05d}",
    OutputKind.PAPER: "10.5555/kakehashi.demo.{number:05d}",
}
"""10.5555 is Crossref's prefix for tests: no DOI of anybody's."""
WORDS = {
    OutputKind.APPROVAL: ("{title}の成果による承認（架空）", "Made-up approval from: {title}"),
    OutputKind.LICENCE: ("{title}のシーズの導出（架空）", "Made-up licence from: {title}"),
    OutputKind.NON_CLINICAL_POC: ("{title}の非臨床PoC（架空）", "Made-up proof of concept from: {title}"),
    OutputKind.PAPER: ("{title}に関する論文（架空）", "Made-up paper from: {title}"),
}
SEVERAL = 0.15
"""So many outputs are credited to two awards."""
AFTER = timedelta(days=300)
"""Results come up to so long after an award's end."""
LONGEST = 900


def post_outputs(awards: Sequence[Award], seed: int, *, share: float = 1.0) -> int:
    """Write the outputs, each credited to awards that ran then; answers how many. ``share`` of them: for tests."""
    dice = random.Random(seed)  # noqa: S311  made-up outputs
    running = [one for one in awards if one.begins <= LAST and one.ends + AFTER >= FIRST]
    made: list[Output] = []
    credited: list[list[Award]] = []
    for kind, total in TOTALS.items():
        fitting = [one for one in running if one.phase in FROM[kind]] or running
        for number in range(1, round(total * share) + 1):
            paid = dice.choice(fitting)
            made.append(_output(kind, number, paid, dice))
            second = [dice.choice(fitting)] if dice.random() < SEVERAL else []
            credited.append([paid, *(one for one in second if one is not paid)])
    Output.objects.bulk_create(made, batch_size=1_000)
    credits = [
        Credit(output=output, award=award, since=output.on)
        for output, paid in zip(made, credited, strict=True)
        for award in paid
    ]
    Credit.objects.bulk_create(credits, batch_size=1_000)
    audit.record(None, "output.import", detail={"outputs": len(made), "credits": len(credits)})
    return len(made)


def _output(kind: OutputKind, number: int, paid: Award, dice: random.Random) -> Output:
    first, last = max(FIRST, paid.begins), min(LAST, paid.ends + AFTER)
    ja, en = WORDS[kind]
    return Output(
        kind=kind,
        reference=REFERENCES[kind].format(number=number),
        title=ja.format(title=paid.title[:LONGEST]),
        title_en=en.format(title=(paid.title_en or paid.title)[:LONGEST]),
        where="Demonstration Journal" if kind == OutputKind.PAPER else "",
        top_journal=kind == OutputKind.PAPER,
        on=first + timedelta(days=dice.randint(0, (last - first).days)),
        synthetic=True,
    )
