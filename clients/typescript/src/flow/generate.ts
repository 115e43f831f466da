/** From a prepared request to a video: submit, wait, download. Read this page first. */
import type { DownloadSink } from "../effects.js";
import { firstDelay } from "../polling/schedule.js";
import type { PreparedRequest } from "../request.js";
import type { Task } from "../task.js";
import { attachTaskId, type FlowContext } from "./context.js";
import { download } from "./download.js";
import { submit } from "./submit.js";
import { type PollOptions, updates } from "./wait.js";

export interface GenerateOptions extends PollOptions {
  readonly onUpdate?: ((task: Task) => void) | undefined;
  /** Receives the video; null where it is not to be saved. */
  readonly sink: DownloadSink | null;
}

/** Submit, wait, and save the video where there is a sink for it. */
export async function generate(
  context: FlowContext,
  request: PreparedRequest,
  options: GenerateOptions,
): Promise<Task> {
  const task = await submit(context, request, options.deadline);
  return attachTaskId(task.id, async () => {
    options.onUpdate?.(task);
    const initialDelay = firstDelay(context.pollInterval);
    return waitAndSave(context, task, { ...options, lastStatus: task.status, initialDelay });
  });
}

/** Wait, and save the video where there is a sink for it. */
export function waitAndSave(context: FlowContext, task: Task, options: GenerateOptions): Promise<Task> {
  const { sink, onUpdate } = options;
  return attachTaskId(task.id, async () => {
    const snapshots = updates(context, task, options);
    for (;;) {
      const { done, value } = await snapshots.next();
      if (done) return sink ? download(context, value, sink) : value;
      onUpdate?.(value);
    }
  });
}
