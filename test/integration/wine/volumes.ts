import { appendFileSync } from 'node:fs';
import { loadPlatform } from '../../../src/platform/index.ts';

// Runs inside Wine: writes every change of the drives to the file `report`, as JSON lines, until drive `letter` has gone.

const [report = '', letter = ''] = process.argv.slice(2);
const platform = await loadPlatform();
const say = (line: unknown): void => appendFileSync(report, `${JSON.stringify(line)}\n`);

const source = platform.volumes();
const started = await source.start((change) => {
  say(change);
  if (change.kind === 'unmounted' && change.volumeId === `win32:${letter}`) void source.stop().then(() => process.exit(0));
});
say({ started: started.ok, os: platform.os, paths: platform.paths, gaps: platform.gaps() });
// The source's own timer does not keep a process alive: an agent has other reasons to.
setInterval(() => undefined, 1000);
