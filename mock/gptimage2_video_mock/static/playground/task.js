/** The task in the middle of the page: submitted, polled and played, by the client's own code. */
import { Budget } from "/playground/client/budget.js";
import { TaskFailed } from "/playground/client/errors.js";
import { retrieve } from "/playground/client/flow/retrieve.js";
import { BACKOFF, Deadline } from "/playground/client/flow/retry.js";
import { submit } from "/playground/client/flow/submit.js";
import { updates } from "/playground/client/flow/wait.js";
import { firstDelay } from "/playground/client/polling/schedule.js";
import { newTask, taskFromJson, TaskStatus } from "/playground/client/task.js";
import { FetchTransport } from "/playground/client/transport/fetch.js";
import { clock } from "/playground/clock.js";
import { byId, button, credits, el, pluralize, sentence, setText } from "/playground/dom.js";
import { loggingFetch } from "/playground/fetch.js";
import { baseUrl } from "/playground/mock.js";

const POLL_INTERVAL = 2_000; // milliseconds of the mock's clock; what the documentation recommends
const REQUEST_TIMEOUT = 10_000; // real milliseconds; the client's own default is too long for a person
const STATES = { [TaskStatus.PENDING]: "pending", [TaskStatus.COMPLETED]: "completed", [TaskStatus.FAILED]: "failed" };
// For each error a title, and the state of the task as far as the page knows.
const FAILURES = {
  InvalidRequest: ["Not sent", "not sent"],
  SubmissionUncertain: ["It may have been charged", "uncertain"],
  TaskFailed: ["The task failed", "failed"],
  ConnectionFailed: ["No response", "no response"],
  UnexpectedReply: ["Unexpected response", "unknown"],
  AbortError: ["No longer watched", "not watched"],
};

let current = null; // the session that is watched now: { controller, startedAt }
const settings = { taskSeconds: 60, onChange: () => {} };

/** Set how many seconds of the mock's clock a task takes, and what to call when something has changed. */
export const setUp = (values) => Object.assign(settings, values);

/** Submit a body, valid or not, and watch its task to the end. */
export const generate = (body, key, scenario) =>
  start(key, scenario, async (context) => {
    setState("submitting");
    const unpriced = { body, quote: { credits: null, note: "" }, warnings: [] };
    const task = await submit(context, unpriced, new Deadline(Infinity, clock));
    addEvent(`accepted as ${task.id}${task.creditsUsed === null ? "" : `, ${credits(task.creditsUsed)} debited`}`);
    render(task);
    return { task, initialDelay: firstDelay(POLL_INTERVAL) };
  });

/** Watch a task of the list again. */
export const resume = (row, key) =>
  start(key, row.scenario, async () => {
    const task = taskFromJson(row, row.taskId) ?? newTask(row.taskId);
    render(task);
    return { task, initialDelay: 0 };
  });

/** Show that nothing was sent, and why. */
export function reject(errors) {
  reset();
  showError("InvalidRequest", `Nothing was sent. ${errors.map(({ message }) => sentence(message)).join(" ")}`);
}

/** Get a task, and watch it to the end. */
async function start(key, scenario, getTask) {
  const session = reset();
  const log = (text) => {
    if (session === current) addEvent(text);
    settings.onChange();
  };
  const context = {
    transport: new FetchTransport(key, loggingFetch(log)),
    clock,
    baseUrl: baseUrl(scenario),
    budget: new Budget(null, true),
    requestTimeout: REQUEST_TIMEOUT,
    pollInterval: POLL_INTERVAL,
    signal: session.controller.signal,
  };
  try {
    const { task, initialDelay } = await getTask(context);
    const deadline = new Deadline(Infinity, clock);
    const snapshots = updates(context, task, { deadline, lastStatus: task.status, initialDelay, requireVideo: true });
    let step = await snapshots.next();
    for (; !step.done; step = await snapshots.next()) if (session === current) render(step.value);
    if (session === current) play(step.value, context, session);
  } catch (error) {
    if (session === current) fail(error);
  } finally {
    settings.onChange();
  }
}

function reset() {
  current?.controller.abort("another task is watched");
  current = { controller: new AbortController(), startedAt: null };
  byId("player").replaceChildren(el("p", {}, "Your video plays here."));
  byId("outcome").replaceChildren();
  byId("facts").replaceChildren();
  byId("events").replaceChildren();
  byId("events-details").hidden = true;
  byId("progress-field").hidden = true;
  byId("player").scrollIntoView({ block: "nearest" });
  return current;
}

