// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { Aborted, ConnectionFailed } from "../errors.js";
import { TaskStatus } from "../task.js";
import { sleep } from "./context.js";
import { taskRequest } from "./requests.js";
import { parseSnapshot } from "./responses.js";
import { BACKOFF, backoffDelay, isTransient, retryAfter } from "./retry.js";
export async function retrieve(context, taskId) {
    for (let attempt = 1;; attempt++) {
        try {
            return await retrieveOnce(context, taskId, context.requestTimeout);
        }
        catch (error) {
            if (attempt > BACKOFF.maxRetries || !isTransient(error))
                throw error;
            await sleep(context, backoffDelay(attempt, retryAfter(error)), taskId);
        }
    }
}
export async function retrieveOnce(context, taskId, timeout) {
    const { signal } = context;
    const result = await context.transport.send(taskRequest(context.baseUrl, taskId, timeout), signal);
    if (result.type === "failure") {
        throw signal?.aborted
            ? new Aborted(signal.reason, taskId)
            : new ConnectionFailed(result.message, result.maybeSent, taskId);
    }
    const task = parseSnapshot(result, taskId, context.baseUrl);
    if (task.status === TaskStatus.COMPLETED || task.refunded)
        context.budget.refund(task);
    return task;
}
