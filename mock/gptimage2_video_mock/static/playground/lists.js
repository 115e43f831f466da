/** The lists beside the task: the tasks of the account, and the requests that reached the mock. */
import { byId, button, credits, el, pluralize, setText } from "/playground/dom.js";
import { exchange } from "/playground/mock.js";

const STATES = ["pending", "completed", "failed"];
const MAX_REQUESTS = 100;

/** Render the tasks of the account; `show` takes one of them to the middle of the page. */
export function renderTasks(tasks, show) {
  const list = byId("history");
  const key = JSON.stringify(tasks);
  if (list.renderedKey === key) return;
  list.renderedKey = key;
  const focused = document.activeElement?.dataset.task;
  list.replaceChildren(...tasks.map((task) => taskRow(task, show)));
  if (focused) list.querySelector(`[data-task="${CSS.escape(focused)}"]`)?.focus();
  byId("no-history").hidden = tasks.length > 0;
}

function taskRow(task, show) {
  const state = STATES[task.status];
  const charge = task.creditsRefunded ? `${credits(task.creditsUsed)} refunded` : credits(task.creditsUsed);
  const scenario = task.scenario === "reference" ? "" : ` · ${task.scenario}`;
  const open = button(state === "pending" ? "Watch" : "Show", () => show(task), {
    "data-task": task.taskId,
    "aria-label": `${state === "pending" ? "Watch" : "Show"} ${task.taskId}`,
  });
  return el(
    "li",
    { class: "row" },
    el("p", { class: "clip", title: task.prompt }, task.prompt),
    el("span", { class: "state", "data-state": state }, state),
    el("p", { class: "hint" }, `${task.model} · ${charge}${scenario}`),
    open,
  );
}

/** Add the new requests and remove those that the mock has dropped; returns the number of the last one. */
export function addRequests(requests, oldest, after) {
  const list = byId("log");
  for (const row of [...list.children]) {
    if (oldest === null || row.number < oldest) row.remove();
    else if (row.pending) updateRow(row, requests);
  }
  for (const request of requests) if (request.number > after) list.prepend(requestRow(request));
  while (list.children.length > MAX_REQUESTS) list.lastElementChild.remove();
  byId("no-log").hidden = list.children.length > 0;
  return Math.max(after, ...requests.map(({ number }) => number));
}

const statusOf = ({ status, ending }) => (status === null ? (ending ? "cut" : "…") : String(status));

function updateRow(row, requests) {
  const request = requests.find(({ number }) => number === row.number);
  if (request) row.update(request);
}

function requestRow(request) {
  const status = el("span", { class: "status" });
  const raw = el("div", { class: "raw" });
  const scenario = request.scenario === "reference" ? "" : request.scenario;
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
      el("span", { class: "tag", hidden: !scenario }, scenario),
      status,
    ),
    raw,
  );
  const row = el("li", { number: request.number }, details);
  row.update = (latest) => {
    setText(status, statusOf(latest));
    status.dataset.statusClass = latest.status === null ? "none" : String(latest.status)[0];
    row.pending = latest.status === null && !latest.ending;
  };
  row.update(request);
  return row;
}

async function open(place, number) {
  try {
    const raw = await exchange(number);
    const ending = raw.ending ? [el("p", { class: "hint" }, raw.ending)] : [];
    const size = pluralize(raw.reply.length, "character");
    place.replaceChildren(
      el("h3", {}, "Request"),
      el("pre", { class: "code", tabIndex: 0 }, raw.request),
      el("h3", {}, "Response", el("small", {}, raw.reply ? ` ${size}` : "")),
      el("pre", { class: "code", tabIndex: 0, hidden: !raw.reply }, raw.reply),
      ...ending,
    );
  } catch {
    place.replaceChildren(el("p", { class: "hint" }, "The mock has dropped this request from its log."));
  }
}
