// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { Aborted, VideoClientError } from "../errors.js";
export async function sleep({ clock, signal }, milliseconds, taskId = "") {
    if (!signal?.aborted)
        await clock.sleep(milliseconds, signal).catch(() => undefined);
    if (signal?.aborted)
        throw new Aborted(signal.reason, taskId || null);
}
export async function attachTaskId(taskId, call) {
    try {
        return await call();
    }
    catch (error) {
        if (error instanceof VideoClientError)
            error.taskId ??= taskId || null;
        throw error;
    }
}
