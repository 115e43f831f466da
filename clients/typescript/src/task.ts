/** A task as callers see it, read from either spelling of the documentation. */
import type { TaskSnapshot } from "./generated/api/types.gen.js";

/**
 * The documented statuses. Any other number means that the task has not ended as far as this client knows; -1 stands for
 * a word that is none of these names.
 */
export const TaskStatus = { PENDING: 0, COMPLETED: 1, FAILED: 2 } as const;

/** One snapshot of a task. What the service leaves out, or gives as another type, is null. */
export interface Task {
  /** The id that every later call needs. */
  readonly id: string;
  /** One of `TaskStatus`, or a number that is newer than this client. */
  readonly status: number;
  /** Where the video is, usually on another host than the API. */
  readonly videoUrl: string | null;
  /** What was debited; the authoritative price. */
  readonly creditsUsed: number | null;
  /** Whether the credits of a failed task are back. */
  readonly refunded: boolean | null;
  /** Why it failed: `EMPTY_RESULT`, `STORAGE_ERROR` or the provider's own code. */
  readonly errorCode: string | null;
  /** The reason as text. */
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

/** A task of which only the id or the address of its video is known. */
export function newTask(id: string, videoUrl: string | null = null): Task {
  const unknown = { creditsUsed: null, refunded: null, errorCode: null, errorMessage: null, type: null };
  const status = videoUrl === null ? TaskStatus.PENDING : TaskStatus.COMPLETED;
  return { id, status, videoUrl, ...unknown, model: null, prompt: null, createdAt: null, path: null, raw: {} };
}

/**
 * The task in `body`, or null where it has no `status`.
 *
 * @param body The response to a submission or a snapshot, however it is spelled.
 * @param taskId The id of the request; it wins over the one in the body, as it is known to work.
 * @param baseUrl Where a video URL without a host is.
 */
export function taskFromJson(body: Readonly<Record<string, unknown>>, baseUrl: string, taskId = ""): Task | null {
  const snapshot: Snapshot = body;
  const status = readStatus(snapshot.status);
  if (status === null) return null;
  const urls = [snapshot.videoUrl, snapshot.outputVideoUrl, snapshot.outputVideoUrls].map((url) => text(first(url)));
  const refunded = snapshot.creditsRefunded ?? snapshot.creditRefunded ?? null;
  return {
    id: taskId || (text(snapshot.taskId) ?? text(snapshot.id) ?? ""),
    status,
    videoUrl: absolute(urls.find((url) => url !== null) ?? null, baseUrl),
    creditsUsed: integer(snapshot.creditsUsed),
    refunded: refunded === null ? null : Boolean(refunded),
    errorCode: asText(snapshot.errorCode),
    errorMessage: asText(snapshot.errorMessage),
    type: text(snapshot.type),
    model: text(snapshot.model),
    prompt: text(snapshot.prompt),
    createdAt: text(snapshot.createdAt),
    path: null,
    raw: body,
  };
}

/** A snapshot, with the charge and id of an earlier one of the same task where this one has none. */
export function mergedWith(task: Task, earlier: Task): Task {
  return { ...task, id: task.id || earlier.id, creditsUsed: task.creditsUsed ?? earlier.creditsUsed };
}

const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
const asText = (value: unknown): string | null =>
  typeof value === "string" ? value || null : value == null ? null : JSON.stringify(value);
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
const integer = (value: unknown): number | null => (Number.isInteger(value) ? (value as number) : null);

function absolute(url: string | null, baseUrl: string): string | null {
  return url !== null && URL.canParse(url, `${baseUrl}/`) && !URL.canParse(url)
    ? new URL(url, `${baseUrl}/`).href
    : url;
}

/** A status as a number, in digits, or by its name in any case; null where it is none. */
function readStatus(value: unknown): number | null {
  if (typeof value !== "string") return integer(value);
  if (/^-?[0-9]+$/.test(value)) return integer(Number(value));
  return (TaskStatus as Readonly<Record<string, number>>)[value.toUpperCase()] ?? (value ? -1 : null);
}
