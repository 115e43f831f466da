/** Responses parsed into tasks and errors: which response means what. Bodies and headers may be anything. */
import type { HttpResponse, TransportFailure } from "../effects.js";
import * as errors from "../errors.js";
import type { Fields } from "../fields.js";
import { newTask, type Task, taskFromJson, TaskStatus } from "../task.js";

const PREVIEW_CHARS = 500;
/** The id in a body that was cut after it. */
const TASK_ID = /"(?:taskId|id)"\s*:\s*"([\w.:-]+)"/;

/**
 * The task that a submission became.
 *
 * @throws SubmissionUncertain Neither accepted nor refused: a 5xx, a redirect, a 2xx without a task id.
 * @throws APIError The service refused it (4xx); nothing was accepted.
 */
export function parseSubmission(response: HttpResponse, request: Fields, baseUrl: string): Task {
  if (response.status >= 400 && response.status < 500) throw apiError(response);
  const body = response.status < 300 ? (parseObject(response.text) ?? {}) : {};
  const task = taskFromJson(body, baseUrl) ?? taskFromJson({ ...body, status: TaskStatus.PENDING }, baseUrl);
  if (task?.id) return task;
  const taskId = findTaskId(response);
  if (taskId && response.status < 300) return newTask(taskId);
  const cause = response.status < 300 ? unexpected(response, "the response has no task id") : errorFrom(response);
  throw new errors.SubmissionUncertain(request, cause, taskId);
}

/**
 * The task of a submission whose connection broke, where enough of the response came: its id must not be lost. Throws as
 * `parseSubmission`.
 *
 * @param cause What broke the connection.
 */
export function salvageSubmission(
  failure: TransportFailure,
  request: Fields,
  baseUrl: string,
  cause: errors.VideoClientError = new errors.ConnectionFailed(failure.message),
): Task {
  let taskId: string | null = null;
  if (failure.partial) {
    try {
      return parseSubmission(failure.partial, request, baseUrl);
    } catch (error) {
      if (!(error instanceof errors.SubmissionUncertain)) throw error;
      taskId = error.taskId;
    }
  }
  throw new errors.SubmissionUncertain(request, cause, taskId);
}

/** The task id in a body that was cut after it, or in a failure that has a `taskId` all the same. */
function findTaskId({ status, text }: HttpResponse): string | null {
  const body = parseJson(text);
  if (body === undefined) return status < 300 ? (TASK_ID.exec(text)?.[1] ?? null) : null;
  const taskId = isObject(body) ? body["taskId"] : null;
  return typeof taskId === "string" && taskId ? taskId : null;
}

/**
 * The task as it stands.
 *
 * @throws APIError The service refused (4xx) or failed (5xx).
 * @throws UnexpectedReply A redirect, or a 2xx without a readable status.
 */
export function parseSnapshot(response: HttpResponse, taskId: string, baseUrl: string): Task {
  if (response.status < 200 || response.status >= 300) throw errorFrom(response, taskId);
  const body = parseObject(response.text);
  const task = body && taskFromJson(body, baseUrl, taskId);
  if (!task) throw unexpected(response, "the response has no status", taskId);
  return task;
}

/** The error of a response outside 2xx when nothing was at stake. */
function errorFrom(response: HttpResponse, taskId: string | null = null): errors.VideoClientError {
  if (response.status >= 400) return apiError(response, taskId);
  const location = response.headers.get("location");
  return unexpected(response, location ? `redirected to ${location}` : "the response has no content", taskId);
}

type ErrorFactory = (details: errors.APIErrorDetails, response: HttpResponse, payload: Fields) => errors.APIError;

const serverError: ErrorFactory = (details, response) => new errors.ServerError(details, parseRetryAfter(response));
const BY_STATUS: Readonly<Record<number, ErrorFactory>> = {
  400: (details, _, payload) => {
    const { fieldErrors, formErrors } = objectOrEmpty(payload["details"]);
    const byField = Object.entries(objectOrEmpty(fieldErrors)).map(([name, messages]) => [name, strings(messages)]);
    return new errors.BadRequest(details, Object.fromEntries(byField) as Record<string, string[]>, strings(formErrors));
  },
  401: (details) => new errors.Unauthorized(details),
  402: (details, _, { required }) =>
    new errors.InsufficientCredits(details, Number.isInteger(required) ? (required as number) : null),
  403: (details) => new errors.Forbidden(details),
  429: (details, response) => new errors.RateLimited(details, parseRetryAfter(response)),
};

/** The error of a 4xx or 5xx, with everything in its body and headers that can be read. */
export function apiError(response: HttpResponse, taskId: string | null = null): errors.APIError {
  const { status, headers, text } = response;
  const payload = parseObject(text);
  const message = payload?.["error"];
  const details: errors.APIErrorDetails = {
    status,
    serviceMessage: typeof message === "string" && message ? message : null,
    body: payload ?? preview(response),
    requestId: headers.get("x-request-id"),
    taskId,
  };
  if (status === 404 && taskId) return new errors.TaskNotFound(details);
  const factory = BY_STATUS[status] ?? (status >= 500 ? serverError : () => new errors.APIError(details));
  return factory(details, response, payload ?? {});
}

/** Seconds from now, given as a number or as a date; null where it is neither. */
function parseRetryAfter({ headers }: HttpResponse): number | null {
  const value = (headers.get("retry-after") ?? "").trim();
  if (/^[0-9]+$/.test(value)) return Number(value);
  // A date is read against the service's own clock, so that a wrong clock here does no harm.
  const [until, now] = [value, headers.get("date") ?? ""].map(parseHttpDate);
  return until && now ? Math.max((until - now) / 1000, 0) : null;
}

/** The time of an HTTP date; null for everything else that `Date` would parse. */
function parseHttpDate(text: string): number | null {
  return /^[A-Z][a-z]{2,8}, .* GMT$/.test(text) ? Date.parse(text) || null : null;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objectOrEmpty = (value: unknown): Fields => (isObject(value) ? value : {});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parseObject(text: string): Fields | null {
  const body = parseJson(text);
  return isObject(body) ? body : null;
}

const preview = ({ text }: HttpResponse): string => text.slice(0, PREVIEW_CHARS);

function unexpected(response: HttpResponse, reason: string, taskId: string | null = null): errors.UnexpectedReply {
  // In JSON the service may say why; a page of HTML says it at length.
  const why = parseObject(response.text) ? `: ${preview(response).split(/\s+/).join(" ")}` : "";
  return new errors.UnexpectedReply(reason + why, response.status, preview(response), taskId);
}
