/** The two requests of the API: the one seam to what is generated from its spec. */
import type { HttpRequest } from "../effects.js";
import type { Fields } from "../fields.js";
import type { GenerateVideoData, GetTaskData } from "../generated/api/types.gen.js";

// The compiler checks both against the spec.
const SUBMIT_PATH: GenerateVideoData["url"] = "/api/ai/video/generate";
const TASK_PATH: GetTaskData["url"] = "/api/ai/tasks/{id}";
const HEADERS = { Accept: "application/json", "Accept-Encoding": "identity" };

/** The request that submits a task. */
export function submitRequest(baseUrl: string, fields: Fields, timeout: number): HttpRequest {
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

/** The request that reads a task. */
export function taskRequest(baseUrl: string, taskId: string, timeout: number): HttpRequest {
  const url = baseUrl + TASK_PATH.replace("{id}", encodeURIComponent(taskId));
  return { method: "GET", url, headers: HEADERS, authenticated: true, timeout, totalTimeout: timeout };
}
