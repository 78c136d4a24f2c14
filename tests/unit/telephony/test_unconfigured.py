"""Without a provider no call goes out, and the reason is said."""

from datetime import UTC, datetime

import pytest

from app.telephony.gateway import CallOrder, Gateway, GatewayError, UnconfiguredGateway
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg

ORDER = CallOrder(1, "+8613985012345", "12340", 30, "room")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_without_a_provider_a_call_fails_for_good() -> None:
    gateway: Gateway = UnconfiguredGateway()
    with pytest.raises(GatewayError, match="provider") as refusal:
        gateway.place_call(ORDER, now=NOON)
    assert refusal.value.permanent


def test_without_a_provider_nobody_listens() -> None:
    gateway: Gateway = UnconfiguredGateway()
    with pytest.raises(GatewayError, match="provider") as refusal:
        gateway.listen(1, "a ticket")
    assert refusal.value.permanent
    with pytest.raises(GatewayError, match="provider"):
        gateway.change_mode(Leg("CA1", "CF1", "CA2"), MonitorMode.COACHING)
    gateway.stop_listening("CA1")


def test_without_a_provider_nothing_happens() -> None:
    gateway: Gateway = UnconfiguredGateway()
    gateway.hang_up(attempt_id=1, now=NOON)
    gateway.ask_about(ORDER, now=NOON)
    assert gateway.events_due(now=NOON) == []
    assert gateway.doubtful(now=NOON) == []
