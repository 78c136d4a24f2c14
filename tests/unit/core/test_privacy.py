"""What identifies a respondent is unreadable without the key and findable with it."""

import pytest
from cryptography.fernet import InvalidToken
from pydantic import SecretStr

from app.core.privacy import Vault, mask_number
from app.core.settings import Settings

NUMBER = "+8613985012345"


def vault_of(*secrets: str) -> Vault:
    newest, *older = [SecretStr(secret * 8) for secret in secrets]
    return Vault.from_settings(Settings(_env_file=None, secret_key=newest, previous_secret_keys=tuple(older)))


def test_an_encrypted_number_reads_back_only_with_its_key() -> None:
    token = vault_of("abcd").encrypt(NUMBER)
    assert vault_of("abcd").decrypt(token) == NUMBER
    with pytest.raises(InvalidToken):
        vault_of("wxyz").decrypt(token)


def test_a_changed_key_still_reads_and_finds_what_the_old_one_wrote() -> None:
    old, changed = vault_of("abcd"), vault_of("wxyz", "abcd")
    assert changed.decrypt(old.encrypt(NUMBER)) == NUMBER
    assert changed.fingerprint(NUMBER) == old.fingerprint(NUMBER)


@pytest.mark.parametrize(("number", "masked"), [(NUMBER, "+86139****2345"), ("+85212345", "*********")])
def test_a_masked_number_shows_its_kind_and_hides_the_person(number: str, masked: str) -> None:
    assert mask_number(number) == masked
