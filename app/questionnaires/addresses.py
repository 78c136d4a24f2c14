"""Where an answer stands: `age`, or in a repeat `person[2]/age`; `person[2]` asks whether there is a second one."""

import re
from collections.abc import Sequence
from typing import Final

_STEP: Final = re.compile(r"([A-Za-z]\w*)\[([1-9]\d{0,3})\]", re.ASCII)


def address_of(name: str, repeats: Sequence[str], instances: Sequence[int]) -> str:
    """Write an address; instances count from 1, and one more than there are repeats belongs to the name itself."""
    steps = [f"{repeat}[{instance}]" for repeat, instance in zip(repeats, instances, strict=False)]
    own = f"[{instances[-1]}]" if len(instances) > len(repeats) else ""
    return "/".join([*steps, f"{name}{own}"])


def read_address(address: str) -> tuple[str, tuple[str, ...], tuple[int, ...]] | None:
    """Return the name, the repeats around it and the instances; None for what is no address."""
    if "[" not in address:
        return (address, (), ()) if "/" not in address else None
    *around, last = address.split("/")
    steps = [_STEP.fullmatch(step) for step in around]
    own = _STEP.fullmatch(last)
    if None in steps:
        return None
    found = [step for step in [*steps, own] if step is not None]
    name = own[1] if own else last
    return name, tuple(step[1] for step in found[: len(around)]), tuple(int(step[2]) for step in found)


def name_in(address: str) -> str:
    """Return the name of the question that an address belongs to."""
    return address.rpartition("/")[2].partition("[")[0]
