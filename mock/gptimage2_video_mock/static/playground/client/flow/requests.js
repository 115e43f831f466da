// Compiled from clients/typescript by `make generate-typescript`; never edited.
const SUBMIT_PATH = "/api/ai/video/generate";
const TASK_PATH = "/api/ai/tasks/{id}";
const HEADERS = { Accept: "application/json", "Accept-Encoding": "identity" };
export function submitRequest(baseUrl, fields, timeout) {
    return {
        method: "POST",
        url: baseUrl + SUBMIT_PATH,
        headers: { ...HEADERS, "Content-Type": "application/json" },
        body: JSON.stringify(fields),
        authenticated: true,
        timeout,
        totalTimeout: timeout,
    };
}
export function taskRequest(baseUrl, taskId, timeout) {
    const url = baseUrl + TASK_PATH.replace("{id}", encodeURIComponent(taskId));
    return { method: "GET", url, headers: HEADERS, authenticated: true, timeout, totalTimeout: timeout };
}
