/**
 * The task in the middle of the page: submitted and waited for by the client's own code, from the request to the video.
 *
 * Not here: what may be repeated, what an answer means, and the sentences (the client's compiled modules).
 */
import { Engine } from "/playground/client/transport/fetch.js";
import { TaskFailed } from "/playground/client/errors.js";
import { Flow } from "/playground/client/flow/wait.js";
import { Budget } from "/playground/client/pricing.js";
import { Deadline, firstPause, REPEATS } from "/playground/client/flow/retry.js";
import { knownTask, readTask, TaskStatus } from "/playground/client/task.js";
import { telling } from "/playground/browser.js";
import { clock } from "/playground/clock.js";
import { byId, button, counted, credits, el, say, sentence } from "/playground/dom.js";
import { baseUrl } from "/playground/mock.js";

const POLL_INTERVAL = 2_000; // milliseconds of the mock's clock; what the documentation recommends
const REQUEST_TIMEOUT = 10_000; // real milliseconds; the client's own default tries a person's patience
const STATES = { [TaskStatus.PENDING]: "pending", [TaskStatus.COMPLETED]: "completed", [TaskStatus.FAILED]: "failed" };
// How a call may end badly: a title, and the state of the task as far as the page knows.
const ENDINGS = {
  InvalidRequest: ["Not sent", "not sent"],
  SubmissionUncertain: ["It may have been charged", "uncertain"],
  TaskFailed: ["The task failed", "failed"],
  ConnectionFailed: ["No answer", "no answer"],
  UnexpectedReply: ["An answer outside the contract", "unknown"],
  AbortError: ["No longer watched", "not watched"],
};

let watched = null; // what is watched now: { stop, since }
let shown = { taskSeconds: 60, changed: () => {} };

/** How long a task takes here, in seconds of the mock's clock, and whom to tell that something has changed. */
export const setUp = (settings) => Object.assign(shown, settings);

/** Submit a body, and watch its task to the end. */
export const make = (body, key, scenario) =>
  watch(key, scenario, async (flow, signal) => {
    state("submitting");
    const task = await flow.submit(body, new Deadline(Infinity), signal);
    event(`accepted as ${task.id}${task.creditsUsed === null ? "" : `, ${credits(task.creditsUsed)} debited`}`);
    seen(task);
    return { task, pause: firstPause(POLL_INTERVAL) };
  });

/** Take up a task of the list again. */
export const resume = (row, key) =>
  watch(key, row.scenario, async () => {
    const task = { ...(readTask(row, row.taskId) ?? knownTask(row.taskId)) };
    seen(task);
    return { task, pause: 0 };
  });

/** Say that nothing was sent, and why. */
export function refuse(errors) {
  begin();
  end("InvalidRequest", `Nothing was sent. ${errors.map(({ message }) => sentence(message)).join(" ")}`);
}

async function watch(key, scenario, start) {
  const mine = begin();
  const signal = mine.stop.signal;
  const tell = (text) => {
    if (mine === watched) event(text);
    shown.changed();
  };
  const engine = new Engine(key, telling(tell));
  const flow = new Flow(engine, baseUrl(scenario), new Budget(null, true), REQUEST_TIMEOUT, POLL_INTERVAL);
  try {
    const { task, pause } = await start(flow, signal);
    const waiting = { deadline: new Deadline(Infinity), signal, seen: task.status, pause, withVideo: true };
    const updates = flow.updates(task, waiting);
    let step = await updates.next();
    for (; !step.done; step = await updates.next()) if (mine === watched) seen(step.value);
    if (mine === watched) play(step.value, flow, mine);
  } catch (problem) {
    if (mine === watched) failed(problem);
  } finally {
    shown.changed();
  }
}

function begin() {
  watched?.stop.abort("another task is looked at");
  watched = { stop: new AbortController(), since: null };
  byId("stage").replaceChildren(el("p", {}, "Your video plays here."));
  byId("outcome").replaceChildren();
  byId("facts").replaceChildren();
  byId("events").replaceChildren();
  byId("events-details").hidden = true;
  byId("progress-field").hidden = true;
  byId("stage").scrollIntoView({ block: "nearest" });
  return watched;
}

function state(name) {
  say(byId("task-state"), name);
  byId("task-state").dataset.state = name;
}

