"""Which published questionnaires somebody may see: all of them, or what their campaigns ask."""

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
    """Return the versions that somebody may read; whoever works in some campaigns only sees what those ask."""
    if principal.campaigns_with(Permission.READ_CODEBOOK) is None:
        return list_versions(session)
    asked = {campaign.questionnaire_version_id for campaign in campaigns_read_by(session, principal)}
    return list_versions(session, among=asked)


def version_read_by(session: Session, principal: Principal, version_id: int) -> VersionLine:
    """Return one of them; raises NotFoundError for any other."""
    found = next((line for line in versions_read_by(session, principal) if line.id == version_id), None)
    if found is None:
        raise NotFoundError("There is no questionnaire version %(id)s.", id=str(version_id))
    return found
