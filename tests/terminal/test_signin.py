"""Who may sign in at a seat, and what everybody else reads."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.admission import Admission, admission_text, read_admission
from kiosk.artefacts.session import Policy, Window
from kiosk.artefacts.slip import HandInSlip, slip_text
from kiosk.assessment.highlights import Passage
from kiosk.assessment.sitting import Identity, Sitting, State
from kiosk.errors import InputRefused
from kiosk.terminal import signin, trouble, views
from kiosk.terminal.views import Scanned, SignInAs
from tests.terminal.room import ID_NUMBERS, NOON, TERMS, Room, begin


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def terminal(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        yield terminal


def mistake(terminal, intent):
    view = terminal.do(intent)
    assert isinstance(view, views.SignIn)
    return view.mistake


@pytest.mark.parametrize("typed", ["20260001", "2026 0001", "２０２６０００１", " 2026-0001 "])
def test_a_number_is_found_however_it_is_typed(terminal, typed):
    assert isinstance(terminal.do(SignInAs(typed)), views.Confirm)


def test_a_slip_is_scanned(room, terminal):
    assert isinstance(terminal.do(Scanned(room.slip("20260001"))), views.Confirm)


def test_a_number_may_be_scanned_as_it_is(terminal):
    assert isinstance(terminal.do(Scanned("20260001\r")), views.Confirm)


def test_a_candidate_of_another_seat_is_told_which(terminal):
    told = mistake(terminal, SignInAs("20260002"))
    assert told.text == "Your seat is {seat}. Please go to seat {seat}"
    assert told.values == {"seat": "08"}


@pytest.mark.parametrize("seats", ["drawn", "free"])
def test_where_seats_are_not_fixed_anybody_of_the_list_may_sit(tmp_path, seats):
    room = Room(policy=Policy(seats=seats))
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        assert isinstance(terminal.do(SignInAs("20260002")), views.Confirm)


def test_an_unknown_number(terminal):
    told = mistake(terminal, SignInAs("999"))
    assert told.text.startswith("The number {number} is not on the list")
    assert told.values == {"number": "999"}


def test_nothing_typed(terminal):
    assert mistake(terminal, SignInAs(" ")).text == "Scan the admission slip or type the number"


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002X", "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_an_identity_number_is_found_however_it_is_typed(terminal, typed):
    view = terminal.do(SignInAs(typed))
    assert isinstance(view, views.Confirm)
    assert view.number == "20260001"


def test_an_identity_card_reader_types_the_number(terminal):
    assert isinstance(terminal.do(Scanned("11010519491231002x\r")), views.Confirm)


def test_a_mistyped_identity_number_is_told_from_an_unknown_one(terminal):
    assert mistake(terminal, SignInAs("110105194912310021")).text.startswith(
        "This ID number has a wrong digit"
    )
    assert mistake(terminal, SignInAs("11010119900307109X")).values == {}
    told = mistake(terminal, SignInAs("110101199003078515"))
    assert told.text.startswith("This ID number is not on the list")


def test_an_identity_number_of_another_seat_is_told_which(terminal):
    assert mistake(terminal, SignInAs("440524188001010014")).values == {"seat": "08"}


def test_somebody_with_two_exams_gets_the_one_not_sat_yet(room):
    first, second = room.candidates[0], replace(room.candidates[0], number="9", exam="E2")
    found = signin.find(ID_NUMBERS[0], (first, second), lambda number: first.id_digest)
    assert found == [first, second]
    done = Sitting(Identity(room.id, "E1", "20260001"), TERMS, None, State.HANDED_IN)
    assert signin.candidate_for(found, room.plan, "07", (), NOON) == first
    assert signin.candidate_for(found, room.plan, "07", (done,), NOON) == second


def test_a_slip_of_another_session(room, terminal):
    told = mistake(terminal, Scanned(room.slip("20260001", "R15-0302")))
    assert told.text == "This slip is for another session"


def test_a_slip_not_read_whole(room, terminal):
    told = mistake(terminal, Scanned(room.slip("20260001")[:-3]))
    assert told.text == "The slip was not read whole. Scan again"


def test_somebody_who_has_handed_in(room, terminal):
    begin(terminal, "20260001")
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(False))
    terminal.do(views.HandIn(True))
    terminal.do(views.Leave())
    told = mistake(terminal, SignInAs("20260001"))
    assert told.text == "{name} has handed in already. Please raise your hand"


def test_too_early(tmp_path):
    room = Room(window=Window(NOON + 3600, NOON + 7200))
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        told = mistake(terminal, SignInAs("20260001"))
        assert told.text == "The exam begins at {time}. Please wait"
        room.time.pass_ms(1800_000)
        assert isinstance(terminal.do(SignInAs("20260001")), views.Confirm)


@pytest.mark.parametrize(
    ("policy", "later_s"), [(Policy(latest_start_s=900), 301), (Policy(), 3 * 3600 + 1)]
)
def test_too_late(tmp_path, policy, later_s):
    room = Room(policy=policy)
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        room.time.pass_ms(later_s * 1000)
        told = mistake(terminal, SignInAs("20260001"))
        assert told.text == "Sign-in ended at {time}. Please raise your hand"


def test_a_clock_set_back_after_the_release_stops_signing_in(room, terminal):
    room.time.set_wall(room.floor.value - 1)
    view = terminal.do(SignInAs("20260001"))
    assert isinstance(view, views.Trouble)
    assert view.code == trouble.CLOCK_WRONG


def test_this_is_not_me_leads_back(terminal):
    terminal.do(SignInAs("20260001"))
    assert isinstance(terminal.do(views.ConfirmIdentity(False)), views.SignIn)


def test_without_the_pledge_nothing_begins(terminal):
    terminal.do(SignInAs("20260001"))
    terminal.do(views.ConfirmIdentity(True))
    view = terminal.do(views.Practise(skip=True))
    assert isinstance(view, views.Rules)
    assert not view.pledged


def test_practice_answers_are_shown_and_not_kept(room, terminal):
    terminal.do(SignInAs("20260001"))
    terminal.do(views.ConfirmIdentity(True))
    terminal.do(views.Pledge())
    item = terminal.do(views.Practise()).practice.item
    before = terminal._flow._seat.journal.tip
    view = terminal.do(views.Answer(item.id, "RESPONSE", ("b",)))
    assert view.practice.responses == {"RESPONSE": ("b",)}
    for choice in "bc":  # b is chosen
        view = terminal.do(views.Strike(item.id, "RESPONSE", choice, True))
    assert view.practice.struck == {"RESPONSE": ("c",)}
    view = terminal.do(views.Answer(item.id, "RESPONSE", ("c",)))
    assert view.practice.struck == {}
    passage = Passage("en", (0,), 0, 8)
    assert terminal.do(views.Highlight(item.id, (passage,), True)).practice.highlights == (passage,)
    assert terminal.do(views.Highlight(item.id, (passage,), False)).practice.highlights == ()
    assert terminal._flow._seat.journal.tip == before


def test_an_admission_comes_back_from_its_text():
    admission = Admission("R15-0301", "20260001")
    assert read_admission(admission_text(admission).lower()) == admission


def test_another_code_is_no_admission():
    with pytest.raises(InputRefused):
        read_admission(slip_text(HandInSlip(bytes(32))))


def test_a_hand_in_before_the_earliest_is_refused_and_said(tmp_path):
    room = Room()
    room = Room(terms=replace(room.terms, earliest_hand_in_ms=30 * 60_000))
    with room.seated(tmp_path) as terminal:
        view = terminal.do(views.OpenReview())
        assert view.wait_ms == 30 * 60_000
        view = terminal.do(views.HandIn(False))
        assert not view.confirming
        assert view.notice.values == {"minutes": 30}
        terminal.pass_ms(30 * 60_000)
        assert terminal.do(views.HandIn(False)).confirming


def test_practice_has_the_tools_of_the_exam_and_keeps_nothing_of_them(tmp_path):
    room = Room(tools=("calculator", "scratch_pad", "formula_sheet"))
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        terminal.do(SignInAs("20260001"))
        terminal.do(views.ConfirmIdentity(True))
        terminal.do(views.Pledge())
        view = terminal.do(views.Practise())
        assert view.tools == ("calculator", "scratch_pad")  # the bank has no sheet
        before = terminal._flow._seat.journal.tip
        item = view.practice.item.id
        assert terminal.do(views.Flag(item, True)).flagged
        assert not terminal.do(views.Flag(item, False)).flagged
        assert terminal.do(views.Note(item, "look again")).note == "look again"
        assert terminal.do(views.Scribble("96 ÷ 2")).scratch == "96 ÷ 2"
        assert terminal._flow._seat.journal.tip == before
        exam = terminal.do(views.Practise(skip=True))
        assert (exam.note, exam.scratch, exam.flagged) == ("", "", False)
