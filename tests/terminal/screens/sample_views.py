"""One of every view, with what a real day puts into it: long names, formulae, tables, drawings."""

from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.frames import frames_of
from kiosk.artefacts.self_check import CHECKS, Finding
from kiosk.artefacts.session import TOOLS
from kiosk.assessment.content import (
    Cell as TableCell,
)
from kiosk.assessment.content import (
    Drawing,
    Field,
    Figure,
    Formula,
    ItemList,
    Label,
    Paragraph,
    Path,
    Place,
    Stroke,
    Table,
    Text,
)
from kiosk.assessment.items import Choice, InlineChoice, Item, ItemText, TextEntry, sets
from kiosk.terminal.collecting import NOT_TAKEN
from kiosk.terminal.device_test import NO_STICK, OTHERWISE
from kiosk.terminal.trouble import DISK_FULL, TABLE, TRUST_MISSING
from kiosk.terminal.updated import DID_NOT_COME_UP
from kiosk.terminal.views import (
    Admitting,
    Alarm,
    Cell,
    Checks,
    Clock,
    Collected,
    Confirm,
    Device,
    DeviceTest,
    Done,
    Exam,
    GivenAway,
    Guest,
    Header,
    Notice,
    OverviewSection,
    PartLabel,
    PartPage,
    Paused,
    ProctorMenu,
    Question,
    Review,
    Rules,
    Saved,
    SessionChoice,
    SignIn,
    TriedDevice,
    Trouble,
    Unlock,
    Waiting,
)
from tests.ui import interactions

CHALLENGE = "C1:6BF4K7%J0P9.R$M2Q+T8A1ZX5VC3NB6-L/D0E4WS:H7Y9U2GKIO P%RT5$ZQ1*M8C4V7B2N6"
SLIP = "H1:%69 VD92EX0F4DE2J0S1Y8*K7P4R5T6Q9M3N2B1V0C8X7Z6A5W4E3R2T1Y"
SECTIONS = (
    ({"zh-CN": "单项选择", "en": "Single choice"}, 60),
    ({"zh-CN": "多项选择", "en": "Multiple choice"}, 20),
    ({"zh-CN": "判断", "en": "True or false"}, 20),
)
RULE = {
    "zh-CN": "每题 1 分，选对得分，选错、不选不得分",
    "en": "1 point each for the right answer, none for a wrong or a missing one",
}
TITLE = {
    "zh-CN": "稀土萃取工 · 中级 L4 · 理论知识",
    "en": "Rare-earth extraction operator · L4 · Theory",
}


def a_header(candidate="张海燕", *, room="3", seat="12"):
    return Header(
        room=room,
        seat=seat,
        candidate=candidate,
        title=TITLE,
        window="2026-11-23 09:00–11:00",
    )


def _para(*spans):
    return Paragraph(tuple(Text(span) if isinstance(span, str) else span for span in spans))


def sub(text):
    return Text(text, ("sub",))


def sup(text):
    return Text(text, ("sup",))


def _choices(**texts):
    return {key: (_para(*words),) for key, words in texts.items()}


FRACTION = Formula(
    Drawing(
        width=5600,
        height=4200,
        baseline=2600,
        words="c(RE, org) 除以 c(RE, aq)",
        paths=(Path("ML", (0, 2100, 5600, 2100), stroke=Stroke(width=100)),),
        labels=(
            Label(2800, 1700, "c(org)", 1600, "middle", italic=True),
            Label(2800, 3700, "c(aq)", 1600, "middle", italic=True),
        ),
    )
)


def single_choice():
    reaction = [
        sup("3+"),
        " + 3(HL)",
        sub("2"),
        " ⇌ RE(HL",
        sub("2"),
        ")",
        sub("3"),
        " + 3H",
        sup("+"),
    ]
    return Item(
        "single",
        (Choice("R", ("a", "b", "c", "d")),),
        {
            "zh-CN": ItemText(
                (
                    _para(
                        "用 P507–煤油体系萃取稀土时，反应为 RE",
                        *reaction,
                        "。料液酸度升高后，稀土的分配比 ",
                        Text("D", ("emphasis",)),
                        " 会怎样变化？",
                    ),
                    Place("R"),
                ),
                {"R": _choices(a=["增大"], b=["减小"], c=["不变"], d=["先增大，后减小"])},
            ),
            "en": ItemText(
                (
                    _para(
                        "Extracting with P507 in kerosene, the reaction is RE",
                        *reaction,
                        ". How does the distribution ratio ",
                        Text("D", ("emphasis",)),
                        " change when the feed becomes more acid?",
                    ),
                    Place("R"),
                ),
                {
                    "R": _choices(
                        a=["It rises"],
                        b=["It falls"],
                        c=["It stays the same"],
                        d=["It rises at first and falls afterwards, as the organic phase loads"],
                    )
                },
            ),
        },
    )


