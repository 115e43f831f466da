/**
 * The model table of openapi.yaml (`x-model-table`). Generated; never edited.
 *
 * Each fact says how well it is known: "page", "docs", "inferred" or "unknown" (see the description in openapi.yaml),
 * and "user" in a row of the user's own.
 */

export type Known = "page" | "docs" | "inferred" | "unknown" | "user";

/** What a clip of `duration` seconds costs at `resolution`; null is for requests that name no resolution. */
export interface Price {
  readonly duration: number;
  readonly resolution: string | null;
  readonly credits: number;
}

/** What else is known of a model, and how well; `date` (YYYY-MM-DD) is that of what it tells. */
export interface Note {
  readonly text: string;
  readonly known: "sure" | "likely" | "inferred";
  readonly date?: string;
}

/** One row: what a model takes and costs. Durations in whole seconds, values or a range; empty where unknown. */
export interface Model {
  readonly id: string;
  readonly family: string;
  readonly label: string;
  readonly modes: readonly string[];
  readonly modesKnown: Known;
  readonly durations: readonly number[];
  readonly durationsKnown: Known;
  readonly resolutions: readonly string[];
  readonly resolutionsKnown: Known;
  readonly prices: readonly Price[];
  readonly pricesKnown: Known;
  readonly note?: Note;
}

