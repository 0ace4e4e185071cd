"""The escapes, one entry each. To add one is to add an entry: see `tests/escapes/table.py`."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable

from tests.escapes.cage_sitting import CageSitting
from tests.escapes.sitting import SECRET, Sitting
from tests.escapes.table import Group, Outcome, Scene
from tests.escapes.x11 import Client
from tests.escapes.x_sitting import XSitting

HAND = Group(
    "By keyboard and mouse",
    "Under X with the package's openbox, which has no keys; with one that has some the same scenes fail. Rows on\n"
    "keys of desktops and input methods show that there is none.",
    "x11",
)
PROGRAM = Group(
    "By another program of the same user, under X",
    "None runs in the package's session. It would have to be started by somebody who is already out of the exam.",
    "x11",
)
SCREEN = Group("By screens", "Under X, told by RandR as a cable or a driver tells of them.", "x11")
CAGE = Group(
    "Under cage",
    "On Debian 13: cage with the package's options on a screen that wlroots makes up, keys by its virtual keyboard.\n"
    "Wayland gives no client a way to another's windows; what covers the paper here is a program of the same user.",
    "cage",
)
BELOW = Group(
    "Below the program",
    "What the kernel, the display server and systemd hear before the program does.",
)
USER = "Only a program of the user `kiosk-terminal` can; nothing else runs as it."


def keys(*chords: str) -> Callable[[XSitting], str]:
    """Chords such as `Alt_L+Tab`, one after the other."""

    def act(at: XSitting) -> str:
        for chord in chords:
            at.x.chord(*chord.split("+"))
        at.erase()  # a letter that came with them is a letter
        return ""

    return act


# --- by keyboard and mouse ------------------------------------------------------------------------


def toolkit(at: XSitting) -> str:
    """Ctrl+F and the like are letters of nobody; F1 and F10 open no menu that leads out."""
    for letter in "qwopsntfghjklru":
        at.x.chord("Control_L", letter)
    for chord in ("i", "c", "j", "t", "n", "w", "q"):
        at.x.chord("Control_L", "Shift_L", chord)
    for key in ("F1", "Escape", "F3", "F5", "F6", "F7", "F10", "Escape", "F11"):
        at.x.chord(key)
    at.erase()
    return ""


def sticky(at: XSitting) -> str:
    for _ in range(6):
        at.x.chord("Shift_L")
    return "" if at.writes("a") else "a key that was let go stays down"


def slow(at: XSitting) -> str:
    with at.x.held("Shift_L"):
        time.sleep(9)
    at.x.chord("Shift_L")  # Shift alone turns to Chinese, and back
    return "" if at.writes("b") else "keys are not taken any more"


def other_helps(at: XSitting) -> str:
    """A screen reader, a magnifier, the pointer by keys."""
    for chord in ("Super_L+Alt_L+s", "Super_L+Alt_L+8", "Super_L+plus", "Shift_L+Num_Lock"):
        at.x.chord(*chord.split("+"))
    at.x.chord("Shift_L", "Num_Lock")
    at.erase()
    return ""


def menus(at: XSitting) -> str:
    for x, y in (at.field, (300, 400), (1200, 300), (700, 20)):
        at.x.click(x, y, 3)
    at.x.click(*at.field)
    for chord in ("Menu", "Shift_L+F10"):
        at.x.chord(*chord.split("+"))
    return ""


def input_methods(at: XSitting) -> str:
    for chord in ("Control_L+grave", "F4", "Control_L+Shift_L", "Super_L+space", "Shift_L+space"):
        at.x.chord(*chord.split("+"))
    at.erase()
    # Ctrl+Space is the program's own way to write Chinese.
    for _ in range(2):
        at.x.chord("Control_L", "space")
    return ""


def screenshot_keys(at: XSitting) -> str:
    for chord in ("Print", "Alt_L+Print", "Shift_L+Print", "Control_L+Print"):
        at.x.chord(*chord.split("+"))
    return "a picture is in the clipboard" if at.x.owner("CLIPBOARD") else ""


def copy(at: XSitting) -> str:
    at.writes(SECRET, keeps=True)
    at.x.chord("Control_L", "a")
    for chord in ("Control_L+c", "Control_L+Insert", "Control_L+x", "Shift_L+Delete"):
        at.x.chord(*chord.split("+"))
    return "the answer is in the clipboard" if at.x.owner("CLIPBOARD") else ""


def drag(at: XSitting) -> str:
    at.writes(SECRET, keeps=True)
    at.x.chord("Control_L", "a")
    x, y = at.field
    at.x.move(x - 60, y)
    at.x.button(1, down=True)
    dragged = ""
    for step in range(1, 12):
        at.x.move(x - 60 + 10 * step, y + 20 * step)
        if at.x.owner("XdndSelection"):
            dragged = "the answer is carried by the pointer"
    at.x.button(1, down=False)
    return dragged


def offer(at: XSitting) -> None:
    """Words in clipboard and selection."""
    at.other("clipboard", SECRET)


def paste(*chords: str) -> Callable[[XSitting], str]:
    def act(at: XSitting) -> str:
        at.x.click(*at.field)
        for chord in chords:
            at.x.chord(*chord.split("+"))
        return pasted(at)

    return act


def middle_click(at: XSitting) -> str:
    for _ in range(3):
        at.x.click(*at.field, 2)
    return pasted(at)


def pasted(at: XSitting) -> str:
    came = at.until(lambda: at.answer() != "", 1)
    at.erase()
    return "words from elsewhere are the answer" if came else ""


def menu_without_code(at: XSitting) -> str:
    at.x.chord("F12")
    at.wait(lambda: "ProctorMenu" in at.title(), "the proctor's menu")
    at.x.type("A1:" + "7" * 60 + "\n", 0.002)
    time.sleep(0.5)
    got = at.title() if at.title() not in ("Kiosk ProctorMenu", at.exam) else ""
    at.x.chord("Escape")
    at.wait(lambda: at.title() == at.exam, "the paper")
    return f"{got} is open" if got else ""


def macro(at: XSitting) -> str:
    """5,000 keys in five seconds into a choice, which is then what the last of them says."""
    at.x.chord("Prior")
    at.wait(lambda: "Exam 4 " in at.title(), "a choice")
    began = time.monotonic()
    for number in range(5_000):
        at.x.tap("abcd"[number % 4])
        time.sleep(max(0.0, began + number / 1000 - time.monotonic()))
    time.sleep(0.5)
    at.x.chord("b")
    at.x.chord("Next")
    at.wait(lambda: at.title() == at.exam, "the next question")
    settled = at.until(lambda: at.choice() == 1, 5)
    at.given = at.answers()
    return "" if settled else "the answer is not that of the last key"


def macro_text(at: XSitting) -> str:
    words = "abcdefgh" * 5
    at.x.type(words, 0.001)
    told = at.until(lambda: at.answer() == words, 5)
    at.erase()
    return "" if told else "keys are lost"


HANDS = (
    Scene(
        "Alt+Tab, Alt+Esc", HAND, "with Shift and Ctrl, too", Outcome.DEFEATED,
        keys("Alt_L+Tab", "Alt_L+Shift_L+Tab", "Control_L+Alt_L+Tab", "Alt_L+Escape", "Alt_L+F6"), quick=True,
    ),
    Scene(
        "Alt+F4", HAND, "three times", Outcome.DEFEATED, keys(*["Alt_L+F4"] * 3), quick=True,
    ),
    Scene(
        "Super", HAND, "alone, and with D, E, L, R, Tab, arrows and 1", Outcome.DEFEATED,
        keys("Super_L", "Super_L+d", "Super_L+e", "Super_L+l", "Super_L+r", "Super_L+Tab",
             "Super_L+Down", "Super_L+Left", "Super_L+F1", "Super_R"), quick=True,
    ),
    Scene(
        "Ctrl+Alt+arrows", HAND, "another desktop; with Shift, too", Outcome.DEFEATED,
        keys(*[f"Control_L+Alt_L+{one}" for one in ("Left", "Right", "Up", "Down", "d")],
             "Control_L+Alt_L+Shift_L+Right", "Alt_L+Shift_L+Left"),
    ),
    Scene(
        "Alt+Space", HAND, "the window's menu, and Alt+F5, F6, F7, F8, F10, F11 for moving and sizing",
        Outcome.DEFEATED,
        keys("Alt_L+space", *[f"Alt_L+F{n}" for n in (5, 6, 7, 8, 10, 11)], "Escape"),
    ),
    Scene(
        "Starting something", HAND, "Alt+F1, Alt+F2, Alt+F3, Ctrl+Esc, Ctrl+Alt+T, Ctrl+Alt+Esc",
        Outcome.DEFEATED,
        keys("Alt_L+F1", "Alt_L+F2", "Alt_L+F3", "Control_L+Escape", "Control_L+Alt_L+t",
             "Control_L+Alt_L+Escape"),
    ),
    Scene(
        "PrintScreen", HAND, "alone, with Alt, Shift and Ctrl", Outcome.DEFEATED, screenshot_keys,
    ),
    Scene(
        "Toolkit shortcuts", HAND,
        "Ctrl+Q, W, O, P, S, N, T, F …, Ctrl+Shift+I, C, J …, F1, F3, F5, F10, F11", Outcome.DEFEATED,
        toolkit,
    ),
    Scene(
        "Sticky keys", HAND, "Shift six times, then a letter", Outcome.DEFEATED, sticky,
    ),
    Scene("Slow keys", HAND, "Shift held for nine seconds, then a letter", Outcome.DEFEATED, slow),
    Scene(
        "Other accessibility shortcuts", HAND,
        "screen reader, magnifier, pointer by keys: Super+Alt+S, Super+Alt+8, Super++, Shift+NumLock",
        Outcome.DEFEATED, other_helps,
    ),
    Scene(
        "Context menus", HAND, "right button on field, paper, overview and header; Menu, Shift+F10",
        Outcome.DEFEATED, menus, quick=True,
    ),
    Scene(
        "Input-method menus", HAND, "Ctrl+`, F4, Ctrl+Shift, Super+Space, Shift+Space, Ctrl+Space",
        Outcome.DEFEATED, input_methods,
        stands="No input method runs; the program writes Chinese itself.",
    ),
    Scene(
        "Copy and cut", HAND, "an answer: Ctrl+C, Ctrl+Insert, Ctrl+X, Shift+Delete", Outcome.DEFEATED,
        copy,
    ),
    Scene(
        "Drag out", HAND, "an answer, selected and drawn away with the left button", Outcome.DEFEATED,
        drag,
    ),
    Scene(
        "Paste by keys", HAND, "Ctrl+V, Shift+Insert, Ctrl+Shift+V and the Paste key, with words in the clipboard",
        Outcome.DEFEATED,
        paste("Control_L+v", "Shift_L+Insert", "Control_L+Shift_L+v", "XF86Paste"), before=offer, quick=True,
    ),
    Scene(
        "Paste by the middle button", HAND, "with words in the selection", Outcome.DEFEATED,
        middle_click, before=offer,
    ),
    Scene(
        "The proctor's menu", HAND, "F12 and a code that was made up", Outcome.DEFEATED,
        menu_without_code, stands="It does nothing without a proctor's signature.",
    ),
    Scene(
        "Macro keyboard on a choice", HAND, "1,000 keys a second for five seconds", Outcome.DEFEATED, macro,
        stands="More keys than a hand has are dropped, or the window would hang until the watchdog ends it.",
    ),
    Scene(
        "Macro keyboard in a text", HAND, "40 letters at 1,000 a second", Outcome.DEFEATED, macro_text,
    ),
    Scene(
        "Ctrl+Alt+Backspace", HAND, "and Ctrl+Alt with the keypad's / and *: the X server's own keys",
        Outcome.DEFEATED,
        keys("Control_L+Alt_L+BackSpace", "Control_L+Alt_L+KP_Divide",
             "Control_L+Alt_L+KP_Multiply"),
    ),
)  # fmt: skip


# --- by another program of the same user ----------------------------------------------------------


def request(of: Callable[[Client, int], None]) -> Callable[[XSitting], str]:
    """Something asked for the exam's window, by a client that goes again at once."""

    def act(at: XSitting) -> str:
        with Client(at.screen.display) as other:
            of(other, at.window)
        return ""

    return act


