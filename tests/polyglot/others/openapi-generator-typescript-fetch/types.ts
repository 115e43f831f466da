// What the compiler makes of requests and tasks: it passes the right ones and refuses the wrong ones, or fails here.
// Nothing of this runs.
import { Configuration, VideoApi, type GenerateVideoRequest, type TaskSnapshot } from './client';

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

export async function submit(generateVideoRequest: GenerateVideoRequest): Promise<string> {
  const api = new VideoApi(new Configuration({ basePath: 'http://127.0.0.1:4010', accessToken: 'test-key' }));
  const { taskId } = await api.generateVideo({ generateVideoRequest });
  return taskId;
}
