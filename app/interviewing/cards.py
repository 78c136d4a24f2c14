"""What the interviewer's screen shows, as data; pages and the API only lay it out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.questionnaires.answers import GivenAnswer
from app.questionnaires.session import Wording


@dataclass(frozen=True)
class LectCard:
    """A lect by its names, and how likely it is for this respondent (0 to 1) where that is known."""

    tag: str
    name_zh: str
    name_en: str
    confidence: float | None = None


@dataclass(frozen=True)
class PastTry:
    """One earlier attempt of the case."""

    at: datetime
    outcome_zh: str
    outcome_en: str
    lect: str | None
    note: str | None


@dataclass(frozen=True)
class CaseCard:
    """Who is called, as far as the interviewer may know; the number is masked."""

    id: int
    masked_number: str
    place: str
    time_zone: str
    local_time: datetime
    guess: LectCard
    guess_kind: str | None  # declared, observed, used, predicted; None when nothing is known
    predicted: tuple[LectCard, ...]
    match: str
    greet_in: LectCard  # the lect to open in: the one most of those who may pick up follow
    attempts_counted: int
    attempt_limit: int
    history: tuple[PastTry, ...]
    appointment_at: datetime | None
    appointment_note: str | None
    short_code: str | None  # by which the respondent can check the call, as it is read out
    reads_code: bool  # in the opening; otherwise only to a respondent who asks how to check the call


@dataclass(frozen=True)
class CallCard:
    """The call under way or just ended."""

    attempt_id: int
    state: str  # a telephony CallState
    since: datetime
    ending: str | None
    is_held: bool = False  # the respondent hears music instead of the interviewer
    is_inbound: bool = False  # the respondent called us


@dataclass(frozen=True)
class SupervisorCard:
    """A supervisor in the call on the line."""

    display_name: str
    mode: str  # a telephony MonitorMode


@dataclass(frozen=True)
class RecordingCard:
    """Whether the call on the line is recorded: a RecordingState, or one of the words that `recording_card` names.

    `text`, its `version` and `lect` are the words to ask with while nobody has asked yet.
    """

    state: str
    text: str | None = None
    lect: LectCard | None = None
    problem: str | None = None  # an English gettext id
    version: int | None = None


@dataclass(frozen=True)
class PlayedClip:
    """A recorded greeting that was played on this call."""

    at: datetime
    lect: str
    version: int
    seconds: float
    problem: str | None  # why it was not heard after all; an English gettext id


@dataclass(frozen=True)
class ClipCard:
    """The lects in which a recorded greeting can be played, and what was played, the newest first."""

    lects: tuple[str, ...]
    played: tuple[PlayedClip, ...]


@dataclass(frozen=True)
class Greeting:
    """The first words in one lect that the campaign offers."""

    lect: LectCard
    text: str


@dataclass(frozen=True)
class OpeningCard:
    """The first words, in the lect that is expected; every lect the campaign offers is one key away."""

    lect: LectCard
    greeting: str
    offered: tuple[Greeting, ...]
    # The two likeliest lects where nobody knows yet which it is; empty as soon as somebody does.
    in_doubt: tuple[LectCard, ...] = ()


@dataclass(frozen=True)
class PhraseCard:
    """A stock phrase that means different things in different places, and the neutral question to ask then."""

    phrase: str
    probe: str
    note_zh: str
    note_en: str


@dataclass(frozen=True)
class SectionCard:
    """A part of the questionnaire, by the name and label of its group."""

    name: str
    label: str


@dataclass(frozen=True)
class QuestionCard:
    """One question in the lect of the interview; `wording.lect` tells which wording was available.

    In a repeat the name is an address such as `person[2]/age`; of the kind `repeat`, such as `person[2]`, it asks
    whether there is a second one. `appearance` is that of the XLSForm. `wording.recording` belongs to the version
    `version_id`. `section` is the outermost group; `phrases` are what to listen for in this lect.
    """

    name: str
    kind: str
    appearance: str
    wording: Wording
    given: GivenAnswer | None
    required: bool
    answered: int
    relevant: int
    next_sequence: int
    can_go_back: bool
    lect: LectCard
    version_id: int = 0
    section: str | None = None
    phrases: tuple[PhraseCard, ...] = ()


@dataclass(frozen=True)
class Marks:
    """What stands noted: how often each kind, and the last rating of each section by its group's name."""

    counts: dict[str, int] = field(default_factory=dict)
    ratings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OutcomeCard:
    """One choice of the outcome list."""

    code: str
    label_zh: str
    label_en: str
    group: str
    aapor: str
    key: str
    needs_lect: bool
    is_suggested: bool


@dataclass(frozen=True)
class OwnNumbers:
    """The interviewer's own day; shown to nobody else and never ranked."""

    dials: int
    completes: int


@dataclass(frozen=True)
class PaceCard:
    """How the case on the screen comes to be dialled: by itself after `seconds`, or never (None) but by a key."""

    mode: str  # a campaign's PacingMode
    seconds: float | None


@dataclass(frozen=True)
class WrapUpCard:
    """How long the call is wrapped up: its outcome is saved by itself after `seconds`, None where only by a key.

    While it `holds`, it is not saved before. Where it `yields`, it is not saved by itself once the interviewer has
    touched it.
    """

    mode: str  # a campaign's WrapUpMode
    seconds: float | None
    holds: bool
    yields: bool


@dataclass(frozen=True)
class DeskView:
    """The whole screen; parts that do not apply now are None or empty."""

    state: str  # a staffing PresenceState
    since: datetime
    campaign_id: int | None
    campaign_name: str | None
    own: OwnNumbers
    break_reason: str | None = None  # a staffing BreakReason, while on a break
    line: str | None = None  # a telephony LineState; None before the interviewer's telephone first called in
    case: CaseCard | None = None
    pace: PaceCard | None = None  # while a case is on the screen and not dialled
    wrap_up: WrapUpCard | None = None  # while the outcome of a call is coded
    call: CallCard | None = None
    recording: RecordingCard | None = None  # None where calls are not recorded, or nobody is on the line
    supervisors: tuple[SupervisorCard, ...] = ()  # in the call, as far as the rules let the interviewer see them
    clips: ClipCard | None = None
    opening: OpeningCard | None = None
    question: QuestionCard | None = None
    marks: Marks | None = None  # what was noted in the interview under way
    unrated: tuple[SectionCard, ...] = ()  # sections begun, and not rated yet for how well they were followed
    interview_uid: UUID | None = None
    interview_state: str | None = None
    finished_as: str | None = None  # the outcome that a finished interview suggests
    outcomes: tuple[OutcomeCard, ...] = ()
    lects: tuple[LectCard, ...] = ()  # every lect that can be declared or observed, the likeliest first
