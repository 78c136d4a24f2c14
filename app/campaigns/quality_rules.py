"""The rules of quality: what marks an interview as worth hearing again, and how many are heard again by chance."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

FEWEST_ITEMS: Final = 3  # that may be called a battery


class QualityRules(BaseModel):
    """From where on something about an interview is flagged, and which share is listened to whatever its flags.

    A flag sends an interview to be listened to again and does nothing else, so these figures may be low.

    A battery is judged from `battery_items` answers on. Its longest run of one choice is flagged from `run_share` of
    them on. Curran (Journal of Experimental Social Psychology 66, 2016) proposes half; in short batteries many honest
    people answer everything alike, hence the whole. Its spread, the standard deviation in widths of the scale (Dunn
    and others, Journal of Business and Psychology 33, 2018), is flagged below `least_spread`, but where all are
    alike and flagged as that.

    Two questions that ask the same are flagged when their answers lie more than `same_steps` apart; those that ask the
    reverse, when they do so by more than `reverse_steps` once one of them is turned round.

    Answers are too quick or too slow outside of the median and `timing_spread` scaled median deviations of their
    logarithms (Leys and others, Journal of Experimental Social Psychology 49, 2013), for each question and wording
    once it was answered `timing_answers` times; before that, by the length of the text, with `slow_seconds` to think.
    An interview is flagged from `timing_share` of its answers on. Both directions count: Draisma and Dijkstra (2004)
    and Ehlen, Schober and Conrad (2007) find trouble at either end.

    Don't knows are flagged from `dont_know_share` of the answers on, repeated and clarified questions from
    `trouble_share` of them on, and a mean rating of how well somebody follows below `least_rating`. Nothing that is
    counted in shares is judged in interviews of fewer than `least_answers` answers.

    `relisten_share` of the interviews is drawn by the campaign's seed. Agreement is shown for an interviewer from
    `agreement_answers` answers on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    battery_items: int = Field(default=6, ge=FEWEST_ITEMS, le=100)
    run_share: float = Field(default=1.0, gt=0, le=1)
    least_spread: float = Field(default=0.1, ge=0, le=1)
    same_steps: int = Field(default=1, ge=0, le=100)
    reverse_steps: int = Field(default=2, ge=0, le=100)
    timing_answers: int = Field(default=50, ge=10, le=10_000)
    timing_spread: float = Field(default=3.0, ge=1, le=20)
    timing_share: float = Field(default=0.25, gt=0, le=1)
    slow_seconds: int = Field(default=60, ge=5, le=3_600)
    dont_know_share: float = Field(default=0.3, gt=0, le=1)
    least_answers: int = Field(default=5, ge=1, le=1_000)
    least_rating: float = Field(default=3.0, ge=1, le=5)
    trouble_share: float = Field(default=0.3, gt=0, le=1)
    flags_break_off: bool = True
    relisten_share: float = Field(default=0.1, ge=0, le=1)
    agreement_answers: int = Field(default=30, ge=1, le=10_000)