function seen(task) {
  const name = STATES[task.status];
  state(name ?? `unknown status ${task.status}`);
  event(name ? `seen as ${name}` : `status ${task.status} is unknown to this client; it goes on looking`);
  const facts = {
    Task: task.id,
    Model: task.model,
    Charged: task.creditsUsed === null ? null : credits(task.creditsUsed),
    Refunded:
      task.refunded === null || task.status !== TaskStatus.FAILED ? null : task.refunded ? "yes, in full" : "not yet",
    Prompt: task.prompt,
  };
  const told = Object.entries(facts).filter(([, value]) => value !== null);
  byId("facts").replaceChildren(...told.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  const ended = task.status === TaskStatus.COMPLETED || task.status === TaskStatus.FAILED;
  watched.since ??= task.createdAt ? Date.parse(task.createdAt) : clock.now();
  byId("progress-field").hidden = ended;
  progress();
}

/** How far the task should be. Called again and again. */
export function progress() {
  if (byId("progress-field").hidden) return;
  const passed = Math.max((clock.now() - watched.since) / 1000, 0);
  byId("progress").value = Math.min(passed / shown.taskSeconds, 0.99);
  const usual = `a task takes ${counted(shown.taskSeconds, "second")} here`;
  byId("progress-text").textContent = `Pending for ${Math.floor(passed)} s of the mock's clock; ${usual}`;
}

function failed(problem) {
  if (problem instanceof TaskFailed) seen(problem.task);
  const uncertain = problem.name === "SubmissionUncertain";
  const hint = uncertain ? " Here the list of tasks is that dashboard: it shows whether the task was made." : "";
  end(problem.name, sentence(problem.message) + hint, problem.status);
}

function end(kind, message, status) {
  byId("progress-field").hidden = true;
  const [title, name] = ENDINGS[kind] ?? [status ? `Refused with ${status}` : kind, "refused"];
  state(name);
  byId("outcome").replaceChildren(ending(kind, title, message));
}

const ending = (kind, title, message) =>
  el("p", { class: `ending ${kind}`, "data-kind": kind }, el("b", {}, title), el("span", {}, message));

/** Show the video; where it breaks, ask the task for its address again, as the client does. */
function play(task, flow, mine) {
  seen(task);
  const settings = { controls: true, muted: true, autoplay: true, loop: true, playsInline: true };
  const video = el("video", { ...settings, "aria-label": task.prompt ? `Video: ${task.prompt}` : "The video" });
  let tries = 0;
  const show = (url) => {
    video.src = url;
    video.play().catch(() => {}); // by itself a browser plays only what is in sight
  };
  video.addEventListener("loadeddata", () => shown.changed());
  video.addEventListener("error", async () => {
    if (mine !== watched) return;
    shown.changed();
    if (++tries > REPEATS) return unplayed(task, flow, mine);
    event("the video could not be played; asking the task for its address again");
    const again = await flow.get(task.id, mine.stop.signal).catch(() => task);
    show(again.videoUrl ?? task.videoUrl);
  });
  byId("stage").replaceChildren(video);
  const link = el("a", { href: task.videoUrl, download: "" }, "Open the MP4");
  byId("outcome").replaceChildren(el("p", { class: "hint" }, "A sample of the asked length and shape. ", link));
  show(task.videoUrl);
}

function unplayed(task, flow, mine) {
  byId("stage").replaceChildren(el("p", {}, "No video could be played."));
  const text = `The video of task ${task.id} exists but could not be fetched; fetching it again costs nothing.`;
  const again = button("Try again", () => play(task, flow, mine));
  byId("outcome").replaceChildren(ending("DownloadFailed", "Not played", text), again);
}

/** A line of what the client did; the same again is counted. */
function event(text) {
  const last = byId("events").lastElementChild;
  byId("events-details").hidden = false;
  if (last?.told === text) {
    last.times += 1;
    say(last.lastElementChild, `${text} (${last.times} times)`);
    return;
  }
  const time = new Date(clock.now()).toISOString().slice(11, 19);
  byId("events").append(el("li", { told: text, times: 1 }, el("time", {}, time), el("span", {}, text)));
}

/** Watch no longer; the task goes on. */
export const stop = () => watched?.stop.abort("no longer watched");
