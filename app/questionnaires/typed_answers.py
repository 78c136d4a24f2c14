"""What expressions see of an answer."""

from datetime import date, datetime

from app.questionnaires.answers import GivenAnswer
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.values import Value


def typed(question: Question, answer: GivenAnswer, started_at: datetime) -> Value:
    """Turn a stored answer into the value that expressions see; empty text when there is none."""
    if answer.value is None:
        return ""
    if isinstance(answer.value, tuple):
        return " ".join(answer.value)
    if question.kind in (QuestionKind.INTEGER, QuestionKind.DECIMAL):
        return float(answer.value)
    if question.kind is QuestionKind.DATETIME:
        return datetime.fromisoformat(answer.value).replace(tzinfo=started_at.tzinfo)
    return date.fromisoformat(answer.value) if question.kind is QuestionKind.DATE else answer.value
