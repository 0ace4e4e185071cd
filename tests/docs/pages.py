"""The documents as data: their links, and the commands of their code blocks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DAY = ("author.md", "admin.md", "operator.md", "proctor.md")
"""The pages whose commands make up an exam day."""


def every_page() -> list[Path]:
    """All Markdown of the project, as it would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for line in listed.stdout.split("\n") if line and (path := ROOT / line).exists()]


def commands(page: Path) -> list[str]:
    """Every line of the page's `sh` blocks, comments left out."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^\1```$", page.read_text("utf-8"), re.DOTALL | re.M)
    lines = (line.strip() for _, block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def links(page: Path) -> list[str]:
    """Where the page's links and pictures lead inside the project, with their #anchors."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The #anchors of a page's headings, as Git hosts make them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
