"""``kakehashi rank`` and ``kakehashi match``: phenopackets in, ranked diseases or similar cases out.

Exit codes: 0 all answered; 2 something could not be read (with ``--keep-going`` every good patient is answered first);
1 the ontology or the case index is out of order; 130 interrupted. Nothing here waits for Django.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kakehashi.cli import counted, say, text
from kakehashi.cli.inputs import Inputs, Progress, language_option, quiet_end, spoken
from kakehashi.cli.outputs import Answer, Answers
from kakehashi.protocols.phenopacket.problems import Language

if TYPE_CHECKING:
    from kakehashi.cli.library import OwnAnnotations
    from kakehashi.engines.phenotype.ranking import PooledRows
    from kakehashi.protocols.phenopacket.documents import Phenopacket

F = TypeVar("F", bound=Callable[..., Any])

FORMATS: Final = ("table", "json", "jsonl")
SOURCES: Final = ("OMIM", "ORPHA", "DECIPHER")


def _shared_options(command: F) -> F:
    """What rank and match have in common."""
    options: tuple[Callable[[F], F], ...] = (
        click.argument("files", nargs=-1, required=True, metavar="FILE…"),
        click.option(
            "--top",
            type=click.IntRange(1, 100_000),
            default=10,
            show_default=True,
            metavar="N",
            help=text("Answers a patient.", "患者 1 名あたりの件数。"),
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            default="table",
            show_default=True,
            help=text(
                "Table for people; json and jsonl (one line a patient, in input order) for scripts.",
                "人が読む表、またはスクリプト用の json・jsonl（1 行 1 患者、入力順）。",
            ),
        ),
        click.option(
            "--leave-publication-out",
            is_flag=True,
            help=text(
                "For fair tests, leave the patient's own publication (PMID) out: its annotation rows and solved cases "
                "(rank), its cases (match).",
                "公正な評価のため、患者自身の論文（PMID）を除く。rank では注釈行と解決済み症例、match では症例。",
            ),
        ),
        click.option(
            "--genes/--no-genes",
            default=True,
            show_default=True,
            help=text("Use the candidate genes of the patient.", "患者の候補遺伝子を使う。"),
        ),
        click.option(
            "--keep-going",
            is_flag=True,
            help=text(
                "Answer all good patients, though some input is bad (exit code 2 all the same).",
                "不正な入力があっても残りの患者すべてに答える（終了コードは 2）。",
            ),
        ),
        language_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


FILES_EN: Final = "FILE: .json, .jsonl, .yaml (each also .gz), a folder, or - for standard input."
FILES_JA: Final = "FILE: .json、.jsonl、.yaml（それぞれ .gz 可）、フォルダー、または標準入力を表す -。"
CAUTION_EN: Final = (
    "A research tool: it ranks known diseases and says why; it does not diagnose. The diagnosis is the physician's."
)
CAUTION_JA: Final = (
    "研究用のツールです。既知の疾患を順位付けして根拠を示しますが、診断するものではありません。診断は医師が行います。"
)


@click.command(
    help=text(
        f"Rank the known diseases for the patients of phenopacket files.\n\n{FILES_EN}\n\n{CAUTION_EN}",
        f"フェノパケットの患者に対して既知の疾患を順位付けする。\n\n{FILES_JA}\n\n{CAUTION_JA}",
    )
)
@_shared_options
@click.option(
    "--solved-cases",
    multiple=True,
    metavar="FILE",
    help=text("Phenopackets with diagnoses, as further evidence.", "診断の付いたフェノパケット。追加の根拠に使う。"),
)
@click.option(
    "--pooled-rows",
    type=click.Choice(["keep", "drop"]),
    default="keep",
    show_default=True,
    help=text(
        "With --leave-publication-out: keep or drop annotation rows that cite other publications too.",
        "--leave-publication-out と併用：他の文献も引用する注釈行を残す（keep）か除く（drop）か。",
    ),
)
@click.option(
    "--source",
    "sources",
    type=click.Choice(SOURCES),
    multiple=True,
    default=("OMIM",),
    show_default=True,
    help=text("Diseases to rank; may be given more than once.", "順位付けする疾患の体系。複数指定できる。"),
)
def rank(
    files: tuple[str, ...],
    top: int,
    form: str,
    leave_publication_out: bool,
    genes: bool,
    keep_going: bool,
    language: str | None,
    solved_cases: tuple[str, ...],
    pooled_rows: "PooledRows",
    sources: tuple[str, ...],
) -> None:
    speech = spoken(language)
    with quiet_end(speech):
        from kakehashi.cli.rankanswers import RankRun

        inputs = Inputs(speech, keep_going=keep_going)
        run = RankRun.open(sources, inputs.patients(solved_cases), _written(language, form))
        if run.ranker.solved is not None and (unusable := len(run.ranker.solved.left_aside)):
            say(
                f"note: {counted(unusable, 'solved case')} left aside: no finding, or a disease that is not known",
                f"注：解決済み症例 {unusable:,} 件は、所見がないか、疾患がこの版にないため使用しません",
                language=speech,
                err=True,
            )

        def answer(packet: "Phenopacket") -> Answer:
            return run.answer(
                packet, top, genes=genes, leave_publication_out=leave_publication_out, pooled_rows=pooled_rows
            )

        _answer(inputs, files, form, answer)


@click.command(
    help=text(
        f"Find the most similar cases for the patients of phenopacket files.\n\n{FILES_EN}",
        f"フェノパケットの患者に最も似た症例を探す。\n\n{FILES_JA}",
    )
)
@_shared_options
@click.option(
    "--library",
    "library",
    multiple=True,
    metavar="FILE_OR_FOLDER",
    help=text("The cases to search.", "検索対象の症例。"),
)
@click.option(
    "--registered",
    is_flag=True,
    help=text("Search the cases registered on this node.", "このノードに登録された症例を検索する。"),
)
@click.option(
    "--own-annotations",
    type=click.Choice(["keep", "drop"]),
    default="keep",
    show_default=True,
    help=text(
        "With --leave-publication-out: keep or drop what the patient's own publication added to the disease "
        "annotations (with --library, also for each library case and its own publication).",
        "--leave-publication-out と併用：患者自身の論文が疾患注釈に加えた内容を残す（keep）か除く（drop）か"
        "（--library では検索対象の各症例とその論文についても同様）。",
    ),
)
def match(
    files: tuple[str, ...],
    top: int,
    form: str,
    leave_publication_out: bool,
    genes: bool,
    keep_going: bool,
    language: str | None,
    library: tuple[str, ...],
    registered: bool,
    own_annotations: "OwnAnnotations",
) -> None:
    speech = spoken(language)
    if bool(library) == registered:
        raise click.UsageError(
            "--library と --registered のどちらか一方を指定してください。"
            if speech == "ja"
            else "give either --library FILE_OR_FOLDER or --registered"
        )
    with quiet_end(speech):
        from kakehashi.cli.matchanswers import MatchRun

        inputs = Inputs(speech, keep_going=keep_going)
        written = _written(language, form)
        run = (
            MatchRun.registered(written)
            if registered
            else MatchRun.of(
                inputs.patients(library), written, own_annotations=own_annotations if leave_publication_out else "keep"
            )
        )

        def answer(packet: "Phenopacket") -> Answer:
            return run.answer(
                packet, top, genes=genes, leave_publication_out=leave_publication_out, own_annotations=own_annotations
            )

        _answer(inputs, files, form, answer)


def _answer(inputs: Inputs, files: tuple[str, ...], form: str, answer: "Callable[[Phenopacket], Answer]") -> None:
    """Answer every patient of the files, each as soon as they are read."""
    progress = Progress(inputs.language)
    with Answers(form) as answers:
        for entry in inputs.patients(files):
            assert entry.document is not None
            answers.write(answer(entry.document))
            progress.step()
    progress.done()
    inputs.finish()


def _written(language: str | None, form: str) -> Language:
    """The language of answers: scripts get English unless they ask, whatever the locale."""
    return spoken(language if form == "table" else language or "en")
