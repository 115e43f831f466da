/** A server that sends scripted bytes: for responses that no sane server gives. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class ScriptedServer {
  /** One for each request, the last for all that follow; an empty one closes the connection. */
  responses: string[] = [""];
  /** The requests as they arrived. */
  readonly requests: string[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly url: string,
    readonly server: Server,
  ) {}

  static async start(): Promise<ScriptedServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const scripted = new ScriptedServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on("connection", (socket) => scripted.#respond(socket));
    return scripted;
  }

  async stop(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, "close");
  }

  #respond(socket: Socket): void {
    this.#sockets.add(socket);
    let request = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      request += chunk.toString();
      const [head = "", body] = request.split("\r\n\r\n", 2);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      this.requests.push(request);
      request = "";
      const response = this.responses[Math.min(this.requests.length, this.responses.length) - 1] ?? "";
      if (response) socket.end(response);
      else socket.destroy();
    });
  }
}

/** The bytes of a response that closes the connection. */
export function rawResponse(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, "Content-Length": String(Buffer.byteLength(body)), Connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n${body}`;
}

/** A response in JSON. */
export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): string {
  return rawResponse(status, { "Content-Type": "application/json", ...headers }, JSON.stringify(body));
}
