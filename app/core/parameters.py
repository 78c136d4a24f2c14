"""Say which parameter or field of a request is wrong, and refuse query parameters nobody knows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.core.errors import BadRequestError, Fault

Query = TypeVar("Query", bound=BaseModel)

# Pydantic's kinds of failure in our words; what is not listed keeps Pydantic's own English.
MESSAGES: Final[Mapping[str, str]] = {
    "missing": "This field is required.",
    "extra_forbidden": "Unknown field; remove it.",
    "json_invalid": "This is not valid JSON.",
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "float_parsing": "Write a number.",
    "decimal_parsing": "Write a number.",
    "bool_parsing": "Write true or false.",
    "string_type": "Write text.",
    "string_too_short": "Write at least %(min_length)s characters.",
    "string_too_long": "Write at most %(max_length)s characters.",
    "string_pattern_mismatch": "This is not written as expected.",
    "greater_than": "Must be more than %(gt)s.",
    "greater_than_equal": "Must be at least %(ge)s.",
    "less_than": "Must be less than %(lt)s.",
    "less_than_equal": "Must be at most %(le)s.",
    "enum": "Use one of: %(expected)s.",
    "literal_error": "Use one of: %(expected)s.",
    "date_from_datetime_parsing": "Write a date like 2026-11-23.",
    "datetime_from_date_parsing": "Write a date and time like 2026-11-23T10:00:00+08:00.",
    "timezone_aware": "Add the time zone, as in 2026-11-23T10:00:00+08:00.",
}


def faults_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Turn the validator's findings into faults such as `query.limit`; what was sent is never repeated."""
    return tuple(_fault(error) for error in errors)


def _fault(error: Mapping[str, Any]) -> Fault:
    where = ".".join(str(part) for part in error["loc"])
    message = MESSAGES.get(error["type"])
    if message is None:
        return Fault(where, str(error["msg"]))
    slots = error.get("ctx", {})
    return Fault(where, message, tuple((name, str(value)) for name, value in slots.items()))


async def forbid_unknown_query(request: Request) -> None:
    """Refuse a misspelt parameter: ignoring it would answer another question than was asked."""
    sent = request.query_params
    if sent:
        _refuse_unknown(sent, _known_query(request))


def read_query(request: Request, model: type[Query]) -> Query:
    """Read the whole query into a model, and refuse what the model does not have."""
    sent = dict(request.query_params)
    try:
        query = model.model_validate(sent)
    except ValidationError as error:
        raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]) from None
    _refuse_unknown(sent, names_of(model))
    return query


def names_of(model: type[BaseModel]) -> set[str]:
    """Return the parameters that stand for the fields of a model."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _refuse_unknown(sent: Collection[str], known: set[str]) -> None:
    unknown = sorted(set(sent) - known)
    if unknown:
        values = (("known", ", ".join(sorted(known)) or "-"),)
        raise BadRequestError(
            "The address has a parameter that is not known here.",
            faults=tuple(
                Fault(f"query.{name}", "Unknown parameter; remove it. Known here: %(known)s.", values)
                for name in unknown
            ),
        )


def _known_query(request: Request) -> set[str]:
    dependant = _matched_dependant(request)
    return _declared_query(dependant) if dependant is not None else set()


def _declared_query(dependant: Dependant) -> set[str]:
    """Collect the names that a function and its dependencies declare; a lone model stands for its fields."""
    names = {field.alias for field in dependant.query_params}
    if len(dependant.query_params) == 1:
        annotation = dependant.query_params[0].field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names = names_of(annotation)
    return names.union(*(_declared_query(inner) for inner in dependant.dependencies))


def _matched_dependant(request: Request) -> Dependant | None:
    """Find what the matched route declares, including what was added where its router was included."""
    included = request.scope.get("fastapi", {}).get("effective_route_context")
    route = included if included is not None else request.scope.get("route")
    dependant: Dependant | None = getattr(route, "dependant", None)
    return dependant
