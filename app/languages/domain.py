"""Decide how well an interviewer's lects serve a respondent, and what a place's mix of lects says about one person."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.core.errors import InvalidInputError
from app.languages.tags import normalise_tag

__all__ = [
    "PUTONGHUA",
    "UNDETERMINED",
    "UNIDENTIFIED",
    "Clue",
    "LectShare",
    "Level",
    "Match",
    "Understanding",
    "fold_name",
    "match_of",
    "normalise_tag",
    "rank_lects",
    "update_prior",
]

UNDETERMINED: Final = "und"
UNIDENTIFIED: Final = "mis"
PUTONGHUA: Final = "cmn-x-putonghu"
# Also mul (several lects mixed) and zxx (nobody spoke): true of a call, but no lect to match.
_NAMES_NO_LECT: Final = frozenset({UNDETERMINED, UNIDENTIFIED, "mul", "zxx"})

# A respondent who follows this much of the interviewer's lect can be interviewed in it, at a loss.
FOLLOWS_WELL: Final = 0.7
# Enough to answer simple questions when the interviewer at least understands the respondent's own lect.
FOLLOWS_SOME: Final = 0.4


class Level(StrEnum):
    """What an interviewer can do in a lect, as certified by a native supervisor; each level includes those before."""

    UNDERSTANDS = "understands"
    CONVERSES = "converses"
    INTERVIEWS = "interviews"

    @property
    def rank(self) -> int:
        """1, 2 or 3: `a.rank >= b.rank` means that a includes b."""
        return list(type(self)).index(self) + 1


def read_level(text: str) -> Level:
    """Read a level by its word; raises InvalidInputError that names the three."""
    try:
        return Level(text.strip().lower())
    except ValueError:
        raise InvalidInputError("A level is understands, converses or interviews, not %(text)s.", text=text) from None


class Match(StrEnum):
    """How well an interviewer's level serves the respondent."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNKNOWN = "unknown"


class Clue(StrEnum):
    """What may move the guess of a respondent's lect, from decisive to weak."""

    DECLARED = "declared"
    OBSERVED = "observed"
    HOUSEHOLD = "household"
    PRIOR_CONTACT = "prior_contact"
    # Hung up, fell silent or said misdial after being greeted in the lect: others are a little likelier.
    TURNED_AWAY = "turned_away"


# How far a clue is believed against all that was thought before. Own judgement, to be learned from fieldwork.
_BELIEF: Final = {Clue.DECLARED: 1.0, Clue.OBSERVED: 0.85, Clue.HOUSEHOLD: 0.75, Clue.PRIOR_CONTACT: 0.6}
# Chance to turn away a call, greeted in a lect that is followed fully or not at all (assumed, 10-20 % and 30-60 %).
_TURNS_AWAY_MATCHED: Final = 0.15
_TURNS_AWAY_MISMATCHED: Final = 0.45


@dataclass(frozen=True)
class LectShare:
    """One lect's share (0..1) of a place's adults, or its probability for one person, and where that comes from."""

    lect: str
    share: float
    source: str


class Understanding:
    """Who follows whom. Not symmetric: standard Chinese is followed by far more people than can be followed from it.

    A pair without a row of its own takes the row of the nearest ancestors. The row of an ancestor
    with itself is the default among its different members.
    """

    def __init__(
        self,
        rows: Iterable[tuple[str, str, float]],
        *,
        parents: Mapping[str, str | None] | None = None,
        collective: Iterable[str] = (),
    ) -> None:
        self._degrees = {(listener, speaker): degree for listener, speaker, degree in rows}
        self._parents = dict(parents or {})
        self._collective = frozenset(collective)
        self._found: dict[tuple[str, str], float] = {}

    def degree(self, listener: str, speaker: str) -> float:
        """Return 0 (follows nothing) to 1 (follows all); 1 for the same lect, 0 where nothing is known."""
        if listener == speaker:
            return 1.0
        if (listener, speaker) not in self._found:
            self._found[listener, speaker] = self._nearest(listener, speaker)
        return self._found[listener, speaker]

    def _nearest(self, listener: str, speaker: str) -> float:
        speakers = self.lineage(speaker)
        pairs = [(i + j, i, a, b) for i, a in enumerate(self.lineage(listener)) for j, b in enumerate(speakers)]
        # Nearest pair first; at equal distance the one that keeps the listener exact.
        for _, _, a, b in sorted(pairs):
            if (a, b) in self._degrees:
                return self._degrees[a, b]
        return 0.0

    def lineage(self, lect: str) -> tuple[str, ...]:
        """Return the lect and its ancestors, nearest first."""
        line = [lect]
        while (parent := self._parents.get(line[-1])) is not None and parent not in line:
            line.append(parent)
        return tuple(line)

    def covers(self, lect: str, member: str) -> bool:
        """Whether `lect` is a collective name (苗语) of which `member` is one kind or the name itself."""
        return lect in self._collective and lect in self.lineage(member)


