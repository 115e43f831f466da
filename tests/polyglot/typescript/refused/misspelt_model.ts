// A model that does not exist.
import { generateVideo } from '../client/index.js';

await generateVideo({
  body: {
    prompt: 'A ceramic cup',
    model: 'veo3_fats', // refused: Did you mean '"veo3_fast"'
    inputMode: 'text_to_video',
  },
});
