import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './read-body.ts';
import { decode, elementsOf, type Shape } from './shape.ts';
import { type ShapeName, shapes } from './shapes.ts';

/** So few that taking a message in costs the other thread about a millisecond. */
const ITEMS_A_MESSAGE = 50;

const shape: Shape<unknown> = shapes[workerData as ShapeName];
const pieces: Uint8Array[] = [];
let elements: readonly unknown[] = [];
let next = 0;

const say = (message: FromWorker) => parentPort?.postMessage(message);

/** The list of 2,000 machines is 30 MB of JSON: a second of work, here where nobody waits. */
function read(): void {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces.splice(0)).toString());
  } catch {
    say({ end: 'not-json' });
    return;
  }
  const found = elementsOf(shape, value);
  if (found === undefined) {
    say({ end: 'not-a-list' });
    return;
  }
  elements = found;
  tell();
}

function tell(): void {
  if (next >= elements.length) {
    say({ end: 'read' });
    return;
  }
  const from = next;
  next += ITEMS_A_MESSAGE;
  say(decode(shape, elements, from, next));
}

parentPort?.on('message', (message: ToWorker) => {
  try {
    if (message === 'end') read();
    else if (message === 'more') tell();
    else pieces.push(message);
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
});
