"""Coverage-guided fuzzing of one reader: `python -m tests.authoring.fuzz NAME [-max_total_time=600]`.

NAME is a source of `test_bad_sources`; what follows goes to libFuzzer. What it finds worth keeping
grows in `build/fuzz/NAME`. It needs `atheris`, which is not among the locked packages, since it has
no wheels for every machine this project runs on: `.venv/bin/pip install atheris`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kiosk"]):
    from tests.authoring.test_bad_sources import PLAIN, XML, read_all

ROOT = Path(__file__).parents[2]


def main(name: str, *arguments: str) -> None:
    corpus = ROOT / "build" / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "sample").write_bytes({**PLAIN, **XML}[name])
    file = f"{name}.xml" if name in XML else name
    # What fails is written into the working folder.
    os.chdir(corpus.parent)
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], lambda data: read_all(data, file))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
