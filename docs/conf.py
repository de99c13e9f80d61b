"""The documents as a site, by Sphinx and MyST: `make docs`.

The sources are the very files that are read on GitHub, from the repository's root, so that a link
is right in both places or in none. What only the site needs, the order of its pages, stands here.
"""

from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
WITH_A_PLACE = {
    "Verbs": [f"docs/verbs/{path.stem}" for path in sorted((ROOT / "docs/verbs").glob("*.md"))],
    "Writing": ["docs/templates", "docs/settings", "docs/rules", "docs/targets"],
    "What it prints": ["docs/reports", "docs/explain"],
    "Safety": ["SECURITY", "docs/threat-model"],
    "The project": ["docs/architecture", "docs/contributing", "docs/performance", "CHANGELOG"],
}
OTHERS = [f"docs/{path.stem}" for path in sorted((ROOT / "docs").glob("*.md"))]
CONTENTS = {
    "Using it": sorted(set(OTHERS).difference(*WITH_A_PLACE.values())),
    **WITH_A_PLACE,
}

project = "agentgen"
copyright = ""  # noqa: A001 - Sphinx's name for it; LICENSE says it
extensions = ["myst_parser"]
include_patterns = ["README.md", "CHANGELOG.md", "SECURITY.md", "docs/**/*.md", "docs/*.md"]
root_doc = "README"
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
html_theme = "furo"
html_title = "agentgen"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}
highlight_language = "text"
linkcheck_anchors = False
nitpicky = True


def add_contents(_: Sphinx, name: str, text: list[str]) -> None:
    """Append the order of the pages to the first one."""
    if name == root_doc:
        for caption, pages in CONTENTS.items():
            start = f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n"
            text[0] += start + "\n".join(pages) + "\n```\n"


def setup(app: Sphinx) -> None:
    """Let Sphinx call what is here."""
    app.connect("source-read", add_contents)
