/**
 * Everything that can go wrong, as one tree; each class says whether money may have moved.
 *
 *     VideoClientError
 *       InvalidRequest           a rule is broken or a setting unusable; nothing was sent
 *       BudgetExceeded           the budget would not hold; nothing was sent
 *       APIError                 the service said no (in `refusals`)
 *         BadRequest               400
 *         Unauthorized             401
 *         InsufficientCredits      402
 *         Forbidden                403
 *         TaskNotFound             404 for a task
 *         RateLimited              429
 *         ServerError              5xx to a read; to a submission it is a SubmissionUncertain
 *       ConnectionFailed         nobody answered; nothing was accepted
 *       UnexpectedReply          an answer that is not what the contract says
 *       SubmissionUncertain      it may have been charged; never repeated by itself
 *       TaskFailed               the generation failed; its credits come back
 *       WaitTimeout              still pending; it may succeed yet
 *       Aborted                  the caller's AbortSignal ended the call; the task goes on
 *       DownloadFailed           the video exists; download it again
 *
 * Lives here: the classes, their facts and their sentences. Not here: which reply means which error (`replies`), and
 * what is done about it (`flow`).
 */
import type { Violation } from "./rules.js";
import { type Task, TaskStatus } from "./task.js";

/** The root of the tree. Its sentence says what happened and what to do. */
export class VideoClientError extends Error {
  override name = "VideoClientError";

  /**
   * @param fact The first half of the sentence: what happened.
   * @param taskId The task that this is about; null as long as there is none.
   */
  constructor(
    readonly fact: string,
    advice = "",
    public taskId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(advice ? `${fact}; ${advice}` : fact, options);
  }
}

/** A rule is broken, or a setting is unusable. Nothing was sent. */
export class InvalidRequest extends VideoClientError {
  override name = "InvalidRequest";

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map((violation) => violation.message).join("; "));
  }

  /** The error of a setting that cannot be used. */
  static setting(field: string, message: string): InvalidRequest {
    return new InvalidRequest([{ code: "setting", field, message, severity: "error" }]);
  }
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
        ? `a budget is set, of which ${left} credits are left, and the price of this task is unknown (${note})`
        : `this task costs about ${needed} credits and ${left} are left of the budget`,
      `nothing was sent; choose ${unknown ? "what has a price, or allow an unknown one" : "something cheaper, or raise the budget"}`,
    );
  }
}

/** Nobody answered. Thrown where nothing was accepted, or nothing was at stake: safe to repeat. */
export class ConnectionFailed extends VideoClientError {
  override name = "ConnectionFailed";

  constructor(reason: string, taskId: string | null = null) {
    super(`no answer came from the API (${reason})`, "repeating is safe", taskId);
  }
}

/** An answer that is not what the contract says. */
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

/** The submission may have been accepted and charged. This client never repeats it by itself. */
export class SubmissionUncertain extends VideoClientError {
  override name = "SubmissionUncertain";

  /**
   * @param request The request as it was sent.
   * @param cause What happened instead of a receipt.
   */
  constructor(
    readonly request: Readonly<Record<string, unknown>>,
    override readonly cause: VideoClientError,
    taskId: string | null = null,
  ) {
    const where = taskId ? `wait for task ${taskId}, which the answer names` : "look in the dashboard";
    super(
      `the submission may have been accepted and charged: ${cause.fact}`,
      `${where}, before you submit it again; it is not repeated by itself`,
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
    const why = [task.errorCode, task.errorMessage].filter(Boolean).join(": ") || "no reason given";
    const money =
      task.refunded === null
        ? "the service refunds every failed task"
        : task.refunded
          ? "its credits were refunded"
          : "its credits were not refunded yet; the service says it refunds every failed task";
    super(`task ${task.id} failed (${why})`, money, task.id);
    this.code = task.errorCode;
    this.refunded = task.refunded;
  }
}

/** The task is still pending. It may succeed yet: wait again with its id. */
export class WaitTimeout extends VideoClientError {
  override name = "WaitTimeout";

  /**
   * @param waited Milliseconds from the start of the wait.
   * @param trouble What kept the last look from succeeding; null where it did.
   */
  constructor(
    task: Task,
    readonly waited: number,
    readonly trouble: VideoClientError | null,
  ) {
    const seen = task.status === TaskStatus.PENDING ? "" : `; its status ${task.status} is unknown to this client`;
    const lost = trouble ? `; the last look failed: ${trouble.fact}` : "";
    const seconds = Math.round(waited / 1000);
    super(`task ${task.id} had not ended after ${seconds} s${seen}${lost}`, "wait again by its id", task.id);
  }
}

/** The caller's AbortSignal ended the call; its `name` is that of every abort, and `cause` is the signal's reason. */
export class Aborted extends VideoClientError {
  override name = "AbortError";

  constructor(reason: unknown, taskId: string | null = null) {
    const advice = taskId
      ? `task ${taskId} goes on at the service: wait for it again by its id`
      : "nothing was accepted";
    super("the call was aborted", advice, taskId, { cause: reason });
  }
}

/** The video exists but could not be fetched or saved. Download it again; nothing is charged for that. */
export class DownloadFailed extends VideoClientError {
  override name = "DownloadFailed";

  /** @param url Where the video was last known to be; null where the service named no place. */
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
