"""The shipped questionnaire with recordings of some questions in 粤语."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

import openpyxl
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.interviewing.versions import ask_with
from app.questionnaires.models import Questionnaire
from app.questionnaires.service import find_version, publish_version
from app.questionnaires.workbook import EXAMPLES

IN_YUE = "media::audio::粤语 (yue)"


def ask_with_recordings(session: Session, campaign: Campaign, files: Mapping[str, bytes], *, now: datetime) -> None:
    """Ask with it from now on; each file is named after its question, such as `age.mp3`."""
    workbook = openpyxl.load_workbook(EXAMPLES / "public-safety.xlsx")
    survey = workbook["survey"]
    names = [cell.value for cell in survey[1]].index("name")
    column = survey.max_column + 1
    survey.cell(1, column, IN_YUE)
    file_of = {file.rsplit(".", 1)[0]: file for file in files}
    for row in survey.iter_rows(min_row=2):
        if file := file_of.get(str(row[names].value)):
            survey.cell(row[0].row, column, file)
    workbook.save(source := io.BytesIO())
    with zipfile.ZipFile(target := io.BytesIO(), "w") as archive:
        for name, content in {"safety.xlsx": source.getvalue(), **files}.items():
            archive.writestr(name, content)
    before = find_version(session, campaign.questionnaire_version_id)
    name = session.get_one(Questionnaire, before.questionnaire_id).name
    version = publish_version(
        session, name=name, source=target.getvalue(), file_name="safety.zip", published_by=None, now=now
    )
    ask_with(session, campaign, version.id, actor="person:1", now=now)
