"""Which version of the exchange is spoken: named in Content-Type, or in Accept beside plain JSON.

Both styles are in use: ``Content-Type: application/vnd.ga4gh.matchmaker.v1.1+json`` (search-api.md), and that type in
``Accept`` with ``Content-Type: application/json`` (join-protocol.md). Any minor version of our major version is
answered in ours, and so is a type that names no version.
"""

import re
from typing import Final

from kakehashi.protocols.mme.problems import MmeError

SUPPORTED: Final = ("1.0", "1.1")
LATEST: Final = "1.1"
CONTENT_TYPE: Final = f"application/vnd.ga4gh.matchmaker.v{LATEST}+json"
ACCEPTED_TYPES: Final = tuple(f"application/vnd.ga4gh.matchmaker.v{version}+json" for version in SUPPORTED)

_NAMED = re.compile(r"application/vnd\.ga4gh\.matchmaker(?:\.v(\d{1,4})(?:\.(\d{1,4}))?)?\+json\Z", re.IGNORECASE)
_LONGEST = 1000  # characters of a header that are looked at


def media_type(header: str) -> str:
    """The media type of a header's value, without its parameters."""
    return header[:_LONGEST].split(";", 1)[0].strip().lower()


def negotiate(content_type: str, accept: str = "") -> str:
    """The version that a request names ("1.0"; the latest when it names none).

    Raises MmeError 415 (the body's type is not JSON) and 406 (no version of our major version is named, or asked for).
    """
    body = media_type(content_type)
    named = _NAMED.match(body)
    if named is None and body != "application/json":
        raise MmeError(415, f"Unsupported Content-Type; send {CONTENT_TYPE}")
    wanted = [version for version in (_NAMED.match(media_type(one)) for one in accept[:_LONGEST].split(",")) if version]
    if named is not None:
        return _ours(named)
    if not wanted:
        return LATEST
    fitting = [version for version in wanted if version[1] in (None, LATEST[0])]
    return _ours((fitting or wanted)[0])


def _ours(named: re.Match[str]) -> str:
    if named[1] is None:
        return LATEST
    if named[1] != LATEST[0]:
        raise MmeError(406, "Unsupported API version", supported_versions=SUPPORTED)
    return f"{named[1]}.{named[2] or 0}"
