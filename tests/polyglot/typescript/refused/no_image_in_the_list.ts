// An empty list of images in an image-to-video request.
import type { ImageToVideoRequest } from '../client/index.js';

export const request: ImageToVideoRequest = {
  prompt: 'The cup begins to steam',
  model: 'veo3',
  inputMode: 'image_to_video',
  inputImageUrls: [], // refused: Property '0' is missing
};
