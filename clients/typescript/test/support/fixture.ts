/** What most tests need: a mock server, a clock that advances it, and an empty folder. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";
import { VideoClient, type VideoClientOptions } from "../../src/index.js";
import { FakeClock } from "./fake-clock.js";
import { type LoggedRequest, Mock } from "./mock.js";

export const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;
export const VEO_CREDITS = 9;

/** Create one inside `describe`: it registers its hooks there. */
export class Fixture {
  mock!: Mock;
  clock!: FakeClock;
  folder!: string;

  constructor() {
    before(async () => {
      this.mock = await Mock.start();
    });
    after(() => this.mock.stop());
    beforeEach(async () => {
      await this.mock.reset();
      this.clock = new FakeClock((seconds) => this.mock.advance(seconds));
      this.folder = await mkdtemp(join(tmpdir(), "video-client-"));
    });
    afterEach(async () => {
      this.clock.restore();
      await rm(this.folder, { recursive: true });
    });
  }

  client(options: VideoClientOptions = {}): VideoClient {
    return new VideoClient({ apiKey: "test-key", baseUrl: this.mock.url, ...options });
  }

  under(scenario: string, options: VideoClientOptions = {}): VideoClient {
    return this.client({ baseUrl: this.mock.scenario(scenario), ...options });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  files(): Promise<string[]> {
    return readdir(this.folder);
  }

  async submissions(): Promise<readonly LoggedRequest[]> {
    return (await this.mock.requests()).filter(({ method }) => method === "POST");
  }
}
