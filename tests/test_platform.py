"""The platform gives what the programs rely on."""

import os
import sqlite3
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtGui import QFontDatabase


def test_python_is_a_version_we_run_on():
    assert (3, 11) <= sys.version_info < (3, 14)


def test_a_change_is_judged_by_the_same_examples_each_time():
    tried = []

    @settings(max_examples=30)
    @given(st.binary(min_size=8))
    def tries(example):
        tried.append(example)

    tries()
    once = tried[:]
    tries()
    assert tried == once * 2


def test_temporary_folders_go_with_those_of_the_run(tmp_path):
    assert Path(tempfile.gettempdir()).parent == tmp_path.parent


def test_void_qt_calls_leave_the_references_to_none_as_they_were():
    # PySide6 6.12.0 on CPython 3.11 lost one a call and aborted after a few thousand.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(5_000):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 50


def test_pyside_stays_below_the_version_that_aborts():
    assert tuple(map(int, metadata.version("PySide6-Essentials").split(".")[:2])) < (6, 12)


def test_qt_finds_a_chinese_font(qapp):
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    assert "Noto Sans CJK SC" in families


def test_qt_keeps_to_the_platform_it_was_given(qapp):
    assert qapp.platformName() == os.environ.get("QT_QPA_PLATFORM", qapp.platformName())


def test_an_sqlite_image_opens_from_memory():
    source = sqlite3.connect(":memory:")
    source.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT) STRICT")
    source.execute("INSERT INTO item VALUES (1, '水')")
    source.commit()
    copy = sqlite3.connect(":memory:")
    copy.deserialize(source.serialize())
    assert copy.execute("SELECT body FROM item").fetchall() == [("水",)]


def test_sqlite_keeps_types_where_a_table_is_strict():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE item (points INTEGER) STRICT")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO item VALUES ('many')")


def test_sqlite_writes_ahead_and_in_full(tmp_path):
    database = sqlite3.connect(tmp_path / "journal.db")
    assert database.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    database.execute("PRAGMA synchronous=FULL")
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_sqlite_can_distrust_a_schema_it_did_not_write():
    database = sqlite3.connect(":memory:")
    for pragma, value in {"trusted_schema": 0, "query_only": 1, "cell_size_check": 1}.items():
        database.execute(f"PRAGMA {pragma}={value}")
        assert database.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    database.set_authorizer(lambda *_: sqlite3.SQLITE_DENY)
    with pytest.raises(sqlite3.DatabaseError):
        database.execute("SELECT 1")
