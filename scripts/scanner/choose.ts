/**
 * `node scripts/scanner/choose.ts [--keep] FILE...`: chooses fingerprints and buckets by how often sample texts (UTF-8) would
 * set off the nibble tables in vain, and writes choices.json and context-choices.json. To be run when words change; takes
 * some minutes. With `--keep` words that have a choice keep it, which is enough for a few new ones and takes seconds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ASCII_SHAPES, WIDE_SHAPES } from '../../src/core/detect/scanner/kernel/layout.ts';
import { CHOICES_FILE, CONTEXT_CHOICES_FILE, readChoices, type Choices } from './choices.ts';
import { contextLiterals } from './context-literals.ts';
import { CONTEXT_FINGERPRINT_BYTES, contextFilterOf } from './context-tables.ts';
import { encodings } from './encodings.ts';
import { filterOf, FINGERPRINT_BYTES, literalKey, literals } from './literals.ts';
import { Search } from './search.ts';

const RESTARTS = 2;
const ALL_BUCKETS = 0xff;

const isKeeping = process.argv[2] === '--keep';
const texts = process.argv.slice(isKeeping ? 3 : 2).map((file) => readFileSync(file, 'utf8'));
const utf8 = texts.map((text) => Buffer.from(text));
const shiftJis = texts.flatMap((text) => encodings(text, true).slice(1));
const sample = [...utf8, ...shiftJis];

const filters = [
  { buckets: ALL_BUCKETS & ~ASCII_SHAPES, sample },
  { buckets: ALL_BUCKETS & ~WIDE_SHAPES, sample: utf8 },
  { buckets: ALL_BUCKETS, sample: shiftJis },
];
choose(new Search(literals(), FINGERPRINT_BYTES, filters, filterOf), CHOICES_FILE);
const contextFilters = [
  { buckets: ALL_BUCKETS, sample },
  { buckets: ALL_BUCKETS, sample },
];
choose(new Search(contextLiterals(), CONTEXT_FINGERPRINT_BYTES, contextFilters, contextFilterOf), CONTEXT_CHOICES_FILE);

function choose(search: Search, file: string): void {
  const kept = isKeeping ? readChoices(file) : {};
  let best = search.run(0, kept);
  for (let seed = 1; seed < RESTARTS; seed++) {
    const next = search.run(seed, kept);
    if (next.share < best.share) best = next;
  }
  const chosen: Choices = Object.fromEntries(best.placed.map(({ literal, place, bucket }) => [literalKey(literal), { place, bucket }]));
  writeFileSync(file, `${JSON.stringify(chosen)}\n`);
  process.stdout.write(`${file}: ${(100 * best.share).toFixed(2)} % of the sample's places\n`);
}
