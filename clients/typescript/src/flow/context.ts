/** What the verbs of `flow/` share: the parts of a client, the signal of a call, and two helpers. */
import type { Budget } from "../budget.js";
import type { Clock, Transport } from "../effects.js";
import { Aborted, VideoClientError } from "../errors.js";

export interface FlowContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly budget: Budget;
  /** Milliseconds. */
  readonly requestTimeout: number;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** The caller's, which ends this call. */
  readonly signal?: AbortSignal | undefined;
}

/** Sleep for some milliseconds, or throw Aborted. */
export async function sleep({ clock, signal }: FlowContext, milliseconds: number, taskId = ""): Promise<void> {
  if (!signal?.aborted) await clock.sleep(milliseconds, signal).catch(() => undefined);
  if (signal?.aborted) throw new Aborted(signal.reason, taskId || null);
}

/** Run a call; every error that leaves it carries the task id. */
export async function attachTaskId<T>(taskId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof VideoClientError) error.taskId ??= taskId || null;
    throw error;
  }
}