def window(kind: str) -> Callable[[XSitting], str]:
    def act(at: XSitting) -> str:
        at.other(kind)
        return ""

    return act


def listen(at: XSitting) -> str:
    with Client(at.screen.display) as other, at.x.held("Control_R"):
        return "each key is known" if other.keys_down() else ""


def photograph(at: XSitting) -> str:
    with Client(at.screen.display) as other:
        return "the paper is copied" if len(set(other.photograph())) > 2 else ""


def stay(at: Sitting) -> str:
    at.other("clipboard", "")
    return "it sees the screen and the keys"


def answer_for(at: XSitting) -> str:
    at.erase()
    with Client(at.screen.display) as other:
        other.send_key(at.window, "z")
    wrote = at.until(lambda: at.answer() == "z", 2)
    at.erase()
    return "it writes an answer" if wrote else ""


def read_selection(at: XSitting) -> str:
    at.writes(SECRET, keeps=True)
    at.x.chord("Shift_L", "Home")
    return "the answer can be asked for" if at.x.owner("PRIMARY") else ""


def as_nobody(at: XSitting) -> str:
    environment = at.environment()
    del environment["XAUTHORITY"]
    other_user = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    told = subprocess.run(
        [*other_user, "xdotool", "getmouselocation"], env=environment, capture_output=True
    )
    return "the display is open" if told.stdout else ""


