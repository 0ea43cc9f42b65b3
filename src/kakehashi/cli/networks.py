"""``kakehashi networks``: which institutions work together, and as what."""

import click

from kakehashi.cli import NodeGroup, say, text
from kakehashi.cli.people import SHAPE, organisation_of, show, told_plainly

ROLES = click.Choice(["hub", "advanced", "cooperating", "analysis", "member"])


@click.group(cls=NodeGroup, help=text("Networks of institutions.", "機関のネットワーク。"))
def networks() -> None:
    pass


@networks.command("add", help=text("Found a network.", "ネットワークを設ける。"))
@click.argument("code")
@click.option("--name", required=True, help=text("Name.", "名称。"))
@click.option("--name-en", default="", help=text("Name in English.", "英語名称。"))
def add(code: str, name: str, name_en: str) -> None:
    from kakehashi.kernel.sharing.actions import add_network

    with told_plainly():
        add_network(by=None, code=code, name=name, name_en=name_en)
    say(f"Founded the network {code}.", f"ネットワーク {code} を設けました。")


@networks.command(
    "join",
    help=text(
        "Place an organisation in a network, or change its place there.",
        "機関をネットワークに加える、またはその位置づけを変える。",
    ),
)
@click.argument("code")
@click.argument("organisation")
@click.option("--role", type=ROLES, default="member", show_default=True)
@click.option(
    "--hub", default="", metavar="ORGANISATION", help=text("The hub hospital it works with.", "連携する拠点病院。")
)
def join(code: str, organisation: str, role: str, hub: str) -> None:
    from kakehashi.kernel.sharing.actions import join_network
    from kakehashi.kernel.sharing.models import NetworkRole
    from kakehashi.kernel.sharing.networks import network_coded

    with told_plainly():
        join_network(
            by=None,
            network=network_coded(code),
            organisation=organisation_of(organisation),
            role=NetworkRole(role),
            hub=organisation_of(hub) if hub else None,
        )
    say(f"{organisation} is in {code} as {role}.", f"{organisation} を {code} に加えました（{role}）。")


@networks.command("leave", help=text("Take an organisation out of a network.", "機関をネットワークから外す。"))
@click.argument("code")
@click.argument("organisation")
def leave(code: str, organisation: str) -> None:
    from kakehashi.kernel.sharing.actions import leave_network
    from kakehashi.kernel.sharing.networks import network_coded

    with told_plainly():
        leave_network(by=None, network=network_coded(code), organisation=organisation_of(organisation))
    say(f"{organisation} has left {code}.", f"{organisation} を {code} から外しました。")


@networks.command("list", help=text("List networks and their members.", "ネットワークと構成機関の一覧。"))
@SHAPE
def list_networks(shape: str) -> None:
    from kakehashi.kernel.sharing.models import Network
    from kakehashi.kernel.sharing.networks import places

    rows = []
    for network in Network.objects.all():
        empty = {"network": network.code, "organisation": "", "role": "", "hub": ""}
        rows += [
            {
                "network": network.code,
                "organisation": place.organisation.code,
                "role": str(place.role),
                "hub": place.hub.code if place.hub else "",
            }
            for place in places(network)
        ] or [empty]
    show(rows, shape)
