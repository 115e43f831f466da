// The keywords in Python of the fields in openapi.yaml. Generated; never edited.
export const KEYWORDS = {"prompt": "prompt", "model": "model", "inputMode": "input_mode", "inputImageUrls": "input_image_urls", "aspectRatio": "aspect_ratio", "duration": "duration", "resolution": "resolution"};
