/**
 * Submit, wait, generate: every decision about order, repetition and money.
 *
 * Its law: a submission is sent again only when it surely was not accepted, that is when the connection was never made or
 * the reply was 429. From the moment a task id is known, everything that leaves here carries it. Not here: fetch
 * (`engine`), requests and replies (`wire`, `replies`), and the fetching of a video (`download`).
 */
import { clock } from "../transport/clock.js";
import type { Engine } from "../transport/fetch.js";
import {
  Aborted,
  ConnectionFailed,
  SubmissionUncertain,
  TaskFailed,
  UnexpectedReply,
  VideoClientError,
  WaitTimeout,
} from "../errors.js";
import { type Budget, quote } from "../pricing.js";
import { APIError, RateLimited, ServerError, TaskNotFound } from "../refusals.js";
import { readReceipt, readSnapshot, refusal, rescueReceipt } from "./responses.js";
import { backoff, Deadline, pauses, REPEATS } from "./retry.js";
import { since, type Task, TaskStatus } from "../task.js";
import { lookup, submission } from "../effects.js";

/** A refund that is announced but not yet there is looked for this long, in milliseconds. */
const REFUND_PATIENCE = 10_000;
/** So long after the service named a task, or called it done, it or its video may not be everywhere yet. */
const NOT_THERE_YET = 30_000;

/** What a wait goes by. */
export interface Waiting {
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
  /** The status that the caller has seen already; a snapshot is told when its status is another. */
  readonly seen?: number;
  /** Milliseconds before the first look. */
  readonly pause?: number;
  /** Whether the task has ended only when its video has an address. */
  readonly withVideo?: boolean;
}

/** The calls of one client. */
export class Flow {
  constructor(
    readonly engine: Engine,
    readonly baseUrl: string,
    readonly budget: Budget,
    readonly requestTimeout: number,
    readonly pollInterval: number,
  ) {}

  /** Submit once, within the budget. An uncertain submission stays reserved. */
  async submit(body: Readonly<Record<string, unknown>>, deadline: Deadline, signal?: AbortSignal): Promise<Task> {
    const reserved = this.budget.reserve(quote(body));
    try {
      const task = await this.#submit(body, deadline, signal);
      this.budget.settle(reserved, task);
      return task;
    } catch (problem) {
      if (!(problem instanceof SubmissionUncertain)) this.budget.release(reserved);
      throw problem;
    }
  }

  async #submit(body: Readonly<Record<string, unknown>>, deadline: Deadline, signal?: AbortSignal): Promise<Task> {
    for (let tries = 1; ; tries++) {
      if (signal?.aborted) throw new Aborted(signal.reason);
      const answer = await this.engine.send(submission(this.baseUrl, body, this.requestTimeout), signal);
      if (answer.kind === "reply" && answer.status !== 429) return readReceipt(answer, body);
      if (answer.kind === "fault" && answer.sent) {
        return rescueReceipt(answer, body, signal?.aborted ? new Aborted(signal.reason) : undefined);
      }
      const problem = answer.kind === "fault" ? new ConnectionFailed(answer.reason) : refusal(answer);
      const pause = backoff(tries, asked(problem));
      if (tries > REPEATS || !deadline.fits(pause)) throw problem;
      await sleep(pause, signal);
    }
  }

  /** One snapshot; trouble that passes is given a few tries. */
  async get(taskId: string, signal?: AbortSignal): Promise<Task> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#look(taskId, this.requestTimeout, signal);
      } catch (problem) {
        if (tries > REPEATS || !passes(problem)) throw problem;
        await sleep(backoff(tries, asked(problem)), signal, taskId);
      }
    }
  }

  async #look(taskId: string, timeout: number, signal?: AbortSignal): Promise<Task> {
    const answer = await this.engine.send(lookup(this.baseUrl, taskId, timeout), signal);
    if (answer.kind === "fault") {
      throw signal?.aborted ? new Aborted(signal.reason, taskId) : new ConnectionFailed(answer.reason, taskId);
    }
    const task = readSnapshot(answer, taskId);
    if (task.status === TaskStatus.COMPLETED || task.refunded) this.budget.close(task);
    return task;
  }

  /** Look until the task has ended or the deadline is there. Yields each snapshot with a new status; returns the last. */
  async *updates(known: Task, waiting: Waiting): AsyncGenerator<Task, Task, void> {
    const { deadline, signal, withVideo = false } = waiting;
    const looks = new Looks(known, deadline, pauses(this.pollInterval, deadline));
    let { seen, pause = 0 } = waiting;
    do {
      const last = !deadline.fits(pause);
      await sleep(deadline.cutPause(pause), signal, known.id);
      pause = await looks.take((timeout) => this.#look(known.id, timeout, signal), this.requestTimeout);
      if (!looks.trouble && looks.task.status !== seen) yield looks.task;
      if (!looks.trouble) seen = looks.task.status;
      if (last && !looks.ended(withVideo)) throw new WaitTimeout(looks.task, deadline.elapsed(), looks.trouble);
    } while (!looks.ended(withVideo));
    const task = await this.#refunded(looks.task, deadline, signal);
    if (task.status === TaskStatus.FAILED) throw new TaskFailed(task);
    return task;
  }

  /** The failed task with its refund, waited for briefly where the service says that it is not there yet. */
  async #refunded(failed: Task, deadline: Deadline, signal?: AbortSignal): Promise<Task> {
    let task = failed;
    const patience = new Deadline(Math.min(REFUND_PATIENCE, deadline.left()));
    while (task.status === TaskStatus.FAILED && task.refunded === false && patience.fits(this.pollInterval)) {
      await sleep(this.pollInterval, signal, task.id);
      try {
        task = since(await this.#look(task.id, patience.cutRequest(this.requestTimeout), signal), task);
      } catch (problem) {
        if (problem instanceof Aborted) throw problem;
        break;
      }
    }
    return task;
  }
}

