"""Without a provider no call goes out, and the reason is said."""

from datetime import UTC, datetime

import pytest

from app.telephony.gateway import Gateway, GatewayError, UnconfiguredGateway

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_without_a_provider_a_call_fails_for_good() -> None:
    gateway: Gateway = UnconfiguredGateway()
    with pytest.raises(GatewayError, match="provider") as refusal:
        gateway.place_call(attempt_id=1, number="+8613985012345", caller_number="12340", ring_seconds=30, now=NOON)
    assert refusal.value.permanent


def test_without_a_provider_nothing_happens() -> None:
    gateway: Gateway = UnconfiguredGateway()
    gateway.hang_up(attempt_id=1, now=NOON)
    assert gateway.events_due(now=NOON) == []
