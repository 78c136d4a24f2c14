"""Every expected failure is a XiangyinError; one handler turns it into a response."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is, and what to do about it.

    `where` names a field, a cell (`survey!C7`) or a row (`row 12, column phone`).
    `message` is an English gettext id with %(name)s slots filled from `values`.
    """

    where: str
    message: str
    values: tuple[tuple[str, str], ...] = ()

    def words(self) -> str:
        """Return the English sentence."""
        return self.message % dict(self.values) if self.values else self.message


class XiangyinError(Exception):
    """Base of the failures a caller can provoke and must be told about.

    The first argument is an English gettext id; keyword arguments fill its %(name)s slots.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str = "", faults: tuple[Fault, ...] = (), **values: str) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.values = values
        self.faults = faults
        super().__init__(self.words())

    def words(self) -> str:
        """Return the English sentence."""
        return self.message % self.values if self.values else self.message


class InvalidInputError(XiangyinError):
    """The input is not usable; the faults say where and what to do."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadRequestError(XiangyinError):
    """The request itself is malformed, for example by an unknown parameter."""

    status = HTTPStatus.BAD_REQUEST


class NotSignedInError(XiangyinError):
    """Sign in first."""

    status = HTTPStatus.UNAUTHORIZED


class ForbiddenError(XiangyinError):
    """You may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFoundError(XiangyinError):
    """The thing named in the request does not exist, or you may not see it."""

    status = HTTPStatus.NOT_FOUND


class ConflictError(XiangyinError):
    """The request is well formed but the current state forbids it."""

    status = HTTPStatus.CONFLICT


class TooLargeError(XiangyinError):
    """The upload is larger than this server accepts."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooManyRequestsError(XiangyinError):
    """Too many attempts; wait and try again."""

    status = HTTPStatus.TOO_MANY_REQUESTS
