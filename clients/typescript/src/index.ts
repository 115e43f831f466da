/**
 * The client that wastes no credit, for the video generation API of gptimage2api.org.
 *
 *     import { VideoClient } from "gptimage2-video";
 *
 *     const client = new VideoClient();
 *     await client.generate("A paper boat on a flooded street", { model: "veo3_fast", saveTo: "boat.mp4" });
 *
 * Lives here: the public names.
 */
export { type CallOptions, VideoClient, type VideoClientOptions, type WaitOptions } from "./client.js";
export {
  Aborted,
  BudgetExceeded,
  ConnectionFailed,
  DownloadFailed,
  InvalidRequest,
  SubmissionUncertain,
  TaskFailed,
  UnexpectedReply,
  VideoClientError,
  WaitTimeout,
} from "./errors.js";
export { COMMON_DURATIONS, type Known, type Model, MODELS, type Price } from "./generated/model-table.js";
export { type Quote, quote } from "./pricing.js";
export {
  APIError,
  BadRequest,
  Forbidden,
  InsufficientCredits,
  RateLimited,
  type Refusal,
  ServerError,
  TaskNotFound,
  Unauthorized,
} from "./refusals.js";
export {
  buildRequest,
  type DurationOf,
  type GenerateVideoRequest,
  type ImageToVideoModel,
  type ImageToVideoRequest,
  type InputMode,
  type ModelId,
  type RequestOptions,
  type TextToVideoModel,
  type TextToVideoRequest,
} from "./request.js";
export { check, type Violation } from "./rules.js";
export type { OnProgress, Saving } from "./transport/files.js";
export { type Task, TaskStatus } from "./task.js";
