"""What whoever reads the answers is told about them."""

from app.questionnaires.answers import AnswerStatus
from app.questionnaires.form import Form, QuestionKind
from app.questionnaires.session import codebook


def test_every_item_with_data_is_described_once_in_order(example: Form) -> None:
    names = [item.name for item in codebook(example)]
    assert names[:4] == ["residence", "age", "adult", "eligible"]
    assert names[-2:] == ["comment", "outcome"]
    assert "thanks" not in names


def test_labels_and_codes_come_in_every_language(example: Form) -> None:
    item = next(item for item in codebook(example) if item.name == "courts")
    assert set(item.labels) == {"cmn-x-putonghu", "yue", "en"}
    assert item.choices[0].labels == {"cmn-x-putonghu": "很不满意", "yue": "好唔满意", "en": "Very dissatisfied"}
    assert [choice.status for choice in item.choices[-2:]] == [AnswerStatus.DONT_KNOW, AnswerStatus.REFUSED]


def test_conditions_are_in_the_authors_notation_with_those_of_the_groups(example: Form) -> None:
    items = {item.name: item for item in codebook(example)}
    assert items["courts"].relevant == "${eligible} = '1'"
    assert items["victim_what"].relevant == "(${eligible} = '1') and (${victim} = '1')"
    assert items["residence"].relevant is None
    assert items["age"].constraint == ". >= 0 and . <= 120"
    assert (items["eligible"].kind, items["eligible"].reserved) == (QuestionKind.CALCULATE, ())
