/**
 * The client: settings, and the public methods with their documentation.
 *
 * Not here: what is said to the service (`flow`), how it is sent (`engine`), and the fetching of a video (`download`).
 */
import { download } from "./flow/download.js";
import { Engine, type Fetch } from "./transport/fetch.js";
import { InvalidRequest, VideoClientError } from "./errors.js";
import { Flow, type Waiting } from "./flow/wait.js";
import { Budget } from "./pricing.js";
import { buildRequest, type GenerateVideoRequest, type RequestOptions } from "./request.js";
import { check, type Violation } from "./rules.js";
import { Deadline, firstPause } from "./flow/retry.js";
import type { Part, Saving } from "./transport/files.js";
import { knownTask, type Task } from "./task.js";
import { usableBaseUrl, usableKey } from "./effects.js";

const DEFAULT_BASE_URL = "https://gptimage2api.org";

/** The settings of a client. Times are in milliseconds. */
export interface VideoClientOptions {
  /** The API key; default: `GPTIMAGE2_API_KEY` of the environment. */
  apiKey?: string | undefined;
  /** Where the API is; default: `GPTIMAGE2_BASE_URL`, else https://gptimage2api.org. A path prefix is kept. */
  baseUrl?: string | undefined;
  /** The most that all tasks of this client may cost together, by quote and then by what was charged; default: no limit. */
  maxCredits?: number | undefined;
  /** Whether a task without a known price may be sent although `maxCredits` is set. */
  allowUnknownPrice?: boolean | undefined;
  /** Whether the key may go unencrypted to a host other than this machine. */
  allowPlainHttp?: boolean | undefined;
  /** Your own fetch (proxies, TLS), used for the API and for downloads. It must not repeat a POST. */
  fetch?: Fetch | undefined;
  /** For the head of a reply, and for each piece of its body; default: 30,000. */
  requestTimeout?: number | undefined;
  /** Between looks at a pending task; default: 2,000, which the documentation recommends. */
  pollInterval?: number | undefined;
  /** Called with a request that is allowed but hardly meant so; default: `process.emitWarning`. */
  onWarning?: ((violation: Violation) => void) | undefined;
}

/** How long, and until when. */
export interface CallOptions {
  /** Milliseconds; default: 600,000, for `submit` 120,000. `Infinity` for no limit. A download comes on top. */
  timeout?: number | undefined;
  /** Ends the call with `Aborted`; a submission that is on its way then is a `SubmissionUncertain`. */
  signal?: AbortSignal | undefined;
}

/** How a task is waited for. */
export interface WaitOptions extends CallOptions, Saving {
  /** The file to save the video to. It is tried before anything is sent. */
  saveTo?: string | undefined;
  /** Called with the task when it is accepted, and whenever its status changes. */
  onUpdate?: ((task: Task) => void) | undefined;
}

const WAIT = 600_000;
const SUBMIT = 120_000;

/** Videos from prompts and images, without wasting a credit. For servers: it refuses to run in a browser. */
export class VideoClient {
  readonly #flow: Flow;
  readonly #onWarning: (violation: Violation) => void;

