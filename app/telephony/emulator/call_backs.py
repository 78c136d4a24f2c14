"""Carry the calls of those who call back to the account's own address, and obey what it answers."""

from datetime import datetime
from typing import Final

from app.telephony.emulator.callers import MISSED, Move
from app.telephony.emulator.carrier import Carrier, Get, Post, room_form, verbs_of
from app.telephony.emulator.exchange import Exchange, Signal
from app.telephony.emulator.rooms import RoomSignal
from app.telephony.twilio.account import TwilioAccount

JOINED: Final = "participant-join"


class CallBackCarrier(Carrier):
    """A carrier whose people call back: `inbound_url` answers them, and is told of their end at `ended_url`."""

    def __init__(
        self, exchange: Exchange, account: TwilioAccount, post: Post, *,
        get: Get | None = None, inbound_url: str, ended_url: str,
    ) -> None:  # fmt: skip
        super().__init__(exchange, account, post, get=get)
        self._inbound_url = inbound_url
        self._ended_url = ended_url

    def deliver(self, *, now: datetime, label: str | None = None) -> list[Signal]:
        """Report as any carrier does, and let those decide to call back whose telephone has rung in vain."""
        due = super().deliver(now=now, label=label)
        missed = {signal.call_id for signal in due if signal.event.ending in MISSED}
        if missed:
            self._exchange.callers.miss(missed, now=now)
        return due

    def serve_callers(self, *, now: datetime) -> int:
        """Do what callers are about to do; returns how many did something."""
        moves = self._exchange.callers.take_moves(now=now)
        for move in moves:
            self._do(move, now=now)
        return len(moves)

    def _do(self, move: Move, *, now: datetime) -> None:
        if move.joins is not None:
            self._join(move, now=now)
        elif move.address is None:
            form = self._form_of(move, "completed") | {"SequenceNumber": "0", "CallDuration": "0"}
            self._send(self._ended_url, form, f"{move.call_id}/completed")
        else:
            status = "ringing" if move.keys is None else "in-progress"
            form = self._form_of(move, status) | ({} if move.keys is None else {"Digits": move.keys})
            address = move.address or self._inbound_url
            answer = self._send(address, form, f"{move.call_id}/{address}")
            self._exchange.callers.hear(move.call_id, verbs_of(answer), now=now)

    def _join(self, move: Move, *, now: datetime) -> None:
        joins = move.joins or {}
        self._exchange.callers.joined(move.call_id, ended_url=self._ended_url, now=now)
        signal = RoomSignal(move.call_id, joins["room"], joins["label"], joins["callback_url"], JOINED)
        self._send(signal.callback_url, room_form(signal, now=now), f"{move.call_id}/{JOINED}")

    def _form_of(self, move: Move, status: str) -> dict[str, str]:
        called = {"From": move.number, "To": move.called}
        return {"CallSid": move.call_id, "Direction": "inbound", "CallStatus": status, **called}