def match_of(skills: Mapping[str, Level], respondent_lect: str | None, understanding: Understanding) -> Match:
    """Say how well these skills serve a respondent of this lect.

    full     interviews in that very lect
    partial  converses in it;
             or interviews in a lect that the respondent follows to 0.7 or more;
             or understands the respondent's lect, and interviews in one that the respondent follows to
             0.4 or more: each then speaks their own
    unknown  the respondent's lect is not known, or only by a collective name of which the
             interviewer has one kind, or the other way round
    none     everything else
    """
    if respondent_lect is None or respondent_lect in _NAMES_NO_LECT:
        return Match.UNKNOWN
    in_doubt = any(_is_in_doubt(own, respondent_lect, understanding) for own in skills)
    own_level = skills.get(respondent_lect)
    if own_level is Level.INTERVIEWS and not in_doubt:
        return Match.FULL
    if own_level is Level.CONVERSES and not in_doubt:
        return Match.PARTIAL
    needed = FOLLOWS_WELL if own_level is None or in_doubt else FOLLOWS_SOME
    interviews_in = (own for own, level in skills.items() if level is Level.INTERVIEWS and own != respondent_lect)
    if any(understanding.degree(respondent_lect, own) >= needed for own in interviews_in):
        return Match.PARTIAL
    return Match.UNKNOWN if in_doubt else Match.NONE


def _is_in_doubt(own: str, respondent_lect: str, understanding: Understanding) -> bool:
    return understanding.covers(respondent_lect, own) or understanding.covers(own, respondent_lect)


def rank_lects(shares: Iterable[LectShare]) -> tuple[LectShare, ...]:
    """Likeliest first; equal shares in the order of their tags, so that the order never wavers."""
    return tuple(sorted(shares, key=lambda share: (-share.share, share.lect)))


def normalise_shares(shares: Sequence[LectShare]) -> tuple[LectShare, ...]:
    """Scale so that the shares sum to 1, likeliest first; nothing in, nothing out."""
    total = sum(share.share for share in shares)
    if total <= 0:
        return ()
    return rank_lects(LectShare(share.lect, share.share / total, share.source) for share in shares)


def update_prior(
    prior: Sequence[LectShare], clue: Clue, lect: str, *, understanding: Understanding
) -> tuple[LectShare, ...]:
    """Return the lects' probabilities after one clue that points at `lect`.

    A statement of the respondent's own decides. Other reports are believed in part, and leave the rest
    of the probability as it was divided. A call turned away after a greeting in `lect` is Bayes' rule
    on how likely speakers of each lect are to turn that greeting away.
    """
    if clue is Clue.TURNED_AWAY:
        return normalise_shares(
            [LectShare(s.lect, s.share * _turns_away(s.lect, lect, understanding), s.source) for s in prior]
        )
    believed = _BELIEF[clue] if prior else 1.0
    moved = {share.lect: LectShare(share.lect, share.share * (1 - believed), share.source) for share in prior}
    before = moved[lect].share if lect in moved else 0.0
    moved[lect] = LectShare(lect, before + believed, clue.value)
    return normalise_shares([share for share in moved.values() if share.share > 0])


def _turns_away(listener: str, greeted_in: str, understanding: Understanding) -> float:
    followed = understanding.degree(listener, greeted_in)
    return _TURNS_AWAY_MATCHED * followed + _TURNS_AWAY_MISMATCHED * (1 - followed)


def fold_name(text: str) -> str:
    """Fold a typed name so that width, case and spaces do not matter: ' ＹＵＥ ' and 'yue' are one name."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