export const MODELS = {
  "kling/v2-1-standard": {"id": "kling/v2-1-standard", "family": "Kling 2.1", "label": "Kling 2.1 Standard", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 11}, {"resolution": null, "duration": 10, "credits": 22}], "pricesKnown": "docs", "note": {"text": "its maker ended it", "date": "2026-09-15", "known": "likely"}},
  "kling/v2-1-pro": {"id": "kling/v2-1-pro", "family": "Kling 2.1", "label": "Kling 2.1 Pro", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 21}, {"resolution": null, "duration": 10, "credits": 42}], "pricesKnown": "docs", "note": {"text": "its maker ended it", "date": "2026-09-15", "known": "likely"}},
  "kling/v2-1-master-text-to-video": {"id": "kling/v2-1-master-text-to-video", "family": "Kling 2.1", "label": "Kling 2.1 Master, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 67}, {"resolution": null, "duration": 10, "credits": 134}], "pricesKnown": "docs", "note": {"text": "its maker ended it", "date": "2026-09-15", "known": "likely"}},
  "sora-2-text-to-video": {"id": "sora-2-text-to-video", "family": "Sora 2", "label": "Sora 2, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10, 20], "durationsKnown": "inferred", "resolutions": ["720p", "1080p"], "resolutionsKnown": "docs", "prices": [{"resolution": "720p", "duration": 5, "credits": 5}, {"resolution": "720p", "duration": 10, "credits": 10}, {"resolution": "720p", "duration": 20, "credits": 20}, {"resolution": "1080p", "duration": 5, "credits": 8}, {"resolution": "1080p", "duration": 10, "credits": 15}, {"resolution": "1080p", "duration": 20, "credits": 30}], "pricesKnown": "inferred", "note": {"text": "its maker ended it, without a successor", "date": "2026-09-24", "known": "sure"}},
  "sora-2-pro-text-to-video": {"id": "sora-2-pro-text-to-video", "family": "Sora 2", "label": "Sora 2 Pro, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10, 20], "durationsKnown": "inferred", "resolutions": ["720p", "1080p"], "resolutionsKnown": "docs", "prices": [{"resolution": "720p", "duration": 5, "credits": 16}, {"resolution": "720p", "duration": 10, "credits": 32}, {"resolution": "720p", "duration": 20, "credits": 64}, {"resolution": "1080p", "duration": 5, "credits": 24}, {"resolution": "1080p", "duration": 10, "credits": 48}, {"resolution": "1080p", "duration": 20, "credits": 96}], "pricesKnown": "inferred", "note": {"text": "its maker ended it, without a successor", "date": "2026-09-24", "known": "sure"}},
  "sora-2-image-to-video": {"id": "sora-2-image-to-video", "family": "Sora 2", "label": "Sora 2, image to video", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10, 20], "durationsKnown": "inferred", "resolutions": ["720p", "1080p"], "resolutionsKnown": "docs", "prices": [{"resolution": "720p", "duration": 5, "credits": 5}, {"resolution": "720p", "duration": 10, "credits": 10}, {"resolution": "720p", "duration": 20, "credits": 20}, {"resolution": "1080p", "duration": 5, "credits": 8}, {"resolution": "1080p", "duration": 10, "credits": 15}, {"resolution": "1080p", "duration": 20, "credits": 30}], "pricesKnown": "inferred", "note": {"text": "its maker ended it, without a successor", "date": "2026-09-24", "known": "sure"}},
  "hailuo/02-text-to-video-standard": {"id": "hailuo/02-text-to-video-standard", "family": "Hailuo 02", "label": "Hailuo 02 Standard, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 13}, {"resolution": null, "duration": 10, "credits": 21}], "pricesKnown": "docs", "note": {"text": "a clip of 5 s may be 6 s long", "known": "inferred"}},
  "hailuo/02-text-to-video-pro": {"id": "hailuo/02-text-to-video-pro", "family": "Hailuo 02", "label": "Hailuo 02 Pro, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 24}, {"resolution": null, "duration": 10, "credits": 48}], "pricesKnown": "docs", "note": {"text": "a clip of 5 s may be 6 s long", "known": "inferred"}},
  "hailuo/02-image-to-video-standard": {"id": "hailuo/02-image-to-video-standard", "family": "Hailuo 02", "label": "Hailuo 02 Standard, image to video", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 13}, {"resolution": null, "duration": 10, "credits": 21}], "pricesKnown": "docs", "note": {"text": "a clip of 5 s may be 6 s long", "known": "inferred"}},
  "hailuo/02-image-to-video-pro": {"id": "hailuo/02-image-to-video-pro", "family": "Hailuo 02", "label": "Hailuo 02 Pro, image to video", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10], "durationsKnown": "docs", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 5, "credits": 24}, {"resolution": null, "duration": 10, "credits": 48}], "pricesKnown": "docs", "note": {"text": "a clip of 5 s may be 6 s long", "known": "inferred"}},
  "veo3_fast": {"id": "veo3_fast", "family": "Veo 3.1", "label": "Veo 3.1 Fast", "modes": ["text_to_video", "image_to_video"], "modesKnown": "page", "durations": [8], "durationsKnown": "page", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 8, "credits": 9}], "pricesKnown": "docs", "note": {"text": "its maker ended it on one of two public APIs", "date": "2026-10-22", "known": "likely"}},
  "veo3": {"id": "veo3", "family": "Veo 3.1", "label": "Veo 3.1", "modes": ["text_to_video", "image_to_video"], "modesKnown": "page", "durations": [8], "durationsKnown": "page", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 8, "credits": 63}], "pricesKnown": "docs", "note": {"text": "its maker ended it on one of two public APIs", "date": "2026-10-22", "known": "likely"}},
  "veo3_lite": {"id": "veo3_lite", "family": "Veo 3.1", "label": "Veo 3.1 Lite", "modes": ["text_to_video", "image_to_video"], "modesKnown": "page", "durations": [8], "durationsKnown": "page", "resolutions": [], "resolutionsKnown": "unknown", "prices": [{"resolution": null, "duration": 8, "credits": 5}], "pricesKnown": "docs", "note": {"text": "its maker ended it on one of two public APIs", "date": "2026-10-22", "known": "likely"}},
  "wan/2-6-text-to-video": {"id": "wan/2-6-text-to-video", "family": "Wan 2.6", "label": "Wan 2.6, text to video", "modes": ["text_to_video"], "modesKnown": "page", "durations": [5, 10, 15], "durationsKnown": "inferred", "resolutions": [], "resolutionsKnown": "unknown", "prices": [], "pricesKnown": "unknown"},
  "wan/2-6-image-to-video": {"id": "wan/2-6-image-to-video", "family": "Wan 2.6", "label": "Wan 2.6, image to video", "modes": ["image_to_video"], "modesKnown": "page", "durations": [5, 10, 15], "durationsKnown": "inferred", "resolutions": [], "resolutionsKnown": "unknown", "prices": [], "pricesKnown": "unknown"},
  "bytedance/seedance-1.5-pro": {"id": "bytedance/seedance-1.5-pro", "family": "Seedance", "label": "Seedance 1.5 Pro", "modes": ["text_to_video", "image_to_video"], "modesKnown": "page", "durations": [], "durationsKnown": "unknown", "resolutions": [], "resolutionsKnown": "unknown", "prices": [], "pricesKnown": "unknown", "note": {"text": "its maker ended it", "date": "2026-11-11", "known": "likely"}},
} as const satisfies Readonly<Record<string, Model>>;

export const COMMON_DURATIONS = [5, 10, 15, 20] as const;
export const PRICED_FIELDS: readonly string[] = ["prompt", "model", "inputMode", "inputImageUrls", "aspectRatio", "duration", "resolution"];
export const IMAGE_URL_PATTERN = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\x00-\\x20\\x7f][^\\x00-\\x20\\x7f]*$";
