"""``kakehashi organisations`` and ``kakehashi people``: what the operator of a node sets up by hand."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from kakehashi.cli import NodeGroup, preferred_language, say, text

SHAPE = click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
PREFECTURE = text("Two digits of JIS X 0401, such as 13 for Tokyo.", "都道府県コード（JIS X 0401の2桁。東京都は13）。")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Our own errors end the command with exit code 2 and their text, in the person's language."""
    from django.utils import translation

    from kakehashi.kernel.errors import KakehashiError

    with translation.override(preferred_language()):
        try:
            yield
        except KakehashiError as error:
            click.echo(error.detail, err=True)
            raise SystemExit(2) from error


def show(rows: list[dict[str, Any]], shape: str) -> None:
    """Rows as a table of columns, or as JSON."""
    if shape == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("\t".join(str(cell) for cell in row.values()))


def organisation_of(code: str) -> Any:
    """The organisation with this code. Raises NotFound naming it."""
    from kakehashi.kernel.errors import NotFound
    from kakehashi.kernel.organisations.models import Organisation

    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound(text(f"Organisation {code}", f"機関 {code} "))
    return found


@click.group(cls=NodeGroup, help=text("Manage organisations.", "機関の管理。"))
def organisations() -> None:
    pass


@organisations.command("add", help=text("Register an organisation.", "機関を登録する。"))
@click.argument("code")
@click.option("--name", required=True, help=text("Name.", "名称。"))
@click.option("--name-en", default="", help=text("Name in English.", "英語名称。"))
@click.option("--country", default="JP", show_default=True, help="ISO 3166-1 alpha-2.")
@click.option("--kind", default="hospital", show_default=True, help=text("hospital, university, …", "hospital など。"))
@click.option("--ror", default="", help="ROR id.")
@click.option("--erad", default="", help=text("e-Rad institution code.", "e-Rad機関コード。"))
@click.option("--prefecture", default="", help=PREFECTURE)
def add_organisation(
    code: str, name: str, name_en: str, country: str, kind: str, ror: str, erad: str, prefecture: str
) -> None:
    from kakehashi.kernel.organisations.actions import register_organisation

    with told_plainly():
        register_organisation(
            by=None,
            code=code,
            name=name,
            name_en=name_en,
            country=country,
            prefecture=prefecture,
            kind=kind,
            ror=ror,
            erad_code=erad,
        )
    say(f"Registered {code}.", f"{code} を登録しました。")


@organisations.command(
    "place", help=text("Say in which prefecture an organisation lies.", "機関の所在する都道府県を登録する。")
)
@click.argument("code")
@click.option("--prefecture", required=True, help=PREFECTURE)
def place_organisation(code: str, prefecture: str) -> None:
    from kakehashi.kernel.organisations import actions

    with told_plainly():
        actions.place_organisation(by=None, organisation=organisation_of(code), prefecture=prefecture)
    say(f"Noted where {code} lies.", f"{code} の所在地を登録しました。")


@organisations.command("list", help=text("List organisations.", "機関の一覧。"))
@SHAPE
def list_organisations(shape: str) -> None:
    from kakehashi.kernel.organisations.models import Organisation

    columns = ("code", "name", "name_en", "kind", "country", "prefecture", "ror", "erad_code")
    show([dict(row) for row in Organisation.objects.values(*columns)], shape)


@click.group(cls=NodeGroup, help=text("Manage people and their roles.", "人と役割の管理。"))
def people() -> None:
    pass


