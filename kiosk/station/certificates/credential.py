"""The certificate as an Open Badges 3.0 credential (1EdTech; W3C Verifiable Credentials Data Model 2.0), signed as a
JWT (Open Badges 3.0 section 8.2): the claims are the credential itself, and those that JWT names.

Nothing in it points at a network: the issuer is the station's key (`did:key`), ids are URNs.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Final

from kiosk.artefacts.jws import did_key, sign_jws
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.scoring.numbers import shown
from kiosk.station.certificates.issuing import Issued
from kiosk.station.certificates.ladder import PART_WORDS, PARTS
from kiosk.station.roster import LEVEL_WORDS
from kiosk.words import mark, text

CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_CRITERIA = mark("Passed the parts named in the result, each by the rules of its level.")


def credential(one: Issued, station: KeyRecord, lang: str = "zh-CN") -> dict[str, Any]:
    """The credential as JSON; the same for the same certificate."""
    issuer = did_key(station)
    level = text(LEVEL_WORDS[one.level], lang)
    title = one.title[lang]
    achievement = _urn(issuer, "achievement", one.discipline, one.level)
    described = {
        part.part: _urn(achievement, part.part) for part in one.parts if part.part in PARTS
    }
    made: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": _urn(issuer, "certificate", one.number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{title} {level}",
        "issuer": {"id": issuer, "type": ["Profile"], "name": one.issuer.get(lang, station.name)},
        "validFrom": _instant(one.issued),
        "credentialSubject": {
            "id": _urn(issuer, "candidate", one.candidate),
            "type": ["AchievementSubject"],
            "identifier": [
                _identity("name", one.name),
                _identity("identifier", one.number),
            ],
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": f"{title} {level}",
                "description": f"{title} {level}",
                "inLanguage": lang,
                "criteria": {"narrative": text(_CRITERIA, lang)},
            },
        },
        "awardedDate": _instant(one.earned),
    }
    if one.until:
        made["validUntil"] = _instant(_day_after(one.until))
    if described:
        subject = made["credentialSubject"]
        subject["achievement"]["resultDescription"] = [
            {
                "id": described[part],
                "type": ["ResultDescription"],
                "name": text(PART_WORDS[part], lang),
                "resultType": "RawScore",
                "valueMin": "0",
                "valueMax": "100",
            }
            for part in PARTS
            if part in described
        ]
        subject["result"] = [
            {
                "type": ["Result"],
                "resultDescription": described[part.part],
                "value": shown(part.marks),
            }
            for part in one.parts
        ]
    return made


def credential_jwt(one: Issued, station: Signer) -> str:
    """The signed credential: what a person gives to a wallet, or `kiosk verify` checks."""
    made = credential(one, station.record)
    claims = {
        **made,
        "iss": made["issuer"]["id"],
        "jti": made["id"],
        "sub": made["credentialSubject"]["id"],
        "nbf": _seconds(one.issued),
    }
    if one.until:
        claims["exp"] = _seconds(_day_after(one.until))
    return sign_jws(claims, station)


def _identity(kind: str, value: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": value,
        "identityType": kind,
    }


def _urn(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)).urn


def _day_after(last: str) -> str:
    """Where what holds on its last day ends."""
    return (date.fromisoformat(last) + timedelta(days=1)).isoformat()


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"


def _seconds(day: str) -> int:
    return int(datetime.fromisoformat(_instant(day)).timestamp())
