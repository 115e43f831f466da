/**
 * From what callers write to one request in wire names.
 *
 * Lives here: the types of the options, in which a wrong pair of model and mode does not compile, and the inference of
 * the mode. Not here: whether a request makes sense (`rules`).
 */
import type {
  GenerateVideoRequest,
  ImageToVideoModel,
  ImageToVideoRequest,
  TextToVideoModel,
  TextToVideoRequest,
} from "./generated/api/types.gen.js";
import { type COMMON_DURATIONS, MODELS, type Model, REQUEST_FIELDS } from "./generated/model-table.js";

export type { GenerateVideoRequest, ImageToVideoModel, ImageToVideoRequest, TextToVideoModel, TextToVideoRequest };
export type ModelId = keyof typeof MODELS;
export type InputMode = GenerateVideoRequest["inputMode"];

/** The seconds that a model takes: what is documented for it, else the documentation's common values. */
export type DurationOf<M extends ModelId> = (typeof MODELS)[M] extends {
  readonly durationsKnown: "page" | "docs";
  readonly durations: readonly (infer Seconds)[];
}
  ? Seconds
  : (typeof COMMON_DURATIONS)[number];

interface CommonOptions {
  /** Such as `16:9`; the values vary by model family. */
  aspectRatio?: string | undefined;
  /** Such as `720p`; it affects the price. */
  resolution?: string | undefined;
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

/** What goes with a prompt. The model decides which durations there are, and an image makes it image-to-video. */
export type RequestOptions = CommonOptions & (TextOptions | ImageOptions);

/** The row of a model, or undefined where the table has none. */
export function modelRow(id: unknown): Model | undefined {
  return typeof id === "string" && Object.hasOwn(MODELS, id) ? MODELS[id as ModelId] : undefined;
}

/** The request in wire names, fields that are undefined left out; null where it is no object. */
export function toWire(request: unknown): Record<string, unknown> | null {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return null;
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

/**
 * The request that a prompt and its options mean, in wire names; whether it makes sense is for `check` to say.
 *
 * @throws TypeError An `extra` that names a field with an option of its own.
 */
export function buildRequest(prompt: string, options: RequestOptions): Record<string, unknown> {
  const { model, inputMode, image, duration, aspectRatio, resolution, extra = {} } = options;
  const twice = REQUEST_FIELDS.filter((name) => Object.hasOwn(extra, name));
  if (twice.length) throw new TypeError(`extra names ${twice.join(", ")}; use the option of that field`);
  const inputImageUrls = image === undefined ? undefined : typeof image === "string" ? [image] : [...image];
  const fields = { prompt, model, inputMode: inputMode ?? inferredMode(model, !!inputImageUrls?.length) };
  return { ...toWire({ ...fields, inputImageUrls, aspectRatio, duration, resolution }), ...extra };
}

// An image always means image-to-video, so that one given to a text-only model is refused and not silently unused.
function inferredMode(model: unknown, hasImage: boolean): InputMode {
  const modes = modelRow(model)?.modes;
  return hasImage || (modes?.length === 1 && modes[0] === "image_to_video") ? "image_to_video" : "text_to_video";
}
