// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { Memory } from "../effects.js";
const USER_AGENT = "gptimage2-video-typescript/0.1.0";
const TELLING_KEY = 8;
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
export class Engine {
    #key;
    #fetch;
    constructor(key, fetch) {
        this.#key = key;
        this.#fetch = fetch;
    }
    async send(send, signal) {
        const memory = new Memory();
        const sink = send.sink ?? memory;
        const watch = new Watch(send, signal);
        let response = null;
        const came = () => response && this.#reply(response, memory.text);
        try {
            response = await this.#fetch(send.url, this.#request(send, watch.signal));
            if (!sink.begin(response.status, response.headers))
                return this.#reply(response, "");
            for await (const chunk of (response.body ?? [])) {
                watch.progress();
                if (!(await sink.write(chunk)))
                    return fault(true, "the answer does not end", came());
            }
            return this.#reply(response, memory.text);
        }
        catch (problem) {
            const late = watch.late;
            return fault(late || signal?.aborted || !neverSent(problem), late ? "no answer in time" : words(problem), came());
        }
        finally {
            watch.end();
        }
    }
    #request(send, signal) {
        const { method, authorized, body = null } = send;
        const key = authorized ? { Authorization: `Bearer ${this.#key}` } : {};
        const headers = { ...send.headers, "User-Agent": USER_AGENT, ...key };
        return { method, headers, body, signal, redirect: authorized ? "manual" : "follow" };
    }
    #reply(response, text) {
        const hidden = (said) => (this.#key.length >= TELLING_KEY ? said.replaceAll(this.#key, "[the key]") : said);
        const headers = new Headers([...response.headers].map(([name, value]) => [name, hidden(value)]));
        return { kind: "reply", status: response.status, headers, text: hidden(text) };
    }
}
class Watch {
    #limit = new AbortController();
    #startStep;
    #whole;
    #step;
    signal;
    constructor(send, signal) {
        const stop = () => this.#limit.abort();
        this.#startStep = () => setTimeout(stop, Math.min(send.timeout, 2 ** 31 - 1));
        this.#whole = setTimeout(stop, Math.min(send.whole, 2 ** 31 - 1));
        this.#step = this.#startStep();
        this.signal = signal ? AbortSignal.any([signal, this.#limit.signal]) : this.#limit.signal;
    }
    get late() {
        return this.#limit.signal.aborted;
    }
    progress() {
        clearTimeout(this.#step);
        this.#step = this.#startStep();
    }
    end() {
        clearTimeout(this.#whole);
        clearTimeout(this.#step);
    }
}
const fault = (sent, reason, partial) => ({
    kind: "fault",
    sent,
    reason,
    partial,
});
function neverSent(problem) {
    const { code, syscall, errors, cause } = facts(problem);
    if (Array.isArray(errors))
        return errors.every(neverSent);
    return (NEVER_SENT_CALLS.includes(syscall) || NEVER_SENT_CODES.includes(code) || (cause !== undefined && neverSent(cause)));
}
function words(problem) {
    const { cause, errors, message, code } = facts(problem);
    if (cause !== undefined)
        return words(cause);
    if (Array.isArray(errors) && errors.length)
        return words(errors[0]);
    return String(message || code || "the connection broke");
}
function facts(problem) {
    return typeof problem === "object" && problem !== null ? problem : { message: problem };
}
