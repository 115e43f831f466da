// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { VideoClientError } from "./errors.js";
export class APIError extends VideoClientError {
    name = "APIError";
    status;
    said;
    body;
    requestId;
    constructor(refusal, meaning = "the API refused the request", advice = "") {
        const { status, said, body, requestId, taskId } = refusal;
        super(`${meaning}${taskId ? ` for task ${taskId}` : ""} (${status}${said ? `: ${said}` : ""})`, advice, taskId);
        this.status = status;
        this.said = said;
        this.body = body;
        this.requestId = requestId;
    }
}
export class BadRequest extends APIError {
    fieldErrors;
    formErrors;
    name = "BadRequest";
    constructor(refusal, fieldErrors, formErrors) {
        const fields = Object.entries(fieldErrors).map(([name, messages]) => `${name}: ${messages.join(", ")}`);
        super(refusal, undefined, [...formErrors, ...fields, "nothing was charged"].join("; "));
        this.fieldErrors = fieldErrors;
        this.formErrors = formErrors;
    }
}
export class Unauthorized extends APIError {
    name = "Unauthorized";
    constructor(refusal) {
        super(refusal, "the API refused the key", "check GPTIMAGE2_API_KEY");
    }
}
export class InsufficientCredits extends APIError {
    required;
    name = "InsufficientCredits";
    constructor(refusal, required) {
        super(refusal, undefined, `${required === null ? "" : `the task needs ${required} credits; `}nothing was charged`);
        this.required = required;
    }
}
export class Forbidden extends APIError {
    name = "Forbidden";
    constructor(refusal) {
        super(refusal, undefined, "this key may not do that");
    }
}
export class TaskNotFound extends APIError {
    name = "TaskNotFound";
    constructor(refusal) {
        super(refusal, "the API knows no such task on this account", "check the id, and that the key is the one it was submitted with");
    }
}
export class RateLimited extends APIError {
    retryAfter;
    name = "RateLimited";
    constructor(refusal, retryAfter) {
        super(refusal, "the API is being asked too often", retryAfter === null ? "try again later" : `try again in ${retryAfter} s`);
        this.retryAfter = retryAfter;
    }
}
export class ServerError extends APIError {
    retryAfter;
    name = "ServerError";
    constructor(refusal, retryAfter) {
        super(refusal, "the API failed", "reading again is safe");
        this.retryAfter = retryAfter;
    }
}