PROGRAMS = (
    Scene(
        "Close", PROGRAM, "the window manager is asked to close the window", Outcome.DEFEATED,
        request(Client.ask_to_close), quick=True,
    ),
    Scene(
        "Minimise", PROGRAM, "the window manager is asked to iconify the window", Outcome.RECORDED,
        request(Client.minimise), stands="The program looks each second: the window is back within two.", quick=True,
    ),
    Scene(
        "No full screen", PROGRAM, "the window manager is asked to take full screen away",
        Outcome.RECORDED, request(Client.lose_full_screen), stands="As before.",
    ),
    Scene(
        "Unmap", PROGRAM, "XUnmapWindow on the exam's window", Outcome.RECORDED,
        request(Client.unmap), stands="As before.",
    ),
    Scene(
        "XKillClient", PROGRAM, "on the exam's window", Outcome.RECORDED,
        request(Client.kill_client),
        stands="systemd starts the program again; the paper comes back with a proctor's code alone, and "
        "the interruption stands in the journal.",
    ),
    Scene(
        "A window", PROGRAM, "an ordinary one, which wants the keyboard", Outcome.RECORDED,
        window("window"), ("clients",),
        stands="The program takes the keyboard back within a second.",
    ),
    Scene(
        "A window above", PROGRAM, "full screen, asked to be on top", Outcome.RECORDED, window("above"),
        ("clients",), stands="As before; the paper comes to the top again.",
    ),
    Scene(
        "A window of no manager", PROGRAM, "override-redirect, over the whole screen", Outcome.RECORDED,
        window("unmanaged"), ("clients",), stands=USER,
    ),
    Scene(
        "A window that insists", PROGRAM, "override-redirect, raised twenty times a second",
        Outcome.RECORDED, window("insistent"), ("clients",), stands=USER,
    ),
    Scene(
        "A program that stays", PROGRAM, "connected to the display, with no window", Outcome.RECORDED, stay,
        ("clients",), stands=USER,
    ),
    Scene(
        "Key log", PROGRAM, "XQueryKeymap, in a program that is gone before the next self-check", Outcome.OPEN,
        listen, stands=f"{USER} One that stays three seconds is recorded.",
    ),
    Scene(
        "Screenshot", PROGRAM, "XGetImage of the root window, likewise", Outcome.OPEN, photograph,
        stands=f"{USER} One that stays three seconds is recorded.",
    ),
    Scene(
        "Keys by XSendEvent", PROGRAM, "a letter into the answer", Outcome.OPEN, answer_for,
        stands=f"{USER} XTEST, as which keys come in these tests, is off in the session's `xorg.conf`.",
    ),
    Scene(
        "The X selection", PROGRAM, "the candidate selects words of an answer, and another asks for them",
        Outcome.OPEN, read_selection, stands=f"{USER} It is the candidate's own writing.",
    ),
    Scene(
        "Another user's program", PROGRAM, "xdotool without the session's key, as another user where tests run as root",
        Outcome.DEFEATED, as_nobody, stands="The display asks for a key that the user alone can read.",
    ),
)  # fmt: skip


