/** The page: its state, and the events that connect its parts. */
import { syncClock } from "/playground/clock.js";
import { byId, credits, el, setText } from "/playground/dom.js";
import { renderForm, request } from "/playground/form.js";
import { addRequests, renderTasks } from "/playground/lists.js";
import * as mock from "/playground/mock.js";
import { LANGUAGES, NAMES } from "/playground/snippets.js";
import * as task from "/playground/task.js";
import { validate } from "/playground/validation.js";

const REFRESH_INTERVAL = 1_000; // milliseconds, while the page is visible
const OWN = "own";
const INVALID_KEY = "a-key-of-nobody";
const PHASES = { "": "Tasks and responses", submit: "Submitting", poll: "Polling", download: "Downloading" };

let overview = { keys: [], balance: null, inventedCreditsPerSecond: 0 };
let lastRequest = 0;
let edited = false;
let language = "curl";

const key = () => (byId("key").value === OWN ? byId("own-key").value : byId("key").value);

/** The body to send, or why its text is none. */
function body() {
  if (!edited) return { value: request() };
  try {
    return { value: JSON.parse(byId("body").value) };
  } catch (error) {
    return { parseError: `the body is not JSON: ${error.message}` };
  }
}

function update() {
  const { value, parseError } = body();
  if (!edited) byId("body").value = JSON.stringify(value, null, 2);
  byId("edited").hidden = !edited;
  const errors = validate(value, edited, parseError, overview);
  byId("send-anyway").hidden = errors.length === 0 || parseError !== undefined;
  setText(
    byId("submit-note"),
    errors.length
      ? "Nothing leaves this page while a rule is broken. Send it anyway to see how the service refuses it."
      : "",
  );
  const target = {
    baseUrl: mock.baseUrl(byId("scenario").value || "reference"),
    key: overview.keys.includes(key()) ? key() : "",
  };
  setText(byId("snippet"), parseError ? "The body is not JSON yet." : LANGUAGES[language](value, target));
  return errors;
}

function submit(event) {
  event.preventDefault();
  const errors = update();
  if (!errors.length) return send();
  task.reject(errors);
  document.querySelector('#request [aria-invalid="true"]')?.focus();
}

const send = () => task.generate(body().value, key(), byId("scenario").value);

let refreshing = null;
let refreshAgain = false;

/** Read the overview of the mock; once more afterwards where that is under way. */
function refresh() {
  refreshAgain = true;
  refreshing ??= (async () => {
    while (refreshAgain) {
      refreshAgain = false;
      await readOverview().catch(() => (byId("offline").hidden = false));
    }
    refreshing = null;
  })();
}

async function readOverview() {
  const usedKey = key();
  const pending = [...byId("log").children].filter((row) => row.pending).map((row) => row.number);
  const latest = await mock.overview(usedKey, Math.min(lastRequest, ...pending.map((number) => number - 1)));
  byId("offline").hidden = true;
  syncClock(latest.now, latest.speed);
  if (latest.lastRequest < lastRequest) {
    lastRequest = 0; // another server now listens here
    byId("log").replaceChildren();
    return void (refreshAgain = true);
  }
  lastRequest = addRequests(latest.requests, latest.oldestRequest, lastRequest);
  if (usedKey !== key()) return void (refreshAgain = true); // another key was selected meanwhile
  const isFirst = !overview.keys.length && !overview.now;
  overview = latest;
  if (isFirst) {
    renderKeys();
    return readOverview(); // the balance is that of the key
  }
  task.setUp({ taskSeconds: overview.taskSeconds });
  setText(byId("balance"), overview.balance === null ? (usedKey ? "no such key" : "…") : credits(overview.balance));
  renderTasks(overview.tasks, (row) => task.resume(row, key()));
  update();
}

/** Only the mock's own test keys are offered; another one is typed, and kept nowhere. */
function renderKeys() {
  const options = overview.keys.map((name) => [name, name]);
  options.push([INVALID_KEY, `${INVALID_KEY} (refused)`], [OWN, "another…"]);
  byId("key").replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
  if (!overview.keys.length) byId("key").value = OWN;
  byId("own-key-field").hidden = byId("key").value !== OWN;
}

async function renderScenarios() {
  const rows = await mock.scenarios();
  const groups = Object.entries(PHASES).map(([phase, label]) =>
    el(
      "optgroup",
      { label },
      ...rows.filter((row) => row.phase === phase).map(({ name }) => el("option", { value: name }, name)),
    ),
  );
  byId("scenario").replaceChildren(...groups);
  const describe = () => {
    setText(byId("scenario-about"), rows.find(({ name }) => name === byId("scenario").value)?.about ?? "");
    update();
  };
  byId("scenario").addEventListener("change", describe);
  describe();
}

function renderLanguages() {
  const select = (name) => () => {
    language = name;
    update();
  };
  const options = Object.entries(NAMES).map(([name, text]) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: "language", value: name, checked: name === language, onchange: select(name) }),
      el("span", {}, text),
    ),
  );
  byId("languages").append(...options);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("snippet").textContent);
    setText(byId("copied"), "Copied.");
  } catch {
    getSelection().selectAllChildren(byId("snippet")); // over plain HTTP to another host there is no clipboard
    setText(byId("copied"), "Selected; copy it with the keyboard.");
  }
}

async function start() {
  renderLanguages();
  renderForm(() => {
    edited = false;
    update();
  });
  task.setUp({ onChange: refresh });
  byId("request").addEventListener("submit", submit);
  byId("request").addEventListener(
    "keydown",
    (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event),
  );
  byId("send-anyway").addEventListener("click", send);
  byId("body").addEventListener("input", () => {
    edited = true;
    update();
  });
  byId("key").addEventListener("change", () => {
    byId("own-key-field").hidden = byId("key").value !== OWN;
    refresh();
  });
  byId("own-key").addEventListener("input", refresh);
  byId("account").addEventListener("submit", (event) => event.preventDefault());
  byId("copy").addEventListener("click", copy);
  byId("stop").addEventListener("click", task.stop);
  byId("skip-time").addEventListener("click", async () => {
    await mock.advance(30);
    refresh();
  });
  byId("reset").addEventListener("click", async () => {
    if (!confirm("Delete all tasks and requests, and reset the balance of every account?")) return;
    await mock.reset();
    refresh();
  });
  setInterval(() => document.hidden || refresh(), REFRESH_INTERVAL);
  setInterval(task.renderProgress, 200);
  update();
  await Promise.all([renderScenarios(), readOverview()]).catch(() => (byId("offline").hidden = false));
  performance.mark("interactive");
  document.documentElement.dataset.ready = "";
  refresh();
}

start();
