/** The client: the public methods, with their documentation. */
import { Budget } from "./budget.js";
import { invalidSetting } from "./errors.js";
import type { FlowContext } from "./flow/context.js";
import { download } from "./flow/download.js";
import { generate, waitAndSave } from "./flow/generate.js";
import { retrieve } from "./flow/retrieve.js";
import { Deadline } from "./flow/retry.js";
import { submit } from "./flow/submit.js";
import { updates } from "./flow/wait.js";
import type { ModelOptions } from "./models.js";
import { prepare, type PreparedRequest, type RequestOptions, type WholeRequest } from "./request.js";
import { resolveSettings, type VideoClientOptions } from "./settings.js";
import { newTask, type Task } from "./task.js";
import { clock } from "./transport/clock.js";
import { FetchTransport } from "./transport/fetch.js";
import type { PartFile, SaveOptions } from "./transport/files.js";

/** The limits of a call. */
export interface CallOptions {
  /** Milliseconds; default: 900,000, for `submit` 120,000. `Infinity` for no limit. A download comes on top. */
  timeout?: number | undefined;
  /** Ends the call with `Aborted`; a submission in flight becomes a `SubmissionUncertain`. */
  signal?: AbortSignal | undefined;
}

/** How to wait for a task. */
export interface WaitOptions extends CallOptions, SaveOptions {
  /** The file to save the video to. It is tried before anything is sent. */
  saveTo?: string | undefined;
  /** Called with the task when it is accepted, and whenever its status changes. */
  onUpdate?: ((task: Task) => void) | undefined;
}

const WAIT_TIMEOUT = 900_000;
const SUBMIT_TIMEOUT = 120_000;

/**
 * Videos from prompts and images, without wasting a credit. For servers: it refuses to run in a browser.
 *
 * `Own` are the ids of models beside those of the spec, for the compiler: `new VideoClient<string>(...)` takes any, which
 * then needs a row in `models`, or `allowUnknownModel`.
 */
export class VideoClient<Own extends string = never> {
  readonly #context: FlowContext;
  readonly #modelOptions: ModelOptions;
  readonly #onWarning: NonNullable<VideoClientOptions["onWarning"]>;

