// Compiled from clients/typescript by `make generate-typescript`; never edited.
export const TaskStatus = { PENDING: 0, COMPLETED: 1, FAILED: 2 };
export function newTask(id, videoUrl = null) {
    const unknown = { creditsUsed: null, refunded: null, errorCode: null, errorMessage: null, type: null };
    const status = videoUrl === null ? TaskStatus.PENDING : TaskStatus.COMPLETED;
    return { id, status, videoUrl, ...unknown, model: null, prompt: null, createdAt: null, path: null, raw: {} };
}
export function taskFromJson(body, taskId = "") {
    const snapshot = body;
    const status = integer(snapshot.status);
    if (status === null)
        return null;
    const refunded = snapshot.creditsRefunded ?? snapshot.creditRefunded ?? null;
    return {
        id: taskId || (text(snapshot.taskId) ?? text(snapshot.id) ?? ""),
        status,
        videoUrl: text(snapshot.videoUrl) ?? text(snapshot.outputVideoUrl) ?? textOfFirst(snapshot.outputVideoUrls),
        creditsUsed: integer(snapshot.creditsUsed),
        refunded: refunded === null ? null : Boolean(refunded),
        errorCode: text(snapshot.errorCode),
        errorMessage: text(snapshot.errorMessage),
        type: text(snapshot.type),
        model: text(snapshot.model),
        prompt: text(snapshot.prompt),
        createdAt: text(snapshot.createdAt),
        path: null,
        raw: body,
    };
}
export function mergedWith(task, earlier) {
    return { ...task, id: task.id || earlier.id, creditsUsed: task.creditsUsed ?? earlier.creditsUsed };
}
const text = (value) => (typeof value === "string" && value ? value : null);
const textOfFirst = (values) => (Array.isArray(values) ? text(values[0]) : null);
const integer = (value) => (Number.isInteger(value) ? value : null);
