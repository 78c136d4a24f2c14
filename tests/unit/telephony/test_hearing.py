"""Who hears whom in a room of the emulated network."""

from app.telephony.emulator.hearing import Present, audience

INTERVIEWER, RESPONDENT = Present("interviewer"), Present("respondent")


def test_everybody_hears_everybody_else() -> None:
    assert audience("respondent", [INTERVIEWER, RESPONDENT, Present("sue")]) == {"interviewer", "sue"}


def test_nobody_hears_a_muted_call_that_hears_the_others() -> None:
    room = [INTERVIEWER, RESPONDENT, Present("sue", is_muted=True)]
    assert audience("sue", room) == frozenset()
    assert "sue" in audience("respondent", room)


def test_a_coach_is_heard_by_one_alone_and_not_by_another_listener() -> None:
    room = [INTERVIEWER, RESPONDENT, Present("sue", coaches="interviewer"), Present("ben", is_muted=True)]
    assert audience("sue", room) == {"interviewer"}


def test_a_coach_of_somebody_who_is_gone_is_heard_by_nobody() -> None:
    assert audience("sue", [RESPONDENT, Present("sue", coaches="interviewer")]) == frozenset()


def test_a_held_respondent_neither_hears_nor_is_heard() -> None:
    room = [INTERVIEWER, Present("respondent", is_held=True), Present("sue")]
    assert audience("sue", room) == {"interviewer"}
    assert audience("respondent", room) == frozenset()


def test_whoever_is_not_there_is_not_heard() -> None:
    assert audience("sue", [INTERVIEWER, RESPONDENT]) == frozenset()
