/**
 * Everything that can go wrong, as one tree; each class says whether money may have moved.
 *
 *     VideoClientError
 *       InvalidRequest           a rule is broken or a setting unusable; nothing was sent
 *       BudgetExceeded           the budget is too small; nothing was sent
 *       APIError                 the service refused the request or failed
 *         BadRequest               400
 *         Unauthorized             401
 *         InsufficientCredits      402
 *         Forbidden                403
 *         TaskNotFound             404 for a task
 *         RateLimited              429
 *         ServerError              5xx to a read; to a submission it is a SubmissionUncertain
 *       ConnectionFailed         no response; nothing was accepted
 *       UnexpectedReply          a response outside the contract
 *       SubmissionUncertain      it may have been charged; never retried automatically
 *       TaskFailed               the generation failed; its credits are refunded
 *       WaitTimeout              still pending; it may still succeed
 *       Aborted                  the caller's AbortSignal ended the call; the task goes on
 *       DownloadFailed           the video exists; download it again
 */
import { type Task, TaskStatus } from "./task.js";

/** One thing that is wrong with a request, or hardly intended. */
export interface Violation {
  /** Stable, for programs: `mode_not_offered`. */
  readonly code: string;
  /** The field, such as `inputMode`; empty for the request as a whole. */
  readonly field: string;
  /** For people: what is wrong and how to fix it. */
  readonly message: string;
  /** An error keeps the request from being sent; a warning does not. */
  readonly severity: "error" | "warning";
}

/** The root of the tree. Its message says what happened and what to do. */
export class VideoClientError extends Error {
  override name = "VideoClientError";

  /**
   * @param summary The first half of the message: what happened.
   * @param taskId The task that the error is about; null as long as there is none.
   */
  constructor(
    readonly summary: string,
    advice = "",
    public taskId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(advice ? `${summary}; ${advice}` : summary, options);
  }
}

/** A rule is broken, or a setting is unusable. Nothing was sent. */
export class InvalidRequest extends VideoClientError {
  override name = "InvalidRequest";

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map((violation) => violation.message).join("; "));
  }
}

/** The error of a setting that cannot be used. */
export function invalidSetting(field: string, message: string): InvalidRequest {
  return new InvalidRequest([{ code: "setting", field, message, severity: "error" }]);
}

/** The task would exceed `maxCredits`, or its price is unknown. Nothing was sent. */
export class BudgetExceeded extends VideoClientError {
  override name = "BudgetExceeded";

  /**
   * @param needed Credits that the task is quoted at; null where the price is unknown.
   * @param left Credits that are left of the budget.
   */
  constructor(
    readonly needed: number | null,
    readonly left: number,
    note: string,
  ) {
    const unknown = needed === null;
    super(
      unknown
        ? `the price of this task is unknown (${note}) and ${left} credits are left of the budget`
        : `this task costs about ${needed} credits and ${left} are left of the budget`,
      `nothing was sent; choose ${unknown ? "what has a price, or set allowUnknownPrice" : "something cheaper, or raise maxCredits"}`,
    );
  }
}

/** What every APIError carries. */
export interface APIErrorDetails {
  /** The HTTP status. */
  readonly status: number;
  /** The service's own message; null where it gave none. */
  readonly serviceMessage: string | null;
  /** The body, parsed where it is a JSON object, else text. */
  readonly body: unknown;
  /** The `x-request-id` header, where there is one. */
  readonly requestId: string | null;
  readonly taskId: string | null;
}

/** The service refused the request or failed. */
export class APIError extends VideoClientError implements APIErrorDetails {
  override name = "APIError";
  readonly status: number;
  readonly serviceMessage: string | null;
  readonly body: unknown;
  readonly requestId: string | null;

  constructor(details: APIErrorDetails, summary = "the API refused the request", advice = "") {
    const { status, serviceMessage, body, requestId, taskId } = details;
    const task = taskId ? ` for task ${taskId}` : "";
    super(`${summary}${task} (${status}${serviceMessage ? `: ${serviceMessage}` : ""})`, advice, taskId);
    this.status = status;
    this.serviceMessage = serviceMessage;
    this.body = body;
    this.requestId = requestId;
  }
}

/** 400: the request is invalid. Nothing was charged. */
export class BadRequest extends APIError {
  override name = "BadRequest";

  /**
   * @param fieldErrors The service's messages by the name of the field.
   * @param formErrors Its messages about the request as a whole.
   */
  constructor(
    details: APIErrorDetails,
    readonly fieldErrors: Readonly<Record<string, readonly string[]>>,
    readonly formErrors: readonly string[],
  ) {
    const fields = Object.entries(fieldErrors).map(([name, messages]) => `${name}: ${messages.join(", ")}`);
    super(details, undefined, [...formErrors, ...fields, "nothing was charged"].join("; "));
  }
}

/** 401: the key is missing or invalid. */
export class Unauthorized extends APIError {
  override name = "Unauthorized";

  constructor(details: APIErrorDetails) {
    super(details, "the API refused the key", "check GPTIMAGE2_API_KEY");
  }
}

/** 402: the account has too few credits. Nothing was charged. */
export class InsufficientCredits extends APIError {
  override name = "InsufficientCredits";

  /** @param required Credits that the task needs; null where the service did not say. */
  constructor(
    details: APIErrorDetails,
    readonly required: number | null,
  ) {
    super(details, undefined, `${required === null ? "" : `the task needs ${required} credits; `}nothing was charged`);
  }
}

