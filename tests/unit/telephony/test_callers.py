"""Which key somebody presses who calls back, by what they hear."""

from dataclasses import replace

import pytest

from app.telephony.emulator.callers import key_for, listening
from app.telephony.emulator.documents import AskKeys, DocumentError, Refuse, Speak, read_document
from app.telephony.emulator.population import load_population, person_of
from app.telephony.inbound.domain import Asked, Joined, Said, Step, shown_number
from app.telephony.twilio.menu import write_menu

MENU = "您好。想说普通话，请按1。想講粤语，請按2。想核实电话，请按7。不想再接到我们的电话，请按9。再听一遍，请按0。"
TIMES = "今天晚上7点打给您，请按1。明天上午10点打给您，请按2。什么时候都行，请按3。"
SHE = person_of(load_population(), "+8613985012345", (("yue", 1.0),), seed=1)
BASE = "https://survey.example"


def test_whoever_hears_their_own_lect_named_takes_its_key() -> None:
    assert key_for(MENU, SHE, wants_no_calls=False, position=0.0) == "2"


def test_whoever_does_not_takes_the_standard_they_have_learnt() -> None:
    other = replace(SHE, lects=(("hak", 1.0), ("cmn-x-putonghu", 0.8)))
    assert key_for(MENU, other, wants_no_calls=False, position=0.0) == "1"


def test_whoever_wants_no_calls_says_so_where_it_is_offered() -> None:
    assert key_for(MENU, SHE, wants_no_calls=True, position=0.0) == "9"
    assert key_for(TIMES, SHE, wants_no_calls=True, position=0.0) == "1"


@pytest.mark.parametrize(("position", "key"), [(0.0, "1"), (0.5, "2"), (0.99, "3")])
def test_among_times_chance_decides(position: float, key: str) -> None:
    assert key_for(TIMES, SHE, wants_no_calls=False, position=position) == key


def test_whoever_hears_nothing_for_them_presses_nothing() -> None:
    assert key_for("您好。", SHE, wants_no_calls=False, position=0.5) == ""
    assert listening("您好。") > 0


def test_the_network_reads_the_menu_as_we_write_it() -> None:
    asked = Asked((Said("yue", "你好 & <3"), Said("yue", "", clip="https://survey.example/clip")), Step.MENU, 1, 8)
    [read] = read_document(write_menu([asked], base_url=BASE, asked=4).encode())
    action = f"{BASE}/api/v1/telephony/twilio/inbound-calls?step=menu&asked=4"
    assert read == AskKeys(action, (Speak("你好 & <3"), Speak()), 1, 8)


def test_after_the_last_word_the_call_is_over_and_after_a_room_it_is_not() -> None:
    said = Said("cmn-x-putonghu", "再见。")
    assert read_document(write_menu([said], base_url=BASE, asked=1).encode()) == [Speak("再见。"), Refuse()]
    assert Refuse() not in read_document(write_menu([said, Joined("r", "1")], base_url=BASE, asked=1).encode())


def test_a_question_that_would_swallow_silence_is_no_document_of_ours() -> None:
    with pytest.raises(DocumentError):
        read_document(b"<Response><Gather action='x'><Say>?</Say></Gather></Response>")


@pytest.mark.parametrize("text", ["", "anonymous", "Restricted", "+266696687", "sip:a@b", "123"])
def test_a_withheld_number_is_nobodys(text: str) -> None:
    assert shown_number(text) is None


def test_a_number_is_taken_as_the_network_shows_it() -> None:
    assert shown_number(" +8613985012345 ") == "+8613985012345"
    assert shown_number("13985012345") == "13985012345"
