"""Chinese says one thing by one word in every program: what is not said, and what is said for it."""

import re

import pytest

from kiosk.words.extract import load

SAID_FOR = {
    "终端": "考试机",
    "座位号": "机位",
    "(?<!务)考站|评价站|鉴定站": "考务站",
    "花名册|名册": "名单",
    "令牌": "授权码",
    "放行": "启封文件，启动",
    "及格线": "合格线",
    "知识点": "鉴定点",
    "监考老师|监考人员": "监考员",
    "收条": "回执",
    "卷子|答案包": "答卷包",
    "作者": "命题人",
    "你": "您",
}
"""The glossary: a pattern of words that are not used, and the word of the house."""


@pytest.mark.parametrize("other", SAID_FOR)
def test_chinese_says_one_thing_by_one_word(other):
    found = [
        f"{domain}.po: {line} (here: {SAID_FOR[other]})"
        for domain, catalogue in load().items()
        for message in catalogue
        if message.id
        for line in ([message.string] if isinstance(message.string, str) else message.string)
        if re.search(other, line)
    ]
    assert found == []
