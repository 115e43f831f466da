/**
 * The part of the error tree that the service itself tells: a status of 400 or more, with all that came along.
 *
 * Lives here: `APIError` and its kinds. Not here: the rest of the tree, and its drawing (`errors`); which status means
 * which kind (`replies`).
 */
import { VideoClientError } from "./errors.js";

/** What every refusal tells. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number;
  /** The service's own words; null where it gave none. */
  readonly said: string | null;
  /** The body, parsed where it is a JSON object, else text. */
  readonly body: unknown;
  /** The `x-request-id` header, where there is one. */
  readonly requestId: string | null;
  readonly taskId: string | null;
}

/** The service said no. */
export class APIError extends VideoClientError implements Refusal {
  override name = "APIError";
  readonly status: number;
  readonly said: string | null;
  readonly body: unknown;
  readonly requestId: string | null;

  constructor(refusal: Refusal, meaning = "the API refused the request", advice = "") {
    const { status, said, body, requestId, taskId } = refusal;
    super(`${meaning}${taskId ? ` for task ${taskId}` : ""} (${status}${said ? `: ${said}` : ""})`, advice, taskId);
    this.status = status;
    this.said = said;
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
    refusal: Refusal,
    readonly fieldErrors: Readonly<Record<string, readonly string[]>>,
    readonly formErrors: readonly string[],
  ) {
    const fields = Object.entries(fieldErrors).map(([name, messages]) => `${name}: ${messages.join(", ")}`);
    super(refusal, undefined, [...formErrors, ...fields, "nothing was charged"].join("; "));
  }
}

/** 401: the key is missing or invalid. */
export class Unauthorized extends APIError {
  override name = "Unauthorized";

  constructor(refusal: Refusal) {
    super(refusal, "the API refused the key", "check GPTIMAGE2_API_KEY");
  }
}

/** 402: the account has too few credits. Nothing was charged. */
export class InsufficientCredits extends APIError {
  override name = "InsufficientCredits";

  /** @param required Credits that the task needs; null where the service did not say. */
  constructor(
    refusal: Refusal,
    readonly required: number | null,
  ) {
    super(refusal, undefined, `${required === null ? "" : `the task needs ${required} credits; `}nothing was charged`);
  }
}

/** 403: the key may not do this. */
export class Forbidden extends APIError {
  override name = "Forbidden";

  constructor(refusal: Refusal) {
    super(refusal, undefined, "this key may not do that");
  }
}

/** 404: no such task, or the task of another account. */
export class TaskNotFound extends APIError {
  override name = "TaskNotFound";

  constructor(refusal: Refusal) {
    super(
      refusal,
      "the API knows no such task on this account",
      "check the id, and that the key is the one it was submitted with",
    );
  }
}

/** 429: too many requests. Nothing was accepted. */
export class RateLimited extends APIError {
  override name = "RateLimited";

  /** @param retryAfter Seconds that the service asks to wait; null where it did not say. */
  constructor(
    refusal: Refusal,
    readonly retryAfter: number | null,
  ) {
    super(
      refusal,
      "the API is being asked too often",
      retryAfter === null ? "try again later" : `try again in ${retryAfter} s`,
    );
  }
}

/** 5xx to a read: the service is ill. Safe to repeat. */
export class ServerError extends APIError {
  override name = "ServerError";

  /** @param retryAfter Seconds that the service asks to wait; null where it did not say. */
  constructor(
    refusal: Refusal,
    readonly retryAfter: number | null,
  ) {
    super(refusal, "the API failed", "reading again is safe");
  }
}
