import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAgeFile } from '../../../src/age/index.ts';
import { makeHarness } from '../../agent/guard/harness.ts';

// Runs inside Wine: guards a folder (its path ends with a backslash), writes a file to be encrypted, one to be blocked and one to be left alone.
// What came of each goes to the file `report`.

const [report = '', root = ''] = process.argv.slice(2);
const harness = await makeHarness({ root });
await harness.start();
const words = ['encrypt', 'block', 'allow'];
for (const word of words) writeFileSync(`${root}${word} me.txt`, `${word} this text`);
// An outcome may first be that the file changed meanwhile: Wine moves times after the close. It is then looked at again.
const done = (word: string): boolean => harness.seen.some(({ arrival, outcome }) => outcome.done && arrival.path.startsWith(word));
await harness.until(() => words.every(done), 60);
await harness.stop();
const names = readdirSync(root).toSorted();
writeFileSync(
  report,
  JSON.stringify({
    outcomes: harness.seen.map(({ arrival, action, outcome }) => ({ path: arrival.path, action, done: outcome.done, outcome })),
    names,
    encrypted: names.filter((name) => isAgeFile(readFileSync(root + name))),
  }),
);
await harness.close();
process.exit(0);
