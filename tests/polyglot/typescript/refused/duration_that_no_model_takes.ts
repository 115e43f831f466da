// A duration that no model takes. One that only other models take is refused by the schema, not by the type.
import { generateVideo } from '../client/index.js';

await generateVideo({
  body: {
    prompt: 'A ceramic cup',
    model: 'sora-2-text-to-video',
    inputMode: 'text_to_video',
    duration: 7, // refused: Type '7' is not assignable to type 'Duration'
  },
});
