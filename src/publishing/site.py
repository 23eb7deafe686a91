"""The site for client teams, as static pages: `scripts/site`."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from string import Template

from markdown_it import MarkdownIt

from contract_diff.comparison import compare
from contract_diff.sources import CONTRACT, Changelog, git, read
from contract_diff.verdict import markdown, verdict_on
from publishing.document import PROJECT, CannotPublish, contract_files, convert, environments, published_text

PAGES = {
    "index.html": "Overview",
    "reference.html": "Reference",
    "clients.html": "For client teams",
    "changelog.html": "Changelog",
}
_SOURCES = PROJECT / "docs" / "site"
_REDOCLY = PROJECT / "scripts" / "toolchain" / "node_modules" / ".bin" / "redocly"
# Readable on Redoc's light and on its dark ground.
_BACK = (
    '<p style="margin:0;padding:.75rem 1rem;font:1rem system-ui,sans-serif">'
    '<a style="color:#2f7de1" href="index.html">Overview</a></p>'
)


def site(folder: Path) -> None:
    """Writes the pages to the folder, which is emptied first. Raises CannotPublish."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = contract_files()
    version, title = (json.loads(files["products.json"])["info"][key] for key in ("version", "title"))
    servers = environments()
    releases = released(PROJECT)
    shutil.copy(_SOURCES / "style.css", folder)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for tag in releases:
        (folder / f"products-{tag}.yaml").write_text(published_text(released_contract(PROJECT, tag), servers))
    documents = [(tag, f"[products-{tag}.yaml](products-{tag}.yaml)") for tag in releases]
    if f"v{version}" not in releases:
        newest = f"{version}, not released yet", "[products.yaml](products.yaml), [products.json](products.json)"
        documents.insert(0, newest)
    overview = Template((_SOURCES / "index.md").read_text(encoding="utf-8")).substitute(
        version=version,
        environments=_table(("environment", "base URL"), ((each.name, f"`{each.url}`") for each in servers)),
        documents=_table(("version", "document"), documents),
    )
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    contents = {
        "index.html": overview,
        "clients.html": (PROJECT / "docs" / "clients.md").read_text(encoding="utf-8"),
        "changelog.html": f"{changelog}\n{verdicts(PROJECT, releases)}",
    }
    for name, text in contents.items():
        (folder / name).write_text(_page(name, text, title, version), encoding="utf-8")
    document, page = folder / "products.json", folder / "reference.html"
    convert(document, page, _REDOCLY, ["build-docs", document, "--inlineBundle", "--output", page], "node")
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(r"(<body[^>]*>)", lambda body: body[1] + _BACK, text, count=1), encoding="utf-8")


def released(project: Path) -> list[str]:
    """The tags of the releases in the history, the newest first. None in a clone without its history."""
    tags = (git(project, "tag", "--list", "v[0-9]*", "--merged", "HEAD") or "").split()
    released = (tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag))
    return sorted(released, key=lambda tag: tuple(map(int, tag[1:].split("."))), reverse=True)


def released_contract(project: Path, tag: str) -> str:
    """The contract's YAML at a release. Raises CannotPublish when the history here does not have it."""
    text = git(project, "show", f"{tag}:{CONTRACT}")
    if text is None:
        raise CannotPublish(f"git shows no {CONTRACT} at {tag}: fetch the history (git fetch --tags --unshallow).")
    return f"{text}\n"


def verdicts(project: Path, releases: Sequence[str]) -> str:
    """What each release means to the clients of the one before, in Markdown."""
    changelog = Changelog((project / "CHANGELOG.md").read_text(encoding="utf-8"))
    sources = [read(f"git:{tag}", project) for tag in releases]
    parts = [
        markdown(verdict_on(old, new, compare(old.document, new.document), changelog)) for new, old in pairwise(sources)
    ]
    parts = parts or ["There is no older release to compare with."]
    return "\n\n".join(["## What each version means to clients", *parts])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _page(name: str, text: str, title: str, version: str) -> str:
    content = MarkdownIt("commonmark").enable("table").render(text)
    # What is wider than a phone scrolls by itself, and a keyboard can get there.
    content = content.replace("<table>", '<div class="table" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    content = content.replace("<pre>", '<pre tabindex="0">')
    links = (
        f'<li><a href="{page}"{" aria-current=page" if page == name else ""}>{label}</a></li>'
        for page, label in PAGES.items()
    )
    return Template((_SOURCES / "page.html").read_text(encoding="utf-8")).substitute(
        title=f"{PAGES[name]} - {title}", navigation="\n".join(links), content=content, name=title, version=version
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the site and returns the exit status: 0, or 1 when it cannot be made."""
    parser = argparse.ArgumentParser("scripts/site", description=__doc__)
    parser.add_argument("--out", type=Path, default=PROJECT / "dist" / "site", metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        site(options.out.resolve())
    except CannotPublish as error:
        print(error, file=sys.stderr)
        return 1
    print(options.out / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
