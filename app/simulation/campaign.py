"""A campaign as a simulation takes it: its whole set-up, from a plan or from a campaign of the installation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.campaigns.domain import CallingHours
from app.campaigns.rules import Rules
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.languages.shipped import shipped_area_codes, shipped_lect_names, shipped_prior, shipped_understanding
from app.quotas.plans import QuotaPlan, References
from app.simulation.ground import Ground
from app.simulation.index import IndexPlan
from app.simulation.plans import REFUSED, Plan, WrittenPlan, quotas_of
from app.simulation.policies import Policy, shipped_rules
from app.simulation.sample import Places, Unit
from app.simulation.survey import example_form, fitting_index, survey_of
from app.simulation.workers import Interviewer, Shift, Worker, shifts_in

NO_AREA: Final = "The registry has no area with the code %(code)s."
NOBODY: Final = "Every share is 0. Give at least one place a share of the sample."


@dataclass(frozen=True)
class SimulatedCampaign:
    """Whom to call, by which rules, with whom and for what; `name` is what tables call the rules.

    `xform` is the compiled questionnaire, `index` what is measured with it, None where nothing is. A synthetic
    sample is drawn anew for each seed, a past one is the same units with other people. `time_zone` is the desk's.
    """

    name: str
    document: Mapping[str, Any]
    sample: Places | tuple[Unit, ...]
    ground: Ground
    staff: tuple[Interviewer, ...]
    quotas: tuple[QuotaPlan, ...]
    xform: str
    index: IndexPlan | None
    starts_at: datetime
    days: int
    time_zone: str
    ring_seconds: int

    @property
    def numbers(self) -> int:
        """The size of the sample."""
        return self.sample.numbers if isinstance(self.sample, Places) else len(self.sample)

    def units(self, *, seed: int) -> Sequence[Unit]:
        """Return the sample of one run."""
        return list(self.sample.units(seed=seed)) if isinstance(self.sample, Places) else self.sample

    def workers(self, policy: Policy, rules: Rules) -> list[Worker]:
        """Return the staff as the policy lets them work; nobody calls on a holiday of the rules."""
        return [
            Worker(number, policy.skills_of(one.skills), one.does_triage, self._shifts_of(one, rules.calling_hours))
            for number, one in enumerate(self.staff, start=1)
        ]

    def _shifts_of(self, one: Interviewer, calling: CallingHours) -> tuple[Shift, ...]:
        if one.shifts is not None:
            return one.shifts
        hours = calling if one.hours is None else replace(one.hours, holidays=calling.holidays)
        return shifts_in(hours, self.time_zone, starts_at=self.starts_at, days=self.days)


def synthetic_campaign(written: WrittenPlan, *, xform: str | None = None) -> SimulatedCampaign:
    """Return the campaign of a plan; without a questionnaire the shipped example is asked.

    The shipped shares of lects are taken as the truth. Raises InvalidInputError.
    """
    plan, form = written.plan, xform or example_form()
    _require_places(plan)
    offered = tuple(_lects("offered", plan.offered, shipped_lect_names().find))
    references = References(survey_of(form, None).form, shipped_area_codes(), offered, shipped_lect_names().find)
    shares = {code: tuple((part.lect, part.share) for part in shipped_prior(code)) for code, _ in plan.places}
    return SimulatedCampaign(
        name="shipped rules",
        document=shipped_rules(attempts=plan.attempts),
        sample=_places_of(plan),
        ground=Ground(shares, shipped_understanding(), offered),
        staff=staff_of_plan(plan, shipped_lect_names().find),
        quotas=quotas_of(plan, references),
        xform=form,
        index=index_of_plan(written, form),
        starts_at=plan.starts_at,
        days=plan.days,
        time_zone=plan.time_zone,
        ring_seconds=plan.ring_seconds,
    )


def index_of_plan(written: WrittenPlan, xform: str) -> IndexPlan | None:
    """Return the index that is measured: one that was written must fit, the shipped one is left out otherwise."""
    if "index" in written.written:
        survey_of(xform, written.plan.index)
        return written.plan.index
    return fitting_index(xform, written.plan.index)


def staff_of_plan(plan: Plan, find_lect: Callable[[str], str]) -> tuple[Interviewer, ...]:
    """Return synthetic interviewers; raises InvalidInputError for a lect that `find_lect` does not know."""
    kinds = []
    for number, one in enumerate(plan.repertoires):
        lects = _lects(f"repertoires.{number}.lects", list(one.lects), find_lect)
        hours = None if one.hours is None else CallingHours.read(one.hours)
        kinds.append(Interviewer(dict(zip(lects, one.lects.values(), strict=True)), one.triage, hours))
    return tuple(kinds[number % len(kinds)] for number in range(plan.interviewers))


def _lects(where: str, names: Sequence[str], find_lect: Callable[[str], str]) -> list[str]:
    found, faults = [], []
    for name in names:
        try:
            found.append(find_lect(name))
        except XiangyinError as error:
            faults.append(Fault(where, error.message, tuple(error.values.items())))
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    return found


def _require_places(plan: Plan) -> None:
    known = shipped_area_codes()
    faults = [
        Fault(f"places.{number}", NO_AREA, (("code", code),))
        for number, (code, _) in enumerate(plan.places)
        if code not in known
    ]
    if not any(share for _, share in plan.places):
        faults.append(Fault("places", NOBODY))
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))


def _places_of(plan: Plan) -> Places:
    kinds = tuple((kind.value, share) for kind, share in plan.second_kinds.items())
    return Places(plan.places, plan.numbers, plan.time_zone, plan.two_numbers, kinds)
