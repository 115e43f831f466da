// The runner of the vectors: one line of JSON a case. Requests are judged by the schema; replies travel through the
// generated client, over no network. Not here: what is expected.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createClient, createConfig } from './client/client/index.js';
import {
  generateVideo,
  type GenerateVideoRequest,
  getTask,
  type InsufficientCreditsError,
  type InvalidRequestDetails,
  type InvalidRequestError,
  type ServiceError,
  type TaskReceipt,
  type TaskSnapshot,
} from './client/index.js';
import { examples } from './examples.js';

type Operation = 'generateVideo' | 'getTask';
type Reply = { status: number; headers: Record<string, string>; body: string };
// What should be a T, before it was looked at: its names are those of the generated type, its values may be anything.
type Claimed<T> = { readonly [Name in keyof T]?: unknown };

const CLASSES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  402: 'InsufficientCredits',
  403: 'Forbidden',
  429: 'RateLimited',
};

// An error code is a string or an integer, which its strict mode has to be told.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
// OpenAPI's own word, and an extension of this spec: both tell generators something, and a validator nothing.
ajv.addVocabulary(['discriminator', 'x-statuses']);
const isRequest = guard<GenerateVideoRequest>('GenerateVideoRequest');
const isReceipt = guard<TaskReceipt>('TaskReceipt');
const isTask = guard<TaskSnapshot>('TaskSnapshot');

function read(folder: 'SCHEMAS' | 'VECTORS', name: string) {
  const path = process.env[folder];
  if (!path) throw new Error(`${folder} is not set`);
  return JSON.parse(readFileSync(join(path, `${name}.json`), 'utf8'));
}

function guard<T>(schema: string) {
  return ajv.compile<T>(read('SCHEMAS', schema));
}

async function each<Given>(kind: string, judge: (given: Given) => object | Promise<object>): Promise<void> {
  const { cases }: { cases: { id: string; given: Given }[] } = read('VECTORS', kind);
  for (const { id, given } of cases) console.log(JSON.stringify({ id, actual: await judge(given) }));
}

/** A client that gets this reply, whatever it asks. */
function answered({ status, headers, body }: Reply) {
  // No body is null: a 204, for one, may not even have an empty one.
  const reply = async () => new Response(body || null, { status, headers });
  return createClient(createConfig({ baseUrl: 'http://service.invalid', fetch: reply }));
}

function object(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function claimed<T>(value: unknown): Claimed<T> {
  return object(value) as Claimed<T>;
}

function classOf(operation: Operation, status: number): string {
  const submission = operation === 'generateVideo';
  if (status < 400) return submission ? 'SubmissionUncertain' : 'UnexpectedReply';
  if (status >= 500) return submission ? 'SubmissionUncertain' : 'ServerError';
  if (status === 404 && !submission) return 'TaskNotFound';
  return CLASSES[status] ?? 'APIError';
}

/** What an error of this class tells, wherever it can be read. */
function facts(name: string, body: unknown, headers: Headers) {
  const { error } = claimed<ServiceError>(body);
  const message = typeof error === 'string' ? error : null;
  switch (name) {
    case 'BadRequest': {
      const { fieldErrors, formErrors } = claimed<InvalidRequestDetails>(claimed<InvalidRequestError>(body).details);
      const fields = Object.entries(object(fieldErrors)).map(([field, messages]) => [field, strings(messages)]);
      return { message, fieldErrors: Object.fromEntries(fields), formErrors: strings(formErrors) };
    }
    case 'InsufficientCredits': {
      const { required } = claimed<InsufficientCreditsError>(body);
      return { message, required: Number.isInteger(required) ? required : null };
    }
    case 'RateLimited': {
      const seconds = headers.get('Retry-After') ?? '';
      return { message, retryAfter: /^\d+$/.test(seconds) ? Number(seconds) : null };
    }
    default:
      return { message };
  }
}

async function failure({ operation, ...reply }: Reply & { operation: Operation }) {
  const client = answered(reply);
  const { data, error, response } =
    operation === 'generateVideo'
      ? await generateVideo({ client, body: examples.veo3TextToVideo })
      : await getTask({ client, path: { id: 'tsk_1' } });
  if (!response) throw error;
  if (operation === 'generateVideo' ? isReceipt(data) : isTask(data)) return { error: null };
  const name = classOf(operation, response.status);
  return { error: name, status: response.status, ...facts(name, error, response.headers) };
}

async function task({ body }: { body: unknown }) {
  const headers = { 'Content-Type': 'application/json' };
  const client = answered({ status: 200, headers, body: JSON.stringify(body) });
  const { data: told } = await getTask({ client, path: { id: 'tsk_1' }, throwOnError: true });
  return {
    taskId: told.taskId ?? told.id ?? null,
    status: told.status,
    type: told.type ?? null,
    model: told.model ?? null,
    prompt: told.prompt ?? null,
    videoUrl: told.videoUrl ?? told.outputVideoUrl ?? told.outputVideoUrls?.[0] ?? null,
    creditsUsed: told.creditsUsed ?? null,
    refunded: told.creditsRefunded ?? told.creditRefunded ?? null,
    errorCode: told.errorCode?.toString() ?? null,
    errorMessage: told.errorMessage ?? null,
    createdAt: told.createdAt ?? null,
  };
}

await each('rules', ({ request }: { request: unknown }) => ({ accepted: isRequest(request) }));
await each('errors', failure);
await each('snapshots', async (given: { body: unknown }) => ({ task: await task(given) }));
