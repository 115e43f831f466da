/** Wait for a task: poll it until it has ended or the deadline has passed. Transient failures do not end a wait. */
import { Aborted, TaskFailed, TaskNotFound, type VideoClientError, WaitTimeout } from "../errors.js";
import { pollDelays } from "../polling/schedule.js";
import { mergedWith, type Task, TaskStatus } from "../task.js";
import { type FlowContext, sleep } from "./context.js";
import { retrieveOnce } from "./retrieve.js";
import { backoffDelay, Deadline, isTransient, retryAfter } from "./retry.js";

/** Milliseconds to wait for a refund that is announced but has not arrived. */
const REFUND_TIMEOUT = 10_000;
/** Milliseconds after which a task that was accepted, or a video that is done, is visible everywhere. */
const CONSISTENCY_WINDOW = 30_000;

export interface PollOptions {
  readonly deadline: Deadline;
  /** The last status that was reported; only another one is. */
  readonly lastStatus?: number;
  /** Milliseconds before the first poll. */
  readonly initialDelay?: number;
}

/** Poll until the task is done. Yields each snapshot with a new status; returns the last one. */
export async function* updates(context: FlowContext, task: Task, options: PollOptions): AsyncGenerator<Task, Task> {
  const { deadline } = options;
  const loop = new PollLoop(context, task, options);
  let { lastStatus, initialDelay: delay = 0 } = options;
  do {
    const isLast = !deadline.allows(delay);
    await sleep(context, deadline.clampDelay(delay), task.id);
    delay = await loop.poll();
    if (!loop.lastError && loop.task.status !== lastStatus) yield loop.task;
    if (!loop.lastError) lastStatus = loop.task.status;
    if (isLast && !loop.isDone()) throw new WaitTimeout(loop.task, deadline.elapsed(), loop.lastError);
  } while (!loop.isDone());
  const last = await awaitRefund(context, loop.task, deadline);
  if (last.status === TaskStatus.FAILED) throw new TaskFailed(last);
  return last;
}

/** The failed task with its refund, where the service says that it is still to come and it comes soon. */
async function awaitRefund(context: FlowContext, failed: Task, deadline: Deadline): Promise<Task> {
  let task = failed;
  const limit = new Deadline(Math.min(REFUND_TIMEOUT, deadline.remaining()), context.clock);
  while (task.status === TaskStatus.FAILED && task.refunded === false && limit.allows(context.pollInterval)) {
    await sleep(context, context.pollInterval, task.id);
    try {
      const timeout = limit.clampTimeout(context.requestTimeout);
      task = mergedWith(await retrieveOnce(context, task.id, timeout), task);
    } catch (error) {
      if (error instanceof Aborted) throw error;
      break;
    }
  }
  return task;
}

/** The polls of one wait: the last snapshot, and the last error. */
class PollLoop {
  lastError: VideoClientError | null = null;
  readonly #delays: Generator<number, never>;
  #failures = 0;
  #doneAt: number | null = null;

  constructor(
    readonly context: FlowContext,
    public task: Task,
    readonly options: PollOptions,
  ) {
    this.#delays = pollDelays(context.pollInterval, () => options.deadline.elapsed());
  }

  /** One poll. Keeps a transient error and throws any other; returns the delay before the next one. */
  async poll(): Promise<number> {
    const { deadline } = this.options;
    try {
      const timeout = deadline.clampTimeout(this.context.requestTimeout);
      this.task = mergedWith(await retrieveOnce(this.context, this.task.id, timeout), this.task);
    } catch (error) {
      if (!(isTransient(error) || this.#isTooNew(error))) throw error;
      this.lastError = error as VideoClientError;
      return backoffDelay(++this.#failures, retryAfter(error));
    }
    this.lastError = null;
    this.#failures = 0;
    return this.#delays.next().value;
  }

  /** Whether there is nothing more to wait for. Without a video a completed task may turn pending again. */
  isDone(): boolean {
    const { status, videoUrl } = this.task;
    const now = this.options.deadline.elapsed();
    const isLagging = status === TaskStatus.COMPLETED && videoUrl === null;
    this.#doneAt = isLagging ? (this.#doneAt ?? now) : null;
    if (this.#doneAt !== null && now - this.#doneAt < CONSISTENCY_WINDOW) return false;
    return status === TaskStatus.COMPLETED || status === TaskStatus.FAILED;
  }

  /** Whether a task is not found that the service itself has named a moment ago. */
  #isTooNew(error: unknown): boolean {
    const wasNamed = Object.keys(this.task.raw).length > 0;
    return wasNamed && error instanceof TaskNotFound && this.options.deadline.elapsed() < CONSISTENCY_WINDOW;
  }
}