@people.command(
    "add",
    help=text(
        "Give someone an account and a role. Without --password-stdin they set their password by mail.",
        "アカウントと役割を与える。--password-stdin がなければ本人がメールで設定する。",
    ),
)
@click.argument("email")
@click.option("--organisation", "code", required=True, help=text("Code of the organisation.", "機関コード。"))
@click.option("--role", required=True, help=text("clinician, administrator, …", "clinician など。"))
@click.option("--name", default="", help=text("Name.", "氏名。"))
@click.option("--name-en", default="", help=text("Name in Latin letters.", "氏名（ローマ字）。"))
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option(
    "--password-stdin",
    is_flag=True,
    help=text("Read the password from standard input.", "標準入力からパスワードを読む。"),
)
def add_person(email: str, code: str, role: str, name: str, name_en: str, language: str, password_stdin: bool) -> None:
    from django.conf import settings

    from kakehashi.kernel import events
    from kakehashi.kernel.people import actions
    from kakehashi.kernel.people.models import Person

    password = _password() if password_stdin else None
    with told_plainly():
        organisation = organisation_of(code)
        known = Person.objects.filter(email=email.strip().lower()).exists()
        person = actions.add_person(
            by=None,
            email=email,
            organisation=organisation,
            role=role,
            name=name,
            name_en=name_en,
            language=language,
            password=password,
        )
        if password is None:
            events.publish(actions.PersonInvited(person.pk, organisation.pk))
    say(f"{email} is {role} of {code}.", f"{email} に {code} の {role} の役割を与えました。")
    if password is None and actions.mails_stay_here():
        say(
            f"No mail server is set (KAKEHASHI_MAIL_URL): pass on the mail that lies in {settings.EMAIL_FILE_PATH}.",
            f"メールサーバーが未設定です（KAKEHASHI_MAIL_URL）。{settings.EMAIL_FILE_PATH} にあるメールを"
            "本人に転送してください。",
        )
    if known and password is not None:
        say(
            "The account was there before; its password is unchanged (kakehashi people password).",
            "アカウントは既にあり、パスワードは変更していません（kakehashi people password）。",
        )


@people.command("list", help=text("List people and their roles.", "人と役割の一覧。"))
@click.option("--organisation", "code", default=None, help=text("Only of this organisation.", "この機関のみ。"))
@SHAPE
def list_people(code: str | None, shape: str) -> None:
    from kakehashi.kernel import audit
    from kakehashi.kernel.people.models import Membership

    with told_plainly():
        found = Membership.objects.select_related("person", "organisation").order_by("person__email", "since")
        if code:
            found = found.filter(organisation=organisation_of(code))
        rows = [
            {
                "email": one.person.email,
                "name": one.person.name,
                "organisation": one.organisation.code,
                "role": one.role,
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else "",
                "state": "active" if one.person.is_active else "locked",
            }
            for one in found
        ]
        read = dict.fromkeys(one.person_id for one in found)
        audit.read_of("command-line", "person", list(read), action="people.list")
    show(rows, shape)


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _person(email: str) -> Any:
    from kakehashi.kernel.errors import NotFound
    from kakehashi.kernel.people.models import Person

    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise NotFound(email)
    return found


@people.command(
    "password",
    help=text(
        "Set a password, read from standard input. Ends the person's sessions and API tokens.",
        "標準入力からパスワードを設定する。本人のセッションとAPIトークンは終了する。",
    ),
)
@click.argument("email")
def set_password(email: str) -> None:
    from kakehashi.kernel.people import actions

    with told_plainly():
        tokens = actions.set_password(_person(email), by=None, password=_password())
    say(
        f"{email} has a new password. Their sessions ended; API tokens revoked: {tokens}.",
        f"{email} のパスワードを設定しました。ログイン中のセッションは終了し、APIトークン{tokens}件を失効させました。",
    )


@people.command(
    "lock", help=text("Keep someone out: log-in, sessions, tokens.", "ログイン・セッション・トークンを止める。")
)
@click.argument("email")
def lock(email: str) -> None:
    from kakehashi.kernel.people import actions

    with told_plainly():
        actions.lock_person(_person(email), by=None)
    say(f"{email} may no longer log in.", f"{email} はログインできなくなりました。")


@people.command("unlock", help=text("Let a locked person in again.", "停止した人のログインを再開する。"))
@click.argument("email")
def unlock(email: str) -> None:
    from kakehashi.kernel.people import actions

    with told_plainly():
        actions.unlock_person(_person(email), by=None)
    say(f"{email} may log in again.", f"{email} は再びログインできます。")


@people.command("end", help=text("End someone's role in an organisation.", "機関での役割を終了する。"))
@click.argument("email")
@click.option("--organisation", "code", required=True, help=text("Code of the organisation.", "機関コード。"))
@click.option("--role", required=True, help=text("clinician, administrator, …", "clinician など。"))
def end_role(email: str, code: str, role: str) -> None:
    from kakehashi.kernel.people import actions
    from kakehashi.kernel.people.models import Membership

    with told_plainly():
        held = Membership.objects.filter(person=_person(email), organisation=organisation_of(code), role=role)
        actions.end_membership(getattr(held.filter(until=None).first(), "pk", 0), by=None)
    say(f"{email} is no longer {role} of {code}.", f"{email} の {code} での役割 {role} を終了しました。")
