/**
 * The part file of a download, which becomes the target when it is complete.
 *
 * An existing target is left alone until then, and is replaced only where that is allowed.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DownloadSink } from "../effects.js";
import { invalidSetting } from "../errors.js";

/** Called with the bytes so far and the total, or null where that is unknown. */
export type OnProgress = (bytes: number, total: number | null) => void;

/** No video of this service comes near; an endless body must not fill the disk. */
const MAX_VIDEO_BYTES = 4 * 1024 ** 3;
const RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/;
/** Some stores call every file a stream of octets. */
const VIDEO_TYPES = ["video/", "application/octet-stream", "binary/octet-stream", "application/mp4"];

/** How a video is saved. */
export interface SaveOptions {
  /** Whether to replace an existing file; default: no. */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Saves one video: it leaves either the complete target or nothing. */
export class PartFile implements DownloadSink {
  size = 0;
  rejection: string | null = null;
  rangeMismatch = false;
  writeError: string | null = null;
  readonly #path: string;
  #length: number | null = null;
  #validator: string | null = null;
  #file: FileHandle | null = null;

  private constructor(
    readonly target: string,
    readonly options: SaveOptions,
  ) {
    this.#path = join(dirname(target), `${basename(target)}.${randomBytes(4).toString("hex")}.part`);
  }

  /**
   * The part file of a target, tried on the disk before anything is paid for.
   *
   * @throws InvalidRequest The target exists, is a folder, or cannot be written. Nothing was sent.
   */
  static async open(target: string, options: SaveOptions): Promise<PartFile> {
    const part = new PartFile(target, options);
    const reason = await part.#whyNotWritable();
    if (reason === null) return part;
    throw invalidSetting("saveTo", `the video cannot be saved to ${target}: ${reason}`);
  }

  async #whyNotWritable(): Promise<string | null> {
    try {
      const existing = await lstat(this.target).catch(() => null);
      if (existing?.isDirectory()) return "it is a folder; name a file";
      if (existing && !this.options.overwrite) return "it exists; name another file, or allow overwriting";
      await (await open(this.#path, "wx")).close();
      await unlink(this.#path);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  rangeHeaders(): Record<string, string> {
    return this.size && this.#validator ? { Range: `bytes=${this.size}-`, "If-Range": this.#validator } : {};
  }

  /** A response has begun: its body is the video, the rest of it, or neither. */
  start(status: number, headers: Headers): boolean {
    const isRange = "Range" in this.rangeHeaders();
    const encoding = headers.get("content-encoding");
    const from = status === 206 ? RANGE.exec(headers.get("content-range") ?? "")?.[1] : undefined;
    this.rangeMismatch = isRange && (status === 416 || (status === 206 && Number(from) !== this.size));
    const isUsable = status === 200 || (status === 206 && isRange && !this.rangeMismatch);
    this.rejection = isUsable ? whyNotVideo(headers) : `its host answered ${status}`;
    if (this.rangeMismatch) this.#restart();
    if (this.rejection === null && status === 200) {
      this.#restart();
      const length = headers.get("content-length") ?? "";
      this.#length = encoding === null && /^[0-9]+$/.test(length) ? Number(length) : null;
      this.#validator = encoding === null ? validator(headers) : null;
    }
    return this.rejection === null;
  }

  #restart(): void {
    this.size = 0;
    this.#validator = null;
    this.#length = null;
  }

  async write(chunk: Uint8Array): Promise<boolean> {
    try {
      if (this.size + chunk.length > MAX_VIDEO_BYTES)
        throw new Error(`larger than ${MAX_VIDEO_BYTES / 1024 ** 3} GiB; aborted`);
      this.#file ??= await open(this.#path, "wx");
      if (this.size === 0) await this.#file.truncate(0);
      for (let written = 0; written < chunk.length;) {
        written += (await this.#file.write(chunk, written, chunk.length - written, this.size + written)).bytesWritten;
      }
    } catch (error) {
      this.writeError = (error as Error).message;
      return false;
    }
    this.size += chunk.length;
    this.options.onProgress?.(this.size, this.#length);
    return true;
  }

  incompleteReason(): string | null {
    if (!this.size) return "its host sent nothing";
    return this.#length !== null && this.size !== this.#length ? `${this.size} of ${this.#length} bytes came` : null;
  }

  async commit(): Promise<string> {
    await this.#file?.sync();
    await this.#close(); // some systems rename no open file
    await (this.options.overwrite ? rename(this.#path, this.target) : renameToNew(this.#path, this.target));
    await syncFolder(dirname(this.target));
    return this.target;
  }

  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#path, { force: true });
  }

  async #close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }
}

/** Rename; fails where the target exists, which a plain rename would replace. */
async function renameToNew(path: string, target: string): Promise<void> {
  try {
    await link(path, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file system without hard links; between these two lines another program could win.
    const exists = code === "EEXIST" || (await lstat(target).catch(() => null)) !== null;
    if (exists) throw new Error("the file has come into being meanwhile", { cause: error });
    await rename(path, target);
  }
}

/** Make the new name durable, where folders can be synced at all. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** What proves to the host that the rest is of the same video: a strong ETag, else the date (RFC 9110, 13.1.5). */
function validator(headers: Headers): string | null {
  const etag = headers.get("etag") ?? "";
  return etag.startsWith('"') ? etag : headers.get("last-modified");
}

function whyNotVideo(headers: Headers): string | null {
  const type = (headers.get("content-type") ?? "video/").toLowerCase();
  if (!VIDEO_TYPES.some((prefix) => type.startsWith(prefix)))
    return `its host sent ${type.split(";")[0]}, which is no video`;
  return headers.get("content-encoding")?.includes(",") ? "its host compressed it more than once" : null;
}
