/**
 * A task as callers see it, read from either spelling of the documentation.
 *
 * Lives here: `Task`, `TaskStatus` and the reading of a snapshot. Not here: HTTP statuses and error bodies (`replies`).
 */
import type { TaskSnapshot } from "./generated/api/types.gen.js";

/** The documented statuses. Any other number means that the task has not ended as far as this client knows. */
export const TaskStatus = { PENDING: 0, COMPLETED: 1, FAILED: 2 } as const;

/** One snapshot of a task. What the service leaves out, or gives in a form that cannot be read, is null. */
export interface Task {
  /** The id that every later call needs. */
  readonly id: string;
  /** One of `TaskStatus`, or a number that is newer than this client. */
  readonly status: number;
  /** Where the video is, on another host than the API. */
  readonly videoUrl: string | null;
  /** What was debited; the authoritative price. */
  readonly creditsUsed: number | null;
  /** Whether the credits of a failed task are back. */
  readonly refunded: boolean | null;
  /** Why it failed: `EMPTY_RESULT`, `STORAGE_ERROR` or the provider's own code. */
  readonly errorCode: string | null;
  /** The same in words. */
  readonly errorMessage: string | null;
  /** `video` or `image`. */
  readonly type: string | null;
  /** The model id, possibly one newer than this client. */
  readonly model: string | null;
  readonly prompt: string | null;
  /** When it was accepted, in the service's own notation (ISO 8601, UTC). */
  readonly createdAt: string | null;
  /** Where this client saved the video. */
  readonly path: string | null;
  /** The whole snapshot as received, fields that this client does not know included. */
  readonly raw: Readonly<Record<string, unknown>>;
}

// The compiler holds every name that is read here to the spec.
type Snapshot = Readonly<Partial<Record<keyof TaskSnapshot, unknown>>>;

/** The task of an id of which nothing more is known yet. */
export function knownTask(id: string, videoUrl: string | null = null): Task {
  const nothing = { creditsUsed: null, refunded: null, errorCode: null, errorMessage: null, type: null };
  const status = videoUrl === null ? TaskStatus.PENDING : TaskStatus.COMPLETED;
  return { id, status, videoUrl, ...nothing, model: null, prompt: null, createdAt: null, path: null, raw: {} };
}

/**
 * The task in `body`, or null where it has no whole-number `status`.
 *
 * @param body A receipt or a snapshot, in either spelling.
 * @param taskId The id that was asked for; it goes before what the body says, as it is known to work.
 */
export function readTask(body: Readonly<Record<string, unknown>>, taskId = ""): Task | null {
  const told: Snapshot = body;
  const status = whole(told.status);
  if (status === null) return null;
  const refunds = told.creditsRefunded ?? told.creditRefunded ?? null;
  return {
    id: taskId || (text(told.taskId) ?? text(told.id) ?? ""),
    status,
    videoUrl: text(told.videoUrl) ?? text(told.outputVideoUrl) ?? textOfFirst(told.outputVideoUrls),
    creditsUsed: whole(told.creditsUsed),
    refunded: refunds === null ? null : Boolean(refunds),
    errorCode: text(told.errorCode),
    errorMessage: text(told.errorMessage),
    type: text(told.type),
    model: text(told.model),
    prompt: text(told.prompt),
    createdAt: text(told.createdAt),
    path: null,
    raw: body,
  };
}

/** A snapshot, with the price and id that an earlier one of the same task told and this one leaves out. */
export function since(task: Task, earlier: Task): Task {
  return { ...task, id: task.id || earlier.id, creditsUsed: task.creditsUsed ?? earlier.creditsUsed };
}

const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
const textOfFirst = (values: unknown): string | null => (Array.isArray(values) ? text(values[0]) : null);
const whole = (value: unknown): number | null => (Number.isInteger(value) ? (value as number) : null);
