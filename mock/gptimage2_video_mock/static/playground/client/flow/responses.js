// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { ConnectionFailed, SubmissionUncertain, UnexpectedReply } from "../errors.js";
import { APIError, BadRequest, Forbidden, InsufficientCredits, RateLimited, ServerError, TaskNotFound, Unauthorized, } from "../refusals.js";
import { knownTask, readTask, TaskStatus } from "../task.js";
const SHOWN_BODY_CHARACTERS = 500;
const TASK_ID = /"(?:taskId|id)"\s*:\s*"([\w.:-]+)"/;
export function readReceipt(reply, request) {
    if (reply.status >= 400 && reply.status < 500)
        throw refusal(reply);
    const body = reply.status < 300 ? (object(reply.text) ?? {}) : {};
    const task = readTask(body) ?? readTask({ ...body, status: TaskStatus.PENDING });
    if (task?.id)
        return task;
    const named = namedTask(reply);
    if (named && reply.status < 300)
        return knownTask(named);
    const cause = reply.status < 300 ? unexpected(reply, "gave no task id") : failure(reply);
    throw new SubmissionUncertain(request, cause, named);
}
export function rescueReceipt(fault, request, cause = new ConnectionFailed(fault.reason)) {
    let named = null;
    if (fault.partial) {
        try {
            return readReceipt(fault.partial, request);
        }
        catch (problem) {
            if (!(problem instanceof SubmissionUncertain))
                throw problem;
            named = problem.taskId;
        }
    }
    throw new SubmissionUncertain(request, cause, named);
}
function namedTask(reply) {
    const body = parsed(reply.text);
    if (body === undefined)
        return reply.status < 300 ? (TASK_ID.exec(reply.text)?.[1] ?? null) : null;
    const named = isObject(body) ? body["taskId"] : null;
    return typeof named === "string" && named ? named : null;
}
export function readSnapshot(reply, taskId) {
    if (reply.status < 200 || reply.status >= 300)
        throw failure(reply, taskId);
    const body = object(reply.text);
    const task = body && readTask(body, taskId);
    if (!task)
        throw unexpected(reply, "gave no task with a status", taskId);
    return task;
}
function failure(reply, taskId = null) {
    if (reply.status >= 400)
        return refusal(reply, taskId);
    const where = reply.headers.get("location");
    return unexpected(reply, where ? `redirected to ${where}` : "answered with no content to read", taskId);
}
const serverError = (facts, reply) => new ServerError(facts, retryAfter(reply));
const BY_STATUS = {
    400: (facts, _reply, said) => new BadRequest(facts, fieldErrors(said), strings(details(said)["formErrors"])),
    401: (facts) => new Unauthorized(facts),
    402: (facts, _reply, said) => new InsufficientCredits(facts, whole(said["required"])),
    403: (facts) => new Forbidden(facts),
    429: (facts, reply) => new RateLimited(facts, retryAfter(reply)),
};
export function refusal(reply, taskId = null) {
    const { status, headers, text } = reply;
    const body = object(text);
    const said = body ?? {};
    const message = said["error"];
    const facts = {
        status,
        said: typeof message === "string" && message ? message : null,
        body: body ?? shown(reply),
        requestId: headers.get("x-request-id"),
        taskId,
    };
    if (status === 404 && taskId)
        return new TaskNotFound(facts);
    const make = BY_STATUS[status] ?? (status >= 500 ? serverError : () => new APIError(facts));
    return make(facts, reply, said);
}
function retryAfter(reply) {
    const value = (reply.headers.get("retry-after") ?? "").trim();
    if (/^[0-9]+$/.test(value))
        return Number(value);
    const [until, now] = [value, reply.headers.get("date") ?? ""].map(date);
    return until && now ? Math.max((until - now) / 1000, 0) : null;
}
function date(text) {
    return /^[A-Z][a-z]{2,8}, .* GMT$/.test(text) ? Date.parse(text) || null : null;
}
function fieldErrors(said) {
    const fields = details(said)["fieldErrors"];
    return isObject(fields)
        ? Object.fromEntries(Object.entries(fields).map(([name, told]) => [name, strings(told)]))
        : {};
}
const details = (said) => (isObject(said["details"]) ? said["details"] : {});
const strings = (value) => Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const whole = (value) => (Number.isInteger(value) ? value : null);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
function parsed(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function object(text) {
    const body = parsed(text);
    return isObject(body) ? body : null;
}
const shown = (reply) => reply.text.slice(0, SHOWN_BODY_CHARACTERS);
function unexpected(reply, reason, taskId = null) {
    return new UnexpectedReply(reason, reply.status, shown(reply), taskId);
}
