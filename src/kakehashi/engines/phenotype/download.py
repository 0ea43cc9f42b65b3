"""Fetching the few public files a node may want from their official addresses; only when a person asks for it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kakehashi.engines.phenotype.problems import InstallError

if TYPE_CHECKING:
    import httpx

# The newest release, by the OBO Foundry's permanent addresses.
OFFICIAL_RELEASE = {
    "hp.obo": "https://purl.obolibrary.org/obo/hp.obo",
    "phenotype.hpoa": "https://purl.obolibrary.org/obo/hp/hpoa/phenotype.hpoa",
    "genes_to_disease.txt": "https://purl.obolibrary.org/obo/hp/hpoa/genes_to_disease.txt",
}
# A dated release, as the HPO project publishes it: all files beside each other.
OFFICIAL_DATED_RELEASE = "https://github.com/obophenotype/human-phenotype-ontology/releases/download/v{date}"
OFFICIAL_LABELS_JA = "https://raw.githubusercontent.com/obophenotype/hpo-translations/main/babelon/hp-ja.babelon.tsv"
LARGEST_DOWNLOAD_BYTES = 256 * 1024 * 1024
CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 30.0  # without a byte
WHOLE_SECONDS = 900.0  # for one file

_DATE = re.compile(r"v?(\d{4}-\d{2}-\d{2})\Z")


def is_url(text: str) -> bool:
    """Whether `text` is an address rather than a path."""
    return text.startswith(("https://", "http://"))


def release_addresses(source: str) -> list[dict[str, str]] | None:
    """File name → address, the sets to be tried in order, for "latest", a date or an address; None for a path."""
    if source == "latest":
        return [OFFICIAL_RELEASE]
    dated = _DATE.match(source)
    if not dated and not is_url(source):
        return None
    base = OFFICIAL_DATED_RELEASE.format(date=dated.group(1)) if dated else source.rstrip("/")
    return [
        {name: f"{base}/{name}" for name in ("hp.obo", "phenotype.hpoa", genes)}
        for genes in ("genes_to_disease.txt", "genes_to_phenotype.txt")
    ]


def fetch(url: str, target: Path, *, limit_bytes: int = LARGEST_DOWNLOAD_BYTES) -> None:
    """Download `url` into the file `target`. Errors: InstallError (offline, slow, refused, too large)."""
    import httpx  # a tenth of a second that only a download needs

    deadline = time.monotonic() + WHOLE_SECONDS
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=timeout, max_redirects=10) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != 200:
                raise _refused(url, answer.status_code)
            _receive(answer, url, target, limit_bytes, deadline)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        target.unlink(missing_ok=True)
        raise InstallError(
            f"{url} cannot be reached ({type(error).__name__}). Without internet, fetch the files elsewhere, copy them "
            "here and give their folder or file instead; until then the node works with what it has",
            f"{url} に接続できません（{type(error).__name__}）。インターネットがない場合は、別の場所で"
            "取得したファイルをコピーし、そのフォルダーやファイルを指定してください。それまでは今あるもので動きます。",
        ) from error


def _receive(answer: httpx.Response, url: str, target: Path, limit_bytes: int, deadline: float) -> None:
    received = 0
    with target.open("wb") as file:
        for part in answer.iter_bytes():
            received += len(part)
            if received > limit_bytes or time.monotonic() > deadline:
                break
            file.write(part)
        else:
            return
    target.unlink(missing_ok=True)
    megabytes, minutes = limit_bytes // 2**20, round(WHOLE_SECONDS / 60)
    raise InstallError(
        f"{url} is larger than {megabytes} MiB or takes longer than {minutes} minutes; check the address",
        f"{url} は {megabytes} MiB を超えるか、{minutes} 分以内に終わりません。アドレスを確かめてください。",
    )


def _refused(url: str, status: int) -> InstallError:
    return InstallError(
        f"{url} answered {status}; check the address or the release's date",
        f"{url} の応答は {status} でした。アドレスまたはリリースの日付を確かめてください。",
    )
