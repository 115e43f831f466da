// The conversation with the mock, over the generated client: one line of JSON a case. Not here: what is expected of it.
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Client, createClient, createConfig } from './client/client/index.js';
import {
  generateVideo,
  type GenerateVideoError,
  type GenerateVideoErrors,
  type GenerateVideoRequest,
  getTask,
  type GetTaskError,
  type GetTaskErrors,
  type TaskSnapshot,
} from './client/index.js';
import { examples } from './examples.js';

type Answer = { error: GenerateVideoError | GetTaskError | undefined; response?: Response };
// The client tells an error apart from its status. Side by side, a `switch` over the status narrows the body.
type Refusal<Errors> = { [Status in keyof Errors]: { status: Status; body: Errors[Status] } }[keyof Errors];

const COMPLETED = 1;
const FAILED = 2;
const first = examples.sora2TextToVideo;
const anyTask = { id: 'tsk_nobody_has' };

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** A client of the service, or of the mock's scenario of that name. It follows no redirect: that could pay twice. */
function service(scenario?: string, auth = environment('GPTIMAGE2_API_KEY')): Client {
  const baseUrl = environment('GPTIMAGE2_BASE_URL') + (scenario ? `/scenarios/${scenario}` : '');
  return createClient(createConfig({ auth, baseUrl, redirect: 'manual' }));
}

/** Submits once and polls to the end, which a status that the spec does not know is not. */
async function play(body: GenerateVideoRequest, scenario?: string) {
  const client = service(scenario);
  const { data: receipt } = await generateVideo({ client, body, throwOnError: true });
  const statuses = new Set<number>();
  for (;;) {
    const { data: task } = await getTask({ client, path: { id: receipt.taskId }, throwOnError: true });
    statuses.add(task.status);
    if (task.status === COMPLETED || task.status === FAILED) return { receipt, task, statuses: [...statuses] };
    await setTimeout(20);
  }
}

/** The digest of a video, fetched without the key: its host is not the service's. */
async function sha256(url: string | null | undefined): Promise<string> {
  if (!url) throw new Error('there is no video');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return createHash('sha256').update(Buffer.from(await response.arrayBuffer())).digest('hex');
}

function failure({ status, errorCode, errorMessage, creditsRefunded }: TaskSnapshot) {
  return { status, errorCode, errorMessage, creditsRefunded };
}

function refusal({ error, response }: Answer) {
  const told = { status: response?.status, body: error };
  const { status, body } = told as Refusal<GenerateVideoErrors> | Refusal<GetTaskErrors>;
  switch (status) {
    case 400:
      return {
        httpStatus: status,
        error: body.error,
        fieldErrors: body.details?.fieldErrors,
        formErrors: body.details?.formErrors,
      };
    case 402:
      return { httpStatus: status, error: body.error, required: body.required };
    case 401:
    case 404:
    case 500:
      return { httpStatus: status, error: body.error };
    default:
      return { httpStatus: status satisfies never };
  }
}

async function example(body: GenerateVideoRequest) {
  const { receipt, task } = await play(body);
  return {
    receiptStatus: receipt.status,
    creditsUsed: receipt.creditsUsed,
    status: task.status,
    model: task.model,
    sha256: await sha256(task.videoUrl),
  };
}

async function tolerant(scenario: string) {
  const { task } = await play(first, scenario);
  return { status: task.status, sha256: await sha256(task.videoUrl) };
}

async function submission(client: Client, body: GenerateVideoRequest = first) {
  return refusal(await generateVideo({ client, body }));
}

async function lookup(client: Client) {
  return refusal(await getTask({ client, path: anyTask }));
}

const cases: Record<string, () => Promise<object>> = {
  ...Object.fromEntries(Object.entries(examples).map(([name, body]) => [name, () => example(body)])),
  failed: async () => failure((await play(first, 'failed')).task),
  'unknown-error-code': async () => failure((await play(first, 'unknown-error-code')).task),
  'integer-error-code': async () => failure((await play(first, 'integer-error-code')).task),
  'unknown-status': async () => {
    const { task, statuses } = await play(first, 'unknown-status');
    return { statuses, sha256: await sha256(task.videoUrl) };
  },
  quickstart: async () => {
    const { receipt, task } = await play(first, 'quickstart');
    const { status, creditRefunded } = task;
    return { id: task.id === receipt.taskId, status, creditRefunded, sha256: await sha256(task.outputVideoUrl) };
  },
  'extra-fields': () => tolerant('extra-fields'),
  'null-fields': () => tolerant('null-fields'),
  'missing-fields': () => tolerant('missing-fields'),
  'bad-request': () => submission(service(), { ...first, prompt: '' }),
  unauthorized: () => submission(service(undefined, 'wrong-key')),
  'unauthorized-task': () => lookup(service(undefined, 'wrong-key')),
  'insufficient-credits': () => submission(service('insufficient-credits')),
  'not-found': () => lookup(service()),
  'server-error': () => submission(service('submit-500')),
  'lost-reply': async () => {
    const client = service('lost-reply');
    // It leaves a connection open, over which some HTTP libraries would repeat a submission.
    await lookup(client);
    const { error, response } = await generateVideo({ client, body: first });
    return { answered: response !== undefined || !(error instanceof TypeError) };
  },
};

// One after the other: every poll moves the mock's clock, and so every task that is pending.
for (const [name, saw] of Object.entries(cases)) console.log(JSON.stringify({ case: name, saw: await saw() }));
