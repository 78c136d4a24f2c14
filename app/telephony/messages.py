"""Short messages as any provider sends them: one order, one name for what went wrong, states that only move on."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from app.telephony.gateway import GatewayError


class MessageState(StrEnum):
    """How far a message has come; each state is later than the ones above it, the last three are ends."""

    ASKED = "asked"  # written down and sent to the provider, which has not answered yet
    UNKNOWN = "unknown"  # the provider did not answer: it may or may not have the message
    ACCEPTED = "accepted"  # the provider has it
    SENT = "sent"  # the network has it
    DELIVERED = "delivered"  # the handset has it
    UNDELIVERED = "undelivered"  # the network gave up
    FAILED = "failed"  # refused, or never sent


class MessageProblem(StrEnum):
    """Why a message was not taken."""

    OPTED_OUT = "opted_out"  # the person wants no messages
    LANDLINE = "landline"  # this telephone takes none
    NUMBER = "number"  # there is no such number
    PROVIDER = "provider"  # anything else


ENDS: Final = frozenset({MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.FAILED})
_RANK: Final = {state: min(rank, 4) for rank, state in enumerate(MessageState)}


@dataclass(frozen=True)
class MessageOrder:
    """What a provider is asked for; number and text are in clear, so an order is never logged or kept."""

    message_id: int
    number: str  # E.164
    sender: str
    text: str


class MessageError(GatewayError):
    """The telephone network did not take the message."""

    def __init__(
        self,
        message: str = "",
        *,
        problem: MessageProblem = MessageProblem.PROVIDER,
        permanent: bool,
        is_uncertain: bool = False,
        **values: str,
    ) -> None:
        super().__init__(message, permanent=permanent, is_uncertain=is_uncertain, **values)
        self.problem = problem


class MessageGateway(Protocol):
    """Sends messages; what becomes of them is kept by `app.telephony.outbox`.

    Call it outside of any transaction: write the message, commit, ask the gateway.
    """

    def send_message(self, order: MessageOrder, *, now: datetime) -> None:
        """Ask for one message; asking again under the same id never sends twice.

        Raises MessageError: permanent when it can never be sent, uncertain when nobody knows whether it was.
        """

    def ask_about(self, order: MessageOrder, *, now: datetime) -> None:
        """Find out what became of a message of which nothing was heard; it never sends."""


class UnconfiguredMessages:
    """An installation without a provider: every message fails at once and says why."""

    def send_message(self, order: MessageOrder, *, now: datetime) -> None:  # noqa: ARG002  the protocol's names
        """Raise MessageError."""
        raise MessageError("No telephone provider is configured.", permanent=True)

    def ask_about(self, order: MessageOrder, *, now: datetime) -> None:
        """Do nothing: there is nobody to ask."""


def advance(state: MessageState, reported: MessageState) -> MessageState:
    """Return the later of the two; an end stays whatever is reported after it, late or twice."""
    return reported if _RANK[reported] > _RANK[state] else state


class Wish(StrEnum):
    """What a person may say by an inbound message."""

    NO_MESSAGES = "no_messages"
    MESSAGES_AGAIN = "messages_again"


_STOP: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "TD", "T", "N", "R"}
    | {"退订", "退定", "取消", "拒收", "停止", "不要再发", "别发了"}
)
_START: Final = frozenset(["START", "UNSTOP", "YES", "恢复", "订阅", "重新接收"])
_NOISE: Final = re.compile(r"[\W_]+")


def read_wish(text: str) -> Wish | None:
    """Return what an inbound message asks for, None where it says anything else.

    Only a message that is one of the words counts, with or without 回复 before it: a T inside a sentence is no wish.
    """
    word = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper().removeprefix("回复").removeprefix("回")
    if word in _STOP:
        return Wish.NO_MESSAGES
    return Wish.MESSAGES_AGAIN if word in _START else None
