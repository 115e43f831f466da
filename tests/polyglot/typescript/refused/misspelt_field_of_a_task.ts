// A field of a task that does not exist: it may be one that is newer than the spec, but only where it is said so.
import { getTask } from '../client/index.js';

const { data: task } = await getTask({ throwOnError: true, path: { id: 'tsk_1' } });
console.log(task.vidoeUrl); // refused: Property 'vidoeUrl' comes from an index signature
