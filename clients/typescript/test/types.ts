/**
 * What the compiler accepts. Nothing here runs: the marked lines must not compile, and all others must.
 */
import { type GenerateVideoRequest, MODELS, parseModels, type Task, VideoClient } from "../src/index.js";

const image = "https://example.com/cup.jpg";

/** Every pair of model and mode. */
export const pairs = (client: VideoClient): Promise<Task>[] => [
  client.submit("A cup", { model: "kling/v2-1-standard", image, duration: 5 }),
  client.submit("A cup", { model: "kling/v2-1-pro", image, duration: 10 }),
  client.submit("A cup", { model: "kling/v2-1-master-text-to-video", duration: 10 }),
  client.submit("A cup", { model: "sora-2-text-to-video", duration: 15, resolution: "720p" }),
  client.submit("A cup", { model: "sora-2-pro-text-to-video", duration: 20, aspectRatio: "16:9" }),
  client.submit("A cup", { model: "sora-2-image-to-video", image: [image] }),
  client.submit("A cup", { model: "hailuo/02-text-to-video-standard" }),
  client.submit("A cup", { model: "hailuo/02-text-to-video-pro", inputMode: "text_to_video" }),
  client.submit("A cup", { model: "hailuo/02-image-to-video-standard", image }),
  client.submit("A cup", { model: "hailuo/02-image-to-video-pro", image, inputMode: "image_to_video" }),
  client.submit("A cup", { model: "veo3_fast", duration: 8 }),
  client.submit("A cup", { model: "veo3_fast", image }),
  client.submit("A cup", { model: "veo3" }),
  client.submit("A cup", { model: "veo3", image, duration: 8 }),
  client.submit("A cup", { model: "veo3_lite" }),
  client.submit("A cup", { model: "veo3_lite", image: [image, image] }),
  client.submit("A cup", { model: "wan/2-6-text-to-video", duration: 15 }),
  client.submit("A cup", { model: "wan/2-6-image-to-video", image, duration: 20 }),
  client.submit("A cup", { model: "bytedance/seedance-1.5-pro", extra: { "x-seed": 7 } }),
  client.submit("A cup", { model: "bytedance/seedance-1.5-pro", image, duration: 5 }),
];

export const rejected = (client: VideoClient): unknown[] => [
  // @ts-expect-error: a text-only model takes no image
  client.submit("A cup", { model: "sora-2-text-to-video", image }),
  // @ts-expect-error: and no other mode
  client.submit("A cup", { model: "sora-2-text-to-video", inputMode: "image_to_video" }),
  // @ts-expect-error: an image-only model needs an image
  client.submit("A cup", { model: "kling/v2-1-standard" }),
  // @ts-expect-error: and not an empty list of them
  client.submit("A cup", { model: "kling/v2-1-standard", image: [] }),
  // @ts-expect-error: a model that takes both needs one in that mode
  client.submit("A cup", { model: "veo3", inputMode: "image_to_video" }),
  // @ts-expect-error: an unknown model
  client.submit("A cup", { model: "veo4" }),
  // @ts-expect-error: Veo clips are always 8 seconds
  client.submit("A cup", { model: "veo3", duration: 5 }),
  // @ts-expect-error: Kling has 5 and 10
  client.submit("A cup", { model: "kling/v2-1-pro", image, duration: 20 }),
  // @ts-expect-error: an unknown option
  client.submit("A cup", { model: "veo3", ratio: "16:9" }),
  // @ts-expect-error: a prompt needs a model
  client.submit("A cup"),
];

/** The generated requests refuse the same pairs. */
export const requests: GenerateVideoRequest[] = [
  { prompt: "A cup", model: "veo3", inputMode: "text_to_video" },
  { prompt: "A cup", model: "veo3", inputMode: "image_to_video", inputImageUrls: [image] },
  // @ts-expect-error: a text-only model
  { prompt: "A cup", model: "sora-2-text-to-video", inputMode: "image_to_video", inputImageUrls: [image] },
  // @ts-expect-error: no image
  { prompt: "A cup", model: "veo3", inputMode: "image_to_video" },
];

/** Results have the types that the documentation gives. */
export function results(task: Task): [string, number, string | null, number | null, boolean | null] {
  return [task.id, task.status, task.videoUrl, task.creditsUsed, task.refunded];
}

/** Models of the user's own: of a file, of which only the text knows the ids; named; and any at all. */
export const own = (): Promise<Task>[] => {
  const file = new VideoClient<string>({ models: { ...MODELS, ...parseModels("[]") } });
  const named = new VideoClient<"pika/2-5">({ allowUnknownModel: true });
  const any = new VideoClient<string>({ allowUnknownModel: true });
  return [
    file.submit("A cup", { model: "pika/2-5", duration: 7 }),
    named.submit("A cup", { model: "pika/2-5", image, duration: 7 }),
    named.submit({ prompt: "A cup", model: "pika/2-5", inputMode: "text_to_video" }),
    // @ts-expect-error: another model than those that were named
    named.submit("A cup", { model: "pika/3" }),
    any.submit("A cup", { model: process.env["MODEL"] ?? "veo3" }),
    any.submit("A cup", { model: "veo3", duration: 8 }),
    // @ts-expect-error: a duration is a number
    any.submit("A cup", { model: "pika/2-5", duration: "7" }),
  ];
};
