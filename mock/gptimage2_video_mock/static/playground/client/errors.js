// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { TaskStatus } from "./task.js";
export class VideoClientError extends Error {
    summary;
    taskId;
    name = "VideoClientError";
    constructor(summary, advice = "", taskId = null, options) {
        super(advice ? `${summary}; ${advice}` : summary, options);
        this.summary = summary;
        this.taskId = taskId;
    }
}
export class InvalidRequest extends VideoClientError {
    violations;
    name = "InvalidRequest";
    constructor(violations) {
        super(violations.map((violation) => violation.message).join("; "));
        this.violations = violations;
    }
}
export function invalidSetting(field, message) {
    return new InvalidRequest([{ code: "setting", field, message, severity: "error" }]);
}
export class BudgetExceeded extends VideoClientError {
    needed;
    left;
    name = "BudgetExceeded";
    constructor(needed, left, note) {
        const unknown = needed === null;
        super(unknown
            ? `the price of this task is unknown (${note}) and ${left} credits are left of the budget`
            : `this task costs about ${needed} credits and ${left} are left of the budget`, `nothing was sent; choose ${unknown ? "what has a price, or set allowUnknownPrice" : "something cheaper, or raise maxCredits"}`);
        this.needed = needed;
        this.left = left;
    }
}
export class APIError extends VideoClientError {
    name = "APIError";
    status;
    serviceMessage;
    body;
    requestId;
    constructor(details, summary = "the API refused the request", advice = "") {
        const { status, serviceMessage, body, requestId, taskId } = details;
        const task = taskId ? ` for task ${taskId}` : "";
        super(`${summary}${task} (${status}${serviceMessage ? `: ${serviceMessage}` : ""})`, advice, taskId);
        this.status = status;
        this.serviceMessage = serviceMessage;
        this.body = body;
        this.requestId = requestId;
    }
}
export class BadRequest extends APIError {
    fieldErrors;
    formErrors;
    name = "BadRequest";
    constructor(details, fieldErrors, formErrors) {
        const fields = Object.entries(fieldErrors).map(([name, messages]) => `${name}: ${messages.join(", ")}`);
        super(details, undefined, [...formErrors, ...fields, "nothing was charged"].join("; "));
        this.fieldErrors = fieldErrors;
        this.formErrors = formErrors;
    }
}
export class Unauthorized extends APIError {
    name = "Unauthorized";
    constructor(details) {
        super(details, "the API refused the key", "check GPTIMAGE2_API_KEY");
    }
}
export class InsufficientCredits extends APIError {
    required;
    name = "InsufficientCredits";
    constructor(details, required) {
        super(details, undefined, `${required === null ? "" : `the task needs ${required} credits; `}nothing was charged`);
        this.required = required;
    }
}
export class Forbidden extends APIError {
    name = "Forbidden";
    constructor(details) {
        super(details, undefined, "this key may not do that");
    }
}
export class TaskNotFound extends APIError {
    name = "TaskNotFound";
    constructor(details) {
        super(details, "task not found on this account", "check the id, and that the key is the one it was submitted with");
    }
}
export class RateLimited extends APIError {
    retryAfter;
    name = "RateLimited";
    constructor(details, retryAfter) {
        super(details, "rate limited", retryAfter === null ? "retry later" : `retry after ${retryAfter} s`);
        this.retryAfter = retryAfter;
    }
}
export class ServerError extends APIError {
    retryAfter;
    name = "ServerError";
    constructor(details, retryAfter) {
        super(details, "the API failed", retryAfter === null ? "safe to retry" : `retry after ${retryAfter} s`);
        this.retryAfter = retryAfter;
    }
}
export class ConnectionFailed extends VideoClientError {
    name = "ConnectionFailed";
    constructor(reason, maybeSent = true, taskId = null) {
        super(reason, maybeSent ? "safe to retry" : "nothing was sent, safe to retry", taskId);
    }
}
export class UnexpectedReply extends VideoClientError {
    status;
    body;
    name = "UnexpectedReply";
    constructor(reason, status, body, taskId = null) {
        super(`the API answered ${status} but ${reason}`, "is the base URL right?", taskId);
        this.status = status;
        this.body = body;
    }
}
export class SubmissionUncertain extends VideoClientError {
    request;
    cause;
    name = "SubmissionUncertain";
    constructor(request, cause, taskId = null) {
        const where = taskId ? `wait for task ${taskId}, which the response names,` : "look in the dashboard";
        super(`the submission may have been accepted and charged: ${cause.summary}`, `${where} before you submit it again; it is not retried automatically`, taskId);
        this.request = request;
        this.cause = cause;
    }
}
export class TaskFailed extends VideoClientError {
    task;
    name = "TaskFailed";
    code;
    refunded;
    constructor(task) {
        const reason = [task.errorCode, task.errorMessage].filter(Boolean).join(": ") || "no reason given";
        const refund = task.refunded === null
            ? "the service refunds every failed task"
            : task.refunded
                ? "its credits were refunded"
                : "its credits were not refunded yet; the service says it refunds every failed task";
        super(`task ${task.id} failed (${reason})`, refund, task.id);
        this.task = task;
        this.code = task.errorCode;
        this.refunded = task.refunded;
    }
}
export class WaitTimeout extends VideoClientError {
    waited;
    lastError;
    name = "WaitTimeout";
    constructor(task, waited, lastError) {
        const { id, status } = task;
        let state = "is still pending";
        if (status === TaskStatus.COMPLETED)
            state = "is completed, but the service names no video URL yet,";
        else if (status !== TaskStatus.PENDING) {
            state = `has status ${status < 0 ? String(task.raw["status"]) : status}, which this client does not know,`;
        }
        const failure = lastError ? `; the last poll failed: ${lastError.summary}` : "";
        super(`task ${id} ${state} after ${Math.round(waited / 1000)} s${failure}`, "wait again with its id", id);
        this.waited = waited;
        this.lastError = lastError;
    }
}
export class Aborted extends VideoClientError {
    name = "AbortError";
    constructor(reason, taskId = null) {
        const advice = taskId
            ? `task ${taskId} continues at the service: wait for it again by its id`
            : "nothing was accepted";
        super("the call was aborted", advice, taskId, { cause: reason });
    }
}
export class DownloadFailed extends VideoClientError {
    url;
    name = "DownloadFailed";
    constructor(reason, taskId, url) {
        super(`the video${taskId ? ` of task ${taskId}` : ""} was not saved (${reason})`, "download it again, which costs nothing", taskId);
        this.url = url;
    }
}
