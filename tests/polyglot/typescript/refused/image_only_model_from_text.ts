// A model that makes videos from images alone, in a text-to-video request.
import type { TextToVideoRequest } from '../client/index.js';

export const request: TextToVideoRequest = {
  prompt: 'A ceramic cup',
  model: 'kling/v2-1-standard', // refused: is not assignable to type 'TextToVideoModel'
  inputMode: 'text_to_video',
};
