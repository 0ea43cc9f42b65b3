"""Commands that prepare and run a node: demo, up, worker, manage."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from kakehashi.cli import counted, say, start_django, text
from kakehashi.config import parent


def prepare(*, quiet: bool = False) -> None:
    """Bring the node up to date: folders, ontology, database, loops, static files. A second run changes nothing."""
    from django.conf import settings
    from django.core.management import call_command

    from kakehashi.engines.phenotype import knowledge
    from kakehashi.systems.cases.public import start_reindexing, warm

    settings.HOME.mkdir(parents=True, exist_ok=True)
    if not settings.AUDIT_CHECKPOINT.exists():  # a fresh node: patients' data, so nobody else on this machine
        with contextlib.suppress(PermissionError):  # a folder of someone else's: the doctor tells
            settings.HOME.chmod(0o700)
    started = time.perf_counter()
    known = knowledge.load()
    seconds = time.perf_counter() - started
    terms, diseases, release = known.ontology.n, len(known.diseases.ids), known.ontology.release
    held = f"{counted(terms, 'term')}, {counted(diseases, 'disease')}"
    if not quiet:
        say(
            f"Ontology: {held} (HPO {release}), {seconds:.1f} s",
            f"オントロジー：用語 {terms:,}、疾患 {diseases:,}（HPO {release}）、{seconds:.1f} 秒",
        )
    call_command("migrate", verbosity=0, interactive=False)
    if waiting := start_reindexing():
        say(
            f"Search: {counted(waiting, 'case')} to be read anew; the worker does it while the site serves",
            f"検索：{waiting:,} 症例の読み直しが必要です。サイトの稼働中にジョブ処理が行います",
        )
    warm()
    call_command("collectstatic", verbosity=0, interactive=False)
    if not quiet:
        say(f"Database and files: {settings.HOME}", f"データベースとファイル：{settings.HOME}")


@click.command(
    help=text(
        "Prepare the demo node (synthetic patients of several hospitals), rank a sample patient, then serve.",
        "デモ用ノード（複数病院の合成症例）を準備し、例の患者を順位付けしてから起動する。",
    )
)
@click.option("--serve/--no-serve", default=True, help=text("Serve the site at the end.", "最後にサイトを起動する。"))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def demo(context: click.Context, serve: bool, host: str, port: int) -> None:
    take_address(host, port)
    start_django(prepared=False)
    from kakehashi.cli.rank import rank
    from kakehashi.systems.cases.demo import CLEAR_PATIENT, SAMPLE_PATIENT, prepare_demo

    prepare()
    logins = prepare_demo()
    prepare_agency()
    say("\nA synthetic patient whose findings tell clearly, ranked:", "\n所見から病名が絞り込める合成患者の順位付け：")
    context.invoke(rank, files=(str(CLEAR_PATIENT),), top=3)
    say(
        "\nA sample patient whose eight findings alone do not single out a disease, ranked:",
        "\n所見八つだけでは絞り込めない例の患者の順位付け：",
    )
    context.invoke(rank, files=(str(SAMPLE_PATIENT),), top=3)
    say("\nWho can log in:", "\nログインできる人：")
    for login in logins:
        click.echo(f"  {login.email}  {login.password}  {login.role}, {login.organisation}")
    if serve:
        run_server(host, port, with_worker=True)
    else:
        say(
            f"\nReady. Serve it with: make up   (http://{host}:{port})",
            f"\n準備完了。起動は make up（http://{host}:{port}）",
        )


def prepare_agency() -> None:
    """The demo agency's awards and ledger, written once, with how far it is."""
    from rich.progress import Progress

    from kakehashi.kernel.organisations.models import Organisation
    from kakehashi.kernel.people.models import Person
    from kakehashi.systems.cases.demo import AGENCY, INVESTIGATOR
    from kakehashi.systems.portfolio.demo.agency import make_agency
    from kakehashi.systems.portfolio.demo.decisions import make_decisions
    from kakehashi.systems.portfolio.demo.elsewhere import make_collection
    from kakehashi.systems.portfolio.demo.histories import publish_histories
    from kakehashi.systems.portfolio.demo.people import appoint_people

    words = {
        "structure": text("published structure", "公表資料の構造"),
        "awards": text("synthetic awards", "合成課題"),
        "ledger": text("ledger", "台帳"),
        "calls": text("calls", "公募"),
    }
    with Progress(transient=True) as progress:
        task = progress.add_task(text("The demo agency", "デモの機構"), total=1.0)
        number = make_agency(told=lambda what, share: progress.update(task, completed=share, description=words[what]))
        publish_histories()
        make_decisions()
        make_collection()
        agency, investigator = (
            Organisation.objects.filter(code=AGENCY[0]).first(),
            Person.objects.filter(email=INVESTIGATOR).first(),
        )
        if agency is not None:
            appoint_people(agency, investigator)
    say(
        f"The demo agency: {counted(number, 'synthetic award')} of eleven fiscal years, their money to the yen",
        f"デモの機構：11年度分の合成課題 {number:,} 件と円単位の台帳",
    )


@click.command(help=text("Serve this node, and work off its jobs beside it.", "このノードを起動し、ジョブも処理する。"))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help=text("Web processes.", "Webプロセス数。"),
)
@click.option(
    "--with-worker/--without-worker",
    default=True,
    help=text("Start a job worker beside the site.", "サイトと併せてジョブ処理も起動する。"),
)
def up(host: str, port: int, workers: int, with_worker: bool) -> None:
    take_address(host, port)
    start_django(prepared=False)
    prepare(quiet=True)
    run_server(host, port, workers=workers, with_worker=with_worker)


def take_address(host: str, port: int) -> None:
    """Mails and exports name the address that is served, also in the processes started from here; unless one is set."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    os.environ.setdefault("KAKEHASHI_BASE_URL", f"http://{name}:{port}")


def run_server(host: str, port: int, *, workers: int = 1, with_worker: bool = True) -> None:
    """Serve over WSGI until told to stop; the job worker runs as a child process and ends with it."""
    from granian import Granian
    from granian.constants import Interfaces

    insist_on_free_port(host, port)
    parent.announce()
    child: subprocess.Popen[bytes] | None = None
    if with_worker:
        child = subprocess.Popen([sys.executable, "-m", "kakehashi", "worker"])
    say(f"\nServing on http://{host}:{port}  (Ctrl-C stops)", f"\nhttp://{host}:{port} で起動中（Ctrl-C で終了）")
    try:
        Granian(
            "kakehashi.config.serving:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            log_access=False,
        ).serve()
    finally:
        if child is not None:
            child.terminate()
            try:
                child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                child.kill()


def insist_on_free_port(host: str, port: int) -> None:
    """Raise ClickException when nobody can listen there: before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise click.ClickException(
                text(
                    f"cannot serve on {host}:{port} ({reason}). Choose another with: kakehashi up --port {port + 1}",
                    f"{host}:{port} で起動できません（{reason}）。別のポートで：kakehashi up --port {port + 1}",
                )
            ) from error


@click.command(help=text("Work off waiting jobs until stopped.", "待機中のジョブを停止されるまで処理する。"))
@click.option("--once", is_flag=True, help=text("End when nothing is waiting.", "待機がなくなれば終了。"))
def worker(once: bool) -> None:
    start_django()
    from kakehashi.kernel.jobs import worker as jobs_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent.end_with_parent(stop.set)
    jobs_worker.run(stop_event=stop, once=once)


@click.command(
    help=text("Run one of Django's management commands.", "Djangoの管理コマンドを実行する。"),
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    start_django(prepared=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line([f"{Path(sys.argv[0]).name} manage", *arguments])