def multiple_choice():
    def rows(first, other):
        cells = [
            (first, "La", "CeO", "Nd"),
            (other[0], "26", "50", "16"),
            (other[1], "22", "1", "20"),
        ]
        made = []
        for at, row in enumerate(cells):
            line = []
            for column, word in enumerate(row):
                spans = (Text(word),)
                if at == 0 and column:
                    spans = (Text(word), sub("2"), *(() if "O" in word else (Text("O"), sub("3"))))
                line.append(TableCell(spans, header=at == 0))
            made.append(tuple(line))
        return tuple(made)

    return Item(
        "multiple",
        (Choice("R", ("a", "b", "c", "d"), max_choices=0),),
        {
            "zh-CN": ItemText(
                (
                    _para("两种氯化稀土料液的配分见下表。下列判断正确的有："),
                    Table(rows("料液", "甲乙"), (Text("料液的稀土配分（%）"),)),
                    Place("R"),
                ),
                {
                    "R": _choices(
                        a=["乙料更适于提取氧化钇"],
                        b=["甲料属于轻稀土型料液"],
                        c=["甲料 1000 kg REO 含 Nd", sub("2"), "O", sub("3"), " 160 kg"],
                        d=[
                            "乙料的铈配分高于甲料，分离前应当先氧化除铈，再用水洗至中性，否则有机相容易乳化"
                        ],
                    )
                },
            ),
            "en": ItemText(
                (
                    _para("The table gives two chloride feeds. Which statements are right?"),
                    Table(rows("Feed", "AB"), (Text("Rare earths of the feeds (%)"),)),
                    Place("R"),
                ),
                {
                    "R": _choices(
                        a=["Feed B suits the making of yttrium oxide better"],
                        b=["Feed A is of the light rare-earth kind"],
                        c=["1000 kg REO of feed A hold 160 kg Nd", sub("2"), "O", sub("3")],
                        d=["Feed B holds more cerium than feed A"],
                    )
                },
            ),
        },
    )


def cascade(words):
    boxes, labels = [], []
    for at in range(6):
        left = 4000 + at * 9000
        boxes.append(
            Path(
                "MLLLZ",
                (left, 4000, left + 6400, 4000, left + 6400, 10400, left, 10400),
                fill="accent" if at % 2 else "paper",
                stroke=Stroke(width=200),
            )
        )
        labels.append(Label(left + 3200, 7900, str(at + 1), 1700, "middle"))
        boxes.append(
            Path(
                "ML",
                (left + 6400, 7200, left + 9000, 7200),
                stroke=Stroke("accent", 200, (400, 300)),
            )
        )
    labels.append(Label(400, 2400, words, 1600))
    return Drawing(60000, 13000, words, tuple(boxes), tuple(labels))


def figure_item():
    return Item(
        "figure",
        (Choice("R", ("t", "f"), true_false=True),),
        {
            "zh-CN": ItemText(
                (
                    _para(
                        "图为分馏萃取串级，分配比 ",
                        Text("D", ("emphasis",)),
                        " = ",
                        FRACTION,
                        "。第 3 级进料时，洗涤段在进料级的右侧。",
                    ),
                    Figure(cascade("六级分馏萃取串级示意"), (Text("图 1 分馏萃取串级"),)),
                    Place("R"),
                ),
                {"R": _choices(t=["正确"], f=["错误"])},
            ),
            "en": ItemText(
                (
                    _para(
                        "The figure shows a fractional cascade; the distribution ratio is ",
                        FRACTION,
                        ". With the feed at stage 3 the scrub section lies to its right.",
                    ),
                    Figure(cascade("A fractional cascade of six stages"), (Text("Figure 1"),)),
                    Place("R"),
                ),
                {"R": _choices(t=["True"], f=["False"])},
            ),
        },
    )


