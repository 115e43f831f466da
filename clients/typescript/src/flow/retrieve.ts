/** Read a task: one GET, or a few where the failure is transient. */
import { Aborted, ConnectionFailed } from "../errors.js";
import { type Task, TaskStatus } from "../task.js";
import { type FlowContext, sleep } from "./context.js";
import { taskRequest } from "./requests.js";
import { parseSnapshot } from "./responses.js";
import { BACKOFF, backoffDelay, isTransient, retryAfter } from "./retry.js";

/** One snapshot of a task, with retries. */
export async function retrieve(context: FlowContext, taskId: string): Promise<Task> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await retrieveOnce(context, taskId, context.requestTimeout);
    } catch (error) {
      if (attempt > BACKOFF.maxRetries || !isTransient(error)) throw error;
      await sleep(context, backoffDelay(attempt, retryAfter(error)), taskId);
    }
  }
}

/** One snapshot of a task, with one request. */
export async function retrieveOnce(context: FlowContext, taskId: string, timeout: number): Promise<Task> {
  const { signal } = context;
  const result = await context.transport.send(taskRequest(context.baseUrl, taskId, timeout), signal);
  if (result.type === "failure") {
    throw signal?.aborted
      ? new Aborted(signal.reason, taskId)
      : new ConnectionFailed(result.message, result.maybeSent, taskId);
  }
  const task = parseSnapshot(result, taskId, context.baseUrl);
  if (task.status === TaskStatus.COMPLETED || task.refunded) context.budget.refund(task);
  return task;
}
