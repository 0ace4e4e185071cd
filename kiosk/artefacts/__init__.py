"""What passes between programs: one module an artefact, and the few things they share.

Shared: `codec` (canonical CBOR), `cose` (signatures), `keys` and `sealing` (cryptography),
`kinds` (which artefact is which, and who may sign it), `chain`, `merkle`, `checkpoint`, `qr`,
`fingerprint`. Everything else is one artefact of `docs/formats.md` each.
"""
