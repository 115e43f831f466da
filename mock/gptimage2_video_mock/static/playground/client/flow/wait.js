// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { Aborted, TaskFailed, TaskNotFound, WaitTimeout } from "../errors.js";
import { pollDelays } from "../polling/schedule.js";
import { mergedWith, TaskStatus } from "../task.js";
import { sleep } from "./context.js";
import { retrieveOnce } from "./retrieve.js";
import { backoffDelay, Deadline, isTransient, retryAfter } from "./retry.js";
const REFUND_TIMEOUT = 10_000;
const CONSISTENCY_WINDOW = 30_000;
export async function* updates(context, task, options) {
    const { deadline } = options;
    const loop = new PollLoop(context, task, options);
    let { lastStatus, initialDelay: delay = 0 } = options;
    do {
        const isLast = !deadline.allows(delay);
        await sleep(context, deadline.clampDelay(delay), task.id);
        delay = await loop.poll();
        if (!loop.lastError && loop.task.status !== lastStatus)
            yield loop.task;
        if (!loop.lastError)
            lastStatus = loop.task.status;
        if (isLast && !loop.isDone())
            throw new WaitTimeout(loop.task, deadline.elapsed(), loop.lastError);
    } while (!loop.isDone());
    const last = await awaitRefund(context, loop.task, deadline);
    if (last.status === TaskStatus.FAILED)
        throw new TaskFailed(last);
    return last;
}
async function awaitRefund(context, failed, deadline) {
    let task = failed;
    const limit = new Deadline(Math.min(REFUND_TIMEOUT, deadline.remaining()), context.clock);
    while (task.status === TaskStatus.FAILED && task.refunded === false && limit.allows(context.pollInterval)) {
        await sleep(context, context.pollInterval, task.id);
        try {
            const timeout = limit.clampTimeout(context.requestTimeout);
            task = mergedWith(await retrieveOnce(context, task.id, timeout), task);
        }
        catch (error) {
            if (error instanceof Aborted)
                throw error;
            break;
        }
    }
    return task;
}
class PollLoop {
    context;
    task;
    options;
    lastError = null;
    #delays;
    #failures = 0;
    #doneAt = null;
    constructor(context, task, options) {
        this.context = context;
        this.task = task;
        this.options = options;
        this.#delays = pollDelays(context.pollInterval, () => options.deadline.elapsed());
    }
    async poll() {
        const { deadline } = this.options;
        try {
            const timeout = deadline.clampTimeout(this.context.requestTimeout);
            this.task = mergedWith(await retrieveOnce(this.context, this.task.id, timeout), this.task);
        }
        catch (error) {
            if (!(isTransient(error) || this.#isTooNew(error)))
                throw error;
            this.lastError = error;
            return backoffDelay(++this.#failures, retryAfter(error));
        }
        this.lastError = null;
        this.#failures = 0;
        return this.#delays.next().value;
    }
    isDone() {
        const { status, videoUrl } = this.task;
        const now = this.options.deadline.elapsed();
        const isLagging = status === TaskStatus.COMPLETED && videoUrl === null;
        this.#doneAt = isLagging ? (this.#doneAt ?? now) : null;
        if (this.#doneAt !== null && now - this.#doneAt < CONSISTENCY_WINDOW)
            return false;
        return status === TaskStatus.COMPLETED || status === TaskStatus.FAILED;
    }
    #isTooNew(error) {
        const wasNamed = Object.keys(this.task.raw).length > 0;
        return wasNamed && error instanceof TaskNotFound && this.options.deadline.elapsed() < CONSISTENCY_WINDOW;
    }
}
