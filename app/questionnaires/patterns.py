"""Match regular expressions in time that no pattern can blow up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import ascii_letters, digits
from typing import Final

from lark import Lark, Token, Transformer, UnexpectedInput

LONGEST_PATTERN: Final = 500
LONGEST_TEXT: Final = 2_000
MOST_STATES: Final = 1_000
_COMMON: Final = digits + ascii_letters + " -_.,:/@+()省"


class PatternError(ValueError):
    """The pattern is not one of those that can be matched safely."""


@dataclass(frozen=True)
class Machine:
    """A Thompson machine: states with silent edges, and edges that eat one character."""

    silent: tuple[tuple[tuple[int, str], ...], ...]
    eating: tuple[tuple[re.Pattern[str], int] | None, ...]
    start: int
    end: int

    def matches(self, text: str) -> bool:
        """Tell whether the whole text fits; longer text than LONGEST_TEXT never does."""
        if len(text) > LONGEST_TEXT:
            return False
        states = self._spread([self.start], at_start=True, at_end=not text)
        for position, character in enumerate(text, 1):
            eaten = [
                edge[1] for state in states if (edge := self.eating[state]) is not None and edge[0].fullmatch(character)
            ]
            states = self._spread(eaten, at_start=False, at_end=position == len(text))
        return self.end in states

    def shortest(self) -> str:
        """Return a shortest text that fits, of common characters; raises PatternError where none is found."""
        waiting = [("", frozenset(self._spread([self.start], at_start=True, at_end=False)))]
        seen: set[frozenset[int]] = set()
        for text, states in waiting:
            if self.matches(text):
                return text
            for character in _COMMON if len(text) < MOST_STATES else "":
                eaten = [edge[1] for state in states if (edge := self.eating[state]) and edge[0].fullmatch(character)]
                following = frozenset(self._spread(eaten, at_start=False, at_end=False))
                if eaten and following not in seen:
                    seen.add(following)
                    waiting.append((text + character, following))
        raise PatternError("fits nothing")

    def _spread(self, states: Iterable[int], *, at_start: bool, at_end: bool) -> set[int]:
        """Follow every silent edge that is open at this place of the text."""
        is_open = {"": True, "^": at_start, "$": at_end}
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += [target for target, guard in self.silent[state] if is_open[guard]]
        return reached


@dataclass(frozen=True)
class _Atom:
    """One character to eat, or an anchor to stand on."""

    eats: re.Pattern[str] | None
    guard: str = ""


@dataclass(frozen=True)
class _Repeat:
    part: "_Part"
    least: int
    most: int | None


@dataclass(frozen=True)
class _Sequence:
    parts: tuple["_Part", ...]


@dataclass(frozen=True)
class _Choice:
    parts: tuple["_Part", ...]


_Part = _Atom | _Repeat | _Sequence | _Choice


class _Reader(Transformer[Token, _Part]):
    """Turn the grammar's rules into parts, while the parser runs (so without recursion)."""

    def start(self, parts: list[_Part]) -> _Part:
        return parts[0]

    def choice(self, parts: list[_Part]) -> _Part:
        return parts[0] if len(parts) == 1 else _Choice(tuple(parts))

    def group(self, parts: list[_Part]) -> _Part:
        return parts[0]

    def sequence(self, parts: list[_Part]) -> _Part:
        return _Sequence(tuple(parts))

    def single(self, tokens: list[Token]) -> _Part:
        # One character's worth of pattern cannot explode, so the standard library may match it.
        try:
            return _Atom(re.compile(str(tokens[0]), re.DOTALL))
        except re.error as error:
            raise PatternError(str(tokens[0])) from error

    def anchor(self, tokens: list[Token]) -> _Part:
        return _Atom(None, guard=str(tokens[0]))

    def piece(self, parts: list[_Part | Token]) -> _Part:
        part = parts[0]
        quantifier = parts[1] if len(parts) > 1 else None
        if isinstance(part, Token) or not isinstance(quantifier, Token):
            return part  # type: ignore[return-value]  # the grammar puts a part first and a token second
        return _Repeat(part, *_bounds(str(quantifier)))


def _bounds(quantifier: str) -> tuple[int, int | None]:
    """Read * + ? {2} {2,} {2,5}; a lazy mark changes nothing for a whole match."""
    known: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
    if quantifier[0] in known:
        return known[quantifier[0]]
    least, comma, most = quantifier.strip("{}?").partition(",")
    upper = int(most) if most else None
    if upper is not None and upper < int(least):
        raise PatternError(quantifier)
    return int(least), upper if comma else int(least)


@dataclass
class _Builder:
    """Lay parts out as states; refuses once there are too many."""

    silent: list[list[tuple[int, str]]] = field(default_factory=list)
    eating: list[tuple[re.Pattern[str], int] | None] = field(default_factory=list)

    def state(self) -> int:
        if len(self.silent) >= MOST_STATES:
            raise PatternError("too long")
        self.silent.append([])
        self.eating.append(None)
        return len(self.silent) - 1

    def lay(self, part: _Part, start: int) -> int:
        """Append the part behind `start`; returns where it ends."""
        if isinstance(part, _Atom):
            return self._lay_atom(part, start)
        if isinstance(part, _Sequence):
            for one in part.parts:
                start = self.lay(one, start)
            return start
        if isinstance(part, _Choice):
            return self._lay_choice(part, start)
        return self._lay_repeat(part, start)

    def _lay_atom(self, atom: _Atom, start: int) -> int:
        end = self.state()
        if atom.eats is None:
            self.silent[start].append((end, atom.guard))
            return end
        ready = self.state()
        self.silent[start].append((ready, ""))
        self.eating[ready] = (atom.eats, end)
        return end

    def _lay_choice(self, choice: _Choice, start: int) -> int:
        ends = [self.lay(part, start) for part in choice.parts]
        end = self.state()
        for one in ends:
            self.silent[one].append((end, ""))
        return end

    def _lay_repeat(self, repeat: _Repeat, start: int) -> int:
        for _ in range(repeat.least):
            start = self.lay(repeat.part, start)
        if repeat.most is None:
            return self._lay_loop(repeat.part, start)
        end = self.state()
        self.silent[start].append((end, ""))
        for _ in range(repeat.most - repeat.least):
            start = self.lay(repeat.part, start)
            self.silent[start].append((end, ""))
        return end

    def _lay_loop(self, part: _Part, start: int) -> int:
        head = self.state()
        self.silent[start].append((head, ""))
        self.silent[self.lay(part, head)].append((head, ""))
        return head


_GRAMMAR: Final = Lark(
    Path(__file__).with_name("patterns.lark").read_text(encoding="utf-8"), parser="lalr", transformer=_Reader()
)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Machine:
    """Read a pattern; raises PatternError for what cannot be matched in bounded time."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError("too long")
    try:
        part = _GRAMMAR.parse(pattern)
    except UnexpectedInput as error:
        raise PatternError(pattern[error.pos_in_stream or 0 :][:10]) from error
    builder = _Builder()
    start = builder.state()
    try:
        end = builder.lay(part, start)  # type: ignore[arg-type]  # the embedded transformer returns parts
    except RecursionError as error:
        raise PatternError("nested too deeply") from error
    silent = tuple(tuple(edges) for edges in builder.silent)
    return Machine(silent, tuple(builder.eating), start, end)
