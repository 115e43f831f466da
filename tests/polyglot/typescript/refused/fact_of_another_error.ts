// What a 402 tells, read from a 400.
import type { GenerateVideoErrors } from '../client/index.js';

export const required = (error: GenerateVideoErrors[400]) => error.required; // refused: comes from an index signature