def fields_item():
    return Item(
        "fields",
        (InlineChoice("A", ("a", "b")), TextEntry("B", "float", 6), TextEntry("C", "integer", 4)),
        {
            "zh-CN": ItemText(
                (
                    _para(
                        "标准值为 50.00 g/L 的质控样，测得 49.20 g/L，相对误差的绝对值为 ",
                        Field("B"),
                        " %（保留一位小数）。该误差属于 ",
                        Field("A"),
                        "，应当重复测定 ",
                        Field("C"),
                        " 次。",
                    ),
                    ItemList(((_para("取样 25.00 mL"),), (_para("加缓冲溶液至 pH 5.5"),)), True),
                ),
                {"A": _choices(a=["系统误差"], b=["偶然误差"])},
            ),
            "en": ItemText(
                (
                    _para(
                        "A control sample of 50.00 g/L reads 49.20 g/L: the relative error is ",
                        Field("B"),
                        " % (one decimal). This error is ",
                        Field("A"),
                        "; measure again ",
                        Field("C"),
                        " times.",
                    ),
                    ItemList(((_para("Take 25.00 mL"),), (_para("Buffer to pH 5.5"),)), True),
                ),
                {"A": _choices(a=["systematic"], b=["random"])},
            ),
        },
    )


def long_item():
    item = single_choice()
    texts = {
        lang: ItemText(words.body[:1] * 7 + words.body[1:], words.choices)
        for lang, words in item.texts.items()
    }
    return Item("long", item.interactions, texts)


def a_question(item, number=18, responses=None, count=100, section=0, **changes):
    orders = {
        interaction.response: tuple(name for listed in sets(interaction) for name in listed)
        for interaction in item.interactions
        if sets(interaction)
    }
    title = SECTIONS[section][0]
    return Question(item, orders, responses or {}, number, count, title, RULE, "1", **changes)


def an_overview(current=18, answered=None, flagged=(7, 11), states=("", "", ""), linear=False):
    answered = range(1, 19) if answered is None else answered
    sections, number = [], 1
    for (title, count), state in zip(SECTIONS, states, strict=True):
        numbers = range(number, number + count)
        one_way = linear and current in numbers
        cells = tuple(
            Cell(
                at,
                at in answered,
                at in flagged,
                at == current,
                state in ("closed", "coming") or (one_way and at not in (current, current + 1)),
            )
            for at in numbers
        )
        sections.append(OverviewSection(title, cells, state, one_way))
        number += count
    return tuple(sections)


def a_clock(seconds=3867, *, running=True, exam=None):
    return Clock(seconds * 1000, running, exam and exam * 1000)


def an_exam(item=None, *, number=18, responses=None, struck=None, linear=False, **changes):
    item = item or single_choice()
    values = {
        "header": a_header(),
        "question": a_question(item, number, responses, struck=struck or {}, linear=linear),
        "flagged": False,
        "saved": Saved.SAVED,
        "overview": an_overview(number),
        "clock": a_clock(),
        "back": number - 1 or None,
        "onward": number + 1 if number < 100 else None,
    }
    return Exam(**(values | changes))


FINGERPRINT = {
    "zh-CN": ("竹", "木", "海", "山", "云", "石"),
    "en": ("bamboo", "timber", "ocean", "mountain", "cloud", "stone"),
}
FOUND = (
    Finding("bank", "ok"),
    Finding("disk", "ok", "3 ms"),
    Finding("durability", "ok", "ext4 SSD 0.31–0.42 ms"),
    Finding("space", "weak", "412 MiB"),
    Finding("clock", "ok", "2026-11-23 08:41"),
    Finding("screen", "ok"),
    Finding("mirror", "ok"),
)
OPEN = (
    *FOUND[:-1],
    Finding("user", "ok", "kiosk-terminal"),
    Finding("compositor", "weak", "gnome-shell"),
    Finding("consoles", "weak", "gnome-shell"),
    Finding("sysrq", "ok"),
    Finding(
        "processes", "weak", "bash, evolution-alarm, gjs, gnome-session-b, gnome-shell, ibus +4"
    ),
    Finding("clients", "weak", "+6"),
    Finding("remote", "ok"),
    Finding("debugger", "ok"),
    Finding("usb", "weak", "usb1, usb2"),
    Finding("input", "weak", "Datalogic Gryphon Barcode Scanner"),
    Finding("network", "ok", "eno1"),
    Finding("radio", "ok"),
    Finding("swap", "weak", "/dev/nvme0n1p3"),
    Finding("dumps", "ok"),
    Finding("system", "ok"),
    Finding("manifest", "unknown", "not installed from a package"),
    Finding("machine", "unknown"),
    FOUND[-1],
)


