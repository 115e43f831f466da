// Compiled from clients/typescript by `make generate-typescript`; never edited.
export const FIELDS = {
    "prompt": { "name": "prompt", "type": "string", "description": "What the video shows.", "required": true },
    "model": { "name": "model", "type": "string", "description": "The id of a model, such as `veo3`.", "required": true },
    "inputMode": { "name": "inputMode", "type": "string", "description": "`text_to_video` or `image_to_video`; must be a mode of the model.", "required": true },
    "inputImageUrls": { "name": "inputImageUrls", "type": "array", "description": "URLs of images that the service can fetch." },
    "aspectRatio": { "name": "aspectRatio", "type": "string", "description": "Aspect ratio, such as `16:9`; the values depend on the model.", "example": "16:9" },
    "duration": { "name": "duration", "type": "integer", "description": "Duration of the video in seconds; the values depend on the model." },
    "resolution": { "name": "resolution", "type": "string", "description": "Resolution, such as `720p`; it affects the price.", "example": "720p" },
};
