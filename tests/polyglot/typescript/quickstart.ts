// From a prompt to cup.mp4. An error ends the program and is shown as the service told it.
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { client } from './client/client.gen.js';
import { generateVideo, getTask, type TaskSnapshot } from './client/index.js';

client.setConfig({
  baseUrl: process.env['GPTIMAGE2_BASE_URL'] ?? 'https://gptimage2api.org',
  auth: process.env['GPTIMAGE2_API_KEY'],
  redirect: 'manual', // Followed, a redirect could submit, and pay, twice.
});
const { data: receipt } = await generateVideo({
  throwOnError: true,
  body: {
    prompt: 'A slow cinematic dolly around a ceramic coffee cup',
    model: 'hailuo/02-text-to-video-standard',
    inputMode: 'text_to_video',
    duration: 5,
  },
});
console.error(`${receipt.taskId} costs ${receipt.creditsUsed} credits`);
let task: TaskSnapshot;
do {
  await setTimeout(20); // The mock has no need of the 2 seconds that the service asks for.
  ({ data: task } = await getTask({ throwOnError: true, path: { id: receipt.taskId } }));
} while (task.status !== 1 && task.status !== 2);
if (!task.videoUrl) throw new Error(`${task.errorCode}: ${task.errorMessage}`);
const video = await fetch(task.videoUrl); // Without the key: it is another host.
if (!video.ok) throw new Error(`the video: ${video.status}`);
await writeFile('cup.mp4', Buffer.from(await video.arrayBuffer()));
