"""What a status callback costs with its signature and its idempotent insert, against bare inserts of the same rows."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import text
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from app.telephony.twilio.account import emulated_account
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.served import LOOPBACK, served
from tests.benchmarks.stand import Field, Stand, settings_for

GOAL: Final = Goal(7)
CLIENTS: Final = 8
PATH: Final = "/api/v1/telephony/twilio/calls?attempt={attempt}"
STATUSES: Final = ("initiated", "ringing", "in-progress", "completed")
TWICE_EVERY: Final = 20  # 5 % of callbacks come twice
START_SECONDS: Final = 60.0
# The same two rows, with nothing around them.
BARE: Final = """\\set n random(1, 1000000000)
WITH kept AS (
    INSERT INTO provider_report (token, attempt_id, call_id, sequence, status, fields, received_at)
    VALUES (:client_id || '/' || :n || '/' || random(), :n, 'CA' || :n, 2, 'ringing',
            '{"CallSid": "CA0123456789", "CallStatus": "ringing", "SequenceNumber": "1"}', now())
    ON CONFLICT DO NOTHING RETURNING id, attempt_id, sequence
)
INSERT INTO waiting_report (report_id, attempt_id, sequence, kind) SELECT id, attempt_id, sequence, 'ringing' FROM kept;
"""


def measure(stand: Stand) -> list[Row]:
    """Let one web process take callbacks over 8 connections, each in twenty twice; then count what was kept."""
    field = stand.smallest
    each = stand.plan.claims * 5
    ours, bare, lost, doubled = [], [], 0, 0
    with served(field.urls.application) as port:
        _post(field, port, each=max(each // 10, 1), first=0)
        for number in range(1, stand.plan.rounds + 1):
            bare.append(field.pgbench.run(BARE, clients=CLIENTS, transactions=each * CLIENTS))
            _forget(field)
            seconds, sent, refused = _post(field, port, each=each, first=number * 1_000_000)
            kept, distinct = _kept(field)
            ours.append(sent / seconds)
            lost += max(each * CLIENTS - kept, 0) + refused
            doubled += kept - distinct
            _forget(field)
    # Costs and not rates, so that the smaller ratio is the better one here as elsewhere.
    cost, reference = 1000 / _middle(ours), 1000 / _middle(bare)
    note = f"{_middle(ours):.0f} a second with one web process"
    return [
        Row("callbacks/a status callback", cost, reference, "ms", GOAL, note),
        Row("callbacks/lost", lost, 0, "reports", Goal(0), f"of {each * CLIENTS * stand.plan.rounds:,}"),
        Row("callbacks/kept twice", doubled, 0, "reports", Goal(0), "each in twenty came twice"),
    ]


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _forget(field: Field) -> None:
    with field.admin.begin() as connection:
        connection.execute(text("TRUNCATE waiting_report, provider_report"))


def _kept(field: Field) -> tuple[int, int]:
    counted = text("SELECT count(*), count(DISTINCT (call_id, sequence)) FROM provider_report")
    with field.admin.connect() as connection:
        kept, distinct = connection.execute(counted).one()
    return kept, distinct


def _post(field: Field, port: int, *, each: int, first: int) -> tuple[float, int, int]:
    """Let all clients post at once; returns the seconds it took, the posts, and how many were not answered with 204.

    Everything is signed beforehand, so that the clients' own cost stays small.
    """
    signed = [_requests(field.urls.application, port, first + n * each + 1, each=each) for n in range(CLIENTS)]
    with ExitStack() as wires, ThreadPoolExecutor(CLIENTS) as clients:
        connected = [wires.enter_context(_connected(port)) for _ in signed]
        started = perf_counter()
        refused = sum(clients.map(_post_all, connected, signed))
        return perf_counter() - started, sum(map(len, signed)), refused


def _connected(port: int) -> socket.socket:
    wire = socket.create_connection((LOOPBACK, port), timeout=START_SECONDS)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def _post_all(wire: socket.socket, requests: Sequence[bytes]) -> int:
    return sum(not _is_taken(wire, request) for request in requests)


def _requests(database_url: str, port: int, first: int, *, each: int) -> list[bytes]:
    settings = settings_for(database_url)
    signer = RequestValidator(emulated_account(settings).auth_tokens[0].get_secret_value())
    requests = []
    for number in range(each):
        attempt = first + number // len(STATUSES)
        request = _request(settings.public_base_url, port, attempt, number % len(STATUSES), signer=signer)
        requests += [request] * (2 if number % TWICE_EVERY == 0 else 1)
    return requests


def _request(base: str, port: int, attempt: int, step: int, *, signer: RequestValidator) -> bytes:
    """Return one callback with the thirteen fields that Twilio sends."""
    form = {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": f"CA{attempt:032d}",
        "CallStatus": STATUSES[step],
        "CallbackSource": "call-progress-events",
        "Called": "+8613985012345",
        "Caller": "077112340",
        "Direction": "outbound-api",
        "From": "077112340",
        "SequenceNumber": str(step),
        "SipResponseCode": "200",
        "Timestamp": "Mon, 23 Nov 2026 02:00:01 +0000",
        "To": "+8613985012345",
    }
    path = PATH.format(attempt=attempt)
    body = urlencode(form)
    signature = signer.compute_signature(base + path, form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"{SIGNATURE_HEADER}: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode("ascii")


def _is_taken(wire: socket.socket, request: bytes) -> bool:
    wire.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += wire.recv(65_536)
    return received.startswith(b"HTTP/1.1 204")
