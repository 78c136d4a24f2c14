"""Find the names of what a trace knows by code or number."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.campaigns.outcomes import list_outcomes
from app.campaigns.rules import Rules
from app.dialing.sentences import Named, Who
from app.languages.models import Lect


@dataclass
class Names:
    """The names in one campaign, each read once."""

    session: Session
    campaign: Campaign
    rules: Rules

    @cached_property
    def outcomes(self) -> dict[str, Named]:
        """The campaign's outcomes by their code."""
        table = list_outcomes(self.session, self.campaign.id)
        return {row.code: Named(row.code, row.label_zh, row.label_en) for row in table}

    def outcome(self, code: str) -> Named:
        """Name an outcome; one that the table has no more says its code."""
        return self.outcomes.get(code, Named(code, code, code))

    def lect(self, tag: str) -> Named:
        """Name a lect; one that the registry has no more says its tag."""
        lect = self.session.get(Lect, tag)
        return Named(tag, lect.name_zh, lect.name_en) if lect else Named(tag, tag, tag)

    def time_slice(self, name: str) -> Named:
        """Name a time slice; one of earlier rules says its short name."""
        part = next((part for part in self.rules.slices if part.name == name), None)
        return Named(name, (part and part.label_zh) or name, (part and part.label_en) or name)

    def person(self, person_id: int) -> Who:
        """Name somebody who works here."""
        return Who(person_id, self.session.get_one(Person, person_id).display_name)

    def actor(self, actor: str) -> Who | None:
        """Name whoever acted as the trace writes it, None for the program itself or another program."""
        kind, _, number = actor.partition(":")
        return self.person(int(number)) if kind == "person" and number.isdecimal() else None
