/**
 * The client that wastes no credit, for the video generation API of gptimage2api.org: its public names.
 *
 *     import { VideoClient } from "gptimage2-video";
 *
 *     const client = new VideoClient();
 *     await client.generate("A paper boat on a flooded street", { model: "veo3_fast", saveTo: "boat.mp4" });
 */
export { type CallOptions, VideoClient, type WaitOptions } from "./client.js";
export {
  Aborted,
  APIError,
  type APIErrorDetails,
  BadRequest,
  BudgetExceeded,
  ConnectionFailed,
  DownloadFailed,
  Forbidden,
  InsufficientCredits,
  InvalidRequest,
  RateLimited,
  ServerError,
  SubmissionUncertain,
  TaskFailed,
  TaskNotFound,
  Unauthorized,
  UnexpectedReply,
  VideoClientError,
  type Violation,
  WaitTimeout,
} from "./errors.js";
export { COMMON_DURATIONS, type Known, type Model, MODELS, type Note, type Price } from "./generated/model-table.js";
export { type Field, FIELDS } from "./generated/request-fields.js";
export { type DurationOf, type ModelId, type ModelOptions, type ModelTable, parseModels } from "./models.js";
export { type Quote, quote } from "./pricing.js";
export {
  buildRequest,
  type GenerateVideoRequest,
  type ImageToVideoModel,
  type ImageToVideoRequest,
  type InputMode,
  type RequestOptions,
  type TextToVideoModel,
  type TextToVideoRequest,
  type WholeRequest,
} from "./request.js";
export { check } from "./rules.js";
export type { VideoClientOptions } from "./settings.js";
export { type Task, TaskStatus } from "./task.js";
export type { OnProgress, SaveOptions } from "./transport/files.js";
