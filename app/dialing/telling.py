"""Send the notices that are due: write down, commit, ask, write down; never a transaction across the asking."""

from datetime import datetime

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.dialing.notice_ends import go_without, plan_lost_anew, release_told, try_later
from app.dialing.notices import due_orders, keep_places, order_again
from app.sampling.contacts import set_no_messages
from app.telephony.messages import MessageError, MessageGateway, MessageOrder, MessageProblem
from app.telephony.outbox import doubtful_messages


def tell_people(
    make_session: SessionFactory, gateway: MessageGateway, vault: Vault, *, address: str, now: datetime
) -> dict[str, int]:
    """Send what is due, find out about what is in doubt, and let go whoever has been told; returns what was done.

    Doing it twice changes nothing more: each notice is claimed under a lock, and asked for once under its own id.
    """
    with make_session() as session, session.begin():
        kept = keep_places(session, now=now) + plan_lost_anew(session, now=now)
    with make_session() as session, session.begin():
        orders = due_orders(session, vault, address=address, now=now)
    for order in orders:
        _send(make_session, gateway, vault, order=order, now=now)
    asked_about = _settle_doubts(make_session, gateway, vault, now=now)
    with make_session() as session, session.begin():
        released = release_told(session, now=now)
    return {"kept": kept, "sent": len(orders), "asked_about": asked_about, "released": released}


def _send(
    make_session: SessionFactory, gateway: MessageGateway, vault: Vault, *, order: MessageOrder, now: datetime
) -> None:
    try:
        gateway.send_message(order, now=now)
    except MessageError as error:
        if error.is_uncertain:
            return  # it stays in doubt until its fate is known, and is never sent again
        with make_session() as session, session.begin():
            if error.problem is MessageProblem.OPTED_OUT:
                set_no_messages(session, order.number, vault=vault, source="provider", no_messages=True, now=now)
            if error.permanent:
                go_without(session, order.message_id, now=now)
            else:
                try_later(session, order.message_id, now=now)


def _settle_doubts(make_session: SessionFactory, gateway: MessageGateway, vault: Vault, *, now: datetime) -> int:
    with make_session() as session:
        doubtful = doubtful_messages(session, now=now)
    for notice_id in doubtful:
        with make_session() as session:
            order = order_again(session, notice_id, vault)
        gateway.ask_about(order, now=now)
    return len(doubtful)
