/** The lists beside the task: what the account has made, and what reached the mock. */
import { byId, button, counted, credits, el, say } from "/playground/dom.js";
import { exchange } from "/playground/mock.js";

const STATES = ["pending", "completed", "failed"];
const SHOWN_REQUESTS = 100;

/** The tasks of the account; `show` takes one of them to the middle of the page. */
export function drawTasks(tasks, show) {
  const list = byId("history");
  const key = JSON.stringify(tasks);
  if (list.shown === key) return;
  list.shown = key;
  const focused = document.activeElement?.dataset.task;
  list.replaceChildren(...tasks.map((task) => taskRow(task, show)));
  if (focused) list.querySelector(`[data-task="${CSS.escape(focused)}"]`)?.focus();
  byId("no-history").hidden = tasks.length > 0;
}

function taskRow(task, show) {
  const name = STATES[task.status];
  const money = task.creditsRefunded ? `${credits(task.creditsUsed)} refunded` : credits(task.creditsUsed);
  const under = task.scenario === "reference" ? "" : ` · ${task.scenario}`;
  const open = button(name === "pending" ? "Watch" : "Show", () => show(task), {
    "data-task": task.taskId,
    "aria-label": `${name === "pending" ? "Watch" : "Show"} ${task.taskId}`,
  });
  return el(
    "li",
    { class: "row" },
    el("p", { class: "clip", title: task.prompt }, task.prompt),
    el("span", { class: "state", "data-state": name }, name),
    el("p", { class: "hint" }, `${task.model} · ${money}${under}`),
    open,
  );
}

/** Add the requests that are new, forget those that the mock has forgotten. The number of the last one comes back. */
export function addRequests(requests, oldest, after) {
  const list = byId("log");
  for (const row of [...list.children]) {
    if (oldest === null || row.number < oldest) row.remove();
    else if (row.pending) refresh(row, requests);
  }
  for (const request of requests) if (request.number > after) list.prepend(requestRow(request));
  while (list.children.length > SHOWN_REQUESTS) list.lastElementChild.remove();
  byId("no-log").hidden = list.children.length > 0;
  return Math.max(after, ...requests.map(({ number }) => number));
}

const statusOf = ({ status, ending }) => (status === null ? (ending ? "cut" : "…") : String(status));

function refresh(row, requests) {
  const request = requests.find(({ number }) => number === row.number);
  if (request) row.update(request);
}

function requestRow(request) {
  const status = el("span", { class: "status" });
  const raw = el("div", { class: "raw" });
  const under = request.scenario === "reference" ? "" : request.scenario;
  const details = el(
    "details",
    { ontoggle: () => details.open && open(raw, request.number) },
    el(
      "summary",
      {},
      el("span", { class: "number" }, `#${request.number}`),
      el(
        "span",
        { class: "clip", title: request.path },
        el("b", {}, request.method),
        ` ${request.path.replace(/^\/scenarios\/[^/]+/, "")}`,
      ),
      el("span", { class: "tag", hidden: !under }, under),
      status,
    ),
    raw,
  );
  const row = el("li", { number: request.number }, details);
  row.update = (told) => {
    say(status, statusOf(told));
    status.dataset.kind = told.status === null ? "none" : String(told.status)[0];
    row.pending = told.status === null && !told.ending;
  };
  row.update(request);
  return row;
}

async function open(place, number) {
  try {
    const told = await exchange(number);
    const ending = told.ending ? [el("p", { class: "hint" }, told.ending)] : [];
    const size = counted(told.reply.length, "character");
    place.replaceChildren(
      el("h3", {}, "Request"),
      el("pre", { class: "code", tabIndex: 0 }, told.request),
      el("h3", {}, "Response", el("small", {}, told.reply ? ` ${size}` : "")),
      el("pre", { class: "code", tabIndex: 0, hidden: !told.reply }, told.reply),
      ...ending,
    );
  } catch {
    place.replaceChildren(el("p", { class: "hint" }, "The mock no longer remembers this request."));
  }
}
