// Compiled from clients/typescript by `make generate-typescript`; never edited.
import * as errors from "../errors.js";
import { newTask, taskFromJson, TaskStatus } from "../task.js";
const PREVIEW_CHARS = 500;
const TASK_ID = /"(?:taskId|id)"\s*:\s*"([\w.:-]+)"/;
export function parseSubmission(response, request, baseUrl) {
    if (response.status >= 400 && response.status < 500)
        throw apiError(response);
    const body = response.status < 300 ? (parseObject(response.text) ?? {}) : {};
    const task = taskFromJson(body, baseUrl) ?? taskFromJson({ ...body, status: TaskStatus.PENDING }, baseUrl);
    if (task?.id)
        return task;
    const taskId = findTaskId(response);
    if (taskId && response.status < 300)
        return newTask(taskId);
    const cause = response.status < 300 ? unexpected(response, "the response has no task id") : errorFrom(response);
    throw new errors.SubmissionUncertain(request, cause, taskId);
}
export function salvageSubmission(failure, request, baseUrl, cause = new errors.ConnectionFailed(failure.message)) {
    let taskId = null;
    if (failure.partial) {
        try {
            return parseSubmission(failure.partial, request, baseUrl);
        }
        catch (error) {
            if (!(error instanceof errors.SubmissionUncertain))
                throw error;
            taskId = error.taskId;
        }
    }
    throw new errors.SubmissionUncertain(request, cause, taskId);
}
function findTaskId({ status, text }) {
    const body = parseJson(text);
    if (body === undefined)
        return status < 300 ? (TASK_ID.exec(text)?.[1] ?? null) : null;
    const taskId = isObject(body) ? body["taskId"] : null;
    return typeof taskId === "string" && taskId ? taskId : null;
}
export function parseSnapshot(response, taskId, baseUrl) {
    if (response.status < 200 || response.status >= 300)
        throw errorFrom(response, taskId);
    const body = parseObject(response.text);
    const task = body && taskFromJson(body, baseUrl, taskId);
    if (!task)
        throw unexpected(response, "the response has no status", taskId);
    return task;
}
function errorFrom(response, taskId = null) {
    if (response.status >= 400)
        return apiError(response, taskId);
    const location = response.headers.get("location");
    return unexpected(response, location ? `redirected to ${location}` : "the response has no content", taskId);
}
const serverError = (details, response) => new errors.ServerError(details, parseRetryAfter(response));
const BY_STATUS = {
    400: (details, _, payload) => {
        const { fieldErrors, formErrors } = objectOrEmpty(payload["details"]);
        const byField = Object.entries(objectOrEmpty(fieldErrors)).map(([name, messages]) => [name, strings(messages)]);
        return new errors.BadRequest(details, Object.fromEntries(byField), strings(formErrors));
    },
    401: (details) => new errors.Unauthorized(details),
    402: (details, _, { required }) => new errors.InsufficientCredits(details, Number.isInteger(required) ? required : null),
    403: (details) => new errors.Forbidden(details),
    429: (details, response) => new errors.RateLimited(details, parseRetryAfter(response)),
};
export function apiError(response, taskId = null) {
    const { status, headers, text } = response;
    const payload = parseObject(text);
    const message = payload?.["error"];
    const details = {
        status,
        serviceMessage: typeof message === "string" && message ? message : null,
        body: payload ?? preview(response),
        requestId: headers.get("x-request-id"),
        taskId,
    };
    if (status === 404 && taskId)
        return new errors.TaskNotFound(details);
    const factory = BY_STATUS[status] ?? (status >= 500 ? serverError : () => new errors.APIError(details));
    return factory(details, response, payload ?? {});
}
function parseRetryAfter({ headers }) {
    const value = (headers.get("retry-after") ?? "").trim();
    if (/^[0-9]+$/.test(value))
        return Number(value);
    const [until, now] = [value, headers.get("date") ?? ""].map(parseHttpDate);
    return until && now ? Math.max((until - now) / 1000, 0) : null;
}
function parseHttpDate(text) {
    return /^[A-Z][a-z]{2,8}, .* GMT$/.test(text) ? Date.parse(text) || null : null;
}
const strings = (value) => Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const objectOrEmpty = (value) => (isObject(value) ? value : {});
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function parseObject(text) {
    const body = parseJson(text);
    return isObject(body) ? body : null;
}
const preview = ({ text }) => text.slice(0, PREVIEW_CHARS);
function unexpected(response, reason, taskId = null) {
    const why = parseObject(response.text) ? `: ${preview(response).split(/\s+/).join(" ")}` : "";
    return new errors.UnexpectedReply(reason + why, response.status, preview(response), taskId);
}
