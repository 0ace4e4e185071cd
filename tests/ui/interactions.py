"""A question of each kind that is answered in text, as a paper would ask it, in both languages."""

from kiosk.assessment.content import Field, Paragraph, Place, Slot, Text
from kiosk.assessment.items import (
    Associate,
    ExtendedText,
    GapMatch,
    Hottext,
    InlineChoice,
    Item,
    ItemText,
    Match,
    Order,
    Slider,
    TextEntry,
)


def para(*spans):
    return Paragraph(tuple(Text(span) if isinstance(span, str) else span for span in spans))


def item(interaction, body, choices):
    """`body` and `choices` give Chinese and English: (spans, spans) and {name: (zh, en)}."""
    texts = {}
    for at, lang in enumerate(("zh-CN", "en")):
        named = {name: (para(words[at]),) for name, words in choices.items()}
        texts[lang] = ItemText(body[at], {interaction.response: named})
    return Item(f"sample-{type(interaction).__name__.lower()}", (interaction,), texts)


def order():
    return item(
        Order("R", ("a", "b", "c", "d")),
        (
            (para("请按先后顺序排列萃取槽开车的步骤。"), Place("R")),
            (para("Put the steps of starting a mixer-settler in order."), Place("R")),
        ),
        {
            "a": ("检查搅拌与管路", "Check stirrers and pipes"),
            "b": ("充入有机相", "Fill in the organic phase"),
            "c": ("充入水相并开启搅拌", "Fill in the aqueous phase and start stirring"),
            "d": ("调整界面，取样分析", "Set the interface, take samples"),
        },
    )


def associate():
    return item(
        Associate("R", ("a", "b", "c", "d"), dict.fromkeys("abcd", 1), max_associations=2),
        (
            (para("哪些试剂与用途相对应？请配成两对。"), Place("R")),
            (para("Which belong together? Make two pairs."), Place("R")),
        ),
        {
            "a": ("P507", "P507"),
            "b": ("煤油", "Kerosene"),
            "c": ("萃取剂", "Extractant"),
            "d": ("稀释剂", "Diluent"),
        },
    )


def match():
    return item(
        Match(
            "R",
            ("s1", "s2", "s3"),
            ("t1", "t2", "t3", "t4"),
            {"s1": 1, "s2": 1, "s3": 2, "t1": 1, "t2": 1, "t3": 1, "t4": 0},
            max_associations=4,
        ),
        (
            (para("请为每种元素选择它的性质。"), Place("R")),
            (para("Match each element with what is true of it."), Place("R")),
        ),
        {
            "s1": ("铈", "Cerium"),
            "s2": ("铕", "Europium"),
            "s3": ("镧", "Lanthanum"),
            "t1": ("可以氧化为四价", "Can be oxidised to the state +4"),
            "t2": ("可以还原为二价", "Can be reduced to the state +2"),
            "t3": ("只有三价", "Has only the state +3"),
            "t4": ("属于轻稀土", "Is a light rare earth"),
        },
    )


def gap_match():
    return item(
        GapMatch("R", ("a", "b", "c"), ("g1", "g2"), {"a": 1, "b": 1, "c": 0}),
        (
            (
                Place("R"),
                para(
                    "料液酸度升高时，分配比",
                    Slot("R", "g1"),
                    "；温度升高时，分相速度",
                    Slot("R", "g2"),
                    "。",
                ),
            ),
            (
                Place("R"),
                para(
                    "When the feed gets more acid, the distribution ratio ",
                    Slot("R", "g1"),
                    "; when it gets warmer, the phases part ",
                    Slot("R", "g2"),
                    ".",
                ),
            ),
        ),
        {
            "a": ("减小", "falls"),
            "b": ("加快", "faster"),
            "c": ("不变", "without a change"),
        },
    )


def hottext():
    return item(
        Hottext("R", ("a", "b", "c"), max_choices=2),
        (
            (
                para(
                    "操作记录：先",
                    Slot("R", "a"),
                    "，再",
                    Slot("R", "b"),
                    "，最后",
                    Slot("R", "c"),
                    "。请选出违反规程的步骤。",
                ),
            ),
            (
                para(
                    "The log says: at first ",
                    Slot("R", "a"),
                    ", then ",
                    Slot("R", "b"),
                    ", at last ",
                    Slot("R", "c"),
                    ". Which steps break the rules?",
                ),
            ),
        ),
        {
            "a": ("开启搅拌", "the stirrer was started"),
            "b": ("在运转中打开护罩", "the guard was opened while it ran"),
            "c": ("停机清洗", "it was stopped and cleaned"),
        },
    )


def slider():
    return item(
        Slider("R", "0", "14", "0.5", "float"),
        (
            (para("皂化后有机相平衡水相的 pH 应当控制在多少？"), Place("R")),
            (para("At what pH is the aqueous phase kept after saponification?"), Place("R")),
        ),
        {},
    )


def extended_text():
    return item(
        ExtendedText("R", 5),
        (
            (para("请说明有机相乳化的原因和处理方法。"), Place("R")),
            (para("Say why the organic phase forms an emulsion, and what to do."), Place("R")),
        ),
        {},
    )


def inline_choice():
    return item(
        InlineChoice("R", ("a", "b", "c")),
        (
            (
                para(
                    "萃取剂 P507 在使用前用氨水皂化，目的是",
                    Field("R"),
                    "萃取过程中水相的酸度变化。",
                ),
            ),
            (
                para(
                    "P507 is saponified with ammonia before use, in order to ",
                    Field("R"),
                    " the change of acidity during extraction.",
                ),
            ),
        ),
        {"a": ("减小", "reduce"), "b": ("增大", "increase"), "c": ("不影响", "leave as it is")},
    )


def text_entry():
    fields = (TextEntry("R", "float", 6), TextEntry("N", "integer", 4), TextEntry("W"))
    body = (
        (
            para("有机相流量 60、水相流量 40，相比 O/A = ", Field("R"), "。"),
            para("萃取共 12 级，每级 2 台搅拌，共 ", Field("N"), " 台。"),
            para("负载有机相用盐酸洗下稀土的过程叫 ", Field("W"), "。"),
        ),
        (
            para("60 parts of organic meet 40 of aqueous phase: O/A = ", Field("R"), "."),
            para("12 stages with 2 stirrers each have ", Field("N"), " stirrers."),
            para("Taking rare earths out of the organic phase by acid is called ", Field("W"), "."),
        ),
    )
    texts = {lang: ItemText(body[at], {}) for at, lang in enumerate(("zh-CN", "en"))}
    return Item("sample-textentry", fields, texts)


ALL = {
    "order": (order, {"R": ("b", "d")}),
    "associate": (associate, {"R": ("a c",)}),
    "match": (match, {"R": ("s1 t1", "s3 t3", "s3 t4")}),
    "gap_match": (gap_match, {"R": ("a g1",)}),
    "hottext": (hottext, {"R": ("b",)}),
    "slider": (slider, {"R": ("6.5",)}),
    "extended_text": (
        extended_text,
        {"R": ("料液中的悬浮物和硅酸会使两相之间形成第三相。\nFilter the feed first.",)},
    ),
}
"""By the name of its picture: the question, and an answer to it."""
