"""The settings a node takes from its environment: one table for settings.py, reference and doctor.

Every variable is listed once here with its type, default and meaning in both languages; docs/reference/settings.md is
generated from this table and a test keeps it true.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(ValueError):
    """An environment variable that cannot be read; the message names it and what it may be."""


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("must be 1 or 0")


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, how it is read, its default as text, and what it is for.

    ``secret``: it is or may hold a key or a password, and is written down nowhere.
    """

    name: str
    read: Callable[[str], Any]
    default: str
    en: str
    ja: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KAKEHASHI_HOME",
        Path,
        "var",
        "Folder of the node's files: database, ontology, index, uploads.",
        "ノードのファイル（データベース、オントロジー、索引、添付）を置くフォルダ。",
    ),
    Setting(
        "KAKEHASHI_DATABASE_URL",
        str,
        "",
        "Database; empty: SQLite in the home folder. postgresql://user@host/name",
        "データベース。空ならホームフォルダのSQLite。postgresql://user@host/name",
        secret=True,
    ),
    Setting(
        "KAKEHASHI_SECRET_KEY",
        str,
        "",
        "Secret for signing; empty: made once and kept in the home folder (mode 600).",
        "署名用の秘密鍵。空なら一度だけ生成しホームフォルダに保存（権限600）。",
        secret=True,
    ),
    Setting(
        "KAKEHASHI_AUDIT_KEY",
        str,
        "",
        "Secret that seals the audit trail; never change it. Empty: made once and kept in the home folder (mode 600).",
        "監査記録を封印する秘密鍵。変更しないこと。空なら一度だけ生成しホームフォルダに保存（権限600）。",
        secret=True,
    ),
    Setting(
        "KAKEHASHI_LINKAGE_KEY",
        str,
        "",
        "Secret of the network under which identifying items are hashed, so that the same patient in two cases is "
        "suspected. Empty: made once and kept in the home folder (mode 600). Changed: earlier hashes meet nothing.",
        "同一患者の疑いを調べるため、識別項目のハッシュ化に使うネットワーク共通の秘密鍵。空なら一度だけ生成しホームフォルダに保存"
        "（権限600）。変更すると以前のハッシュとは一致しなくなる。",
        secret=True,
    ),
    Setting(
        "KAKEHASHI_DEBUG",
        _boolean,
        "0",
        "Developer mode; the log then quotes errors, data and all. Never where strangers or patients are.",
        "開発者モード。ログにエラーの内容（個人情報を含みうる）が出る。外部から届くノードや患者データのあるノードでは使わないこと。",
    ),
    Setting(
        "KAKEHASHI_HOSTS",
        _list,
        "127.0.0.1,localhost,[::1]",
        "Host names this node answers to, comma separated.",
        "このノードが応答するホスト名（カンマ区切り）。",
    ),
    Setting(
        "KAKEHASHI_BASE_URL",
        str,
        "http://127.0.0.1:8000",
        "Public address, used in mails and exports; unset: the address given to kakehashi up or demo.",
        "公開アドレス。メールやエクスポートに使用。未設定なら kakehashi up・demo に指定したアドレス。",
    ),
    Setting("KAKEHASHI_NODE_NAME", str, "Kakehashi", "Name shown in the top bar.", "画面上部に表示する名称。"),
    Setting(
        "KAKEHASHI_LANGUAGE",
        str,
        "ja",
        "Language for visitors who state none: ja or en.",
        "言語の指定がない訪問者への言語：ja または en。",
    ),
    Setting("KAKEHASHI_TIME_ZONE", str, "Asia/Tokyo", "Time zone for display.", "表示に使う時間帯。"),
    Setting(
        "KAKEHASHI_MAIL_URL",
        str,
        "",
        "smtp://user:password@host:587; empty: mails are kept as files in the home folder.",
        "smtp://user:password@host:587。空ならメールはホームフォルダにファイルとして保存。",
        secret=True,
    ),
    Setting("KAKEHASHI_MAIL_FROM", str, "kakehashi@localhost", "Sender of mails.", "メールの差出人。"),
    Setting(
        "KAKEHASHI_OIDC_ISSUER",
        str,
        "",
        "OpenID Connect issuer for single sign-on; empty: off.",
        "シングルサインオン用のOpenID Connect発行者。空なら無効。",
    ),
    Setting("KAKEHASHI_OIDC_CLIENT_ID", str, "", "Client id at the issuer.", "発行者でのクライアントID。"),
    Setting(
        "KAKEHASHI_OIDC_CLIENT_SECRET",
        str,
        "",
        "Client secret at the issuer.",
        "発行者でのクライアントシークレット。",
        secret=True,
    ),
    Setting("KAKEHASHI_OIDC_NAME", str, "Single sign-on", "Name of the log-in button.", "ログインボタンの名称。"),
    Setting(
        "KAKEHASHI_SECURE",
        _boolean,
        "0",
        "Node is served over HTTPS: secure cookies, HSTS, redirect.",
        "HTTPSで運用：保護されたクッキー、HSTS、転送を有効にする。",
    ),
    Setting(
        "KAKEHASHI_BEHIND_PROXY",
        _boolean,
        "0",
        "Trust X-Forwarded-Proto and X-Forwarded-For of the one proxy in front.",
        "前段のプロキシ（1台）のX-Forwarded-ProtoとX-Forwarded-Forを信頼する。",
    ),
    Setting(
        "KAKEHASHI_DOI_PREFIX",
        str,
        "",
        "Prefix of awards' DOIs, such as 10.5555; empty: the node makes no metadata for DOIs.",
        "課題のDOIの接頭辞（例：10.5555）。空ならDOI用メタデータは作成しない。",
    ),
    Setting(
        "KAKEHASHI_FUNDER_ID",
        str,
        "",
        "The agency's Funder ID (https://doi.org/10.13039/…), used in DOI metadata where the agency has no ROR id.",
        "助成機関のFunder ID（https://doi.org/10.13039/…）。ROR IDがない場合にDOI用メタデータで使用。",
    ),
    Setting(
        "KAKEHASHI_360GIVING_PREFIX",
        str,
        "",
        "Your 360Giving prefix, such as 360G-example: the award finder then offers published awards as 360Giving JSON, "
        "with the amounts awarded, which that standard asks for; empty: no such file, and no amounts.",
        "360Givingから与えられた接頭辞（例：360G-example）。設定すると、公開済み課題を360Giving JSONで課題検索から"
        "提供する（同標準が求めるため助成額を含む）。空なら提供せず、金額も公開しない。",
    ),
    Setting(
        "KAKEHASHI_CO_INVESTIGATORS_SEE_ALL",
        _boolean,
        "0",
        "Co-investigators see all of their award's money; 0: their own institution's accounts and the award's total "
        "alone. Principal investigators always see all of it.",
        "研究分担者に課題の資金をすべて表示する。0なら自機関の勘定と課題の総額のみ。研究代表者には常にすべて表示する。",
    ),
    Setting(
        "KAKEHASHI_UPLOAD_LIMIT_MB",
        int,
        "64",
        "Largest file a person may upload, MB.",
        "アップロードできる最大のファイル（MB）。",
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def value(name: str, environment: Mapping[str, str] | None = None) -> Any:
    """Read one setting. Raises BadSetting naming the variable when its text cannot be read."""
    setting = _BY_NAME[name]
    text = (os.environ if environment is None else environment).get(name, setting.default)
    try:
        return setting.read(text)
    except ValueError as error:
        raise BadSetting(f"{name}={text!r}: {error}. {setting.en}") from error


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of this table that are set in ``environment``, but for those that are or may hold a secret."""
    return {one.name: environment[one.name] for one in SETTINGS if one.name in environment and not one.secret}
