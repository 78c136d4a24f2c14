"""A whole played day: set up, fieldwork over HTTP, responses pulled and checked."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from app.accounts.demonstration import CLIENT_ID, CLIENT_SECRET, PASSWORD
from app.core.db import SessionFactory, opened_engine, session_factory
from app.core.embedded import EmbeddedServer, start_embedded
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.demo.cast import REPERTOIRES
from app.demo.conductor import CalledOffError, Conductor, Plot, Seat
from app.demo.desk_client import HttpClient
from app.demo.line import Line
from app.demo.player import Player
from app.demo.report import DayReport, report_of
from app.demo.seed import COMPLETES_WANTED, Demonstration, seed_demonstration, seed_targets
from app.demo.server import TIME_HEADER, Serve, played_servers
from app.dialing.network import emulated_network
from app.dialing.tick import tick
from app.telephony.emulator.carrier import Carrier, LoopbackPost
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.rest import EmulatedTwilio
from app.telephony.twilio.account import emulated_account, open_client
from app.telephony.twilio.gateway import TwilioGateway
from app.telephony.twilio.rooms import VOICE_PATH

MORNING: Final = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # Saturday, 09:00 in Shanghai: people are at home
LONGEST: Final = timedelta(days=30)
NUMBERS_PER_COMPLETE: Final = 14
FEWEST_NUMBERS: Final = 400
ROOM: Final = 4
PAGE: Final = 50


class MissingResponsesError(Exception):
    """The REST interface did not give out every complete exactly once."""


@dataclass(frozen=True)
class DayPlan:
    """What to play."""

    interviewers: int
    completes: int
    seed: int
    starts_at: datetime = MORNING


Show = Callable[[int, datetime], None]


def play_day(settings: Settings, serve: Serve, plan: DayPlan, *, show: Show) -> DayReport:
    """Play in a database of its own that is dropped afterwards.

    Raises MissingResponsesError when a client's pull and the coded completes differ.
    """
    with _own_database(settings) as url, opened_engine(url, pool_size=plan.interviewers + 1) as engine:
        played = settings.model_copy(update={"database_url": url, "emulator_seed": plan.seed})
        report = _play(played, serve, plan, engine=engine, show=show)
    if not report.every_complete_pulled_once:
        message = f"{report.completes} interviews were coded complete, REST gave out {report.pulled}"
        raise MissingResponsesError(message)
    return report


@contextmanager
def _own_database(settings: Settings) -> Iterator[str]:
    name = f"xiangyin_day_{uuid4().hex[:16]}"
    server = start_embedded(settings.data_dir.resolve() / "postgres", database=name)
    try:
        # What is played is thrown away afterwards, so no commit need wait for the disk.
        _as_superuser(server, f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        migrate(server.urls.owner)
        yield server.urls.application
    finally:
        # The server itself ends with the process: somebody else in it may be at work there.
        _as_superuser(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _as_superuser(server: EmbeddedServer, statement: str) -> None:
    superuser = make_url(server.server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _play(settings: Settings, serve: Serve, plan: DayPlan, *, engine: Engine, show: Show) -> DayReport:
    make_session = session_factory(engine)
    vault = Vault.from_settings(settings)
    numbers = max(plan.completes * NUMBERS_PER_COMPLETE, FEWEST_NUMBERS)
    with played_servers(serve, settings, starts_at=plan.starts_at) as servers:
        # The servers need a second or two to start; the sample is drawn meanwhile.
        with make_session() as session, session.begin():
            demonstration = seed_demonstration(
                session, vault, players=plan.interviewers, numbers=numbers, seed=plan.seed, now=plan.starts_at
            )
            # So many that no cell fills: whether there is room would depend on what others do at the same moment.
            wanted = max(plan.completes * ROOM, COMPLETES_WANTED)
            seed_targets(session, demonstration.campaign, completes=wanted, now=plan.starts_at)
        ports = servers.wait_until_live()
        ended_at = work_shifts(ports, make_session, demonstration, settings=settings, plan=plan, show=show)
        responses = pull_responses(ports[0], demonstration.campaign.id, now=ended_at)
    with make_session() as session:
        campaign_id = demonstration.campaign.id
        return report_of(session, campaign_id, responses, interviewers=plan.interviewers, seed=plan.seed)


def work_shifts(
    ports: Sequence[int],
    make_session: SessionFactory,
    demonstration: Demonstration,
    *,
    settings: Settings,
    plan: DayPlan,
    show: Show,
) -> datetime:
    """Let the simulated interviewers work until the plan's completes are reached; returns when the last went home."""

    def background(now: datetime) -> None:
        with make_session() as session, session.begin():
            tick(session, now=now)

    people = demonstration.players
    plot = Plot(plan.starts_at, plan.completes, LONGEST, background, show)
    conductor = Conductor(plot, seats=len(people))
    exchange = emulated_network(make_session, Vault.from_settings(settings), seed=plan.seed)
    with ExitStack() as clients, ThreadPoolExecutor(len(people)) as threads:
        shifts = []
        for number, person in enumerate(people):
            seat = Seat(conductor, number)
            port = ports[number % len(ports)]
            client = clients.enter_context(open_desk(port, seat))
            post = clients.enter_context(closing(_post_to(port, seat)))
            line = _line_of(exchange, settings, make_session, post=post, seat=seat)
            levels = REPERTOIRES[number % len(REPERTOIRES)]
            player = Player(client, line, levels, seat=seat, seed=f"player/{plan.seed}/{number}")
            player.sign_in(person, PASSWORD, demonstration.campaign.id)
            shifts.append((player, seat))
        done = [threads.submit(_work, player, seat) for player, seat in shifts]
    failures = [shift.exception() for shift in done if not shift.cancelled()]
    for failure in sorted(filter(None, failures), key=lambda error: isinstance(error, CalledOffError)):
        raise failure  # the one that ended the play, not what it did to the others
    return max(shift.result() for shift in done)


