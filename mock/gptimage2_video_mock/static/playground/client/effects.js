// Compiled from clients/typescript by `make generate-typescript`; never edited.
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
export class BufferSink {
    #chunks = [];
    #bytes = 0;
    start(_status, headers) {
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
