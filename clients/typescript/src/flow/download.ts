/**
 * Fetching a finished video: the conversation with the host that serves it.
 *
 * Lives here: when to resume, when to ask the task for a new address, when to give up. Not here: the file (`sinks`). The
 * key never goes along: the host is not the API's.
 */
import { Aborted, DownloadFailed, TaskFailed, VideoClientError } from "../errors.js";
import { type Flow, sleep } from "./wait.js";
import { backoff, Deadline, REPEATS } from "./retry.js";
import type { Part } from "../transport/files.js";
import { since, type Task, TaskStatus } from "../task.js";
import type { Send } from "../effects.js";

/** So long a video may take to come, all tries together: a host that drips must not hold a program for ever. */
const PATIENCE = 3_600_000;
/** The address has expired, and the task names a new one. */
const EXPIRED: readonly number[] = [403, 410];
/** What passes by itself: not there yet on the CDN, too slow, too early, too many. */
const PASSING: readonly number[] = [404, 408, 425, 429];

/** Why the video is not whole yet; null when it is. */
interface Fetched {
  readonly reason: string | null;
  readonly expired: boolean;
}

/**
 * The task with the path of its video. One without an address is looked up; one without an id is a bare address.
 *
 * @throws DownloadFailed After a few tries in a row that brought nothing further, or PATIENCE.
 * @throws TaskFailed There is no video.
 */
export async function download(flow: Flow, known: Task, part: Part, signal?: AbortSignal): Promise<Task> {
  try {
    return await fetched(flow, known, part, signal);
  } catch (problem) {
    if (problem instanceof VideoClientError) problem.taskId ??= known.id || null;
    throw problem;
  } finally {
    await part.discard();
  }
}

async function fetched(flow: Flow, known: Task, part: Part, signal?: AbortSignal): Promise<Task> {
  const deadline = new Deadline(PATIENCE);
  let task = known;
  let expired = false;
  for (let tries = 0, most = 0; ;) {
    if (task.videoUrl === null || expired) task = await located(flow, task, signal);
    const last = await piece(flow, task, part, deadline.left(), signal);
    if (last.reason === null) return { ...task, path: await kept(task, part) };
    [tries, most] = part.size > most ? [1, part.size] : [tries + 1, most];
    if (tries > REPEATS || deadline.left() <= 0) throw unsaved(task, last.reason);
    expired = last.expired && task.id !== "";
    await sleep(backoff(tries), signal, task.id || null);
  }
}

/** The task with the address of its video as the service names it now. */
async function located(flow: Flow, known: Task, signal?: AbortSignal): Promise<Task> {
  const task = since(await flow.get(known.id, signal), known);
  if (task.status === TaskStatus.FAILED) throw new TaskFailed(task);
  if (task.videoUrl === null) {
    const ended = task.status === TaskStatus.COMPLETED;
    throw unsaved(task, ended ? "the service names no address for it" : "it is not there yet");
  }
  return task;
}

/** One request for the rest. */
async function piece(flow: Flow, task: Task, part: Part, left: number, signal?: AbortSignal): Promise<Fetched> {
  const url = task.videoUrl ?? "";
  if (!/^https?:\/\//.test(url)) throw unsaved(task, "its address is not a web address");
  const headers = { Accept: "video/*", "Accept-Encoding": "identity", ...part.rangeHeaders() };
  const send: Send = {
    method: "GET",
    url,
    headers,
    authorized: false,
    timeout: flow.requestTimeout,
    whole: left,
    sink: part,
  };
  const answer = await flow.engine.send(send, signal);
  if (signal?.aborted) throw new Aborted(signal.reason, task.id || null);
  if (part.problem !== null) throw unsaved(task, part.problem);
  if (answer.kind === "fault") return { reason: answer.reason, expired: false };
  if (EXPIRED.includes(answer.status)) return { reason: `its address has expired (${answer.status})`, expired: true };
  if (answer.status >= 500 || PASSING.includes(answer.status))
    return { reason: `its host answered ${answer.status}`, expired: false };
  if (part.refusal !== null && !part.stale) throw unsaved(task, part.refusal);
  return { reason: part.missing(), expired: false };
}

async function kept(task: Task, part: Part): Promise<string> {
  try {
    return await part.keep();
  } catch (problem) {
    throw unsaved(task, problem instanceof Error ? problem.message : String(problem));
  }
}

const unsaved = (task: Task, reason: string): DownloadFailed =>
  new DownloadFailed(reason, task.id || null, task.videoUrl);
