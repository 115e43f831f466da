/**
 * A request as code: curl, the command line, Python and TypeScript; pure functions of a body and a target.
 *
 * The code holds no key but the mock's own test keys, which are no secret.
 */
import { checkFields } from "/playground/client/fields.js";
import { KEYWORDS } from "/playground/client/generated/keywords.js";
import { FIELDS } from "/playground/client/generated/request-fields.js";
import { buildRequest } from "/playground/client/request.js";

const FILE = "video.mp4";
const KEY_NOTE = "the key comes from GPTIMAGE2_API_KEY";

export const LANGUAGES = { curl, cli, python, typescript };
export const NAMES = { curl: "curl", cli: "CLI", python: "Python", typescript: "TypeScript" };

/** An argument, quoted for a shell. */
const shellQuote = (text) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const exports = ({ baseUrl, key }) =>
  `export GPTIMAGE2_BASE_URL=${shellQuote(baseUrl)}\nexport GPTIMAGE2_API_KEY=${key ? shellQuote(key) : "YOUR_KEY"}\n\n`;

function curl(body, target) {
  return `${exports(target)}curl --silent --show-error "$GPTIMAGE2_BASE_URL/api/ai/video/generate" \\
  --header "Authorization: Bearer $GPTIMAGE2_API_KEY" \\
  --header 'Content-Type: application/json' \\
  --data-raw ${shellQuote(JSON.stringify(body, null, 2))}

# then, with the taskId of the response, every 2 seconds:
# curl --header "Authorization: Bearer $GPTIMAGE2_API_KEY" "$GPTIMAGE2_BASE_URL/api/ai/tasks/TASK_ID"`;
}

function cli(body, target) {
  const options = optionsOf(body);
  if (!options || !isForCommandLine(body)) return "# The command line has no options for this body. Send it with curl.";
  const flags = Object.entries({ ...options, output: FILE }).flatMap(([name, value]) => flagsOf(name, value));
  const lines = flags.map(([name, value]) => (value === undefined ? name : `${name} ${shellQuote(String(value))}`));
  const isLikeOption = body.prompt.startsWith("-");
  if (isLikeOption) lines.push(`-- ${shellQuote(body.prompt)}`);
  return (
    exports(target) +
    ["gptimage2-video generate" + (isLikeOption ? "" : ` ${shellQuote(body.prompt)}`), ...lines].join(" \\\n  ")
  );
}

/** The options of the command line for an option of the client. */
function flagsOf(name, value) {
  if (name === "extra") return Object.entries(value).map(([key, item]) => ["--set", `${key}=${JSON.stringify(item)}`]);
  const flag = name === "inputMode" ? "mode" : (KEYWORDS[name] ?? name).replaceAll("_", "-");
  if (typeof value === "boolean") return [[value ? `--${flag}` : `--no-${flag}`]];
  return [value].flat().map((item) => [`--${flag}`, item]);
}

/** Whether the command line sends each field as it is: it converts values to their type, and knows no empty list. */
const isForCommandLine = (body) =>
  !hasNull(body) &&
  !checkFields(body).some(({ code }) => code === "type") &&
  !fieldsOf(body).some(([, value]) => Array.isArray(value) && !value.length);

/** Whether a field is null, which options and keywords leave out. */
const hasNull = (body) => fieldsOf(body).some(([, value]) => value === null);

const isField = ([name]) => Object.hasOwn(FIELDS, name);
const fieldsOf = (body) => Object.entries(body).filter(isField);

function python(body, { baseUrl }) {
  const options = optionsOf(body);
  const call =
    options && !hasNull(body)
      ? [
          literal(body.prompt),
          ...Object.entries(options).map(([name, value]) => `${KEYWORDS[name] ?? name}=${literal(value)}`),
        ]
      : [literal(body)];
  const lines = [...call, `save_to="${FILE}"`].map((line) => `        ${line},\n`).join("");
  return `from gptimage2_video import VideoClient

with VideoClient(base_url=${literal(baseUrl)}) as client:  # ${KEY_NOTE}
    task = client.generate(
${lines}    )
    print(task.path, task.credits_used)`;
}

function typescript(body, { baseUrl }) {
  const options = optionsOf(body);
  const entries = Object.entries({ ...options, saveTo: FILE }).map(
    ([name, value]) => `  ${propertyName(name)}: ${JSON.stringify(value)},\n`,
  );
  return `import { VideoClient } from "gptimage2-video";

const client = new VideoClient({ baseUrl: ${JSON.stringify(baseUrl)} }); // ${KEY_NOTE}
const task = await client.generate(${JSON.stringify(options ? body.prompt : body)}, {
${entries.join("")}});
console.log(task.path, task.creditsUsed);`;
}

const propertyName = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A JSON value as Python writes it. */
function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([name, item]) => `${JSON.stringify(name)}: ${literal(item)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** The options that build this body from its prompt, or null where none do. */
function optionsOf(body) {
  if (typeof body?.prompt !== "string") return null;
  const { prompt, model, inputMode, inputImageUrls: urls, ...rest } = body;
  const image = Array.isArray(urls) && urls.length === 1 ? urls[0] : urls;
  const fields = Object.fromEntries(fieldsOf(rest));
  const others = Object.entries(rest).filter((entry) => !isField(entry));
  const extra = others.length ? Object.fromEntries(others) : undefined;
  return (
    [undefined, inputMode]
      .map((mode) => defined({ model, inputMode: mode, image, ...fields, extra }))
      .find((candidate) => builds(candidate, body)) ?? null
  );
}

const defined = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

function builds(options, body) {
  try {
    return canonical(buildRequest(body.prompt, options)) === canonical(body);
  } catch {
    return false; // an image that is no text, for one
  }
}

const canonical = (body) => JSON.stringify(Object.entries(body).sort(([left], [right]) => (left < right ? -1 : 1)));
