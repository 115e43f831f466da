/**
 * Where a download lands: a part file beside the target, and at the end the target.
 *
 * Lives here: the file, its resumption by range, the checks of type and length, and the rename. Not here: when to ask
 * again (`download`) and how (`engine`). An existing file is left alone until the new one is whole, and is replaced only
 * when told. Loaded only where a file is asked for.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InvalidRequest } from "../errors.js";
import type { Sink } from "../effects.js";

/** Called with the bytes so far and their whole number, or null where that is unknown. */
export type OnProgress = (bytes: number, total: number | null) => void;

/** No video of this service comes near; a body that does not end must not fill the disk. */
const MAX_VIDEO_BYTES = 4 * 1024 ** 3;
const RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/;
/** Stores that do not know better call a video a stream of octets. */
const VIDEO_TYPES = ["video/", "application/octet-stream", "binary/octet-stream", "application/mp4"];

/** How a video is saved. */
export interface Saving {
  /** Whether an existing file may be replaced; default: no. */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A sink for one video: it leaves either the whole target or nothing. */
export class Part implements Sink {
  /** Bytes received so far. */
  size = 0;
  /** Why the last reply was no video; null when it was. */
  refusal: string | null = null;
  /** Whether the last reply was for other bytes than asked for, so that the video is begun anew. */
  stale = false;
  /** Why the file cannot take more; null where it can. */
  problem: string | null = null;
  readonly #path: string;
  #length: number | null = null;
  #validator: string | null = null;
  #file: FileHandle | null = null;

  private constructor(
    readonly target: string,
    readonly saving: Saving,
  ) {
    this.#path = join(dirname(target), `${basename(target)}.${randomBytes(4).toString("hex")}.part`);
  }

  /**
   * Find out before anything is paid for whether the target can be written.
   *
   * @throws InvalidRequest The target exists, is a folder, or cannot be written. Nothing was sent.
   */
  static async at(target: string, saving: Saving): Promise<Part> {
    const part = new Part(target, saving);
    const problem = await part.#probed();
    if (problem === null) return part;
    throw InvalidRequest.setting("saveTo", `the video cannot be saved to ${target}: ${problem}`);
  }

  async #probed(): Promise<string | null> {
    try {
      const there = await lstat(this.target).catch(() => null);
      if (there?.isDirectory()) return "it is a folder; name a file";
      if (there && !this.saving.overwrite) return "it exists; name another file, or allow overwriting";
      await (await open(this.#path, "wx")).close();
      await unlink(this.#path);
      return null;
    } catch (problem) {
      return (problem as Error).message;
    }
  }

  /** What asks for the rest; empty where nothing is there yet or the rest could be of another video. */
  rangeHeaders(): Record<string, string> {
    return this.size && this.#validator ? { Range: `bytes=${this.size}-`, "If-Range": this.#validator } : {};
  }

  /** A reply has begun: decide whether its body is the video, its rest, or neither. */
  begin(status: number, headers: Headers): boolean {
    const asked = "Range" in this.rangeHeaders();
    const kind = (headers.get("content-type") ?? "video/").toLowerCase();
    const packing = headers.get("content-encoding");
    const from = status === 206 ? RANGE.exec(headers.get("content-range") ?? "")?.[1] : undefined;
    this.stale = asked && (status === 416 || (status === 206 && Number(from) !== this.size));
    this.refusal = null;
    if (this.stale || ![200, 206].includes(status) || (status === 206 && !asked))
      this.refusal = `its host answered ${status}`;
    else if (!VIDEO_TYPES.some((type) => kind.startsWith(type)))
      this.refusal = `its host sent ${kind.split(";")[0]}, which is no video`;
    else if (packing?.includes(",")) this.refusal = "its host packed it more than once";
    if (this.stale) this.#restart();
    if (this.refusal === null && status === 200) {
      this.#restart();
      const length = headers.get("content-length") ?? "";
      this.#length = packing === null && /^[0-9]+$/.test(length) ? Number(length) : null;
      this.#validator = packing === null ? validator(headers) : null;
    }
    return this.refusal === null;
  }

  #restart(): void {
    this.size = 0;
    this.#validator = null;
    this.#length = null;
  }

  /** Save a piece; where the disk does not take it, `problem` says why. */
  async write(chunk: Uint8Array): Promise<boolean> {
    try {
      if (this.size + chunk.length > MAX_VIDEO_BYTES) throw new Error("it does not end");
      this.#file ??= await open(this.#path, "wx");
      if (this.size === 0) await this.#file.truncate(0);
      for (let done = 0; done < chunk.length;) {
        done += (await this.#file.write(chunk, done, chunk.length - done, this.size + done)).bytesWritten;
      }
    } catch (problem) {
      this.problem = (problem as Error).message;
      return false;
    }
    this.size += chunk.length;
    this.saving.onProgress?.(this.size, this.#length);
    return true;
  }

  /** Why the video is not whole, in words; null when it is. */
  missing(): string | null {
    if (!this.size) return "its host sent nothing";
    return this.#length !== null && this.size !== this.#length ? `${this.size} of ${this.#length} bytes came` : null;
  }

  /** Make the video durable and give it its name; nothing is replaced unless that was allowed. */
  async keep(): Promise<string> {
    await this.#file?.sync();
    await this.#close(); // some systems rename no open file
    await (this.saving.overwrite ? rename(this.#path, this.target) : renameToNew(this.#path, this.target));
    await syncFolder(dirname(this.target));
    return this.target;
  }

  /** Leave nothing but the target behind. */
  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#path, { force: true });
  }

  async #close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }
}

/** Rename, failing where the target exists, which a plain rename would replace. */
async function renameToNew(path: string, target: string): Promise<void> {
  try {
    await link(path, target);
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    // A file system without hard links; between these two lines another program could win.
    const there = code === "EEXIST" || (await lstat(target).catch(() => null)) !== null;
    if (there) throw new Error("the file has come into being meanwhile", { cause: problem });
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
