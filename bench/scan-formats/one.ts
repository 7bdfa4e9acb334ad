/**
 * Inspects or extracts one file in a process of its own, so that memory and start-up are its own:
 * `node one.ts inspect|extract FILE RUNS`. Prints the milliseconds of each run, what was seen, and the most memory.
 */
import { closeSync, openSync, statSync } from 'node:fs';
import { extractFile, fileSource } from '../../src/extract/index.ts';
import { LIMITS, request } from './request.ts';

const [what = 'inspect', path = '', runs = '1'] = process.argv.slice(2);
const millis: number[] = [];
let seen = '';
for (let run = 0; run < Number(runs); run++) {
  const started = performance.now();
  seen = await (what === 'inspect' ? inspect() : extract());
  millis.push(performance.now() - started);
}
console.log(JSON.stringify({ millis, seen, mebibytes: process.resourceUsage().maxRSS / 1024 }));

async function inspect(): Promise<string> {
  const { createInspector } = await import('../../src/inspect/index.ts');
  const inspector = createInspector({ workers: 1 });
  const { type, persons, unreadable } = await inspector.inspect(request(path));
  await inspector.close();
  return `${type}, ${persons.from}-${persons.to} persons, ${unreadable.length} unreadable`;
}

async function extract(): Promise<string> {
  const descriptor = openSync(path, 'r');
  let segments = 0;
  const { type } = await extractFile(fileSource(descriptor, statSync(path).size), {
    limits: LIMITS,
    now: () => performance.now(),
    emit: () => segments++,
  });
  closeSync(descriptor);
  return `${type}, ${segments} segments`;
}