SESSIONS = (
    SessionChoice("S1", "2026-11-23 09:00–11:00", TITLE, True),
    SessionChoice("S2", "2026-11-23 13:30–15:30", TITLE, False),
)


SHEET = {
    lang: (_para(words, FRACTION), _para("1 F = 96 485 C/mol"))
    for lang, words in (("zh-CN", "分配比 D = "), ("en", "Distribution ratio D = "))
}


GUESTS = (
    Guest("欧阳喆堃", "202611150342", "12", 3_867_000, given=True),
    Guest("Alexandra Wilhelmina Featherstone", "202611150343", "08", 787_000, given=False),
)


DONE = Done(
    a_header(),
    "handed_in",
    97,
    100,
    {
        "zh-CN": ("竹", "木", "海", "山"),
        "en": ("bamboo", "timber", "ocean", "mountain"),
    },
    "7304 1182 9906",
    SLIP,
    4,
)


SHOWN_DEVICES = (Device.SCREEN, Device.KEYBOARD, Device.TOUCH, Device.SCANNER)
"""The clock is left out: its picture is another each second."""
TRIED = (
    TriedDevice(Device.SCREEN, "fine"),
    TriedDevice(Device.KEYBOARD, "fine"),
    TriedDevice(Device.MOUSE, "fine"),
    TriedDevice(Device.TOUCH, "absent"),
    TriedDevice(Device.SCANNER, "bad", OTHERWISE),
    TriedDevice(Device.CLOCK, "fine"),
)


def a_device_test(device):
    done = tuple(Device).index(device) if device else len(Device)
    return DeviceTest(
        header=a_header("") if device else Header(),
        device=device,
        tested=TRIED[:done],
        code=CHALLENGE if device is Device.SCANNER else "",
        terminal="T-07",
        kid="4f1c9d0e7ab25388c6d1",
        words={
            "en": ("abandon", "ability", "able", "about", "above", "absent"),
            "zh-CN": ("一一", "丁丁"),
        },
        version="0.1.0",
        found=OPEN,
        at_s=1_773_712_800,
        notice=None if device else NO_STICK,
    )


