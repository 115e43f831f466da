// No list of images in an image-to-video request.
import { generateVideo } from '../client/index.js';

await generateVideo({
  body: { prompt: 'A cup', model: 'veo3', inputMode: 'image_to_video' }, // refused: 'inputImageUrls' is missing
});
