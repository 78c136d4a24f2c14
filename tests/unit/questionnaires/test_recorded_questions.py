"""Recordings of questions come in the .zip with the workbook, and every damaged or forgotten one is named."""

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from app.core.errors import InvalidInputError
from app.questionnaires.session import InterviewState, wording
from app.questionnaires.workbook import CompiledForm, compile_workbook
from tests.unit.questionnaires.conftest import EN, MakeWorkbook

YUE = "label::粤语 (yue)"
SURVEY = f"""
    | type | name | {EN} | {YUE} | media::audio::English (en) | media::audio::粤语 (yue) |
    | text | work | Your work? | 你做咩嘢工作？ | | work-yue.mp3 |
    | text | home | Your home? | 你住喺边？ | | |
"""
MP3 = b"ID3\x04\x00" + bytes(64)
Pack = Callable[..., CompiledForm]


@pytest.fixture
def pack(make_workbook: MakeWorkbook) -> Pack:
    """Compile a workbook that comes with these files."""

    def compile_pack(survey: str = SURVEY, files: Mapping[str, bytes] | None = None) -> CompiledForm:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("form.xlsx", make_workbook(survey=survey))
            for name, content in (files or {}).items():
                archive.writestr(name, content)
        return compile_workbook(target.getvalue(), "form.zip")

    return compile_pack


def faults_of(caught: pytest.ExceptionInfo[InvalidInputError]) -> dict[str, str]:
    return {fault.where: fault.words() for fault in caught.value.faults}


def test_a_question_has_the_recording_of_the_language_it_is_asked_in(pack: Pack, state: InterviewState) -> None:
    compiled = pack(files={"media/work-yue.mp3": MP3})
    work = compiled.form.question("work")
    spoken = InterviewState({}, state.seed, state.started_at, "yue")
    assert wording(compiled.form, spoken, work).recording == "work-yue.mp3"
    assert wording(compiled.form, state, work).recording == ""
    assert wording(compiled.form, spoken, compiled.form.question("home")).recording == ""


def test_a_recording_does_not_change_the_words(pack: Pack, state: InterviewState) -> None:
    compiled = pack(files={"work-yue.mp3": MP3})
    spoken = InterviewState({}, state.seed, state.started_at, "yue")
    assert wording(compiled.form, spoken, compiled.form.question("work")).label == "你做咩嘢工作？"


def test_recordings_are_kept_with_their_media_type(pack: Pack) -> None:
    [recording] = pack(files={"work-yue.mp3": MP3}).recordings
    assert (recording.name, recording.media_type, recording.content) == ("work-yue.mp3", "audio/mpeg", MP3)


def test_a_recording_that_is_not_there_is_named_by_its_cell(pack: Pack) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack()
    assert "work-yue.mp3 is not in the .zip" in faults_of(caught)["survey!F2"]


def test_a_recording_that_no_row_names_is_named(pack: Pack) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack(files={"work-yue.mp3": MP3, "stray.wav": b"RIFF0000WAVE"})
    assert "No row" in faults_of(caught)["stray.wav"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"RIFF0000WAVE"])
def test_what_is_no_sound_is_refused(pack: Pack, content: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack(files={"work-yue.mp3": content})
    assert "no sound file" in faults_of(caught)["work-yue.mp3"]


def test_a_recording_that_is_too_large_is_refused(pack: Pack) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack(files={"work-yue.mp3": MP3 + bytes(2_000_000)})
    assert "larger than 2000000" in faults_of(caught)["work-yue.mp3"]


def test_only_what_is_read_aloud_has_a_recording(pack: Pack) -> None:
    survey = f"""
        | type | name | {EN} | calculation | media::audio::English (en) |
        | text | work | Your work? | | |
        | calculate | one | | 1 | one.mp3 |
    """
    with pytest.raises(InvalidInputError) as caught:
        pack(survey, {"one.mp3": MP3})
    assert "Only what is read aloud" in faults_of(caught)["survey!E3"]


def test_two_recordings_of_one_name_are_refused_whatever_folders_they_lie_in(pack: Pack) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack(files={"putonghua/work-yue.mp3": MP3, "yue/work-yue.mp3": MP3})
    assert list(faults_of(caught)) == ["yue/work-yue.mp3"]
