"""``kakehashi network``: two nodes on this machine, an agency's in Japan and a hospital's abroad, each other's peers.

Each is a node of its own under ``KAKEHASHI_HOME/network`` with its own database, keys and synthetic patients; tokens
are exchanged as they would be between strangers. A second start goes on with what is there.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

from kakehashi.cli import say, start_django, text
from kakehashi.cli.node import insist_on_free_port

COUNTRIES = {"agency": "JP", "hospital": "FR"}


@click.command(
    help=text(
        "Start two nodes of two countries that may ask each other for similar cases. Ctrl-C stops both.",
        "互いに類似症例を照会できる2か国の2ノードを起動する。Ctrl-C で両方を止める。",
    )
)
@click.option("--agency-port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--hospital-port", default=8002, show_default=True, type=click.IntRange(1, 65535))
@click.option("--node", type=click.Choice(list(COUNTRIES)), hidden=True)
def network(agency_port: int, hospital_port: int, node: str | None) -> None:
    if node is not None:
        _prepare_node(node)
        return
    ports = {"agency": agency_port, "hospital": hospital_port}
    for port in ports.values():
        insist_on_free_port("127.0.0.1", port)
    home = Path(os.environ.get("KAKEHASHI_HOME", "var")).absolute() / "network"
    environments = {name: _environment(home / name, port) for name, port in ports.items()}
    logins = {name: _prepared(name, environments[name], home) for name in ports}
    _introduce(environments, ports, home)
    for name, port in ports.items():
        say(f"\n{name}: http://127.0.0.1:{port}", f"\n{name}:http://127.0.0.1:{port}")
        say(
            f"  its own commands: KAKEHASHI_HOME={home / name} kakehashi …",
            f"  このノードのコマンド：KAKEHASHI_HOME={home / name} kakehashi …",
        )
        for login in logins[name]:
            click.echo(f"  {login['email']}  {login['password']}  {login['role']}, {login['organisation']}")
    _serve(environments, ports)


def _environment(home: Path, port: int) -> dict[str, str]:
    """What makes a process one of the two nodes; another node's database or address is not passed on."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAKEHASHI_")}
    if "KAKEHASHI_CLI_LANGUAGE" in os.environ:
        kept["KAKEHASHI_CLI_LANGUAGE"] = os.environ["KAKEHASHI_CLI_LANGUAGE"]
    return kept | {"KAKEHASHI_HOME": str(home), "KAKEHASHI_BASE_URL": f"http://127.0.0.1:{port}"}


def _prepared(name: str, environment: dict[str, str], home: Path) -> list[dict[str, str]]:
    """Prepare one node; both use one compiled ontology."""
    say(f"Preparing {name} …", f"{name} を準備中 …")
    folder = home / name
    folder.mkdir(parents=True, exist_ok=True)
    first = home / next(iter(COUNTRIES)) / "ontology"
    if folder != first.parent and first.exists() and not (folder / "ontology").exists():
        (folder / "ontology").symlink_to(first, target_is_directory=True)
    made: list[dict[str, str]] = json.loads(_run(environment, "network", "--node", name).splitlines()[-1])
    return made


def _prepare_node(name: str) -> None:
    """Inside a node's own process: everything but the introduction; prints who can log in, as JSON."""
    from kakehashi.cli.node import prepare

    start_django(prepared=False)
    prepare(quiet=True)
    from kakehashi.systems.cases.demo import prepare_network_node

    click.echo(json.dumps([vars(login) for login in prepare_network_node(name)], ensure_ascii=False))


def _introduce(environments: dict[str, dict[str, str]], ports: dict[str, int], home: Path) -> None:
    """Exchange tokens both ways, once: each is written where only this person reads, handed over, and removed."""
    for name, other in (("agency", "hospital"), ("hospital", "agency")):
        known = {row["name"]: row for row in json.loads(_run(environments[other], "peers", "list", "--format", "json"))}
        if known.get(name, {}).get("asked") == f"http://127.0.0.1:{ports[name]}/mme":
            continue
        token = _run(environments[name], "peers", "grant", other, "--country", COUNTRIES[other]).strip()
        file = home / f"token-for-{other}"
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(token)
        address = f"http://127.0.0.1:{ports[name]}/mme"
        country = ("--country", COUNTRIES[name])
        _run(environments[other], "peers", "add", name, address, "--token-file", str(file), *country)
        file.unlink()


def _run(environment: dict[str, str], *arguments: str) -> str:
    """One command of one node; its own words and exit code when it fails."""
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "kakehashi", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def _serve(environments: dict[str, dict[str, str]], ports: dict[str, int]) -> None:
    """Run both nodes until told to stop, or until one ends; then the other ends too.

    Each is a process group of its own: a terminal's Ctrl-C comes here alone, and each node is told once. Told twice in
    the same moment, by the terminal and from here, its server may wait for itself for ever.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    children: list[subprocess.Popen[Any]] = []
    try:
        for name, environment in environments.items():
            command = [sys.executable, "-m", "kakehashi", "up", "--port", str(ports[name])]
            children.append(subprocess.Popen(command, env=environment, process_group=0))  # noqa: S603  our own command
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\nStopping both nodes …", "\n両ノードを停止しています…")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=40)
            except subprocess.TimeoutExpired:
                child.kill()  # its job worker ends with it
