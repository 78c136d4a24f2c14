"""How long the next screen takes: an answer is checked, what follows is worked out, and the question put in words."""

from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Final

from app.questionnaires.evaluation import InterviewState
from app.questionnaires.form import Form, parse_form
from app.questionnaires.rehearsal import BEGINS_AT, Respondent
from app.questionnaires.session import next_question, wording
from app.questionnaires.workbook import compile_workbook
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.stand import Stand
from tests.unit.questionnaires.conftest import workbook_of

MOST_MS: Final = 5.0  # what the console may wait for its next screen, at the 95th percentile
QUESTIONS: Final = 300
CONDITIONS: Final = 200
PEOPLE: Final = 20
INTERVIEWS_A_ROUND: Final = 3
HEAD: Final = "|type|name|label::English (en)|relevant|constraint|required|repeat_count|calculation|\n"


def measure(stand: Stand) -> list[Row]:
    """Hold interviews with made-up respondents, and time every step from the answer to the next question's words."""
    runs = stand.plan.rounds * INTERVIEWS_A_ROUND
    return [
        _row("a next screen", long_form(), runs=runs, note=f"{QUESTIONS} questions, {CONDITIONS} conditions"),
        _row("a next screen of a roster", roster(), runs=runs, note=f"{PEOPLE} people, 10 questions each"),
    ]


def _row(what: str, form: Form, *, runs: int, note: str) -> Row:
    spent = [ms for seed in range(runs) for ms in steps(form, seed=seed)]
    return Row(f"forms/{what}", quantiles(spent, n=20)[-1], MOST_MS, "ms", Goal(1), f"{note}; 95 % of {len(spent):,}")


def steps(form: Form, *, seed: int) -> list[float]:
    """Return the milliseconds of every step of one interview."""
    respondent = Respondent(form, Random(seed))  # noqa: S311  people are made up
    state = InterviewState({}, seed, BEGINS_AT, "en")
    spent: list[float] = []
    question = next_question(form, state)
    while question is not None:
        began = perf_counter()
        given = respondent.answer(state, question)
        if given is None:
            break
        state = state.with_answer(question.name, given)
        question = next_question(form, state)
        if question is not None:
            wording(form, state, question)
        spent.append((perf_counter() - began) * 1000)
    return spent


def long_form() -> Form:
    """Build a form in which two questions of three have a condition, and every tenth a constraint on another one."""
    rows = []
    for number in range(QUESTIONS):
        condition = f"${{q{number - 1}}} >= 0 or ${{q{number // 2}}} = ''" if number % 3 else ""
        constraint = f". >= 0 and (. < 5000 or . > ${{q{number - 1}}})" if number % 10 == 9 else ""
        rows.append(f"|integer|q{number}|After ${{q{max(number - 1, 0)}}}?|{condition}|{constraint}|yes|||")
    rows[0] = "|integer|q0|First?||||||"
    return _compiled("\n".join(rows))


def roster() -> Form:
    """Build a roster whose members are asked ten questions each, half of them under a condition."""
    asked = "\n".join(
        f"|integer|a{n}|How much of {n} for ${{who}}?|{'${age} > 10' if n % 2 else ''}||yes|||" for n in range(8)
    )
    frame = [
        f"|begin repeat|person|Person||||{PEOPLE}||",
        "|text|who|Who?|||yes|||",
        "|integer|age|Age of ${who}?|||yes|||",
        asked,
        "|end repeat||||||||",
        "|calculate|all|||||| sum(${a0}) + count(${person}[age > 17])|",
        "|note|bye|${all}||||||",
    ]
    return _compiled("\n".join(frame))


def _compiled(rows: str) -> Form:
    return parse_form(compile_workbook(workbook_of(survey=HEAD + rows), "bench.xlsx").xform)