/** The looks of one wait: what was seen last, and what went wrong last. */
class Looks {
  trouble: VideoClientError | null = null;
  #lost = 0;
  #doneAt: number | null = null;

  constructor(
    public task: Task,
    readonly deadline: Deadline,
    readonly pauses: Generator<number, never>,
  ) {}

  /** One look. Trouble that passes is remembered, any other thrown; the milliseconds to pause come back. */
  async take(look: (timeout: number) => Promise<Task>, timeout: number): Promise<number> {
    try {
      this.task = since(await look(this.deadline.cutRequest(timeout)), this.task);
    } catch (problem) {
      if (!(passes(problem) || this.#isNew(problem))) throw problem;
      this.trouble = problem as VideoClientError;
      return backoff(++this.#lost, asked(problem));
    }
    this.trouble = null;
    this.#lost = 0;
    return this.pauses.next().value;
  }

  /** Whether there is nothing more to wait for; a video that is wanted may lag behind the word that it is done. */
  ended(withVideo: boolean): boolean {
    const { status, videoUrl } = this.task;
    const now = this.deadline.elapsed();
    const lagging = withVideo && status === TaskStatus.COMPLETED && videoUrl === null;
    this.#doneAt = lagging ? (this.#doneAt ?? now) : null;
    if (this.#doneAt !== null && now - this.#doneAt < NOT_THERE_YET) return false;
    return status === TaskStatus.COMPLETED || status === TaskStatus.FAILED;
  }

  /** Whether a task is not found that the service itself has named, and not long ago. */
  #isNew(problem: unknown): boolean {
    const named = Object.keys(this.task.raw).length > 0;
    return named && problem instanceof TaskNotFound && this.deadline.elapsed() < NOT_THERE_YET;
  }
}

/** Do nothing for a while, or throw Aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal, taskId: string | null = null): Promise<void> {
  if (!signal?.aborted) await clock.sleep(milliseconds, signal).catch(() => undefined);
  if (signal?.aborted) throw new Aborted(signal.reason, taskId);
}

/** The seconds that the service asks to wait; null where it does not. */
function asked(problem: unknown): number | null {
  return problem instanceof RateLimited || problem instanceof ServerError ? problem.retryAfter : null;
}

/** Whether reading again may help. A redirect stays what it is; a 200 that cannot be read may have been cut. */
function passes(problem: unknown): boolean {
  if (problem instanceof UnexpectedReply) return problem.status >= 200 && problem.status < 300;
  if (problem instanceof ConnectionFailed || problem instanceof RateLimited || problem instanceof ServerError)
    return true;
  return problem instanceof APIError && (problem.status === 408 || problem.status === 425);
}
