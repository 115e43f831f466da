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

/** One row: what a model takes and costs. Durations in seconds; empty where unknown. */
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


def generate(target: Path) -> None:
    """Write the whole folder to `target`. Raises CalledProcessError when the generator fails."""
    generator = CLIENT / "node_modules" / ".bin" / "openapi-ts"
    subprocess.run([generator, "--output", target / "api", "--silent"], cwd=CLIENT, check=True)
    (target / "model-table.ts").write_text(HEAD + render_table(yaml.safe_load(SPEC.read_text("utf-8"))), "utf-8")


def render_table(spec: dict[str, Any]) -> str:
    """The facts of the spec that a schema cannot say, or that types do not hold, as TypeScript source."""
    table, schemas = spec["x-model-table"], spec["components"]["schemas"]
    rows = "".join(f"  {json.dumps(row['id'])}: {json.dumps(model(row))},\n" for row in table["models"])
    fields = ["model", "inputMode", *schemas["VideoRequest"]["properties"]]
    return (
        f"export const MODELS = {{\n{rows}}} as const satisfies Readonly<Record<string, Model>>;\n\n"
        f"export const COMMON_DURATIONS = {json.dumps(table['commonDurations']['values'])} as const;\n"
        f"export const REQUEST_FIELDS = {json.dumps(fields)} as const;\n"
        f"export const IMAGE_URL_PATTERN = {json.dumps(schemas['ImageUrl']['pattern'])};\n"
    )


def model(row: dict[str, Any]) -> dict[str, Any]:
    """One row of the table in the names of `Model`."""
    facts = {key: row[key] for key in ("id", "family", "label")}
    for name in ("modes", "durations", "resolutions"):
        facts |= {name: row[name]["values"], f"{name}Known": row[name]["known"]}
    prices = [{"resolution": None, **price} for price in row["credits"]["rows"]]
    return {**facts, "prices": prices, "pricesKnown": row["credits"]["known"]}


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, GENERATED, "make generate-typescript"))
