// A model that makes videos from text alone, in an image-to-video request.
import type { ImageToVideoRequest } from '../client/index.js';

export const request: ImageToVideoRequest = {
  prompt: 'The cup begins to steam',
  model: 'sora-2-text-to-video', // refused: is not assignable to type 'ImageToVideoModel'
  inputMode: 'image_to_video',
  inputImageUrls: ['https://example.com/cup.jpg'],
};
