// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { Aborted, ConnectionFailed, SubmissionUncertain } from "../errors.js";
import { sleep } from "./context.js";
import { submitRequest } from "./requests.js";
import { apiError, parseSubmission, salvageSubmission } from "./responses.js";
import { BACKOFF, backoffDelay, retryAfter } from "./retry.js";
export async function submit(context, request, deadline) {
    const reserved = context.budget.reserve(request.quote);
    try {
        const task = await sendSubmission(context, request, deadline);
        context.budget.settle(reserved, task);
        return task;
    }
    catch (error) {
        if (!(error instanceof SubmissionUncertain))
            context.budget.release(reserved);
        throw error;
    }
}
async function sendSubmission(context, { body }, deadline) {
    const { signal } = context;
    for (let attempt = 1;; attempt++) {
        if (signal?.aborted)
            throw new Aborted(signal.reason);
        const request = submitRequest(context.baseUrl, body, context.requestTimeout);
        const result = await context.transport.send(request, signal);
        if (result.type === "response" && result.status !== 429)
            return parseSubmission(result, body, context.baseUrl);
        if (result.type === "failure" && result.maybeSent) {
            return salvageSubmission(result, body, context.baseUrl, signal?.aborted ? new Aborted(signal.reason) : undefined);
        }
        const error = result.type === "failure" ? new ConnectionFailed(result.message, false) : apiError(result);
        const delay = backoffDelay(attempt, retryAfter(error));
        if (attempt > BACKOFF.maxRetries || !deadline.allows(delay))
            throw error;
        await sleep(context, delay);
    }
}
