/** From what callers write to one request: built, checked and priced, once. */
import { InvalidRequest, type Violation } from "./errors.js";
import { type Fields, toWire } from "./fields.js";
import type {
  GenerateVideoRequest,
  ImageToVideoModel,
  ImageToVideoRequest,
  TextToVideoModel,
  TextToVideoRequest,
} from "./generated/api/types.gen.js";
import type { Model } from "./generated/model-table.js";
import { type FieldOptions, FIELDS } from "./generated/request-fields.js";
import { type DurationOf, findModel, type ModelOptions } from "./models.js";
import { type Quote, quotePrepared } from "./pricing.js";
import { check } from "./rules.js";

export type { GenerateVideoRequest, ImageToVideoModel, ImageToVideoRequest, TextToVideoModel, TextToVideoRequest };
export type InputMode = GenerateVideoRequest["inputMode"];

interface CommonOptions extends FieldOptions {
  /** Provider-specific controls in wire names, passed through as they are. */
  extra?: Readonly<Record<string, unknown>> | undefined;
}

type TextOptions = {
  [M in TextToVideoModel]: {
    model: M;
    inputMode?: "text_to_video";
    image?: undefined;
    duration?: DurationOf<M> | undefined;
  };
}[TextToVideoModel];

type ImageOptions = {
  [M in ImageToVideoModel]: {
    model: M;
    inputMode?: "image_to_video";
    /** The http or https URL of an image, or several; only the first is used today. */
    image: string | readonly [string, ...string[]];
    duration?: DurationOf<M> | undefined;
  };
}[ImageToVideoModel];

// The fields of which the prompt and the image are the options.
const NO_OPTIONS: readonly string[] = ["prompt", "inputImageUrls"];

interface OwnOptions<Own extends string> {
  model: Own;
  inputMode?: InputMode;
  image?: string | readonly [string, ...string[]] | undefined;
  duration?: number | undefined;
}

/**
 * What goes with a prompt. The model decides which durations there are, and an image makes it image-to-video. `Own` are
 * the ids beside those of the spec: of the user's own rows, or `string` for any.
 */
export type RequestOptions<Own extends string = never> = CommonOptions &
  (TextOptions | ImageOptions | ([Own] extends [never] ? never : OwnOptions<Own>));

/** A whole request; in wire names, unchecked by the compiler, where there are models of the user's own. */
export type WholeRequest<Own extends string = never> = GenerateVideoRequest | ([Own] extends [never] ? never : Fields);

/** A request that may be sent: its body in wire names has no errors. */
export interface PreparedRequest {
  readonly body: Fields;
  readonly quote: Quote;
  readonly warnings: readonly Violation[];
}

/**
 * The request that may be sent. From here on nothing checks or prices it again.
 *
 * @param request A prompt with its options, or a whole request.
 * @throws InvalidRequest It has errors.
 * @throws TypeError As `buildRequest`; or an option beside a whole request.
 */
export function prepare(
  request: string | WholeRequest<string>,
  options: Partial<RequestOptions<string>> = {},
  modelOptions: ModelOptions = {},
): PreparedRequest {
  const names = Object.keys(options);
  if (typeof request !== "string" && names.length)
    throw new TypeError(`a whole request takes no further options: ${names.join(", ")}`);
  const wanted =
    typeof request === "string" ? buildRequest(request, options as RequestOptions<string>, modelOptions) : request;
  const violations = check(wanted, modelOptions);
  const errors = violations.filter((violation) => violation.severity === "error");
  if (errors.length) throw new InvalidRequest(errors);
  const body = toWire(wanted) ?? {};
  return { body, quote: quotePrepared(body, modelOptions), warnings: violations };
}

/**
 * The request that a prompt and its options mean, in wire names; whether it makes sense is for `check` to say.
 *
 * @throws TypeError An unknown option, or an `extra` that names a field with an option of its own.
 */
export function buildRequest<Own extends string = never>(
  prompt: string,
  options: RequestOptions<Own>,
  modelOptions: ModelOptions = {},
): Record<string, unknown> {
  const { model, inputMode, image, extra = {}, ...fields }: RequestOptions<string> = options;
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(FIELDS, name) || NO_OPTIONS.includes(name));
  if (unknown.length) throw new TypeError(`unknown option ${unknown.join(", ")}`);
  const duplicates = Object.keys(FIELDS).filter((name) => Object.hasOwn(extra, name));
  if (duplicates.length) throw new TypeError(`extra names ${duplicates.join(", ")}; use the option of that field`);
  const inputImageUrls = image === undefined ? undefined : typeof image === "string" ? [image] : [...image];
  const mode = inputMode ?? inferMode(findModel(model, modelOptions.models), !!inputImageUrls?.length);
  const values: Fields = { ...fields, prompt, model, inputMode: mode, inputImageUrls };
  return { ...toWire(Object.fromEntries(Object.keys(FIELDS).map((name) => [name, values[name]]))), ...extra };
}

// An image always means image-to-video, so that one given to a text-only model is refused and not silently unused.
function inferMode(model: Model | undefined, hasImage: boolean): InputMode {
  const modes = model?.modes;
  return hasImage || (modes?.length === 1 && modes[0] === "image_to_video") ? "image_to_video" : "text_to_video";
}
