"""The pinyin engine: librime (BSD-3-Clause) of the system, called through its C interface.

It reads Debian's compiled dictionaries and the two small files of `rime/`. It is given no folder to
write to, and no dictionary of a user's: nothing is kept of what one candidate types.

Source: `rime_api.h` of librime 1.8.5 (Debian 12) and 1.13 (Debian 13); the interface only ever grows
at its end.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_void_p, sizeof
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.errors import KioskError
from kiosk.writing import LETTERS

LIBRARY = "librime.so.1"
DICTIONARIES = Path("/usr/share/rime-data/build")
NEEDED = ("pinyin_simp", "luna_pinyin")
"""The dictionaries, by the name of their compiled files."""

_OURS = Path(__file__).with_name("rime")
_NOWHERE = b"/nonexistent/rime"
"""Where a user's words would go. No program can make this folder: Debian's policy keeps it free."""
_FATAL_ALONE = 3
"""librime 1.13 says at each start that it could not keep its settings in the folder that is not to be."""
_BACKSPACE = 0xFF08


class Engine:
    """What is being spelled, and the words it may mean. There is one in a process.

    Raises:
        KioskError: the library or a dictionary is not installed.
    """

    def __init__(self) -> None:
        missing = [name for name in NEEDED if not (DICTIONARIES / f"{name}.table.bin").is_file()]
        if missing:
            raise _not_installed(str(DICTIONARIES / f"{missing[0]}.table.bin"))
        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError as fault:
            raise _not_installed(str(fault)) from fault
        library.rime_get_api.restype = POINTER(_Api)
        self._api: Any = library.rime_get_api().contents
        traits = _Traits(data_size=sizeof(_Traits) - sizeof(c_int))
        traits.shared_data_dir = str(DICTIONARIES.parent).encode()
        traits.prebuilt_data_dir = str(DICTIONARIES).encode()
        traits.staging_dir = str(_OURS).encode()
        traits.user_data_dir = _NOWHERE
        traits.app_name = b"rime.kiosk"
        traits.distribution_name = traits.distribution_code_name = b"kiosk"
        traits.distribution_version = b"1"
        traits.min_log_level, traits.log_dir = _FATAL_ALONE, b""
        self._api.setup(byref(traits))
        self._api.initialize(byref(traits))
        self._session = self._api.create_session()
        if not self._api.select_schema(self._session, b"kiosk_pinyin"):
            raise _not_installed(str(_OURS))

    def spell(self, letter: str) -> bool:
        """One more letter, `a` to `z`, or `'` between syllables; False when it means nothing here."""
        if letter not in LETTERS:  # the engine would commit what is spelled, and wait to be asked
            return False
        return bool(self._api.process_key(self._session, ord(letter), 0))

    def rub_out(self) -> None:
        """Take back the last choice of a part, or the last letter."""
        self._api.process_key(self._session, _BACKSPACE, 0)

    def choose(self, at: int) -> str:
        """Choose the word `at` of all. The whole text when that was the last part of it, else an
        empty one."""
        self._api.select_candidate(self._session, at)
        commit = _Commit(data_size=sizeof(_Commit) - sizeof(c_int))
        if not self._api.get_commit(self._session, byref(commit)):
            return ""
        try:
            return (commit.text or b"").decode()
        finally:
            self._api.free_commit(byref(commit))

    def drop(self) -> None:
        """Forget what is being spelled."""
        self._api.clear_composition(self._session)

    def spelled(self) -> str:
        """What is being spelled, by syllable: `cui qu ji`, with the parts that were chosen."""
        context = _Context(data_size=sizeof(_Context) - sizeof(c_int))
        if not self._api.get_context(self._session, byref(context)):
            return ""
        try:
            return (context.composition.preedit or b"").decode()
        finally:
            self._api.free_context(byref(context))

    def words(self, first: int, most: int) -> tuple[str, ...]:
        """At most `most` of the words that it may mean, likeliest first, from the one at `first`."""
        words: list[str] = []
        each = _Iterator()
        if self._api.candidate_list_from_index(self._session, byref(each), first):
            while len(words) < most and self._api.candidate_list_next(byref(each)):
                words.append((each.candidate.text or b"").decode())
            self._api.candidate_list_end(byref(each))
        return tuple(words)


@cache
def engine() -> Engine:
    """The process's engine; the first call loads it, in some 30 ms.

    Raises:
        KioskError: it is not installed.
    """
    return Engine()


def _not_installed(where: str) -> KioskError:
    return KioskError(
        "Chinese input is not installed on this computer",
        where=where,
        remedy="Install librime1, rime-data-pinyin-simp and rime-data-luna-pinyin",
    )


class _Traits(Structure):
    _fields_ = (
        ("data_size", c_int),
        ("shared_data_dir", c_char_p),
        ("user_data_dir", c_char_p),
        ("distribution_name", c_char_p),
        ("distribution_code_name", c_char_p),
        ("distribution_version", c_char_p),
        ("app_name", c_char_p),
        ("modules", c_void_p),
        ("min_log_level", c_int),
        ("log_dir", c_char_p),
        ("prebuilt_data_dir", c_char_p),
        ("staging_dir", c_char_p),
    )


class _Commit(Structure):
    _fields_ = (("data_size", c_int), ("text", c_char_p))


class _Composition(Structure):
    _fields_ = (
        ("length", c_int),
        ("cursor_pos", c_int),
        ("sel_start", c_int),
        ("sel_end", c_int),
        ("preedit", c_char_p),
    )


class _Candidate(Structure):
    _fields_ = (("text", c_char_p), ("comment", c_char_p), ("reserved", c_void_p))


class _Menu(Structure):
    _fields_ = (
        ("page_size", c_int),
        ("page_no", c_int),
        ("is_last_page", c_int),
        ("highlighted_candidate_index", c_int),
        ("num_candidates", c_int),
        ("candidates", POINTER(_Candidate)),
        ("select_keys", c_char_p),
    )


class _Context(Structure):
    _fields_ = (
        ("data_size", c_int),
        ("composition", _Composition),
        ("menu", _Menu),
        ("commit_text_preview", c_char_p),
        ("select_labels", c_void_p),
    )


class _Iterator(Structure):
    _fields_ = (("ptr", c_void_p), ("index", c_int), ("candidate", _Candidate))


def _call(answers: Any, *takes: Any) -> Any:
    return ctypes.CFUNCTYPE(answers, *takes)


_SESSION = c_size_t
_TYPES: dict[str, Any] = {
    "setup": _call(None, POINTER(_Traits)),
    "initialize": _call(None, POINTER(_Traits)),
    "create_session": _call(_SESSION),
    "process_key": _call(c_int, _SESSION, c_int, c_int),
    "clear_composition": _call(None, _SESSION),
    "get_commit": _call(c_int, _SESSION, POINTER(_Commit)),
    "free_commit": _call(c_int, POINTER(_Commit)),
    "get_context": _call(c_int, _SESSION, POINTER(_Context)),
    "free_context": _call(c_int, POINTER(_Context)),
    "select_schema": _call(c_int, _SESSION, c_char_p),
    "select_candidate": _call(c_int, _SESSION, c_size_t),
    "candidate_list_next": _call(c_int, POINTER(_Iterator)),
    "candidate_list_end": _call(None, POINTER(_Iterator)),
    "candidate_list_from_index": _call(c_int, _SESSION, POINTER(_Iterator), c_int),
}
"""The functions we call; the others keep their places."""

_ORDER = """
    setup set_notification_handler initialize finalize start_maintenance is_maintenance_mode
    join_maintenance_thread deployer_initialize prebuild deploy deploy_schema deploy_config_file
    sync_user_data create_session find_session destroy_session cleanup_stale_sessions
    cleanup_all_sessions process_key commit_composition clear_composition get_commit free_commit
    get_context free_context get_status free_status set_option get_option set_property get_property
    get_schema_list free_schema_list get_current_schema select_schema schema_open config_open
    config_close config_get_bool config_get_int config_get_double config_get_string
    config_get_cstring config_update_signature config_begin_map config_next config_end
    simulate_key_sequence register_module find_module run_task get_shared_data_dir
    get_user_data_dir get_sync_dir get_user_id get_user_data_sync_dir config_init
    config_load_string config_set_bool config_set_int config_set_double config_set_string
    config_get_item config_set_item config_clear config_create_list config_create_map
    config_list_size config_begin_list get_input get_caret_pos select_candidate get_version
    set_caret_pos select_candidate_on_current_page candidate_list_begin candidate_list_next
    candidate_list_end user_config_open candidate_list_from_index
"""


class _Api(Structure):
    _fields_ = (
        ("data_size", c_int),
        *((name, _TYPES.get(name, c_void_p)) for name in _ORDER.split()),
    )
