"""A network that does what it is told: the gateway for tests, where every call has a known course."""

from dataclasses import dataclass, field
from datetime import datetime

from app.core.errors import ConflictError
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.gateway import CallOrder, GatewayError, ToldByNetwork
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg
from app.telephony.recorder import FoundRecording, RecordingAct, Sink


@dataclass
class ScriptedNetwork(ToldByNetwork):
    """Keeps what was asked of it and delivers the events that a test lets happen."""

    placed: list[int] = field(default_factory=list)  # attempts, in the order they were dialled
    numbers: list[str] = field(default_factory=list)
    hung_up: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    pressed: list[tuple[int, str]] = field(default_factory=list)
    played: list[tuple[int, str]] = field(default_factory=list)  # attempts, and the address of what they heard
    moved: list[tuple[int, str]] = field(default_factory=list)
    adopted: list[tuple[int, str, str]] = field(default_factory=list)
    closed_lines: list[str] = field(default_factory=list)
    listeners: list[int] = field(default_factory=list)  # whose browsers were let in to listen, in that order
    modes: list[tuple[str, MonitorMode, str]] = field(default_factory=list)  # whose call, how, whose they coach
    stopped: list[str] = field(default_factory=list)  # supervisors' own calls that were ended
    needs_line: bool = False
    in_doubt: list[int] = field(default_factory=list)
    recording: list[str] = field(default_factory=list)  # the names of recordings, in the order they were begun
    steered: list[tuple[str, RecordingAct]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # what the network has recorded, by name
    found: list[FoundRecording] = field(default_factory=list)
    refuses_sound_with: Exception | None = None
    refuses_recording_with: Exception | None = None
    refuses_with: GatewayError | None = None
    moves_not: GatewayError | None = None
    listens_not: Exception | None = None
    _waiting: list[CallEvent] = field(default_factory=list)
    _sequence: dict[int, int] = field(default_factory=dict)

    def place_call(self, order: CallOrder, *, now: datetime) -> None:
        """Take the call on, or refuse it as the test wants."""
        self.placed.append(order.attempt_id)
        self.numbers.append(order.number)
        if self.refuses_with is not None:
            raise self.refuses_with
        self.let(order.attempt_id, CallEventKind.INITIATED, at=now)

    def doubtful(self, *, now: datetime) -> list[int]:  # noqa: ARG002  the protocol's names
        """Return the attempts that a test leaves in doubt."""
        return list(self.in_doubt)

    def ask_about(self, order: CallOrder, *, now: datetime) -> None:
        """Find that a call in doubt was never placed."""
        self.in_doubt.remove(order.attempt_id)
        self.let(order.attempt_id, CallEventKind.ENDED, at=now, ending=Ending.TECHNICAL)

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call as ours."""
        self.hung_up.append(attempt_id)
        self.let(attempt_id, CallEventKind.ENDED, at=now, ending=Ending.HUNG_UP_BY_US)

    def adopt(self, *, attempt_id: int, call_id: str, room: str, now: datetime) -> None:
        """Note which call was taken over, and let it ring at the interviewer's; once more changes nothing."""
        if any(known == attempt_id for known, _call, _room in self.adopted):
            return
        self.adopted.append((attempt_id, call_id, room))
        self.let(attempt_id, CallEventKind.RINGING, at=now)

    def hold(self, *, attempt_id: int, is_held: bool) -> None:
        """Note who hears music."""
        self.held = [other for other in self.held if other != attempt_id] + [attempt_id] * is_held

    def press(self, *, attempt_id: int, keys: str) -> None:
        """Note the keys."""
        self.pressed.append((attempt_id, keys))

    def play(self, *, attempt_id: int, address: str) -> None:
        """Note what was heard, or refuse as the test wants."""
        if self.refuses_sound_with is not None:
            raise self.refuses_sound_with
        self.played.append((attempt_id, address))

    def move(self, *, attempt_id: int, room: str) -> None:
        """Note to which room a call was brought, or refuse as the test wants."""
        if self.moves_not is not None:
            raise self.moves_not
        self.moved.append((attempt_id, room))

    def start_recording(self, *, attempt_id: int, recording_id: int) -> str:  # noqa: ARG002  the protocol's names
        """Begin a recording, or refuse as the test wants."""
        if self.refuses_recording_with is not None:
            raise self.refuses_recording_with
        self.recording.append(f"RE{recording_id}")
        return self.recording[-1]

    def steer_recording(self, *, attempt_id: int, name: str, act: RecordingAct) -> None:  # noqa: ARG002  the protocol's names
        """Note what was done to a recording."""
        self.steered.append((name, act))

    def find_recordings(self, *, attempt_id: int) -> list[FoundRecording]:  # noqa: ARG002  the protocol's names
        """Return what a test says that there is."""
        return list(self.found)

    def fetch_recording(self, *, name: str, into: Sink) -> int | None:
        """Hand a file over."""
        if name not in self.files:
            raise ConflictError("The provider has no such recording any more.")
        into.write(self.files[name])
        return len(self.files[name])

    def delete_recording(self, *, name: str) -> None:
        """Forget a file."""
        self.files.pop(name, None)

    def admit(self, person_id: int, ticket: str) -> dict[str, str]:  # noqa: ARG002  the protocol's names
        """Let a browser in as the emulated network does."""
        return {"driver": "emulator", "ticket": ticket}

    def close_line(self, call_id: str) -> None:
        """Note which of the interviewers' own calls was ended."""
        self.closed_lines.append(call_id)

    def listen(self, person_id: int, ticket: str) -> dict[str, str]:
        """Let a supervisor's browser in, or refuse as the test wants."""
        if self.listens_not is not None:
            raise self.listens_not
        self.listeners.append(person_id)
        return {"driver": "emulator", "ticket": ticket}

    def change_mode(self, leg: Leg, mode: MonitorMode) -> None:
        """Note who hears a supervisor, or refuse as the test wants."""
        if self.listens_not is not None:
            raise self.listens_not
        self.modes.append((leg.call_id, mode, leg.coached_call_id))

    def stop_listening(self, call_id: str) -> None:
        """Note whose call was ended, or refuse as the test wants."""
        if self.listens_not is not None:
            raise self.listens_not
        self.stopped.append(call_id)

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:
        """Deliver what has happened, once."""
        due = [event for event in self._waiting if event.at <= now and attempt_id in {None, event.attempt_id}]
        self._waiting = [event for event in self._waiting if event not in due]
        return due

    def let(self, attempt_id: int, kind: CallEventKind, *, at: datetime, ending: Ending | None = None) -> CallEvent:
        """Let something happen to a call."""
        sequence = self._sequence[attempt_id] = self._sequence.get(attempt_id, 0) + 1
        event = CallEvent(attempt_id, sequence, kind, at, ending)
        self._waiting.append(event)
        return event

    def let_answer(self, attempt_id: int, *, at: datetime) -> None:
        """Let it ring and be answered."""
        self.let(attempt_id, CallEventKind.RINGING, at=at)
        self.let(attempt_id, CallEventKind.ANSWERED, at=at)

    def let_end(self, attempt_id: int, ending: Ending, *, at: datetime, rings: bool = True) -> None:
        """Let it end without an answer."""
        if rings:
            self.let(attempt_id, CallEventKind.RINGING, at=at)
        self.let(attempt_id, CallEventKind.ENDED, at=at, ending=ending)
