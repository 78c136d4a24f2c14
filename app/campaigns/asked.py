"""Which published questionnaires somebody may see: all of them, or those their campaigns ask, in every version."""

from sqlalchemy.orm import Session

from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.service import list_campaigns
from app.core.errors import NotFoundError
from app.questionnaires.service import VersionLine, list_versions


def campaigns_read_by(session: Session, principal: Principal) -> list[Campaign]:
    """Return the campaigns whose codebook somebody may read, the newest first."""
    mine = principal.campaigns_with(Permission.READ_CODEBOOK)
    return [campaign for campaign in list_campaigns(session) if mine is None or campaign.id in mine]


def versions_read_by(session: Session, principal: Principal) -> list[VersionLine]:
    """Return the versions that somebody may read.

    Whoever works in some campaigns only sees the questionnaires that those ask: earlier versions too, in which
    responses were held, and later ones, to which the campaign may move.
    """
    every = list_versions(session)
    if principal.campaigns_with(Permission.READ_CODEBOOK) is None:
        return every
    asked = {campaign.questionnaire_version_id for campaign in campaigns_read_by(session, principal)}
    names = {line.questionnaire for line in every if line.id in asked}
    return [line for line in every if line.questionnaire in names]


def version_read_by(session: Session, principal: Principal, version_id: int) -> VersionLine:
    """Return one of them; raises NotFoundError for any other."""
    found = next((line for line in versions_read_by(session, principal) if line.id == version_id), None)
    if found is None:
        raise NotFoundError("There is no questionnaire version %(id)s.", id=str(version_id))
    return found
