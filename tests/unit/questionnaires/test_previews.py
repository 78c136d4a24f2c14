"""Every screen of a form, as whoever checks it reads it."""

from collections.abc import Sequence

from app.questionnaires.form import Form, QuestionKind
from app.questionnaires.preview import PreviewScreen, screens_of
from app.questionnaires.workbook import EXAMPLES, compile_workbook


def named(screens: Sequence[PreviewScreen]) -> dict[str, PreviewScreen]:
    return {screen.name: screen for screen in screens}


def health() -> Form:
    return compile_workbook((EXAMPLES / "household-health.xlsx").read_bytes(), "household-health.xlsx").form


def test_every_screen_is_shown_once_in_order_and_calculations_are_not(example: Form) -> None:
    screens = screens_of(example, "yue")
    assert [screen.name for screen in screens] == [question.name for question in example.asked]
    assert [screen.number for screen in screens] == list(range(1, len(example.asked) + 1))


def test_a_screen_is_in_the_language_that_was_asked_for(example: Form) -> None:
    in_cantonese, in_english = (named(screens_of(example, tag))["courts"] for tag in ("yue", "en"))
    assert in_cantonese.choices[0].label == "好唔满意"
    assert in_english.choices[0].label == "Very dissatisfied"
    assert [choice.code for choice in in_english.choices if choice.reserved] == ["98", "99"]
    assert in_cantonese.label != in_english.label


def test_conditions_and_constraints_are_in_the_authors_notation(example: Form) -> None:
    screens = named(screens_of(example, "en"))
    assert screens["victim_what"].condition == "(${eligible} = '1') and (${victim} = '1')"
    assert screens["age"].constraint == ". >= 0 and . <= 120"
    assert screens["residence"].condition is None
    assert screens["residence"].required


def test_an_open_ended_repeat_shows_how_it_goes_on_and_its_questions_name_it() -> None:
    form = health()
    screens = screens_of(form, form.languages[0])
    inside = [screen for screen in screens if screen.repeats]
    assert inside
    open_ended = [screen for screen in screens if screen.kind is QuestionKind.REPEAT]
    assert all(len(screen.choices) == 2 for screen in open_ended)
    assert {screen.name for screen in open_ended} == {q.name for q in form.questions if q.is_open_ended}
