/** A field that the spec gains is checked by its schema: type, enum, minimum, maximum and pattern, null where it may. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkFields } from "../src/fields.js";
import { type Field, FIELDS } from "../src/index.js";

const OWN: readonly Field[] = [
  { name: "x-level", type: "integer", description: "How much of it.", minimum: 1, maximum: 10 },
  {
    name: "x-name",
    type: "string",
    description: "Its name.",
    example: "Ada",
    pattern: "^[A-Z][a-z]+$",
    nullable: true,
  },
  { name: "x-style", type: "string", description: "Its style.", enum: ["plain", "warm"] },
  { name: "x-count", type: "integer", description: "How many.", enum: [1, 2, 4] },
  { name: "x-weight", type: "number", description: "Its weight.", required: true },
  { name: "x-loop", type: "boolean", description: "Whether it is repeated." },
  { name: "x-tags", type: "array", description: "Words for it." },
];

const violations = (values: Readonly<Record<string, unknown>>) =>
  checkFields(values, OWN).map(({ code, field, message }) => [code, field, message]);

describe("a field", () => {
  for (const values of [
    { "x-level": 1 },
    { "x-level": 10.0 },
    { "x-name": "Ada" },
    { "x-name": null },
    { "x-style": "warm" },
    { "x-count": 4 },
    { "x-weight": 0.5 },
    { "x-weight": 2 },
    { "x-loop": false },
    { "x-tags": [] },
    { "x-tags": ["a", "b"] },
  ]) {
    it(`may be ${JSON.stringify(values)}`, () => assert.deepEqual([], violations({ "x-weight": 1, ...values })));
  }

  for (const [name, value, code, message] of [
    ["x-level", "3", "type", 'x-level must be a whole number, not "3"'],
    ["x-level", true, "type", "x-level must be a whole number, not true"],
    ["x-level", null, "type", "x-level must be a whole number, not null"],
    ["x-level", 1.5, "type", "x-level must be a whole number, not 1.5"],
    ["x-level", 0, "minimum", "x-level must be at least 1, not 0"],
    ["x-level", 11, "maximum", "x-level must be at most 10, not 11"],
    ["x-name", 5, "type", 'x-name must be text such as "Ada", not 5'],
    ["x-name", "ada", "pattern", 'x-name must match ^[A-Z][a-z]+$, not "ada"'],
    ["x-name", "Ada\n", "pattern", 'x-name must match ^[A-Z][a-z]+$, not "Ada\\n"'],
    ["x-style", "cold", "enum", 'x-style must be plain or warm, not "cold"'],
    ["x-count", 3, "enum", "x-count must be 1, 2 or 4, not 3"],
    ["x-weight", "1", "type", 'x-weight must be a number, not "1"'],
    ["x-weight", false, "type", "x-weight must be a number, not false"],
    ["x-loop", "yes", "type", 'x-loop must be true or false, not "yes"'],
    ["x-loop", 1, "type", "x-loop must be true or false, not 1"],
    ["x-tags", "a", "type", 'x-tags must be a list of text, not "a"'],
    ["x-tags", ["a", 1], "type", 'x-tags must be a list of text, not ["a",1]'],
  ] as const) {
    it(`is refused by the keyword of its schema: ${message}`, () =>
      assert.deepEqual([[code, name, message]], violations({ "x-weight": 1, [name]: value })));
  }

  it("that each request needs is missed with what it is for", () =>
    assert.deepEqual([["required", "x-weight", "x-weight is missing: Its weight"]], violations({})));

  it("of the spec says what it is for", () => {
    const entries = Object.entries(FIELDS);
    assert.deepEqual(
      entries.map(([name]) => [name, true]),
      entries.map(([, field]) => [field.name, field.description.length > 0]),
    );
  });
});