# --- by screens -----------------------------------------------------------------------------------


def second_screen(at: XSitting) -> str:
    at.x.add_monitor("second", 1366, 768)
    hidden = at.until(lambda: "Trouble T-51" in at.title(), 3)
    at.x.remove_monitor("second")
    at.wait(lambda: at.title() == at.exam, "the paper")
    return "a screen more" if hidden else "a screen more, with the paper shown"


def resolution(width: int, height: int, title: str) -> Callable[[XSitting], str]:
    def act(at: XSitting) -> str:
        at.x.set_resolution(width, height)
        shown = at.until(lambda: title in at.title() and not at.breaches(), 4)
        # Something tells of it in the end, whichever came first.
        time.sleep(1.5)
        at.x.set_resolution(1366, 768)
        at.wait(lambda: at.title() == at.exam, "the paper")
        return "another screen" if shown else "a screen that the paper does not fill"

    return act


SCREENS = (
    Scene(
        "A second screen", SCREEN, "plugged in during the exam", Outcome.RECORDED, second_screen,
        stands="The paper is hidden and the clock stands until it is gone (T-51).", quick=True,
    ),
    Scene(
        "Another resolution", SCREEN, "1280x720 and back", Outcome.RECORDED,
        resolution(1280, 720, "Exam 5 "), stands="The paper fills the screen as it then is.",
    ),
    Scene(
        "A screen that is too small", SCREEN, "800x600 and back", Outcome.RECORDED,
        resolution(800, 600, "Trouble T-52"), stands="The paper is hidden until it is put right (T-52).",
    ),
)  # fmt: skip


