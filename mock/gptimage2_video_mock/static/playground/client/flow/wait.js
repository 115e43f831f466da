// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { clock } from "../transport/clock.js";
import { Aborted, ConnectionFailed, SubmissionUncertain, TaskFailed, UnexpectedReply, VideoClientError, WaitTimeout, } from "../errors.js";
import { quote } from "../pricing.js";
import { APIError, RateLimited, ServerError, TaskNotFound } from "../refusals.js";
import { readReceipt, readSnapshot, refusal, rescueReceipt } from "./responses.js";
import { backoff, Deadline, pauses, REPEATS } from "./retry.js";
import { since, TaskStatus } from "../task.js";
import { lookup, submission } from "../effects.js";
const REFUND_PATIENCE = 10_000;
const NOT_THERE_YET = 30_000;
export class Flow {
    engine;
    baseUrl;
    budget;
    requestTimeout;
    pollInterval;
    constructor(engine, baseUrl, budget, requestTimeout, pollInterval) {
        this.engine = engine;
        this.baseUrl = baseUrl;
        this.budget = budget;
        this.requestTimeout = requestTimeout;
        this.pollInterval = pollInterval;
    }
    async submit(body, deadline, signal) {
        const reserved = this.budget.reserve(quote(body));
        try {
            const task = await this.#submit(body, deadline, signal);
            this.budget.settle(reserved, task);
            return task;
        }
        catch (problem) {
            if (!(problem instanceof SubmissionUncertain))
                this.budget.release(reserved);
            throw problem;
        }
    }
    async #submit(body, deadline, signal) {
        for (let tries = 1;; tries++) {
            if (signal?.aborted)
                throw new Aborted(signal.reason);
            const answer = await this.engine.send(submission(this.baseUrl, body, this.requestTimeout), signal);
            if (answer.kind === "reply" && answer.status !== 429)
                return readReceipt(answer, body);
            if (answer.kind === "fault" && answer.sent) {
                return rescueReceipt(answer, body, signal?.aborted ? new Aborted(signal.reason) : undefined);
            }
            const problem = answer.kind === "fault" ? new ConnectionFailed(answer.reason) : refusal(answer);
            const pause = backoff(tries, asked(problem));
            if (tries > REPEATS || !deadline.fits(pause))
                throw problem;
            await sleep(pause, signal);
        }
    }
    async get(taskId, signal) {
        for (let tries = 1;; tries++) {
            try {
                return await this.#look(taskId, this.requestTimeout, signal);
            }
            catch (problem) {
                if (tries > REPEATS || !passes(problem))
                    throw problem;
                await sleep(backoff(tries, asked(problem)), signal, taskId);
            }
        }
    }
    async #look(taskId, timeout, signal) {
        const answer = await this.engine.send(lookup(this.baseUrl, taskId, timeout), signal);
        if (answer.kind === "fault") {
            throw signal?.aborted ? new Aborted(signal.reason, taskId) : new ConnectionFailed(answer.reason, taskId);
        }
        const task = readSnapshot(answer, taskId);
        if (task.status === TaskStatus.COMPLETED || task.refunded)
            this.budget.close(task);
        return task;
    }
    async *updates(known, waiting) {
        const { deadline, signal, withVideo = false } = waiting;
        const looks = new Looks(known, deadline, pauses(this.pollInterval, deadline));
        let { seen, pause = 0 } = waiting;
        do {
            const last = !deadline.fits(pause);
            await sleep(deadline.cutPause(pause), signal, known.id);
            pause = await looks.take((timeout) => this.#look(known.id, timeout, signal), this.requestTimeout);
            if (!looks.trouble && looks.task.status !== seen)
                yield looks.task;
            if (!looks.trouble)
                seen = looks.task.status;
            if (last && !looks.ended(withVideo))
                throw new WaitTimeout(looks.task, deadline.elapsed(), looks.trouble);
        } while (!looks.ended(withVideo));
        const task = await this.#refunded(looks.task, deadline, signal);
        if (task.status === TaskStatus.FAILED)
            throw new TaskFailed(task);
        return task;
    }
    async #refunded(failed, deadline, signal) {
        let task = failed;
        const patience = new Deadline(Math.min(REFUND_PATIENCE, deadline.left()));
        while (task.status === TaskStatus.FAILED && task.refunded === false && patience.fits(this.pollInterval)) {
            await sleep(this.pollInterval, signal, task.id);
            try {
                task = since(await this.#look(task.id, patience.cutRequest(this.requestTimeout), signal), task);
            }
            catch (problem) {
                if (problem instanceof Aborted)
                    throw problem;
                break;
            }
        }
        return task;
    }
}
class Looks {
    task;
    deadline;
    pauses;
    trouble = null;
    #lost = 0;
    #doneAt = null;
    constructor(task, deadline, pauses) {
        this.task = task;
        this.deadline = deadline;
        this.pauses = pauses;
    }
    async take(look, timeout) {
        try {
            this.task = since(await look(this.deadline.cutRequest(timeout)), this.task);
        }
        catch (problem) {
            if (!(passes(problem) || this.#isNew(problem)))
                throw problem;
            this.trouble = problem;
            return backoff(++this.#lost, asked(problem));
        }
        this.trouble = null;
        this.#lost = 0;
        return this.pauses.next().value;
    }
    ended(withVideo) {
        const { status, videoUrl } = this.task;
        const now = this.deadline.elapsed();
        const lagging = withVideo && status === TaskStatus.COMPLETED && videoUrl === null;
        this.#doneAt = lagging ? (this.#doneAt ?? now) : null;
        if (this.#doneAt !== null && now - this.#doneAt < NOT_THERE_YET)
            return false;
        return status === TaskStatus.COMPLETED || status === TaskStatus.FAILED;
    }
    #isNew(problem) {
        const named = Object.keys(this.task.raw).length > 0;
        return named && problem instanceof TaskNotFound && this.deadline.elapsed() < NOT_THERE_YET;
    }
}
export async function sleep(milliseconds, signal, taskId = null) {
    if (!signal?.aborted)
        await clock.sleep(milliseconds, signal).catch(() => undefined);
    if (signal?.aborted)
        throw new Aborted(signal.reason, taskId);
}
function asked(problem) {
    return problem instanceof RateLimited || problem instanceof ServerError ? problem.retryAfter : null;
}
function passes(problem) {
    if (problem instanceof UnexpectedReply)
        return problem.status >= 200 && problem.status < 300;
    if (problem instanceof ConnectionFailed || problem instanceof RateLimited || problem instanceof ServerError)
        return true;
    return problem instanceof APIError && (problem.status === 408 || problem.status === 425);
}