function setState(name) {
  setText(byId("task-state"), name);
  byId("task-state").dataset.state = name;
}

function render(task) {
  const name = STATES[task.status];
  setState(name ?? `unknown status ${task.status}`);
  addEvent(name ? `status: ${name}` : `status ${task.status} is unknown to this client; polling continues`);
  const facts = {
    Task: task.id,
    Model: task.model,
    Charged: task.creditsUsed === null ? null : credits(task.creditsUsed),
    Refunded:
      task.refunded === null || task.status !== TaskStatus.FAILED ? null : task.refunded ? "yes, in full" : "not yet",
    Prompt: task.prompt,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  byId("facts").replaceChildren(...known.flatMap(([title, value]) => [el("dt", {}, title), el("dd", {}, value)]));
  const isDone = task.status === TaskStatus.COMPLETED || task.status === TaskStatus.FAILED;
  current.startedAt ??= task.createdAt ? Date.parse(task.createdAt) : clock.now();
  byId("progress-field").hidden = isDone;
  renderProgress();
}

/** Show how far the task should be. Called periodically. */
export function renderProgress() {
  if (byId("progress-field").hidden) return;
  const elapsed = Math.max((clock.now() - current.startedAt) / 1000, 0);
  byId("progress").value = Math.min(elapsed / settings.taskSeconds, 0.99);
  const usual = `a task takes ${pluralize(settings.taskSeconds, "second")} here`;
  byId("progress-text").textContent = `Pending for ${Math.floor(elapsed)} s of the mock's clock; ${usual}`;
}

function fail(error) {
  if (error instanceof TaskFailed) render(error.task);
  const uncertain = error.name === "SubmissionUncertain";
  const hint = uncertain ? " Here the list of tasks is that dashboard: it shows whether the task was made." : "";
  showError(error.name, sentence(error.message) + hint, error.status);
}

function showError(name, message, status) {
  byId("progress-field").hidden = true;
  const [title, state] = FAILURES[name] ?? [status ? `Refused with ${status}` : name, "refused"];
  setState(state);
  byId("outcome").replaceChildren(failure(name, title, message));
}

const failure = (name, title, message) =>
  el("p", { class: `failure ${name}`, "data-error": name }, el("b", {}, title), el("span", {}, message));

/** Play the video; where it breaks, ask the task for its address again, as the client does. */
function play(task, context, session) {
  render(task);
  const properties = { controls: true, muted: true, autoplay: true, loop: true, playsInline: true };
  const video = el("video", { ...properties, "aria-label": task.prompt ? `Video: ${task.prompt}` : "The video" });
  let attempt = 0;
  const load = (url) => {
    video.src = url;
    video.play().catch(() => {}); // a browser plays automatically only what is visible
  };
  video.addEventListener("loadeddata", () => settings.onChange());
  video.addEventListener("error", async () => {
    if (session !== current) return;
    settings.onChange();
    if (++attempt > BACKOFF.maxRetries) return showUnplayable(task, context, session);
    addEvent("the video could not be played; asking the task for its address again");
    const latest = await retrieve(context, task.id).catch(() => task);
    load(latest.videoUrl ?? task.videoUrl);
  });
  byId("player").replaceChildren(video);
  const link = el("a", { href: task.videoUrl, download: "" }, "Open the MP4");
  byId("outcome").replaceChildren(
    el("p", { class: "hint" }, "A sample with the requested duration and aspect ratio. ", link),
  );
  load(task.videoUrl);
}

function showUnplayable(task, context, session) {
  byId("player").replaceChildren(el("p", {}, "No video could be played."));
  const text = `The video of task ${task.id} exists but could not be fetched; fetching it again costs nothing.`;
  const retry = button("Try again", () => play(task, context, session));
  byId("outcome").replaceChildren(failure("DownloadFailed", "Not played", text), retry);
}

/** A line of what the client did; repetitions are counted. */
function addEvent(text) {
  const last = byId("events").lastElementChild;
  byId("events-details").hidden = false;
  if (last?.text === text) {
    last.count += 1;
    setText(last.lastElementChild, `${text} (${last.count} times)`);
    return;
  }
  const time = new Date(clock.now()).toISOString().slice(11, 19);
  byId("events").append(el("li", { text, count: 1 }, el("time", {}, time), el("span", {}, text)));
}

/** Stop watching; the task goes on. */
export const stop = () => current?.controller.abort("no longer watched");
