/** A server that says what a test tells it to, byte for byte: for replies that no sane server gives. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class Scripted {
  /** The n-th answers the n-th request, the last all that follow; an empty one hangs up without a word. */
  replies: string[] = [""];
  /** The requests as they arrived. */
  readonly seen: string[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly url: string,
    readonly server: Server,
  ) {}

  static async start(): Promise<Scripted> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const scripted = new Scripted(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on("connection", (socket) => scripted.#answer(socket));
    return scripted;
  }

  async stop(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, "close");
  }

  #answer(socket: Socket): void {
    this.#sockets.add(socket);
    let request = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      request += chunk.toString();
      const [head = "", body] = request.split("\r\n\r\n", 2);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      this.seen.push(request);
      request = "";
      const reply = this.replies[Math.min(this.seen.length, this.replies.length) - 1] ?? "";
      if (reply) socket.end(reply);
      else socket.destroy();
    });
  }
}

/** The bytes of a reply that closes the connection. */
export function reply(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, "Content-Length": String(Buffer.byteLength(body)), Connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n${body}`;
}

/** A reply in JSON. */
export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): string {
  return reply(status, { "Content-Type": "application/json", ...headers }, JSON.stringify(body));
}
