/**
 * Replies read into tasks and errors: which answer means what.
 *
 * Lives here: the table from statuses to errors, and the reading of bodies and headers that may be anything. Not here:
 * what is done about an error (`flow`).
 */
import { ConnectionFailed, SubmissionUncertain, UnexpectedReply, type VideoClientError } from "../errors.js";
import {
  APIError,
  BadRequest,
  Forbidden,
  InsufficientCredits,
  RateLimited,
  type Refusal,
  ServerError,
  TaskNotFound,
  Unauthorized,
} from "../refusals.js";
import { knownTask, readTask, type Task, TaskStatus } from "../task.js";
import type { Fault, Reply } from "../effects.js";

type Body = Readonly<Record<string, unknown>>;

const SHOWN_BODY_CHARACTERS = 500;
/** The id of a receipt that was cut behind it. */
const TASK_ID = /"(?:taskId|id)"\s*:\s*"([\w.:-]+)"/;

/**
 * The task that a submission became.
 *
 * @throws SubmissionUncertain Neither a receipt nor a refusal: a 5xx, a redirect, a 2xx without a task id.
 * @throws APIError A refusal (4xx); nothing was accepted.
 */
export function readReceipt(reply: Reply, request: Body): Task {
  if (reply.status >= 400 && reply.status < 500) throw refusal(reply);
  const body = reply.status < 300 ? (object(reply.text) ?? {}) : {};
  const task = readTask(body) ?? readTask({ ...body, status: TaskStatus.PENDING });
  if (task?.id) return task;
  const named = namedTask(reply);
  if (named && reply.status < 300) return knownTask(named);
  const cause = reply.status < 300 ? unexpected(reply, "gave no task id") : failure(reply);
  throw new SubmissionUncertain(request, cause, named);
}

/**
 * The task of a receipt whose connection broke, where enough of it came: its id must not be lost. Throws as `readReceipt`.
 *
 * @param cause What broke the connection.
 */
export function rescueReceipt(
  fault: Fault,
  request: Body,
  cause: VideoClientError = new ConnectionFailed(fault.reason),
): Task {
  let named: string | null = null;
  if (fault.partial) {
    try {
      return readReceipt(fault.partial, request);
    } catch (problem) {
      if (!(problem instanceof SubmissionUncertain)) throw problem;
      named = problem.taskId;
    }
  }
  throw new SubmissionUncertain(request, cause, named);
}

/** The task id in what is no receipt: text that was cut behind it, or a failure that has a `taskId` all the same. */
function namedTask(reply: Reply): string | null {
  const body = parsed(reply.text);
  if (body === undefined) return reply.status < 300 ? (TASK_ID.exec(reply.text)?.[1] ?? null) : null;
  const named = isObject(body) ? body["taskId"] : null;
  return typeof named === "string" && named ? named : null;
}

/**
 * The task as it stands.
 *
 * @throws APIError The service refused (4xx) or failed (5xx).
 * @throws UnexpectedReply A redirect, or a 2xx without a readable status.
 */
export function readSnapshot(reply: Reply, taskId: string): Task {
  if (reply.status < 200 || reply.status >= 300) throw failure(reply, taskId);
  const body = object(reply.text);
  const task = body && readTask(body, taskId);
  if (!task) throw unexpected(reply, "gave no task with a status", taskId);
  return task;
}

/** The error that a reply outside 2xx means when nothing was at stake. */
function failure(reply: Reply, taskId: string | null = null): VideoClientError {
  if (reply.status >= 400) return refusal(reply, taskId);
  const where = reply.headers.get("location");
  return unexpected(reply, where ? `redirected to ${where}` : "answered with no content to read", taskId);
}

type Make = (facts: Refusal, reply: Reply, said: Body) => APIError;

const serverError: Make = (facts, reply) => new ServerError(facts, retryAfter(reply));
const BY_STATUS: Readonly<Record<number, Make>> = {
  400: (facts, _reply, said) => new BadRequest(facts, fieldErrors(said), strings(details(said)["formErrors"])),
  401: (facts) => new Unauthorized(facts),
  402: (facts, _reply, said) => new InsufficientCredits(facts, whole(said["required"])),
  403: (facts) => new Forbidden(facts),
  429: (facts, reply) => new RateLimited(facts, retryAfter(reply)),
};

/** The error of a 4xx or 5xx, with every fact that its body and headers tell in a form that can be read. */
export function refusal(reply: Reply, taskId: string | null = null): APIError {
  const { status, headers, text } = reply;
  const body = object(text);
  const said = body ?? {};
  const message = said["error"];
  const facts: Refusal = {
    status,
    said: typeof message === "string" && message ? message : null,
    body: body ?? shown(reply),
    requestId: headers.get("x-request-id"),
    taskId,
  };
  if (status === 404 && taskId) return new TaskNotFound(facts);
  const make = BY_STATUS[status] ?? (status >= 500 ? serverError : () => new APIError(facts));
  return make(facts, reply, said);
}

/** Seconds from now, given as a number or as a date; null where it is neither. */
function retryAfter(reply: Reply): number | null {
  const value = (reply.headers.get("retry-after") ?? "").trim();
  if (/^[0-9]+$/.test(value)) return Number(value);
  // A date is read against the service's own clock, so that a wrong clock here does no harm.
  const [until, now] = [value, reply.headers.get("date") ?? ""].map(date);
  return until && now ? Math.max((until - now) / 1000, 0) : null;
}

/** The time of an HTTP date; anything else that `Date` would read is none. */
function date(text: string): number | null {
  return /^[A-Z][a-z]{2,8}, .* GMT$/.test(text) ? Date.parse(text) || null : null;
}

function fieldErrors(said: Body): Record<string, string[]> {
  const fields = details(said)["fieldErrors"];
  return isObject(fields)
    ? Object.fromEntries(Object.entries(fields).map(([name, told]) => [name, strings(told)]))
    : {};
}

const details = (said: Body): Body => (isObject(said["details"]) ? said["details"] : {});
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const whole = (value: unknown): number | null => (Number.isInteger(value) ? (value as number) : null);
const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function object(text: string): Body | null {
  const body = parsed(text);
  return isObject(body) ? body : null;
}

const shown = (reply: Reply): string => reply.text.slice(0, SHOWN_BODY_CHARACTERS);

function unexpected(reply: Reply, reason: string, taskId: string | null = null): UnexpectedReply {
  return new UnexpectedReply(reason, reply.status, shown(reply), taskId);
}