/** 403: the key may not do this. */
export class Forbidden extends APIError {
  override name = "Forbidden";

  constructor(details: APIErrorDetails) {
    super(details, undefined, "this key may not do that");
  }
}

/** 404: no such task, or the task of another account. */
export class TaskNotFound extends APIError {
  override name = "TaskNotFound";

  constructor(details: APIErrorDetails) {
    super(details, "task not found on this account", "check the id, and that the key is the one it was submitted with");
  }
}

/** 429: too many requests. Nothing was accepted. */
export class RateLimited extends APIError {
  override name = "RateLimited";

  /** @param retryAfter Seconds of its Retry-After header; null without one. */
  constructor(
    details: APIErrorDetails,
    readonly retryAfter: number | null,
  ) {
    super(details, "rate limited", retryAfter === null ? "retry later" : `retry after ${retryAfter} s`);
  }
}

/** 5xx to a read. Safe to retry. */
export class ServerError extends APIError {
  override name = "ServerError";

  /** @param retryAfter Seconds of its Retry-After header; null without one. */
  constructor(
    details: APIErrorDetails,
    readonly retryAfter: number | null,
  ) {
    super(details, "the API failed", retryAfter === null ? "safe to retry" : `retry after ${retryAfter} s`);
  }
}

/** No response. Nothing was accepted, or nothing was at stake: safe to retry. */
export class ConnectionFailed extends VideoClientError {
  override name = "ConnectionFailed";

  /** @param maybeSent Whether the request may have reached the service. */
  constructor(reason: string, maybeSent = true, taskId: string | null = null) {
    super(reason, maybeSent ? "safe to retry" : "nothing was sent, safe to retry", taskId);
  }
}

/** A response outside the contract. */
export class UnexpectedReply extends VideoClientError {
  override name = "UnexpectedReply";

  /**
   * @param status The HTTP status.
   * @param body The body as text, shortened.
   */
  constructor(
    reason: string,
    readonly status: number,
    readonly body: string,
    taskId: string | null = null,
  ) {
    super(`the API answered ${status} but ${reason}`, "is the base URL right?", taskId);
  }
}

/** The submission may have been accepted and charged. This client never retries it automatically. */
export class SubmissionUncertain extends VideoClientError {
  override name = "SubmissionUncertain";

  /**
   * @param request The request as it was sent.
   * @param cause What happened instead of a response.
   */
  constructor(
    readonly request: Readonly<Record<string, unknown>>,
    override readonly cause: VideoClientError,
    taskId: string | null = null,
  ) {
    const where = taskId ? `wait for task ${taskId}, which the response names,` : "look in the dashboard";
    super(
      `the submission may have been accepted and charged: ${cause.summary}`,
      `${where} before you submit it again; it is not retried automatically`,
      taskId,
    );
  }
}

/** The generation failed. Every failed task is refunded in full [docs]. */
export class TaskFailed extends VideoClientError {
  override name = "TaskFailed";
  /** The service's `errorCode`, possibly one newer than this client. */
  readonly code: string | null;
  /** Whether the credits are back; null where the service does not say. */
  readonly refunded: boolean | null;

  constructor(readonly task: Task) {
    const reason = [task.errorCode, task.errorMessage].filter(Boolean).join(": ") || "no reason given";
    const refund =
      task.refunded === null
        ? "the service refunds every failed task"
        : task.refunded
          ? "its credits were refunded"
          : "its credits were not refunded yet; the service says it refunds every failed task";
    super(`task ${task.id} failed (${reason})`, refund, task.id);
    this.code = task.errorCode;
    this.refunded = task.refunded;
  }
}

/** The task is still pending. It may succeed yet: wait again with its id. */
export class WaitTimeout extends VideoClientError {
  override name = "WaitTimeout";

  /**
   * @param waited Milliseconds from the start of the wait.
   * @param lastError Why the last poll failed; null when it succeeded.
   */
  constructor(
    task: Task,
    readonly waited: number,
    readonly lastError: VideoClientError | null,
  ) {
    const { id, status } = task;
    let state = "is still pending";
    if (status === TaskStatus.COMPLETED) state = "is completed, but the service names no video URL yet,";
    else if (status !== TaskStatus.PENDING) {
      state = `has status ${status < 0 ? String(task.raw["status"]) : status}, which this client does not know,`;
    }
    const failure = lastError ? `; the last poll failed: ${lastError.summary}` : "";
    super(`task ${id} ${state} after ${Math.round(waited / 1000)} s${failure}`, "wait again with its id", id);
  }
}

/** The caller's AbortSignal ended the call; its `name` is that of every abort, and `cause` is the signal's reason. */
export class Aborted extends VideoClientError {
  override name = "AbortError";

  constructor(reason: unknown, taskId: string | null = null) {
    const advice = taskId
      ? `task ${taskId} continues at the service: wait for it again by its id`
      : "nothing was accepted";
    super("the call was aborted", advice, taskId, { cause: reason });
  }
}

/** The video exists but could not be fetched or saved. Download it again; nothing is charged for that. */
export class DownloadFailed extends VideoClientError {
  override name = "DownloadFailed";

  /** @param url Where the video was last known to be; null where the service named none. */
  constructor(
    reason: string,
    taskId: string | null,
    readonly url: string | null,
  ) {
    super(
      `the video${taskId ? ` of task ${taskId}` : ""} was not saved (${reason})`,
      "download it again, which costs nothing",
      taskId,
    );
  }
}