def all_views():
    """Every view by the name of its picture."""
    question = a_question(single_choice(), 1, {"R": ("b",)}, 4)
    return {
        "unlock": Unlock(a_header(""), CHALLENGE, Phase.LOCKED, 1, 2, OPEN, FINGERPRINT),
        "unlock_sessions": Unlock(
            a_header(""),
            CHALLENGE,
            Phase.LOCKED,
            0,
            2,
            FOUND,
            FINGERPRINT,
            sessions=SESSIONS,
        ),
        "recover": Unlock(
            a_header("欧阳喆堃"),
            CHALLENGE,
            Phase.INTERRUPTED,
            0,
            1,
            (*FOUND[:4], Finding("clock", "weak", "2019-01-01 00:00"), *FOUND[5:]),
            FINGERPRINT,
            Notice("This code was used before. Scan again", tone="warn"),
        ),
        "exam_noted": an_exam(note="酸度 ↑ → 平衡左移，再看第 20 题"),
        "exam_tools": an_exam(number=100, tools=("calculator",)),
        "exam_all_tools": an_exam(
            tools=TOOLS, scratch="96.5 × 2 ÷ 8\n= 24.1", sheet=SHEET, number=100
        ),
        "exam_aloud": an_exam(read_aloud=True),
        "exam_struck": an_exam(responses={"R": ("b",)}, struck={"R": ("a", "d")}),
        "sign_in": SignIn(a_header(""), "202611150342"),
        "sign_in_mistake": SignIn(
            a_header(""),
            "202611150349",
            Notice("Your seat is {seat}. Please go to seat {seat}", {"seat": "08"}, "warn"),
        ),
        "confirm": Confirm(
            a_header("欧阳喆堃"),
            "202611150342",
            "欧阳喆堃",
            "12",
            {"zh-CN": "稀土萃取工", "en": "Rare-earth solvent-extraction operator"},
            {"zh-CN": "中级 L4", "en": "Intermediate, L4"},
            granted=("extra_time", "text_200", "colours_contrast", "breaks_2"),
        ),
        "rules": Rules(
            a_header(),
            {
                "zh-CN": (
                    "考试时间 90 分钟，满分 100 分，60 分及格",
                    "每次作答立即保存，交卷前可以修改",
                    "可以按任意顺序作答，可以标记题目稍后再看",
                    "开考 30 分钟后方可交卷",
                    "时间一到，考试自动结束，已保存的答案有效",
                    "遇到问题请举手，不会损失考试时间",
                    "我独立作答，不使用禁止的物品，不向任何人泄露试题",
                ),
                "en": (
                    "You have 90 minutes; the total is 100 points, 60 to pass",
                    "Each answer is saved at once; you can change it until you hand in",
                    "You can answer the questions in any order and flag some for later",
                    "You can hand in after the first 30 minutes",
                    "When the time is over the exam ends by itself with what is saved",
                    "If anything goes wrong, raise your hand; no exam time is lost",
                    "I shall work alone, use nothing that is not allowed, and tell nobody",
                ),
            },
            pledged=False,
            practice=None,
        ),
        "waiting": Waiting(a_header(), "417"),
        "waiting_wrong": Waiting(
            a_header(),
            "417204",
            Notice("Too many wrong codes. Please wait {seconds} seconds", {"seconds": 30}, "warn"),
        ),
        "practice": Rules(a_header(), {}, True, question, 1, 4),
        "exam": an_exam(responses={"R": ("b",)}),
        "exam_multiple": an_exam(
            multiple_choice(), number=64, responses={"R": ("a", "c")}, flagged=True
        ),
        "exam_figure": an_exam(figure_item(), number=85, saved=Saved.SAVING),
        "exam_fields": an_exam(
            fields_item(),
            number=100,
            responses={"B": ("１．６",), "A": ("a",), "C": ("3x",)},
            saved=Saved.FAILED,
            clock=a_clock(287),
            notice=Notice("{minutes} minutes to the end", {"minutes": 10}, "warn", 1),
        ),
        "exam_part": an_exam(
            multiple_choice(),
            number=64,
            responses={"R": ("a", "c")},
            overview=an_overview(64, range(1, 65), (66,), ("closed", "open", "coming")),
            clock=a_clock(787, exam=4387),
            part=PartLabel(2, 3),
            notice=Notice("{minutes} minutes to the end of this part", {"minutes": 10}, "calm", 3),
        ),
        "exam_part_last_question": an_exam(
            number=60,
            overview=an_overview(60, range(1, 55), states=("open", "coming", "coming")),
            clock=a_clock(287, exam=4387),
            onward=None,
            part=PartLabel(1, 3),
            tools=("calculator",),
        ),
        "exam_one_way": an_exam(
            figure_item(),
            number=85,
            linear=True,
            overview=an_overview(85, range(1, 85), (), ("closed", "closed", "open"), linear=True),
            clock=a_clock(1787, exam=1787),
            back=None,
            part=PartLabel(3, 3),
        ),
        "part": PartPage(
            a_header(),
            PartLabel(2, 3),
            (SECTIONS[1][0],),
            (False,),
            20,
            30,
            Saved.SAVED,
            a_clock(1800, running=False, exam=5400),
            Notice("The time of that part is over. Its answers are saved", serial=4),
        ),
        "part_mixed": PartPage(
            a_header(),
            PartLabel(2, 3),
            tuple(title for title, _ in SECTIONS[1:]),
            (False, True),
            40,
            30,
            Saved.SAVED,
            a_clock(1800, running=False, exam=5400),
        ),
        "part_last": PartPage(
            a_header(),
            PartLabel(3, 3),
            (SECTIONS[2][0],),
            (True,),
            20,
            30,
            Saved.SAVED,
            a_clock(1800, running=False, exam=1800),
        ),
        "review_part": Review(
            a_header(),
            (62, 67, 68, 69),
            (66,),
            16,
            Saved.SAVED,
            a_clock(760, exam=4360),
            part=PartLabel(2, 3),
            whole=False,
        ),
        "close_part": Review(
            a_header(),
            (62, 67, 68, 69),
            (66,),
            16,
            Saved.SAVED,
            a_clock(760, exam=4360),
            confirming=True,
            part=PartLabel(2, 3),
            whole=False,
        ),
        "exam_long": an_exam(long_item(), number=2),
        **{
            f"exam_{name}": an_exam(make(), number=30, responses=responses)
            for name, (make, responses) in interactions.ALL.items()
        },
        "review": Review(a_header(), (42, 67, 88), (7, 11), 97, Saved.SAVED, a_clock(760)),
        "review_many": Review(
            a_header(), tuple(range(30, 101)), (), 29, Saved.SAVED, a_clock(3000), wait_ms=200_000
        ),
        "hand_in": Review(
            a_header(), (42, 67, 88), (7, 11), 97, Saved.SAVED, a_clock(760), confirming=True
        ),
        "alarm": Alarm(a_header(), 17),
        "paused": Paused(a_header(), CHALLENGE, a_clock(running=False), 17),
        "out": Paused(a_header(), CHALLENGE, a_clock(3_000), 17, out=True),
        "trouble": Trouble(
            a_header(),
            DISK_FULL,
            Notice(TABLE[DISK_FULL].what, tone="warn"),
            tuple(Notice(safe) for safe in TABLE[DISK_FULL].safe),
            Notice(TABLE[DISK_FULL].todo),
            a_clock(running=False),
        ),
        "trouble_check": Trouble(
            a_header(""),
            CHECKS["processes"].code,
            Notice(CHECKS["processes"].weak, tone="warn"),
            tuple(Notice(safe) for safe in TABLE[CHECKS["processes"].code].safe),
            Notice(CHECKS["processes"].todo),
            found=OPEN[10],
            sessions=SESSIONS,
        ),
        "checks": Checks(
            a_header(""),
            OPEN,
            ("processes", "swap", "disk"),
            may_test=True,
            update=Notice(
                DID_NOT_COME_UP,
                {"version": "1.4+20261128093000.3f2a1bc", "running": "1.3+20260901120000.9d0e4a7"},
            ),
        ),
        "trouble_untested": Trouble(
            Header(),
            TRUST_MISSING,
            Notice(TABLE[TRUST_MISSING].what, tone="warn"),
            tuple(Notice(safe) for safe in TABLE[TRUST_MISSING].safe),
            Notice(TABLE[TRUST_MISSING].todo),
            may_test=True,
        ),
        **{f"device_{device}": a_device_test(device) for device in SHOWN_DEVICES},
        "device_page": a_device_test(None),
        "proctor_menu": ProctorMenu(
            a_header(), CHALLENGE, a_clock(), mirror=Finding("mirror", "weak", "12 s")
        ),
        "proctor_menu_guest": ProctorMenu(
            a_header(""),
            CHALLENGE,
            None,
            None,
            GUESTS[:1],
            1,
            Finding("mirror", "weak", "not there"),
        ),
        "proctor_menu_guests": ProctorMenu(
            a_header(""),
            CHALLENGE,
            None,
            Notice(
                "Put in the stick with the exam that is to go on here, and choose whose it is",
                tone="warn",
            ),
            GUESTS,
        ),
        "done": DONE,
        "done_collected": replace(DONE, collected=Collected(12, 30)),
        "done_not_taken": replace(DONE, collected=NOT_TAKEN),
        "sign_in_collected": SignIn(a_header(""), collected=Collected(12, 30)),
        "proctor_menu_vacant": ProctorMenu(
            a_header(""), CHALLENGE, may_admit=True, reserves=("R01", "R02")
        ),
        "proctor_menu_admitting": ProctorMenu(
            a_header(""),
            CHALLENGE,
            may_admit=True,
            reserves=("R02",),
            admitting=Admitting("R01", "欧阳建国", reserve=True, given=0, needed=1),
        ),
        "given_away": GivenAway(
            a_header(), 3_867_000, written=False, may_leave=False, may_show_codes=True
        ),
        "given_away_full": GivenAway(
            a_header(),
            3_867_000,
            written=False,
            may_leave=True,
            mistake=Notice("The stick did not take it. Put in another one", tone="warn"),
        ),
        "given_away_codes": GivenAway(
            a_header(),
            3_867_000,
            written=False,
            may_leave=True,
            codes=frames_of(bytes(range(256)) * 8),
            may_show_codes=True,
        ),
        "given_away_written": GivenAway(a_header(), 3_867_000, written=True, may_leave=True),
    }
