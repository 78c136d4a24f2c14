"""Passwords are compared by argon2id, unknown people at the same price."""

from typing import Literal

from argon2 import PasswordHasher

from app.accounts.passwords import HASHER, matches, new_token, token_hash

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class CountingHasher(PasswordHasher):
    """Counts how often somebody paid for a comparison."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.comparisons = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's name
        self.comparisons += 1
        return super().verify(hash, password)


def test_only_the_right_password_matches() -> None:
    stored = CHEAP.hash("long enough words")
    assert matches("long enough words", stored, hasher=CHEAP)
    assert not matches("other words", stored, hasher=CHEAP)
    assert not matches("long enough words", "not a hash", hasher=CHEAP)


def test_an_unknown_person_costs_one_comparison_too() -> None:
    hasher = CountingHasher()
    assert not matches("long enough words", None, hasher=hasher)
    assert hasher.comparisons == 1


def test_stored_hashes_are_argon2id_and_never_the_password() -> None:
    stored = HASHER.hash("long enough words")
    assert stored.startswith("$argon2id$")
    assert "long enough" not in stored


def test_tokens_differ_and_only_their_hash_is_short() -> None:
    first, second = new_token(), new_token()
    assert first != second
    assert len(token_hash(first)) == 32
