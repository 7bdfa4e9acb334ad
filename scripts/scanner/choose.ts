/**
 * `node scripts/scanner/choose.ts FILE...`: chooses fingerprints and buckets by how often sample texts (UTF-8) would set
 * off the nibble tables in vain, and writes choices.json. To be run when words change; takes a minute.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CHOICES_FILE, type Choices } from './choices.ts';
import { encodings } from './encodings.ts';
import { literalKey, literals } from './literals.ts';
import { Search } from './search.ts';

const RESTARTS = 2;

const texts = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
const search = new Search(
  literals(),
  texts.flatMap((text) => encodings(text, true)),
);
let best = search.run(0);
for (let seed = 1; seed < RESTARTS; seed++) {
  const next = search.run(seed);
  if (next.share < best.share) best = next;
}
const chosen: Choices = Object.fromEntries(best.placed.map(({ literal, place, bucket }) => [literalKey(literal), { place, bucket }]));
writeFileSync(CHOICES_FILE, `${JSON.stringify(chosen)}\n`);
process.stdout.write(`${(100 * best.share).toFixed(2)} % of the sample's places\n`);
