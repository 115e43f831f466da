// What the compiler makes of requests and tasks: it passes the right ones and refuses the wrong ones, or fails here.
// Nothing of this runs.
import createClient from 'openapi-fetch';
import type { components, paths } from './client';

type GenerateVideoRequest = components['schemas']['GenerateVideoRequest'];
type TaskSnapshot = components['schemas']['TaskSnapshot'];

const inputImageUrls = ['https://example.com/cup.jpg'];

export const right: GenerateVideoRequest[] = [
  { prompt: 'A cup', model: 'veo3', inputMode: 'text_to_video', duration: 8 },
  { prompt: 'A cup', model: 'veo3', inputMode: 'image_to_video', inputImageUrls },
  // A control that the spec does not know.
  { prompt: 'A cup', model: 'veo3', inputMode: 'text_to_video', cameraFixed: true },
];

export const wrong: GenerateVideoRequest[] = [
  // @ts-expect-error: this model makes videos from images only
  { prompt: 'A cup', model: 'kling/v2-1-standard', inputMode: 'text_to_video' },
  // @ts-expect-error: this model makes videos from a prompt only
  { prompt: 'A cup', model: 'sora-2-text-to-video', inputMode: 'image_to_video', inputImageUrls },
  // @ts-expect-error: there is no image
  { prompt: 'A cup', model: 'veo3', inputMode: 'image_to_video' },
];

// A status, a field and a null that the client was not written for.
export const task: TaskSnapshot = { status: 7, videoUrl: null, progress: 0.5 };

export async function submit(body: GenerateVideoRequest): Promise<string> {
  const api = createClient<paths>({ baseUrl: 'http://127.0.0.1:4010', headers: { Authorization: 'Bearer test-key' } });
  const { data, error } = await api.POST('/api/ai/video/generate', { body });
  if (error) {
    throw new Error(error.error);
  }
  return data.taskId;
}
