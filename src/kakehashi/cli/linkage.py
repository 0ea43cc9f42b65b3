"""``kakehashi linkage …``: identifying items by file, and the state of the search for double registrations."""

import csv
import json
from pathlib import Path
from typing import get_args

import click

from kakehashi.cli import NodeGroup, counted, labelled, say, text
from kakehashi.cli.people import organisation_of, told_plainly
from kakehashi.engines.linkage.keys import Identity, Sex, UnusableIdentity, read_birth

COLUMNS = ("local_id", "family", "given", "birth", "sex", "insurance")
BAD_INPUT = 2


@click.group(
    cls=NodeGroup, help=text("The same patient registered by two hospitals.", "二つの病院に登録された同一患者の照合。")
)
def linkage() -> None:
    pass


@linkage.command(
    "import",
    help=text(
        "Make linkage keys of the identifying items in FILE, a CSV with the columns local_id, family, given, birth and "
        "optionally sex, insurance; names in kana or Latin letters. The items are kept nowhere; delete the file then.",
        "FILE（列 local_id, family, given, birth、任意で sex, insurance の CSV。氏名はかなかローマ字）の識別項目から"
        "照合キーを作る。項目はどこにも保存しない。終わったらファイルを削除すること。",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, metavar="CODE", help=text("Whose cases.", "症例を持つ機関。"))
def import_identities(file: Path, organisation: str) -> None:
    from kakehashi.kernel.errors import Invalid
    from kakehashi.systems.cases.linkage.actions import give_identity
    from kakehashi.systems.cases.models import Case

    done = 0
    left: list[tuple[int, str]] = []
    with told_plainly():
        holder = organisation_of(organisation)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        try:
            rows = csv.DictReader(opened)
            missing = [name for name in COLUMNS[:4] if name not in (rows.fieldnames or ())]
            if missing:
                _refuse(f"the columns {', '.join(missing)} are missing", f"列 {', '.join(missing)} がありません")
            for row in rows:
                found = Case.objects.filter(organisation=holder, local_id=(row["local_id"] or "").strip()).first()
                if found is None:
                    left.append((rows.line_num, "local_id"))
                    continue
                try:
                    give_identity(by=None, case=found, identity=_identity(row))
                    done += 1
                except UnusableIdentity as error:
                    left.append((rows.line_num, error.item))
                except Invalid as error:
                    left.append((rows.line_num, next(iter(error.problems))))
        except UnicodeDecodeError:
            _refuse("is not UTF-8 text; save the file as UTF-8", "UTF-8 ではありません。UTF-8 で保存してください")
        except csv.Error:
            _refuse("cannot be read as CSV", "CSV として読めません")
    say(f"keys made for {counted(done, 'case')}", f"{done:,} 症例の照合キーを作成しました")
    for line, item in left:
        if item == "local_id":
            say(f"line {line}: no such case", f"{line} 行目：該当する症例がありません", err=True)
        else:
            say(f"line {line}: {item} is unusable", f"{line} 行目：{item} が不正です", err=True)
    if left:
        raise SystemExit(1)


def _identity(row: dict[str, str | None]) -> Identity:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    sex: Sex = next((one for one in get_args(Sex) if one == said["sex"].lower()), "unknown")
    return Identity(said["family"], said["given"], read_birth(said["birth"]), sex, said["insurance"])


def _refuse(en: str, ja: str) -> None:
    say(en, ja, err=True)
    raise SystemExit(BAD_INPUT)


@linkage.command(
    help=text(
        "Say how many cases have keys, and how many suspicions there are; nothing of whom.",
        "照合キーのある症例数と疑いの件数を示す（誰かは示さない）。",
    )
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def status(shape: str) -> None:
    from kakehashi.systems.cases.linkage.queries import counts

    found = counts()
    if shape == "json":
        click.echo(json.dumps(found))
        return
    words = {
        "with_keys": ("cases with keys of identifying items", "識別項目の照合キーがある症例"),
        "outdated": ("of them made under an earlier linkage key", "うち以前の名寄せ鍵によるもの"),
        "variants_outdated": (
            "cases whose variants were keyed under an earlier linkage key (done again within the hour)",
            "バリアントが以前の名寄せ鍵による症例（1時間以内に作り直し）",
        ),
        "waiting": ("cases waiting to be compared", "照合待ちの症例"),
        "told": ("suspicions told to both sides", "双方に通知した疑い"),
        "confirmed": ("of them confirmed by both", "うち双方が確認"),
        "contradicted": (
            "of these counted as two patients, since other answers contradict",
            "うち他の回答と矛盾するため別々の患者として数えるもの",
        ),
        "untold": ("suspicions that may not be told", "共有の条件により通知できない疑い"),
    }
    for name, count in found.items():
        click.echo(labelled(text(*words[name]), f"{count:,}"))


@linkage.command(
    help=text("Compare the waiting cases now instead of within the hour.", "照合待ちの症例を直ちに照合する。")
)
def look() -> None:
    from kakehashi.systems.cases.linkage.looking import look_for_same_patients

    told = look_for_same_patients()
    say(f"{counted(told, 'new suspicion')} told to both sides", f"新たな疑い {told:,} 件を双方に通知しました")
