"""Diagrams: Mermaid's text in a page becomes a picture while the site is built; a reader's browser draws nothing."""

import re
import zlib
from importlib import import_module
from typing import Any, Final

# What Mermaid draws with fixed colours, and the colour of the page that takes their place, light and dark alike.
_COLOURS: Final = """
.node rect, .node polygon, .node circle, .node path, rect.basic, .statediagram-state rect {
  fill: var(--md-code-bg-color) !important; stroke: var(--md-accent-fg-color) !important; }
.edgeLabel, .edgeLabel rect, .edgeLabel p, .labelBkg, .edgeLabel .label rect {
  fill: var(--md-default-bg-color) !important; background-color: var(--md-default-bg-color) !important; opacity: 1; }
text, tspan, .nodeLabel, .edgeLabel span, .edgeLabel text, .label text, foreignObject div {
  fill: var(--md-default-fg-color) !important; color: var(--md-default-fg-color) !important; }
path.transition, .edgePath path, .flowchart-link, .edgePaths path {
  stroke: var(--md-default-fg-color--light) !important; }
marker path, .marker, .node circle.state-start, [id$="_start"] circle {
  fill: var(--md-default-fg-color--light) !important; stroke: var(--md-default-fg-color--light) !important; }
"""


def svg(source: str, language: str, css_class: str, *_: Any, **__: Any) -> str:
    """The picture of one diagram, as markup to put into the page; called by pymdownx.superfences."""
    drawn = str(import_module("mermaidx").render(source).svg())
    name = f"diagram-{zlib.crc32(source.encode()):08x}"
    return f'<div class="{css_class}" role="img">{scoped(drawn, name)}</div>'


def scoped(drawn: str, name: str) -> str:
    """The picture with an id of its own, as its styles are for that id alone, and with the page's colours."""
    (given,) = re.findall(r'<svg[^>]*? id="([\w-]+)"', drawn[:400]) or ("mermaid",)
    named = drawn.replace(f"#{given}", f"#{name}").replace(f'"{given}', f'"{name}')
    rules = "".join(f"#{name} {rule.strip()}\n" for rule in _rules())
    return named.replace("</style>", f"</style><style>{rules}</style>", 1)


def _rules() -> list[str]:
    return [rule for rule in re.split(r"(?<=\})\s*", _COLOURS) if rule.strip()]