  /**
   * Settle what every call needs; nothing is sent.
   *
   * @throws InvalidRequest There is no usable key, another setting makes no sense, or this is a browser.
   */
  constructor(options: VideoClientOptions = {}) {
    refuseBrowser();
    const { GPTIMAGE2_API_KEY, GPTIMAGE2_BASE_URL } = process.env;
    const { requestTimeout = 30_000, pollInterval = 2_000 } = options;
    for (const [name, time] of Object.entries({ requestTimeout, pollInterval })) {
      if (!(time > 0))
        throw InvalidRequest.setting(name, `${name} must be a number of milliseconds above 0, not ${time}`);
    }
    const baseUrl = options.baseUrl || GPTIMAGE2_BASE_URL || DEFAULT_BASE_URL;
    this.#flow = new Flow(
      new Engine(usableKey(options.apiKey || GPTIMAGE2_API_KEY), options.fetch ?? globalThis.fetch),
      usableBaseUrl(baseUrl, options.allowPlainHttp ?? false),
      new Budget(options.maxCredits ?? null, options.allowUnknownPrice ?? false),
      requestTimeout,
      pollInterval,
    );
    this.#onWarning = options.onWarning ?? (({ message }) => process.emitWarning(message, "VideoRequestWarning"));
  }

  /** Where the API is, without a slash at its end. */
  get baseUrl(): string {
    return this.#flow.baseUrl;
  }

  /** Credits that this client has reserved or spent, less what was refunded. */
  get creditsCommitted(): number {
    return this.#flow.budget.committed;
  }

  /**
   * Check, submit, wait, and save where asked.
   *
   * @throws InvalidRequest, BudgetExceeded Nothing was sent.
   * @throws APIError, ConnectionFailed Nothing was accepted; or, with a `taskId`, the task could not be read.
   * @throws SubmissionUncertain It may have been charged.
   * @throws TaskFailed, WaitTimeout, Aborted, DownloadFailed What became of the task; each carries its id.
   */
  generate(prompt: string, options: RequestOptions & WaitOptions): Promise<Task>;
  generate(request: GenerateVideoRequest, options?: WaitOptions): Promise<Task>;
  async generate(
    what: string | GenerateVideoRequest,
    options: Partial<RequestOptions> & WaitOptions = {},
  ): Promise<Task> {
    const part = await this.#part(options);
    const deadline = new Deadline(options.timeout ?? WAIT);
    const task = await this.#flow.submit(this.#checked(what, options), deadline, options.signal);
    return carrying(task.id, () => {
      options.onUpdate?.(task);
      return this.#ended(
        task,
        { deadline, seen: task.status, pause: firstPause(this.#flow.pollInterval) },
        options,
        part,
      );
    });
  }

  /**
   * Check and submit, at most once; the task comes back pending.
   *
   * @throws InvalidRequest, BudgetExceeded Nothing was sent.
   * @throws APIError, ConnectionFailed Nothing was accepted.
   * @throws SubmissionUncertain It may have been charged.
   */
  submit(prompt: string, options: RequestOptions & CallOptions): Promise<Task>;
  submit(request: GenerateVideoRequest, options?: CallOptions): Promise<Task>;
  async submit(
    what: string | GenerateVideoRequest,
    options: Partial<RequestOptions> & CallOptions = {},
  ): Promise<Task> {
    return this.#flow.submit(this.#checked(what, options), new Deadline(options.timeout ?? SUBMIT), options.signal);
  }

  /**
   * The task as it stands, failed ones included.
   *
   * @throws APIError, ConnectionFailed, UnexpectedReply The task could not be read, after a few tries.
   */
  async get(task: Task | string, options: { signal?: AbortSignal | undefined } = {}): Promise<Task> {
    return this.#flow.get(known(task).id, options.signal);
  }

  /**
   * Wait until the task has completed, and save its video where asked. Passing trouble does not end the wait.
   *
   * @throws TaskFailed The generation failed.
   * @throws WaitTimeout It has not ended yet; wait again.
   * @throws DownloadFailed The video could not be fetched or saved.
   */
  async wait(task: Task | string, options: WaitOptions = {}): Promise<Task> {
    const from = known(task);
    const part = await this.#part(options);
    return carrying(from.id, () =>
      this.#ended(from, { deadline: new Deadline(options.timeout ?? WAIT) }, options, part),
    );
  }

  /**
   * The snapshots of a task, one for each change of its status, until it has completed: `for await (const task of ...)`.
   * Throws as `wait` does.
   */
  async *updates(task: Task | string, options: CallOptions = {}): AsyncGenerator<Task, Task, void> {
    const { timeout = WAIT, signal } = options;
    return yield* this.#flow.updates(known(task), { deadline: new Deadline(timeout), signal });
  }

  /**
   * Save the video of a completed task; its path comes back. The key is not sent; a broken connection is resumed.
   *
   * @param task A task, its id, or the URL of a video.
   * @throws InvalidRequest The file cannot be written.
   * @throws DownloadFailed The video could not be fetched or saved; nothing is left behind.
   * @throws TaskFailed There is no video.
   */
  async download(
    task: Task | string,
    path: string,
    options: Saving & Pick<CallOptions, "signal"> = {},
  ): Promise<string> {
    const isUrl = typeof task === "string" && /^https?:\/\//.test(task);
    const video = isUrl ? knownTask("", task) : known(task);
    const part = await (await import("./transport/files.js")).Part.at(path, options);
    await download(this.#flow, video, part, options.signal);
    return path;
  }

  async #ended(task: Task, waiting: Waiting, options: WaitOptions, part: Part | null): Promise<Task> {
    const { signal, onUpdate } = options;
    const updates = this.#flow.updates(task, { ...waiting, signal, withVideo: part !== null });
    for (;;) {
      const step = await updates.next();
      if (step.done) return part ? download(this.#flow, step.value, part, signal) : step.value;
      onUpdate?.(step.value);
    }
  }

  async #part({ saveTo, ...saving }: WaitOptions): Promise<Part | null> {
    return saveTo === undefined ? null : (await import("./transport/files.js")).Part.at(saveTo, saving);
  }

  /** The request in wire names, free of errors; its warnings are told. */
  #checked(what: string | GenerateVideoRequest, options: Partial<RequestOptions>): Readonly<Record<string, unknown>> {
    const body = typeof what === "string" ? buildRequest(what, options as RequestOptions) : what;
    const violations = check(body);
    const errors = violations.filter((violation) => violation.severity === "error");
    if (errors.length) throw new InvalidRequest(errors);
    violations.forEach(this.#onWarning);
    return body;
  }
}

/** Whatever leaves here carries the task id. */
async function carrying(taskId: string, call: () => Promise<Task>): Promise<Task> {
  try {
    return await call();
  } catch (problem) {
    if (problem instanceof VideoClientError) problem.taskId ??= taskId;
    throw problem;
  }
}

function known(task: Task | string): Task {
  const found = typeof task === "string" ? knownTask(task) : task;
  if (!found.id.trim())
    throw InvalidRequest.setting("task", "there is no task id; give the id that the submission told");
  return found;
}

function refuseBrowser(): void {
  const page = "document" in globalThis || "importScripts" in globalThis;
  if (page && !globalThis.process?.versions?.node) {
    throw InvalidRequest.setting(
      "apiKey",
      "a browser shows the key to everybody; use this client on a server, and let pages ask that",
    );
  }
}
