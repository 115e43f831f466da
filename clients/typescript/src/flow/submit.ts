/**
 * Submit, at most once.
 *
 * Its law: a submission is sent again only when it surely was not accepted: the connection was never made, or the
 * response was 429.
 */
import { Aborted, ConnectionFailed, SubmissionUncertain } from "../errors.js";
import type { PreparedRequest } from "../request.js";
import type { Task } from "../task.js";
import { type FlowContext, sleep } from "./context.js";
import { submitRequest } from "./requests.js";
import { apiError, parseSubmission, salvageSubmission } from "./responses.js";
import { BACKOFF, backoffDelay, type Deadline, retryAfter } from "./retry.js";

/** Submit within the budget. An uncertain submission stays reserved. */
export async function submit(context: FlowContext, request: PreparedRequest, deadline: Deadline): Promise<Task> {
  const reserved = context.budget.reserve(request.quote);
  try {
    const task = await sendSubmission(context, request, deadline);
    context.budget.settle(reserved, task);
    return task;
  } catch (error) {
    if (!(error instanceof SubmissionUncertain)) context.budget.release(reserved);
    throw error;
  }
}

async function sendSubmission(context: FlowContext, { body }: PreparedRequest, deadline: Deadline): Promise<Task> {
  const { signal } = context;
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new Aborted(signal.reason);
    const request = submitRequest(context.baseUrl, body, context.requestTimeout);
    const result = await context.transport.send(request, signal);
    if (result.type === "response" && result.status !== 429) return parseSubmission(result, body, context.baseUrl);
    if (result.type === "failure" && result.maybeSent) {
      return salvageSubmission(result, body, context.baseUrl, signal?.aborted ? new Aborted(signal.reason) : undefined);
    }
    const error = result.type === "failure" ? new ConnectionFailed(result.message, false) : apiError(result);
    const delay = backoffDelay(attempt, retryAfter(error));
    if (attempt > BACKOFF.maxRetries || !deadline.allows(delay)) throw error;
    await sleep(context, delay);
  }
}
