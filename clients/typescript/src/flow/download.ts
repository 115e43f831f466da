/**
 * Download the video of a task: resume, ask the task for a new address, or give up.
 *
 * Its law: the key stays here. The host of the videos is not the API's.
 */
import type { DownloadSink, HttpRequest } from "../effects.js";
import { Aborted, DownloadFailed, TaskFailed } from "../errors.js";
import { mergedWith, type Task, TaskStatus } from "../task.js";
import { attachTaskId, type FlowContext, sleep } from "./context.js";
import { retrieve } from "./retrieve.js";
import { BACKOFF, backoffDelay, Deadline } from "./retry.js";

/** Milliseconds for one video, all attempts together: a slow host must not hold a program for ever. */
const DOWNLOAD_TIMEOUT = 3_600_000;
/** The address has expired, and the task names a new one. */
const EXPIRED_STATUSES: readonly number[] = [403, 410];
/** Not yet on the CDN, too slow, too early, too many. */
const TRANSIENT_STATUSES: readonly number[] = [404, 408, 425, 429];

/**
 * The task with the path of its video. A task without an address is read first; one without an id is a bare address.
 *
 * @throws DownloadFailed After a few attempts in a row without progress, or DOWNLOAD_TIMEOUT.
 * @throws TaskFailed There is no video.
 */
export async function download(context: FlowContext, task: Task, sink: DownloadSink): Promise<Task> {
  try {
    return await attachTaskId(task.id, () => fetchAndCommit(context, task, sink));
  } finally {
    await sink.discard();
  }
}

async function fetchAndCommit(context: FlowContext, given: Task, sink: DownloadSink): Promise<Task> {
  const deadline = new Deadline(DOWNLOAD_TIMEOUT, context.clock);
  let task = given;
  let expired = false;
  for (let attempt = 0, largest = 0; ;) {
    if (task.videoUrl === null || expired) task = await withVideoUrl(context, task);
    const [reason, hasExpired] = await fetchRest(context, task, sink, deadline.remaining());
    if (reason === null) return { ...task, path: await commit(task, sink) };
    [attempt, largest] = sink.size > largest ? [1, sink.size] : [attempt + 1, largest];
    if (attempt > BACKOFF.maxRetries || deadline.remaining() <= 0) throw downloadFailed(task, reason);
    expired = hasExpired && task.id !== "";
    await sleep(context, backoffDelay(attempt), task.id);
  }
}

/** The task with the current address of its video. */
async function withVideoUrl(context: FlowContext, earlier: Task): Promise<Task> {
  const task = mergedWith(await retrieve(context, earlier.id), earlier);
  if (task.status === TaskStatus.FAILED) throw new TaskFailed(task);
  if (task.videoUrl === null) {
    const completed = task.status === TaskStatus.COMPLETED;
    throw downloadFailed(task, completed ? "the service names no URL for it" : "the task is still pending");
  }
  return task;
}

/** One request for what is missing: why the video is still incomplete (null when it is not), and whether its URL has expired. */
async function fetchRest(
  context: FlowContext,
  task: Task,
  sink: DownloadSink,
  totalTimeout: number,
): Promise<[reason: string | null, expired: boolean]> {
  const url = task.videoUrl ?? "";
  if (!/^https?:\/\//.test(url)) throw downloadFailed(task, "its URL is not a web address");
  const request: HttpRequest = {
    method: "GET",
    url,
    headers: { Accept: "video/*", "Accept-Encoding": "identity", ...sink.rangeHeaders() },
    authenticated: false,
    timeout: context.requestTimeout,
    totalTimeout,
    sink,
  };
  const { signal } = context;
  const result = await context.transport.send(request, signal);
  if (signal?.aborted) throw new Aborted(signal.reason, task.id || null);
  if (sink.writeError !== null) throw downloadFailed(task, sink.writeError);
  if (result.type === "failure") return [result.message, false];
  const { status } = result;
  if (EXPIRED_STATUSES.includes(status)) return [`its URL has expired (${status})`, true];
  if (status >= 500 || TRANSIENT_STATUSES.includes(status)) return [`its host answered ${status}`, false];
  if (sink.rejection !== null && !sink.rangeMismatch) throw downloadFailed(task, sink.rejection);
  return [sink.incompleteReason(), false];
}

async function commit(task: Task, sink: DownloadSink): Promise<string> {
  try {
    return await sink.commit();
  } catch (error) {
    throw downloadFailed(task, error instanceof Error ? error.message : String(error));
  }
}

const downloadFailed = (task: Task, reason: string): DownloadFailed =>
  new DownloadFailed(reason, task.id || null, task.videoUrl);