  /**
   * Settle what every call needs; nothing is sent.
   *
   * @throws InvalidRequest There is no usable key, another setting makes no sense, or this is a browser.
   */
  constructor(options: VideoClientOptions = {}) {
    const { apiKey, ...settings } = resolveSettings(options);
    this.#context = {
      ...settings,
      transport: new FetchTransport(apiKey, options.fetch ?? globalThis.fetch),
      clock,
      budget: new Budget(options.maxCredits ?? null, options.allowUnknownPrice ?? false),
    };
    this.#modelOptions = { models: options.models, allowUnknownModel: options.allowUnknownModel };
    this.#onWarning = options.onWarning ?? (({ message }) => process.emitWarning(message, "VideoRequestWarning"));
  }

  /** Where the API is, without a trailing slash. */
  get baseUrl(): string {
    return this.#context.baseUrl;
  }

  /** Credits that this client has reserved or spent, less what was refunded. */
  get creditsCommitted(): number {
    return this.#context.budget.committed;
  }

  /**
   * Check, submit, wait, and save where `saveTo` names a file.
   *
   * @throws InvalidRequest, BudgetExceeded Nothing was sent.
   * @throws APIError, ConnectionFailed Nothing was accepted; or, with a `taskId`, the task could not be read.
   * @throws SubmissionUncertain It may have been charged.
   * @throws TaskFailed, WaitTimeout, Aborted, DownloadFailed What became of the task; each carries its id.
   */
  generate(prompt: string, options: RequestOptions<Own> & WaitOptions): Promise<Task>;
  generate(request: WholeRequest<Own>, options?: WaitOptions): Promise<Task>;
  async generate(
    request: string | WholeRequest<string>,
    options: Partial<RequestOptions<string>> & WaitOptions = {},
  ): Promise<Task> {
    const { timeout = WAIT_TIMEOUT, signal, onUpdate, saveTo, overwrite, onProgress, ...fields } = options;
    const sink = await openTarget({ saveTo, overwrite, onProgress });
    const deadline = new Deadline(timeout, clock);
    return generate({ ...this.#context, signal }, this.#prepare(request, fields), { deadline, onUpdate, sink });
  }

  /**
   * Check and submit, at most once; the task comes back pending.
   *
   * @throws InvalidRequest, BudgetExceeded Nothing was sent.
   * @throws APIError, ConnectionFailed Nothing was accepted.
   * @throws SubmissionUncertain It may have been charged.
   */
  submit(prompt: string, options: RequestOptions<Own> & CallOptions): Promise<Task>;
  submit(request: WholeRequest<Own>, options?: CallOptions): Promise<Task>;
  async submit(
    request: string | WholeRequest<string>,
    options: Partial<RequestOptions<string>> & CallOptions = {},
  ): Promise<Task> {
    const { timeout = SUBMIT_TIMEOUT, signal, ...fields } = options;
    return submit({ ...this.#context, signal }, this.#prepare(request, fields), new Deadline(timeout, clock));
  }

  /**
   * The task as it stands, failed ones included.
   *
   * @throws APIError, ConnectionFailed, UnexpectedReply The task could not be read, after a few attempts.
   */
  async get(task: Task | string, options: { signal?: AbortSignal | undefined } = {}): Promise<Task> {
    return retrieve({ ...this.#context, signal: options.signal }, asTask(task).id);
  }

  /**
   * Wait until the task has completed, and save its video where `saveTo` names a file. Transient failures do not end
   * the wait.
   *
   * @throws TaskFailed The generation failed.
   * @throws WaitTimeout It has not ended yet; wait again.
   * @throws DownloadFailed The video could not be fetched or saved.
   */
  async wait(task: Task | string, options: WaitOptions = {}): Promise<Task> {
    const { timeout = WAIT_TIMEOUT, signal, onUpdate } = options;
    const pending = asTask(task);
    const sink = await openTarget(options);
    return waitAndSave({ ...this.#context, signal }, pending, {
      deadline: new Deadline(timeout, clock),
      onUpdate,
      sink,
    });
  }

  /**
   * The snapshots of a task, one for each change of its status, until it has completed: `for await (const task of ...)`.
   * Throws as `wait` does.
   */
  async *updates(task: Task | string, options: CallOptions = {}): AsyncGenerator<Task, Task, void> {
    const { timeout = WAIT_TIMEOUT, signal } = options;
    return yield* updates({ ...this.#context, signal }, asTask(task), { deadline: new Deadline(timeout, clock) });
  }

  /**
   * Save the video of a completed task; returns its path. The key is not sent; a broken connection is resumed.
   *
   * @param task A task, its id, or the URL of a video.
   * @throws InvalidRequest The file cannot be written.
   * @throws DownloadFailed The video could not be fetched or saved; nothing is left behind.
   * @throws TaskFailed There is no video.
   */
  async download(
    task: Task | string,
    path: string,
    { signal, ...options }: SaveOptions & Pick<CallOptions, "signal"> = {},
  ): Promise<string> {
    const isUrl = typeof task === "string" && /^https?:\/\//.test(task);
    const completed = isUrl ? newTask("", task) : asTask(task);
    await download({ ...this.#context, signal }, completed, await openPartFile(path, options));
    return path;
  }

  #prepare(request: string | WholeRequest<string>, options: Partial<RequestOptions<string>>): PreparedRequest {
    const prepared = prepare(request, options, this.#modelOptions);
    prepared.warnings.forEach(this.#onWarning);
    return prepared;
  }
}

function asTask(value: Task | string): Task {
  const task = typeof value === "string" ? newTask(value) : value;
  if (!task.id.trim()) throw invalidSetting("task", "there is no task id; give the id that the submission returned");
  return task;
}

async function openTarget({ saveTo, ...options }: WaitOptions): Promise<PartFile | null> {
  return saveTo === undefined ? null : openPartFile(saveTo, options);
}

/** Loads the file module only here. */
async function openPartFile(path: string, options: SaveOptions): Promise<PartFile> {
  return (await import("./transport/files.js")).PartFile.open(path, options);
}
