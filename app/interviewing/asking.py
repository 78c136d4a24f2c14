"""The question on the screen: its words, what to listen for in its lect, and which sections nobody rated yet."""

from collections.abc import Callable, Mapping
from functools import cache, partial

from sqlalchemy.orm import Session

from app.campaigns.lexicon import Lexicon
from app.campaigns.lexicon_book import lexicon_of
from app.interviewing.cards import LectCard, Marks, PhraseCard, QuestionCard, SectionCard
from app.interviewing.domain import InterviewState
from app.interviewing.interviews import Sitting
from app.interviewing.marks import section_of
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.session import Wording, next_question, previous_question, progress, section_label, wording

ReadLexicon = Callable[[], Lexicon]
FEWEST_CHOICES = 3  # from here on there is a middle that a phrase may be mistaken for


def question_on_screen(sitting: Sitting) -> Question | None:
    """Return the question gone back to, else the next one; None where nothing further is asked."""
    if sitting.interview.cursor:
        return sitting.form.question(sitting.interview.cursor)
    is_over_quota = sitting.interview.state == InterviewState.OVER_QUOTA
    return None if is_over_quota else next_question(sitting.form, sitting.state)


def lexicon_to_read(session: Session, campaign_id: int) -> ReadLexicon:
    """Return how to read a campaign's phrases: once, and only where a question needs them."""
    return cache(partial(lexicon_of, session, campaign_id))


def question_card(sitting: Sitting, names: Mapping[str, LectCard], *, lexicon: ReadLexicon) -> QuestionCard | None:
    """Return the question to ask now, in words."""
    form, state = sitting.form, sitting.state
    question = question_on_screen(sitting)
    if question is None:
        return None
    answered, relevant = progress(form, state)
    words = wording(form, state, question)
    return QuestionCard(
        name=question.name,
        kind=question.kind,
        appearance=question.appearance,
        wording=words,
        given=state.answers.get(question.name),
        required=words.required,
        answered=answered,
        relevant=relevant,
        next_sequence=sitting.last_sequence + 1,
        can_go_back=previous_question(form, state, question.name) is not None,
        lect=names.get(state.lect, LectCard(state.lect, state.lect, state.lect)),
        version_id=sitting.interview.questionnaire_version_id,
        section=section_of(form, question.name),
        phrases=_phrases(sitting, question, words, lexicon=lexicon),
    )


def _phrases(sitting: Sitting, question: Question, words: Wording, *, lexicon: ReadLexicon) -> tuple[PhraseCard, ...]:
    """Return the phrases that a code would hide: where there is a middle to choose, or an open text."""
    ordinary = [choice for choice in words.choices if not choice.reserved]
    has_middle = question.kind is QuestionKind.SELECT_ONE and len(ordinary) >= FEWEST_CHOICES
    if not has_middle and question.kind is not QuestionKind.TEXT:
        return ()
    found = lexicon().of_lect(sitting.interview.lect)
    return tuple(PhraseCard(one.phrase, one.probe, one.note_zh, one.note_en) for one in found)


def unrated_sections(sitting: Sitting, marks: Marks) -> tuple[SectionCard, ...]:
    """Return the sections that something was answered in and nobody rated, in the order of the questionnaire."""
    form, state = sitting.form, sitting.state
    begun = {section_of(form, address) for address in state.answers if state.is_answered(address)}
    return tuple(
        SectionCard(name, section_label(form, state, name) or name)
        for name, group in form.groups.items()
        if not group.parents and name in begun and name not in marks.ratings
    )
