"""A released session: the roster, the forms and the banks, in RAM and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from kiosk.artefacts.bank import BankReader, open_bank, read_bank, read_manifest
from kiosk.artefacts.chain import Admitted
from kiosk.artefacts.common_start import StartCodes, start_key
from kiosk.artefacts.id_number import id_digest
from kiosk.artefacts.keys import Party
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import (
    BankRef,
    Candidate,
    ExamPlan,
    SessionPlan,
    SessionSecrets,
    journal_key,
    open_secrets,
    release_key,
    session_key,
)
from kiosk.artefacts.trust_list import Trust
from kiosk.assessment.content import Block
from kiosk.assessment.items import Item
from kiosk.assessment.paper import Form
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.terminal import trouble
from kiosk.terminal.plans import InstalledSession
from kiosk.terminal.ports import InstalledFiles
from kiosk.terminal.storage import storage_faults
from kiosk.terminal.trouble import Halt
from kiosk.words import mark


class OpenSession:
    """What a released terminal knows of its session."""

    def __init__(
        self,
        installed: InstalledSession,
        secrets: SessionSecrets,
        banks: Mapping[str, BankReader],
        key: bytes,
    ) -> None:
        """
        Args:
            key: K_s.
        """
        self.installed = installed
        self.secrets = secrets
        self._key = key
        self._banks = banks
        self._items: dict[tuple[str, str], Item] = {}
        self._names: dict[tuple[str, str], str] = {}

    @property
    def plan(self) -> SessionPlan:
        return self.installed.plan

    def journal_key_of(self, terminal: bytes) -> bytes:
        """The key that a terminal of the session, by its kid, seals its journal under."""
        return journal_key(self._key, terminal)

    def id_digest(self, number: str) -> bytes:
        """What the roster holds of an identity number."""
        return id_digest(self._key, self.plan.id, number)

    def start_codes(self) -> StartCodes:
        """The codes of a common start."""
        window = self.plan.window
        key = start_key(self._key, self.plan.id)
        return StartCodes(key, window.opens_at, window.closes_at)

    def exam(self, candidate: Candidate) -> ExamPlan:
        return self.plan.exam(candidate.exam)

    def form(self, candidate: Candidate) -> Form:
        return self.secrets.form(candidate.form)

    def candidate(self, number: str, exam: str) -> Candidate:
        """The line of the roster a sitting belongs to.

        Raises:
            Halt: the installed session no longer has it.
        """
        for candidate in self.secrets.candidates:
            if (candidate.number, candidate.exam) == (number, exam):
                name = self._names.get((number, exam), candidate.name)
                return replace(candidate, name=name)
        raise Halt(trouble.SESSION_DAMAGED)

    @property
    def reserves(self) -> tuple[Candidate, ...]:
        """The candidates who are nobody yet."""
        return tuple(one for one in self.secrets.candidates if one.reserve)

    def call(self, admitted: Admitted | None) -> None:
        """Have whoever sits with a reserve number called by the name that was said."""
        if admitted is not None and admitted.name:
            identity = admitted.identity
            self._names[identity.candidate, identity.exam] = admitted.name

    def items(self, exam: str) -> Callable[[str], Item]:
        """Looks items of an exam's bank up, each read once.

        Raises (the lookup):
            Halt: the bank does not hold the item whole.
        """
        bank = self._banks[self.plan.exam(exam).bank.target]

        def item(identifier: str) -> Item:
            known = self._items.get((exam, identifier))
            if known is None:
                try:
                    known = bank.item(identifier)
                except InputRefused as fault:
                    raise Halt(trouble.BANK_DAMAGED, fault) from fault
                self._items[(exam, identifier)] = known
            return known

        return item

    def sheet(self, exam: str) -> dict[str, tuple[Block, ...]]:
        """The formula sheet of an exam's bank by language; empty where it has none or allows none.

        Raises:
            Halt: the bank does not hold it whole.
        """
        plan = self.plan.exam(exam)
        if "formula_sheet" not in plan.tools:
            return {}
        try:
            sheet = self._banks[plan.bank.target].sheet()
        except InputRefused as fault:
            raise Halt(trouble.BANK_DAMAGED, fault) from fault
        return {lang: text.body for lang, text in sheet.texts.items()} if sheet else {}

    def media(self, identifier: str) -> bytes:
        """A picture (PNG) of one of the session's banks.

        Raises:
            InputRefused: none of them has it.
        """
        fault: InputRefused | None = None
        for bank in self._banks.values():
            try:
                return bank.media(identifier)
            except InputRefused as missing:
                fault = missing
        raise fault or InputRefused(mark("no bank is open"))

    def close(self) -> None:
        for bank in self._banks.values():
            bank.close()


def open_session(
    installed: InstalledSession,
    shares: Mapping[bytes, bytes],
    keys: Party,
    files: InstalledFiles,
) -> OpenSession | None:
    """The session opened with the proctors' secrets given so far; None while more are needed.

    Args:
        shares: P by the proctor's kid.

    Raises:
        InputRefused: a secret is not the one of this session.
        Halt: the paper is missing or damaged.
    """
    release = release_key(installed.file, shares)
    if release is None:
        return None
    key = session_key(installed.file, release, keys)
    secrets = open_secrets(installed.file, key)
    return OpenSession(installed, secrets, _banks(installed.plan, secrets, files), key)


def _banks(
    plan: SessionPlan, secrets: SessionSecrets, files: InstalledFiles
) -> dict[str, BankReader]:
    banks: dict[str, BankReader] = {}
    trust = files.trust()
    for exam in plan.exams:
        target = exam.bank.target
        if target in banks:
            continue
        if target not in files.targets():
            raise Halt(
                trouble.NO_PAPER, InputRefused(mark("the bank is not installed"), where=target)
            )
        try:
            data = _read(files.path(target))
            banks[target] = _bank(data, exam.bank, trust, secrets.bank_keys[exam.id])
        except KioskError as fault:
            raise Halt(trouble.BANK_DAMAGED, fault) from fault
    return banks


def _read(path: Path) -> bytes:
    # Not hashed again: the seal inside authenticates every byte, and a bank may have 100 MB.
    with storage_faults(path):
        return path.read_bytes()


def _bank(data: bytes, ref: BankRef, trust: Trust, key: bytes) -> BankReader:
    file = read_bank(data)
    author = trust.signer(file.manifest.kid, Role.AUTHOR)
    manifest = read_manifest(file.manifest, author)
    told = (manifest.bank, manifest.version, manifest.image_sha256)
    if told != (ref.bank, ref.version, ref.image_sha256):
        raise NotPermitted(mark("not the bank this session was planned with"), where=ref.target)
    return open_bank(key, file.ciphertext, ref.bank, ref.version)
