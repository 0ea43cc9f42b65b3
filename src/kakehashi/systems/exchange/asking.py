"""Asking peers: all at once, each by its own clock; what one does delays and hides nothing of another's.

``put_to`` yields each peer's outcome as it comes. It keeps no database in the waiting: the network runs in a thread of
its own, bounded in time (a total for each peer, whatever it drips), size (read as a stream) and attempts.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx

from kakehashi.protocols.mme import CONTENT_TYPE, Limits, MatchRequest, MmeError, Reply, read_reply
from kakehashi.systems.exchange.states import Why

ATTEMPTS = 2
BETWEEN_S = 0.5
LARGEST = 5_000_000


@dataclass(frozen=True)
class Address:
    """One peer to ask: ``key`` is the caller's name for it, ``timeout_s`` the longest wait for its whole answer."""

    key: int
    url: str
    token: str
    timeout_s: float


@dataclass(frozen=True)
class Outcome:
    """What became of one question: a reply, or why there is none."""

    key: int
    reply: Reply | None
    why: Why
    took_ms: int


def put_to(addresses: Sequence[Address], question: MatchRequest) -> Iterator[Outcome]:
    """Ask every address at once; each outcome as soon as it is there."""
    if not addresses:
        return
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    body = question.model_dump_json(by_alias=True, exclude_unset=True).encode()
    asking = threading.Thread(target=lambda: asyncio.run(_ask_all(addresses, body, outcomes)), daemon=True)
    asking.start()
    for _ in addresses:
        yield outcomes.get()


async def _ask_all(addresses: Sequence[Address], body: bytes, outcomes: queue.SimpleQueue[Outcome]) -> None:
    async with httpx.AsyncClient(
        follow_redirects=False, trust_env=False, limits=httpx.Limits(max_connections=200)
    ) as client:
        await asyncio.gather(*(_ask(client, address, body, outcomes) for address in addresses))


async def _ask(client: httpx.AsyncClient, address: Address, body: bytes, outcomes: queue.SimpleQueue[Outcome]) -> None:
    started = time.perf_counter()
    reply, why = None, Why.BROKEN
    try:
        async with asyncio.timeout(address.timeout_s):
            for attempt in range(ATTEMPTS):
                if attempt:
                    await asyncio.sleep(BETWEEN_S)
                reply, why = await _once(client, address, body)
                if why not in (Why.UNREACHABLE, Why.BROKEN):
                    break
    except TimeoutError:
        reply, why = None, Why.TIMED_OUT
    except Exception:  # whatever a peer does to the client, the others' answers come through
        reply, why = None, Why.RUBBISH
    finally:
        outcomes.put(Outcome(address.key, reply, why, round((time.perf_counter() - started) * 1000)))


async def _once(client: httpx.AsyncClient, address: Address, body: bytes) -> tuple[Reply | None, Why]:
    headers = {"X-Auth-Token": address.token, "Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE}
    try:
        request = client.stream(
            "POST", f"{address.url}/match", content=body, headers=headers, timeout=address.timeout_s
        )
        async with request as response:
            if response.status_code != 200:
                return None, _why(response.status_code)
            parts, size = [], 0
            async for part in response.aiter_bytes():
                size += len(part)
                if size > LARGEST:
                    return None, Why.TOO_LARGE
                parts.append(part)
    except httpx.TimeoutException:
        return None, Why.TIMED_OUT
    except (httpx.DecodingError, httpx.RemoteProtocolError):
        return None, Why.RUBBISH
    except (httpx.HTTPError, httpx.InvalidURL):
        return None, Why.UNREACHABLE
    try:
        return read_reply(b"".join(parts), Limits(bytes=LARGEST)), Why.NONE
    except MmeError:
        return None, Why.RUBBISH


def _why(status: int) -> Why:
    if status in (401, 403):
        return Why.TOKEN
    if status in (406, 415):
        return Why.VERSION
    if status == 429:
        return Why.TOO_BUSY
    return Why.BROKEN if status >= 500 else Why.REFUSED
