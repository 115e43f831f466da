"""From openapi.yaml to clients/typescript/src/generated: the types of the spec, and the model table as a module.

    python -m tools.generate_typescript           wipe src/generated and write it anew
    python -m tools.generate_typescript --check   generate elsewhere and fail on any difference

`npm ci` in clients/typescript comes first; make does that.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import yaml
from tools.generate import ROOT, SPEC, write_or_check
from tools.model_rows import durations

CLIENT: Final = ROOT / "clients" / "typescript"
GENERATED: Final = CLIENT / "src" / "generated"

HEAD: Final = """/**
 * The model table of openapi.yaml (`x-model-table`). Generated; never edited.
 *
 * Each fact says how well it is known: "page", "docs", "inferred" or "unknown" (see the description in openapi.yaml).
 */

export type Known = "page" | "docs" | "inferred" | "unknown";

/** What a clip of `duration` seconds costs at `resolution`; null is for requests that name no resolution. */
export interface Price {
  readonly duration: number;
  readonly resolution: string | null;
  readonly credits: number;
}

/** One row: what a model takes and costs. Durations in whole seconds, values or a range; empty where unknown. */
export interface Model {
  readonly id: string;
  readonly family: string;
  readonly label: string;
  readonly modes: readonly string[];
  readonly modesKnown: Known;
  readonly durations: readonly number[];
  readonly durationsKnown: Known;
  readonly resolutions: readonly string[];
  readonly resolutionsKnown: Known;
  readonly prices: readonly Price[];
  readonly pricesKnown: Known;
}

"""
RANGE: Final = """/** All whole seconds from `min` to `max`. */
const range = (min: number, max: number): readonly number[] =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index);

"""


def generate(target: Path) -> None:
    """Write the whole folder to `target`. Raises CalledProcessError when the generator fails."""
    generator = CLIENT / "node_modules" / ".bin" / "openapi-ts"
    subprocess.run([generator, "--output", target / "api", "--silent"], cwd=CLIENT, check=True)
    (target / "model-table.ts").write_text(HEAD + render_table(yaml.safe_load(SPEC.read_text("utf-8"))), "utf-8")


def render_table(spec: dict[str, Any]) -> str:
    """The facts of the spec that a schema cannot say, or that types do not hold, as TypeScript source."""
    table, schemas = spec["x-model-table"], spec["components"]["schemas"]
    rows = "".join(f"  {json.dumps(row['id'])}: {render_model(row)},\n" for row in table["models"])
    fields = ["model", "inputMode", *schemas["VideoRequest"]["properties"]]
    has_range = any(isinstance(durations(row["durations"]), range) for row in table["models"])
    return (RANGE if has_range else "") + (
        f"export const MODELS = {{\n{rows}}} as const satisfies Readonly<Record<string, Model>>;\n\n"
        f"export const COMMON_DURATIONS = {json.dumps(table['commonDurations']['values'])} as const;\n"
        f"export const REQUEST_FIELDS = {json.dumps(fields)} as const;\n"
        f"export const IMAGE_URL_PATTERN = {json.dumps(schemas['ImageUrl']['pattern'])};\n"
    )


def render_model(row: dict[str, Any]) -> str:
    """One row of the table as a `Model`."""
    facts = {key: json.dumps(row[key]) for key in ("id", "family", "label")}
    for name in ("modes", "durations", "resolutions"):
        values = durations(row[name]) if name == "durations" else row[name]["values"]
        shown = f"range({values[0]}, {values[-1]})" if isinstance(values, range) else json.dumps(values)
        facts |= {name: shown, f"{name}Known": json.dumps(row[name]["known"])}
    prices = [{"resolution": None, **price} for price in row["credits"]["rows"]]
    facts |= {"prices": json.dumps(prices), "pricesKnown": json.dumps(row["credits"]["known"])}
    return "{" + ", ".join(f'"{name}": {fact}' for name, fact in facts.items()) + "}"


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, GENERATED, "make generate-typescript"))
