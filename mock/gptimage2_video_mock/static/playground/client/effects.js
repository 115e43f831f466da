// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { InvalidRequest } from "./errors.js";
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const SUBMISSION = "/api/ai/video/generate";
const TASK = "/api/ai/tasks/{id}";
export class Memory {
    #chunks = [];
    #bytes = 0;
    begin(_status, headers) {
        return !(headers.get("content-encoding") ?? "").includes(",");
    }
    write(chunk) {
        this.#chunks.push(chunk);
        this.#bytes += chunk.length;
        return this.#bytes <= MAX_BODY_BYTES;
    }
    get text() {
        const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
        return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
    }
}
export function submission(baseUrl, body, timeout) {
    const headers = { ...asking(), "Content-Type": "application/json" };
    return {
        method: "POST",
        url: baseUrl + SUBMISSION,
        headers,
        body: JSON.stringify(body),
        authorized: true,
        timeout,
        whole: timeout,
    };
}
export function lookup(baseUrl, taskId, timeout) {
    const url = baseUrl + TASK.replace("{id}", encodeURIComponent(taskId));
    return { method: "GET", url, headers: asking(), authorized: true, timeout, whole: timeout };
}
const asking = () => ({ Accept: "application/json", "Accept-Encoding": "identity" });
export function usableKey(key) {
    if (!key)
        throw InvalidRequest.setting("apiKey", "there is no API key; set GPTIMAGE2_API_KEY or pass apiKey");
    if (!/^[!-~]+$/.test(key)) {
        throw InvalidRequest.setting("apiKey", "the API key has white space, a line break or another unfit character in it; copy it again");
    }
    return key;
}
export function usableBaseUrl(text, allowPlainHttp) {
    const url = /^https?:\/\/[^/?#\s]/.test(text) ? parsed(text) : null;
    if (!url || !/^[!-~]+$/.test(text)) {
        throw InvalidRequest.setting("baseUrl", `the base URL ${JSON.stringify(text)} is not a web address; write it like https://gptimage2api.org`);
    }
    if (url.username || url.password || text.includes("@") || /[?#]/.test(text)) {
        throw InvalidRequest.setting("baseUrl", "the base URL may have a path, but no user name, query or fragment");
    }
    if (url.protocol === "http:" && !LOOPBACK.includes(url.hostname) && !allowPlainHttp) {
        throw InvalidRequest.setting("baseUrl", `the key would go to ${url.hostname} unencrypted; use https, or allow plain http`);
    }
    return text.replace(/\/+$/, "");
}
function parsed(text) {
    try {
        return new URL(text);
    }
    catch {
        return null;
    }
}
