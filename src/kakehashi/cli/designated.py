"""``kakehashi designated …``: the list of designated intractable diseases, from a table that the hospital keeps."""

from pathlib import Path

import click

from kakehashi.cli import NodeGroup, counted, say, text
from kakehashi.protocols.designated import MAX_MIB, DesignatedListError

BAD_INPUT = 2


@click.group(
    cls=NodeGroup,
    help=text("Install and read the list of designated intractable diseases.", "指定難病の一覧の導入と照会。"),
)
def designated() -> None:
    pass


@designated.command(
    help=text(
        "Use the list in FILE, a CSV with the columns number, name_ja and, where known, name_en, references (OMIM:…, "
        "ORPHA:…, MONDO:…); whole or not at all. 'none' takes the list away.",
        "FILE（列 number, name_ja、任意で name_en, references（OMIM:…、ORPHA:…、MONDO:…）の CSV）の一覧を使う。"
        "誤りがあれば何も変更しない。none は一覧を外す。",
    )
)
@click.argument("file")
def install(file: str) -> None:
    from kakehashi.systems.cases.designated import install_list, remove_list

    if file == "none":
        remove_list()
        say("No list of designated diseases is in use now.", "指定難病の一覧を外しました。")
        return
    path = Path(file)
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_MIB * 1024 * 1024 + 1)
        made = install_list(data, source=path.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        say(f"{path} cannot be read ({reason}); check the path", f"{path} を読めません（{reason}）", err=True)
        raise SystemExit(BAD_INPUT) from error
    except DesignatedListError as error:
        _tell(path.name, error)
        raise SystemExit(BAD_INPUT) from error
    rows = list(made.diseases.all())
    bare = sum(1 for one in rows if not one.references)
    say(f"In use now: {counted(len(rows), 'disease')} of {path.name}", f"使用中：{path.name} の {len(rows):,} 疾病")
    if bare:
        say(
            f"{counted(bare, 'disease')} without an id of OMIM, Orphanet or MONDO: found by name and number alone.",
            f"OMIM・Orphanet・MONDO の ID のない疾病 {bare:,} 件は、病名と番号だけで照合します。",
        )


@designated.command(help=text("Say which list is in use.", "使用中の一覧を示す。"))
def status() -> None:
    from kakehashi.systems.cases.designated import installed

    found = installed()
    if found is None:
        say(
            "No list of designated diseases is installed. Run: kakehashi designated install FILE.csv",
            "指定難病の一覧は導入されていません。kakehashi designated install FILE.csv で導入してください。",
        )
        return
    number, day = found.diseases.count(), f"{found.installed_at:%Y-%m-%d}"
    say(
        f"{found.source}, {counted(number, 'disease')}, installed on {day}",
        f"{found.source}、{number:,} 疾病、導入日 {day}",
    )


@designated.command(help=text("Look diseases up by number or name.", "番号か病名で照会する。"))
@click.argument("query", nargs=-1, required=True)
def search(query: tuple[str, ...]) -> None:
    from kakehashi.systems.cases.designated import found_by

    found = found_by(" ".join(query))
    for one in found:
        click.echo("  ".join(filter(None, (one.number, one.name, one.name_en, " ".join(one.references)))))
    if not found:
        say("Nothing found.", "見つかりませんでした。", err=True)
        raise SystemExit(1)


def _tell(name: str, error: DesignatedListError) -> None:
    say(
        f"{name}: nothing was changed. Correct these rows:",
        f"{name}：何も変更していません。次の行を直してください：",
        err=True,
    )
    for one in error.problems:
        en = ", ".join(filter(None, (f"line {one.line}" if one.line else "", one.path)))
        ja = "、".join(filter(None, (f"{one.line} 行目" if one.line else "", f"列 {one.path}" if one.path else "")))
        say(
            f"  {en}: {one.en}; {one.hint_en}" if en else f"  {one.en}; {one.hint_en}",
            f"  {ja}：{one.ja}。{one.hint_ja}" if ja else f"  {one.ja}。{one.hint_ja}",
            err=True,
        )
    if error.cut:
        say("  … and more", "  … ほかにもあります", err=True)
