// Compiled from clients/typescript by `make generate-typescript`; never edited.
export const TaskStatus = { PENDING: 0, COMPLETED: 1, FAILED: 2 };
export function knownTask(id, videoUrl = null) {
    const nothing = { creditsUsed: null, refunded: null, errorCode: null, errorMessage: null, type: null };
    const status = videoUrl === null ? TaskStatus.PENDING : TaskStatus.COMPLETED;
    return { id, status, videoUrl, ...nothing, model: null, prompt: null, createdAt: null, path: null, raw: {} };
}
export function readTask(body, taskId = "") {
    const told = body;
    const status = whole(told.status);
    if (status === null)
        return null;
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
export function since(task, earlier) {
    return { ...task, id: task.id || earlier.id, creditsUsed: task.creditsUsed ?? earlier.creditsUsed };
}
const text = (value) => (typeof value === "string" && value ? value : null);
const textOfFirst = (values) => (Array.isArray(values) ? text(values[0]) : null);
const whole = (value) => (Number.isInteger(value) ? value : null);