# --- under cage -----------------------------------------------------------------------------------


def cage_keys(*chords: str) -> Callable[[CageSitting], str]:
    """Chords such as `alt+F4`; the keyboard must still be the paper's afterwards."""

    def act(at: CageSitting) -> str:
        for chord in chords:
            at.chord(*chord.split("+"))
        return unheard(at)

    return act


def unheard(at: CageSitting) -> str:
    return "" if at.writes("a") else "keys do not come to the paper"


def cage_offer(at: CageSitting) -> None:
    for selection in ([], ["--primary"]):
        at.stays("wl-copy", "--foreground", *selection, SECRET)
    time.sleep(2)


def cage_paste(at: CageSitting) -> str:
    for chord in ("ctrl+v", "shift+Insert", "ctrl+shift+v"):
        at.chord(*chord.split("+"))
    came = at.until(lambda: at.answer() != "", 1)
    at.erase()
    return "words from elsewhere are the answer" if came else ""


def cage_window(kind: str) -> Callable[[CageSitting], str]:
    def act(at: CageSitting) -> str:
        at.other(kind)
        return ""

    return act


def cage_tool(gain: str, *command: str) -> Callable[[CageSitting], str]:
    """Something that another client asks of the compositor; what it has when that succeeds."""

    def act(at: CageSitting) -> str:
        return "" if at.tool(*command).returncode else gain

    return act


def cage_photograph(user: str) -> Callable[[CageSitting], str]:
    def act(at: CageSitting) -> str:
        return "the paper is copied" if at.tool("grim", "-", user=user).stdout else ""

    return act


def cage_types(at: CageSitting) -> str:
    return "it writes an answer" if at.writes("z") else ""


def cage_macro(at: CageSitting) -> str:
    words = "abcdefgh" * 250
    at.tool("wtype", "-s", "400", "-d", "1", words)
    at.until(lambda: at.answer() != "", 5)
    time.sleep(2)
    right = words.startswith(at.answer()[:90])
    at.erase()
    return "" if right else "the answer is not what was typed"


def cage_resolution(at: CageSitting) -> str:
    def size(mode: str) -> None:
        at.tool("wlr-randr", "--output", "HEADLESS-1", "--custom-mode", mode)

    size("1100x720")
    time.sleep(2.5)
    filled = at.photograph().getpixel((1050, 715)) == at.photograph().getpixel((1050, 719))
    size("1280x720")
    time.sleep(1.5)
    return "another screen" if filled else "a screen that the paper does not fill"


