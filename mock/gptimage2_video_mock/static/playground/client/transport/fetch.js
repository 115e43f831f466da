// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { BufferSink, MAX_BODY_BYTES } from "../effects.js";
const USER_AGENT = "gptimage2-video-typescript/0.1.0";
const MIN_REDACTED_KEY = 8;
const NEVER_SENT_CALLS = ["connect", "getaddrinfo"];
const NEVER_SENT_CODES = [
    "UND_ERR_CONNECT_TIMEOUT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
];
const TOO_LARGE = `response larger than ${MAX_BODY_BYTES / 1024 ** 2} MiB; aborted`;
const REASONS = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection broken",
    EHOSTUNREACH: "no route to host",
    ENETUNREACH: "network is unreachable",
    ENOTFOUND: "name or service not known",
    EPIPE: "connection broken",
    ETIMEDOUT: "connection timed out",
    UND_ERR_SOCKET: "connection broken",
};
export class FetchTransport {
    #key;
    #fetch;
    constructor(key, fetch) {
        this.#key = key;
        this.#fetch = fetch;
    }
    async send(request, signal) {
        const buffer = new BufferSink();
        const sink = request.sink ?? buffer;
        const limits = new RequestLimits(request, signal);
        let response = null;
        const partial = () => response && this.#response(response, buffer.text);
        try {
            response = await this.#fetch(request.url, this.#init(request, limits.signal));
            if (!sink.start(response.status, response.headers))
                return this.#response(response, "");
            for await (const chunk of (response.body ?? [])) {
                limits.onChunk();
                if (!(await sink.write(chunk)))
                    return failure(true, TOO_LARGE, partial());
            }
            return this.#response(response, buffer.text);
        }
        catch (error) {
            if (limits.timedOut)
                return failure(true, limits.timedOut, partial());
            const sent = signal?.aborted || !neverSent(error);
            return failure(sent, sent ? reasonOf(error) : connectError(error, request.url), partial());
        }
        finally {
            limits.clear();
        }
    }
    #init(request, signal) {
        const { method, authenticated, body = null } = request;
        const key = authenticated ? { Authorization: `Bearer ${this.#key}` } : {};
        const headers = { ...request.headers, "User-Agent": USER_AGENT, ...key };
        return { method, headers, body, signal, redirect: authenticated ? "manual" : "follow" };
    }
    #response({ status, headers }, text) {
        const redact = (value) => this.#key.length >= MIN_REDACTED_KEY ? value.replaceAll(this.#key, "[the key]") : value;
        const redacted = [...headers].map(([name, value]) => [name, redact(value)]);
        return { type: "response", status, headers: new Headers(redacted), text: redact(text) };
    }
}
class RequestLimits {
    signal;
    #controller = new AbortController();
    #startStep;
    timedOut = null;
    #total;
    #step;
    constructor({ timeout, totalTimeout }, signal) {
        const start = (limit, message) => setTimeout(() => {
            this.timedOut ??= message;
            this.#controller.abort();
        }, Math.min(limit, 2 ** 31 - 1));
        this.#startStep = () => start(timeout, `read timeout after ${timeout / 1000} s`);
        this.#step = this.#startStep();
        this.#total = start(totalTimeout, `response incomplete after ${totalTimeout / 1000} s; aborted`);
        this.signal = signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
    }
    onChunk() {
        clearTimeout(this.#step);
        this.#step = this.#startStep();
    }
    clear() {
        clearTimeout(this.#total);
        clearTimeout(this.#step);
    }
}
function failure(maybeSent, message, partial) {
    return { type: "failure", maybeSent, message, partial };
}
function neverSent(error) {
    const { code, syscall, errors, cause } = asRecord(error);
    if (Array.isArray(errors))
        return errors.every(neverSent);
    return (NEVER_SENT_CALLS.includes(syscall) || NEVER_SENT_CODES.includes(code) || (cause !== undefined && neverSent(cause)));
}
function connectError(error, address) {
    const { hostname, port, protocol } = new URL(address);
    const reason = reasonOf(error);
    if (reason.startsWith("connect timeout"))
        return reason;
    return `cannot connect to ${hostname}:${port || (protocol === "https:" ? 443 : 80)}: ${reason}`;
}
function reasonOf(error) {
    const { cause, errors, message, code } = asRecord(error);
    if (cause !== undefined)
        return reasonOf(cause);
    if (Array.isArray(errors) && errors.length)
        return reasonOf(errors[0]);
    if (code === "UND_ERR_CONNECT_TIMEOUT") {
        const limit = /timeout: (\d+)ms/.exec(String(message))?.[1];
        return limit ? `connect timeout after ${Number(limit) / 1000} s` : "connect timeout";
    }
    return REASONS[String(code)] ?? String(message || code || "connection broken");
}
function asRecord(error) {
    return typeof error === "object" && error !== null ? error : { message: error };
}
