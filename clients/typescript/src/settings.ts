/** The settings of a client: which ones there are, and which values can be used. */
import { invalidSetting, type Violation } from "./errors.js";
import type { ModelTable } from "./models.js";

const DEFAULT_BASE_URL = "https://gptimage2api.org";
const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The settings of a client. Times are in milliseconds. */
export interface VideoClientOptions {
  /** The API key; default: `GPTIMAGE2_API_KEY` of the environment. */
  apiKey?: string | undefined;
  /** Where the API is; default: `GPTIMAGE2_BASE_URL`, else https://gptimage2api.org. A path prefix is kept. */
  baseUrl?: string | undefined;
  /** The limit for all tasks of this client together, by quote and then by charge; default: no limit. */
  maxCredits?: number | undefined;
  /** Whether to send a task without a known price although `maxCredits` is set. */
  allowUnknownPrice?: boolean | undefined;
  /** The table that requests are checked and priced by, `{ ...MODELS, ...parseModels(text) }`; default: `MODELS`. */
  models?: ModelTable | undefined;
  /** Whether to send, with a warning, a request for a model outside this table; default: false. */
  allowUnknownModel?: boolean | undefined;
  /** Whether to allow plain HTTP to other hosts; the key is sent unencrypted. */
  allowPlainHttp?: boolean | undefined;
  /** Your own fetch (proxies, TLS), for the API and for downloads. It must not retry a POST. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Until the head of a response, and for each chunk of its body; default: 30,000. */
  requestTimeout?: number | undefined;
  /** Between two polls of a pending task; default: 2,000, as the documentation recommends. */
  pollInterval?: number | undefined;
  /** Called with each warning about a request; default: `process.emitWarning`. */
  onWarning?: ((violation: Violation) => void) | undefined;
}

/**
 * The options, completed from the environment and validated.
 *
 * @throws InvalidRequest There is no usable key, another setting makes no sense, or this is a browser.
 */
export function resolveSettings(options: VideoClientOptions) {
  refuseBrowser();
  const { GPTIMAGE2_API_KEY, GPTIMAGE2_BASE_URL } = process.env;
  const { requestTimeout = 30_000, pollInterval = 2_000 } = options;
  for (const [name, time] of Object.entries({ requestTimeout, pollInterval })) {
    if (!(time > 0)) throw invalidSetting(name, `${name} must be a number of milliseconds above 0, not ${time}`);
  }
  const apiKey = validateApiKey(options.apiKey || GPTIMAGE2_API_KEY);
  const baseUrl = options.baseUrl || GPTIMAGE2_BASE_URL || DEFAULT_BASE_URL;
  return {
    apiKey,
    baseUrl: validateBaseUrl(baseUrl, options.allowPlainHttp ?? false),
    requestTimeout,
    pollInterval,
  };
}

/** The key, where a header can carry it. Throws InvalidRequest, whose message never shows it. */
function validateApiKey(key: string | undefined): string {
  key = key?.trim(); // white space around it, as of a line in a file, is none of it
  if (!key) throw invalidSetting("apiKey", "there is no API key; set GPTIMAGE2_API_KEY or pass apiKey");
  if (!/^[!-~]+$/.test(key)) {
    throw invalidSetting(
      "apiKey",
      "the API key has white space, a line break or another invalid character in it; copy it again",
    );
  }
  return key;
}

/** The base URL without a trailing slash; a path prefix is kept. Throws InvalidRequest. */
function validateBaseUrl(text: string, allowPlainHttp: boolean): string {
  const url = /^https?:\/\/[^/?#\s]/.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^[!-~]+$/.test(text)) {
    throw invalidSetting(
      "baseUrl",
      `the base URL ${JSON.stringify(text)} is not a web address; write it like https://gptimage2api.org`,
    );
  }
  if (url.username || url.password || text.includes("@") || /[?#]/.test(text)) {
    throw invalidSetting("baseUrl", "the base URL may have a path, but no user name, query or fragment");
  }
  if (url.protocol === "http:" && !LOOPBACK.includes(url.hostname) && !allowPlainHttp) {
    throw invalidSetting("baseUrl", `the key would go to ${url.hostname} unencrypted; use https, or allow plain HTTP`);
  }
  return text.replace(/\/+$/, "");
}

function refuseBrowser(): void {
  const isPage = "document" in globalThis || "importScripts" in globalThis;
  if (isPage && !globalThis.process?.versions?.node) {
    throw invalidSetting(
      "apiKey",
      "a browser shows the key to everybody; use this client on a server, and let pages ask that",
    );
  }
}