def cage_dark(at: CageSitting) -> str:
    at.tool("wlr-randr", "--output", "HEADLESS-1", "--off")
    time.sleep(3)
    at.tool("wlr-randr", "--output", "HEADLESS-1", "--on")
    at.wait(lambda: not at.breaches(), "the paper")
    return "a screen that shows nothing"


CAGES = (
    Scene(
        "Alt+F4 under cage", CAGE, "three times; it reaches the program", Outcome.DEFEATED,
        cage_keys("alt+F4", "alt+F4", "alt+F4"),
    ),
    Scene(
        "Keys of a compositor", CAGE, "Alt+Esc, Alt+Tab, Super, Super+D, Ctrl+Alt+Backspace, Ctrl+Alt+arrows",
        Outcome.DEFEATED,
        cage_keys("alt+Escape", "alt+Tab", "Super_L", "logo+d", "ctrl+alt+BackSpace",
                  "ctrl+alt+Right", "alt+space", "Print"),
    ),
    Scene(
        "Menus and toolkit shortcuts under cage", CAGE, "Menu, Shift+F10, Ctrl+Q, W, O, P, Ctrl+Shift+I, F10",
        Outcome.DEFEATED,
        cage_keys("Menu", "Escape", "shift+F10", "Escape", "ctrl+q", "ctrl+w", "ctrl+o", "ctrl+p",
                  "ctrl+shift+i", "F10", "Escape"),
    ),
    Scene(
        "Paste under cage", CAGE, "Ctrl+V, Shift+Insert, Ctrl+Shift+V, with words by `wl-copy`",
        Outcome.DEFEATED, cage_paste, before=cage_offer,
    ),
    Scene(
        "Macro keyboard under cage", CAGE, "2,000 letters at 1,000 a second", Outcome.DEFEATED, cage_macro,
        stands="More keys than a hand has are dropped.",
    ),
    Scene(
        "Close and minimise under cage", CAGE, "`wlrctl toplevel close` and `minimize`", Outcome.DEFEATED,
        cage_tool("the window is closed", "wlrctl", "toplevel", "close"),
        stands="cage has no protocol for it.",
    ),
    Scene(
        "A window under cage", CAGE, "of another program of the same user", Outcome.RECORDED,
        cage_window("window"), ("clients",), stands=USER,
    ),
    Scene(
        "A program that stays under cage", CAGE, "connected to the display, with no window", Outcome.RECORDED,
        stay, ("clients",), stands=USER,
    ),
    Scene(
        "Screenshot under cage", CAGE, "`grim`, as the same user", Outcome.OPEN, cage_photograph(""),
        stands=f"{USER} One that stays three seconds is recorded.",
    ),
    Scene(
        "Screenshot by another user", CAGE, "`grim`, as nobody", Outcome.DEFEATED,
        cage_photograph("65534:65534"), stands="The socket is in a folder of the user alone.",
    ),
    Scene(
        "A virtual keyboard", CAGE, "`wtype`, as the same user", Outcome.OPEN, cage_types,
        stands=f"{USER} It is how keys come in these tests.",
    ),
    Scene(
        "Another resolution under cage", CAGE, "`wlr-randr`, as the same user", Outcome.RECORDED,
        cage_resolution, stands="The paper fills the screen as it then is.",
    ),
    Scene(
        "A dark screen under cage", CAGE, "`wlr-randr --off` for three seconds, as the same user",
        Outcome.RECORDED, cage_dark, stands="The program goes on, and shows the paper with the screen.",
    ),
)  # fmt: skip


# --- below the program ----------------------------------------------------------------------------

LOCKDOWN = "packaging/test_lockdown.py"


def below(name: str, how: str, stands: str, *shown_by: str, must: Outcome) -> Scene:
    """One for a whole computer."""
    return Scene(name, BELOW, how, must, stands=stands, shown_by=shown_by)


