"""Sealed files give back what was written, from any place, and notice whatever was done to them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.core.privacy import Vault
from app.core.sealed import PIECE_BYTES, DamagedFileError, SealedFile, SealedWriter
from app.core.settings import Settings

OLD, NEW = "the old key, forty characters long, and it is", "the new key, forty characters long, and it is"


def vault_of(*keys: str) -> Vault:
    first, *earlier = (SecretStr(key) for key in keys)
    return Vault.from_settings(Settings(_env_file=None, secret_key=first, previous_secret_keys=tuple(earlier)))


VAULT = vault_of(OLD)


def write(path: Path, *parts: bytes) -> Path:
    with path.open("wb") as target:
        writer = SealedWriter(target, VAULT)
        for part in parts:
            writer.write(part)
        writer.close()
    return path


def read(path: Path, vault: Vault = VAULT) -> bytes:
    sealed = SealedFile.open(path, vault)
    return b"".join(sealed.read(0, sealed.size))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealed")


@given(
    size=st.sampled_from([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 200_000]),
    start=st.integers(0, 200_000),
    length=st.integers(1, 150_000),
)
def test_any_part_of_any_file_comes_back(folder: Path, size: int, start: int, length: int) -> None:
    content = bytes(number % 251 for number in range(size))
    sealed = SealedFile.open(write(folder / "any", content[:7], content[7:]), VAULT)
    assert sealed.size == size
    start, end = min(start, size), min(start + length, size)
    assert b"".join(sealed.read(start, end)) == content[start:end]


def test_nothing_of_the_content_is_on_the_disk(folder: Path) -> None:
    assert b"spoken" not in write(folder / "secret", b"spoken " * 20_000).read_bytes()


def test_a_changed_key_still_opens_what_was_written_before(folder: Path) -> None:
    path = write(folder / "rotated", b"words")
    assert read(path, vault_of(NEW, OLD)) == b"words"
    with pytest.raises(DamagedFileError):
        read(path, vault_of(NEW))


@pytest.mark.parametrize("cut", [1, 16, 20_000, PIECE_BYTES + 16, 2 * PIECE_BYTES + 32])
def test_a_file_cut_short_is_noticed(folder: Path, cut: int) -> None:
    path = write(folder / "cut", b"x" * (2 * PIECE_BYTES))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DamagedFileError):
        read(path)


def test_a_changed_byte_and_swapped_pieces_are_noticed(folder: Path) -> None:
    path = write(folder / "changed", bytes(PIECE_BYTES), b"\1" * PIECE_BYTES, b"end")
    whole = path.read_bytes()
    head = len(whole) - 2 * (PIECE_BYTES + 16) - (3 + 16)
    one, two = whole[head : head + PIECE_BYTES + 16], whole[head + PIECE_BYTES + 16 : head + 2 * (PIECE_BYTES + 16)]
    for changed in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:head] + two + one + whole[-19:]):
        path.write_bytes(changed)
        with pytest.raises(DamagedFileError):
            read(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"XYS1", b"XYS1\x00\x04abcd"])
def test_what_is_no_sealed_file_is_refused(folder: Path, content: bytes) -> None:
    path = folder / "foreign"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError):
        SealedFile.open(path, VAULT)
