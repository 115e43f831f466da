"""From openapi.yaml to clients/typescript/src/generated: its types, the model table and the fields of a request.

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
from tools.model_rows import durations, load_yaml
from tools.request_fields import RequestField, read_fields

CLIENT: Final = ROOT / "clients" / "typescript"
GENERATED: Final = CLIENT / "src" / "generated"

TABLE_HEAD: Final = """/**
 * The model table of openapi.yaml (`x-model-table`). Generated; never edited.
 *
 * Each fact says how well it is known: "page", "docs", "inferred" or "unknown" (see the description in openapi.yaml),
 * and "user" in a row of the user's own.
 */

export type Known = "page" | "docs" | "inferred" | "unknown" | "user";

/** What a clip of `duration` seconds costs at `resolution`; null is for requests that name no resolution. */
export interface Price {
  readonly duration: number;
  readonly resolution: string | null;
  readonly credits: number;
}

/** What else is known of a model, and how well; `date` (YYYY-MM-DD) is that of what it tells. */
export interface Note {
  readonly text: string;
  readonly known: "sure" | "likely" | "inferred";
  readonly date?: string;
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
  readonly note?: Note;
}

"""
RANGE: Final = """/** All whole seconds from `min` to `max`. */
const range = (min: number, max: number): readonly number[] =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index);

"""

FIELDS_HEAD: Final = """/** The fields of a request in openapi.yaml. Generated; never edited. */

/** What a value of one field must be: its JSON type, and limits where it has some. The items of an array are text. */
export interface Field {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "array";
  readonly description: string;
  readonly example?: unknown;
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

"""
# Whose options are written by hand: the model decides the duration, and the others mean more than their field.
BY_HAND: Final = ("prompt", "model", "inputMode", "inputImageUrls", "duration")
_TYPES: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "array": "readonly string[]",
}


def generate(target: Path) -> None:
    """Write the whole folder to `target`. Raises CalledProcessError when the generator fails."""
    text = SPEC.read_text("utf-8")
    fields = read_fields(load_yaml(text))
    refuse_python_patterns(fields)
    generator = CLIENT / "node_modules" / ".bin" / "openapi-ts"
    subprocess.run([generator, "--output", target / "api", "--silent"], cwd=CLIENT, check=True)
    (target / "model-table.ts").write_text(TABLE_HEAD + render_table(yaml.safe_load(text)), "utf-8")
    (target / "request-fields.ts").write_text(FIELDS_HEAD + render_fields(fields), "utf-8")


def refuse_python_patterns(fields: list[RequestField]) -> None:
    """Exit with a sentence where JavaScript cannot read the pattern of a field."""
    for field in (field for field in fields if field.pattern):
        program = f"new RegExp({json.dumps(field.pattern)}, 'u')"
        command = ["node", "--eval", program]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            sys.exit(f"{SPEC.name}: the field {field.name} has a pattern that JavaScript cannot read: {field.pattern}")


def render_fields(fields: list[RequestField]) -> str:
    """The fields of a request, and the options that follow from them, as TypeScript source."""
    facts = [{key: value for key, value in field.facts().items() if key != "keyword"} for field in fields]
    rows = "".join(f"  {json.dumps(row['name'])}: {json.dumps(row)},\n" for row in facts)
    options = "".join(render_option(field) for field in fields if field.name not in BY_HAND)
    return (
        f"export const FIELDS: Readonly<Record<string, Field>> = {{\n{rows}}};\n\n"
        "/** The options of a request that are fields and nothing more; undefined leaves one out. */\n"
        f"export interface FieldOptions {{\n{options}}}\n"
    )


def render_option(field: RequestField) -> str:
    """A property of `FieldOptions`, with what it is for."""
    description = field.description.replace("*/", r"*\/")  # which would end the comment
    name = json.dumps(field.name) + ("" if field.required else "?")
    return f"  /** {description} */\n  {name}: {typescript_type(field)};\n"


def typescript_type(field: RequestField) -> str:
    """The type of its values in TypeScript."""
    values = [json.dumps(value) for value in field.enum] or [_TYPES[field.type]]
    return " | ".join([*values, *["null"] * field.nullable, *["undefined"] * (not field.required)])


def render_table(spec: dict[str, Any]) -> str:
    """The facts of the spec that a schema cannot say, or that types do not hold, as TypeScript source."""
    table, schemas = spec["x-model-table"], spec["components"]["schemas"]
    rows = "".join(f"  {json.dumps(row['id'])}: {render_model(row)},\n" for row in table["models"])
    has_range = any(isinstance(durations(row["durations"]), range) for row in table["models"])
    return (RANGE if has_range else "") + (
        f"export const MODELS = {{\n{rows}}} as const satisfies Readonly<Record<string, Model>>;\n\n"
        f"export const COMMON_DURATIONS = {json.dumps(table['commonDurations']['values'])} as const;\n"
        f"export const PRICED_FIELDS: readonly string[] = {json.dumps(table['pricedFields'])};\n"
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
    facts |= {"note": json.dumps(row["note"])} if "note" in row else {}
    return "{" + ", ".join(f'"{name}": {fact}' for name, fact in facts.items()) + "}"


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, GENERATED, "make generate-typescript"))
