// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { TaskStatus } from "./task.js";
export class VideoClientError extends Error {
    fact;
    taskId;
    name = "VideoClientError";
    constructor(fact, advice = "", taskId = null, options) {
        super(advice ? `${fact}; ${advice}` : fact, options);
        this.fact = fact;
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
    static setting(field, message) {
        return new InvalidRequest([{ code: "setting", field, message, severity: "error" }]);
    }
}
export class BudgetExceeded extends VideoClientError {
    needed;
    left;
    name = "BudgetExceeded";
    constructor(needed, left, note) {
        const unknown = needed === null;
        super(unknown
            ? `a budget is set, of which ${left} credits are left, and the price of this task is unknown (${note})`
            : `this task costs about ${needed} credits and ${left} are left of the budget`, `nothing was sent; choose ${unknown ? "what has a price, or allow an unknown one" : "something cheaper, or raise the budget"}`);
        this.needed = needed;
        this.left = left;
    }
}
export class ConnectionFailed extends VideoClientError {
    name = "ConnectionFailed";
    constructor(reason, taskId = null) {
        super(`no answer came from the API (${reason})`, "repeating is safe", taskId);
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
        const where = taskId ? `wait for task ${taskId}, which the answer names` : "look in the dashboard";
        super(`the submission may have been accepted and charged: ${cause.fact}`, `${where}, before you submit it again; it is not repeated by itself`, taskId);
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
        const why = [task.errorCode, task.errorMessage].filter(Boolean).join(": ") || "no reason given";
        const money = task.refunded === null
            ? "the service refunds every failed task"
            : task.refunded
                ? "its credits were refunded"
                : "its credits were not refunded yet; the service says it refunds every failed task";
        super(`task ${task.id} failed (${why})`, money, task.id);
        this.task = task;
        this.code = task.errorCode;
        this.refunded = task.refunded;
    }
}
export class WaitTimeout extends VideoClientError {
    waited;
    trouble;
    name = "WaitTimeout";
    constructor(task, waited, trouble) {
        const seen = task.status === TaskStatus.PENDING ? "" : `; its status ${task.status} is unknown to this client`;
        const lost = trouble ? `; the last look failed: ${trouble.fact}` : "";
        const seconds = Math.round(waited / 1000);
        super(`task ${task.id} had not ended after ${seconds} s${seen}${lost}`, "wait again by its id", task.id);
        this.waited = waited;
        this.trouble = trouble;
    }
}
export class Aborted extends VideoClientError {
    name = "AbortError";
    constructor(reason, taskId = null) {
        const advice = taskId
            ? `task ${taskId} goes on at the service: wait for it again by its id`
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
