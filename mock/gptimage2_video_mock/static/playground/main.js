/** The page: what its parts share, and who tells whom. */
import { follow } from "/playground/clock.js";
import { byId, credits, el, say } from "/playground/dom.js";
import { explain } from "/playground/explain.js";
import { drawForm, request } from "/playground/form.js";
import { addRequests, drawTasks } from "/playground/lists.js";
import * as mock from "/playground/mock.js";
import { LANGUAGES, NAMES } from "/playground/snippets.js";
import * as task from "/playground/task.js";

const REFRESH = 1_000; // milliseconds between looks at the mock while the page is seen
const OWN = "own",
  NOBODYS = "a-key-of-nobody";
const PHASES = { "": "Tasks and replies", submit: "Submitting", poll: "Polling", download: "Downloading" };

let told = { keys: [], balance: null, inventedCreditsPerSecond: 0 };
let after = 0;
let byHand = false;
let language = "curl";

const key = () => (byId("key").value === OWN ? byId("own-key").value : byId("key").value);

/** What would be sent: the body, or why the text of it is none. */
function body() {
  if (!byHand) return { value: request() };
  try {
    return { value: JSON.parse(byId("body").value) };
  } catch (problem) {
    return { trouble: `the body is not JSON: ${problem.message}` };
  }
}

function changed() {
  const { value, trouble } = body();
  if (!byHand) byId("body").value = JSON.stringify(value, null, 2);
  byId("by-hand").hidden = !byHand;
  const errors = explain(value, byHand, trouble, told);
  byId("anyway").hidden = errors.length === 0 || trouble !== undefined;
  say(
    byId("submit-note"),
    errors.length
      ? "Nothing leaves this page while a rule is broken. Send it anyway to see how the service refuses it."
      : "",
  );
  const where = {
    baseUrl: mock.baseUrl(byId("scenario").value || "reference"),
    key: told.keys.includes(key()) ? key() : "",
  };
  say(byId("snippet"), trouble ? "The body is not JSON yet." : LANGUAGES[language](value, where));
  return errors;
}

function submit(event) {
  event.preventDefault();
  const errors = changed();
  if (!errors.length) return send();
  task.refuse(errors);
  document.querySelector('#request [aria-invalid="true"]')?.focus();
}

const send = () => task.make(body().value, key(), byId("scenario").value);

let refreshing = null;
let wanted = false;

/** Ask the mock how things stand; while it is being asked, ask once more afterwards. */
function refresh() {
  wanted = true;
  refreshing ??= (async () => {
    while (wanted) {
      wanted = false;
      await look().catch(() => (byId("offline").hidden = false));
    }
    refreshing = null;
  })();
}

async function look() {
  const asked = key();
  const pending = [...byId("log").children].filter((row) => row.pending).map((row) => row.number);
  const overview = await mock.overview(asked, Math.min(after, ...pending.map((number) => number - 1)));
  byId("offline").hidden = true;
  follow(overview.now, overview.speed);
  if (overview.lastRequest < after) {
    after = 0; // another server now listens here
    byId("log").replaceChildren();
    return void (wanted = true);
  }
  after = addRequests(overview.requests, overview.oldestRequest, after);
  if (asked !== key()) return void (wanted = true); // another one was chosen meanwhile
  const first = !told.keys.length && !told.now;
  told = overview;
  if (first) {
    drawKeys();
    return look(); // the balance is that of the key
  }
  task.setUp({ taskSeconds: overview.taskSeconds });
  say(byId("balance"), overview.balance === null ? (asked ? "no such key" : "…") : credits(overview.balance));
  drawTasks(overview.tasks, (row) => task.resume(row, key()));
  changed();
}

/** Only keys that everybody knows are offered; another one is typed, and kept nowhere. */
function drawKeys() {
  const options = told.keys.map((name) => [name, name]);
  options.push([NOBODYS, `${NOBODYS} (refused)`], [OWN, "another…"]);
  byId("key").replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
  if (!told.keys.length) byId("key").value = OWN;
  byId("own-key-field").hidden = byId("key").value !== OWN;
}

async function drawScenarios() {
  const rows = await mock.scenarios();
  const groups = Object.entries(PHASES).map(([phase, label]) =>
    el(
      "optgroup",
      { label },
      ...rows.filter((row) => row.phase === phase).map(({ name }) => el("option", { value: name }, name)),
    ),
  );
  byId("scenario").replaceChildren(...groups);
  const about = () => {
    say(byId("scenario-about"), rows.find(({ name }) => name === byId("scenario").value)?.about ?? "");
    changed();
  };
  byId("scenario").addEventListener("change", about);
  about();
}

function drawLanguages() {
  const choose = (name) => () => {
    language = name;
    changed();
  };
  const options = Object.entries(NAMES).map(([name, text]) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: "language", value: name, checked: name === language, onchange: choose(name) }),
      el("span", {}, text),
    ),
  );
  byId("languages").append(...options);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("snippet").textContent);
    say(byId("copied"), "Copied.");
  } catch {
    getSelection().selectAllChildren(byId("snippet")); // over plain http to another machine there is no clipboard
    say(byId("copied"), "Selected; copy it with the keyboard.");
  }
}

async function begin() {
  drawLanguages();
  drawForm(() => {
    byHand = false;
    changed();
  });
  task.setUp({ changed: refresh });
  byId("request").addEventListener("submit", submit);
  byId("request").addEventListener(
    "keydown",
    (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event),
  );
  byId("anyway").addEventListener("click", send);
  byId("body").addEventListener("input", () => {
    byHand = true;
    changed();
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
    if (!confirm("Forget all tasks and requests, and give every account its first balance?")) return;
    await mock.reset();
    refresh();
  });
  setInterval(() => document.hidden || refresh(), REFRESH);
  setInterval(task.progress, 200);
  changed();
  await Promise.all([drawScenarios(), look()]).catch(() => (byId("offline").hidden = false));
  performance.mark("interactive");
  document.documentElement.dataset.ready = "";
  refresh();
}

begin();
