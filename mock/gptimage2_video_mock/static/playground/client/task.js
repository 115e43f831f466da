// Compiled from clients/typescript by `make generate-typescript`; never edited.
export const TaskStatus = { PENDING: 0, COMPLETED: 1, FAILED: 2 };
export function newTask(id, videoUrl = null) {
    const unknown = { creditsUsed: null, refunded: null, errorCode: null, errorMessage: null, type: null };
    const status = videoUrl === null ? TaskStatus.PENDING : TaskStatus.COMPLETED;
    return { id, status, videoUrl, ...unknown, model: null, prompt: null, createdAt: null, path: null, raw: {} };
}
export function taskFromJson(body, baseUrl, taskId = "") {
    const snapshot = body;
    const status = readStatus(snapshot.status);
    if (status === null)
        return null;
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
export function mergedWith(task, earlier) {
    return { ...task, id: task.id || earlier.id, creditsUsed: task.creditsUsed ?? earlier.creditsUsed };
}
const text = (value) => (typeof value === "string" && value ? value : null);
const asText = (value) => typeof value === "string" ? value || null : value == null ? null : JSON.stringify(value);
const first = (value) => (Array.isArray(value) ? value[0] : value);
const integer = (value) => (Number.isInteger(value) ? value : null);
function absolute(url, baseUrl) {
    return url !== null && URL.canParse(url, `${baseUrl}/`) && !URL.canParse(url)
        ? new URL(url, `${baseUrl}/`).href
        : url;
}
function readStatus(value) {
    if (typeof value !== "string")
        return integer(value);
    if (/^-?[0-9]+$/.test(value))
        return integer(Number(value));
    return TaskStatus[value.toUpperCase()] ?? (value ? -1 : null);
}