BELOWS = (
    below(
        "Virtual terminals", "Ctrl+Alt+F1 to F12, Alt+arrows",
        "`DontVTSwitch` and `-novtswitch`; cage without `-s`; no getty.",
        f"{LOCKDOWN}::test_neither_display_lets_a_key_switch_to_a_virtual_terminal",
        f"{LOCKDOWN}::test_an_enrolled_computer_starts_the_terminal_and_no_login",
        must=Outcome.DEFEATED,
    ),
    below(
        "SysRq", "Alt+SysRq with K, R, E, I, S, U, B", "`kernel.sysrq` is 0.",
        f"{LOCKDOWN}::test_what_was_locked_is_given_back_as_it_was",
        must=Outcome.DEFEATED,
    ),
    below(
        "Ctrl+Alt+Del", "once, and seven times within two seconds",
        "`ctrl-alt-del.target` is masked, `CtrlAltDelBurstAction=none`.",
        f"{LOCKDOWN}::test_an_enrolled_computer_starts_the_terminal_and_no_login",
        must=Outcome.DEFEATED,
    ),
    below(
        "Power and sleep keys", "the power button, and the keys for power, sleep and waking, pressed shortly",
        "logind ignores them, and a lid.",
        must=Outcome.DEFEATED,
    ),
    below(
        "The power button, held", "until the computer is off",
        "Nothing can. All that is shown as saved is on the disk, and the interruption is in the journal.",
        "terminal/test_interruption.py::test_an_interruption_costs_no_time_and_the_candidate_is_told",
        must=Outcome.RECORDED,
    ),
    below(
        "A keyboard plugged in", "one more than there was", "It is let in: a scanner is one, too. The "
        "self-check has it (`input`).",
        "terminal/lockdown/test_seat.py::test_a_keyboard_that_came_later_was_added",
        must=Outcome.RECORDED,
    ),
    below(
        "The keyboard pulled out", "the only one", "The paper is hidden until it is back, or somebody "
        "chooses to go on (T-53).",
        "terminal/test_surroundings.py::test_the_paper_is_hidden_the_clock_stops_and_both_come_back",
        must=Outcome.RECORDED,
    ),
    below(
        "A macro keyboard", "plugged in, 1,000 keys a second", "As above, and the rows on macros.",
        must=Outcome.RECORDED,
    ),
    below(
        "A storage stick", "with `autorun.inf`, a `.desktop` file and a program",
        "It stays outside unless a screen asks for one; then it is mounted nosuid, nodev, noexec, and nothing "
        "starts anything from it.",
        f"{LOCKDOWN}::test_a_stick_runs_nothing_and_is_asked_for_anew",
        must=Outcome.DEFEATED,
    ),
    below(
        "A hostile file system", "damaged `vfat`, `exfat` and another kind, while a screen asks for a stick",
        "`vfat` and `exfat` alone are mounted.",
        f"{LOCKDOWN}::test_a_stick_is_mounted_and_no_disk_of_the_computer",
        must=Outcome.DEFEATED,
    ),
    below(
        "A stick that is a keyboard, too", "storage and keys in one device", "usbguard lets in neither.",
        f"{LOCKDOWN}::test_only_what_is_storage_and_nothing_else_is_let_in",
        must=Outcome.DEFEATED,
    ),
    below(
        "A network card", "plugged in, with a way out and DHCP",
        "usbguard lets no such device in; the firewall lets nothing but the station through.",
        f"{LOCKDOWN}::test_the_rules_of_the_network_are_ones_that_nft_takes",
        must=Outcome.DEFEATED,
    ),
    below(
        "Bluetooth", "a radio plugged in", "usbguard lets no radio in; one that is built in and "
        "on is in the self-check (`radio`).",
        "terminal/lockdown/test_seat.py::test_what_is_wrong_is_weak_and_says_why",
        must=Outcome.DEFEATED,
    ),
    below(
        "A second screen on a cable", "plugged in during the exam", "As in the row above, by the kernel's own "
        "word.",
        "terminal/test_surroundings.py::test_the_paper_is_hidden_the_clock_stops_and_both_come_back",
        must=Outcome.RECORDED,
    ),
    below(
        "A second graphics card", "put in during the exam, with a screen", "cage keeps to the card that it "
        "began with.",
        must=Outcome.DEFEATED,
    ),
    below(
        "Another boot device", "firmware menu, boot menu, a disk taken out",
        "The package does not lock them ([technician.md](technician.md)). Who reads the disk finds sealed "
        "rows.",
        "terminal/test_journal.py::test_a_disk_tells_nobody_an_answer",
        must=Outcome.OPEN,
    ),
)  # fmt: skip

SCENES = (*HANDS, *PROGRAMS, *SCREENS, *CAGES, *BELOWS)