def _post_to(port: int, seat: Seat) -> LoopbackPost:
    """Open the way by which the network reports to the program, at the time of the seat whose call it is."""
    return LoopbackPost(port, lambda: {TIME_HEADER: seat.now.isoformat()})


def _line_of(
    exchange: Exchange, settings: Settings, make_session: SessionFactory, *, post: LoopbackPost, seat: Seat
) -> Line:
    account = emulated_account(settings)
    client = open_client(account, EmulatedTwilio(exchange, account, lambda: seat.now))
    gateway = TwilioGateway(make_session, client, public_base_url=settings.public_base_url, calls_per_second=0)
    return Line(
        exchange,
        Carrier(exchange, account, post),
        make_session=make_session,
        gateway=gateway,
        voice_url=settings.public_base_url.rstrip("/") + VOICE_PATH,
    )


def open_desk(port: int, seat: Seat) -> closing[HttpClient]:
    """Open a seat's own connection, whose requests bring the seat's time along."""
    return closing(HttpClient(port, lambda: seat.now))


def _work(player: Player, seat: Seat) -> datetime:
    try:
        player.work()
    except BaseException:
        seat.conductor.call_off()
        raise
    went_home_at = seat.now
    seat.conductor.leave(seat.number)
    return went_home_at


def pull_responses(port: int, campaign_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """Pull every response as a scoring client does; raises MissingResponsesError on a repeated one."""
    with closing(HttpClient(port, lambda: now)) as client:
        token = client.ask_form(
            "/api/v1/oauth/token",
            {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        )
        client.bear(token["access_token"])
        pulled = list(_pages(client, campaign_id))
    sequences = [response["change_sequence"] for response in pulled]
    if len(set(sequences)) != len(sequences):
        message = "REST gave a response out twice"
        raise MissingResponsesError(message)
    return pulled


def _pages(client: HttpClient, campaign_id: int) -> Iterator[dict[str, Any]]:
    cursor, has_more = "", True
    while has_more:
        page = client.ask("GET", f"/api/v1/campaigns/{campaign_id}/responses?limit={PAGE}{cursor}")
        yield from page["data"]
        cursor, has_more = f"&cursor={page['next_cursor']}", page["has_more"]
