// The mode that a model does not take, where the type of the request is left to the call.
import { generateVideo } from '../client/index.js';

const common = { prompt: 'A ceramic cup' };
await generateVideo({
  body: { ...common, model: 'kling/v2-1-standard', inputMode: 'text_to_video' }, // refused: of property 'inputMode'
});
