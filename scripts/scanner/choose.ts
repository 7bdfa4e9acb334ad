/**
 * `node scripts/scanner/choose.ts FILE...`: chooses fingerprints and buckets by how often sample texts (UTF-8) would set
 * off the nibble tables in vain, and writes choices.json. To be run when words change; takes some seconds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { BUCKET_LITERALS } from '../../src/core/detect/scanner/kernel/layout.ts';
import { CHOICES_FILE, type Choices } from './choices.ts';
import { encodings } from './encodings.ts';
import { FINGERPRINT_BYTES, literalKey, literals, spellings, type Literal } from './literals.ts';

const ROUNDS = 4;
const MOST_GRAMS = 12_000;

interface Gram {
  readonly bytes: readonly number[];
  readonly count: number;
}
type Masks = readonly { readonly low: number; readonly high: number }[];
interface Placed {
  readonly literal: Literal;
  place: number;
  bucket: number;
}

const NOTHING: Masks = Array.from({ length: FINGERPRINT_BYTES }, () => ({ low: 0, high: 0 }));
const buckets = Array.from({ length: 8 }, (_, bit) => 1 << bit).filter((bit) => (bit & BUCKET_LITERALS) !== 0);
const grams = frequentGrams(process.argv.slice(2).map((file) => readFileSync(file, 'utf8')));

const placed: Placed[] = literals().map((literal) => ({ literal, place: -1, bucket: 0 }));
for (let round = 0; round < ROUNDS; round++) for (const one of placed) replace(one);
const chosen: Choices = Object.fromEntries(placed.map(({ literal, place, bucket }) => [literalKey(literal), { place, bucket }]));
writeFileSync(CHOICES_FILE, `${JSON.stringify(chosen)}\n`);
const total = grams.reduce((sum, { count }) => sum + count, 0);
const passing = buckets.map((bucket) => passes(masksOf(bucket)));
process.stdout.write(`${passing.map((count) => `${((100 * count) / total).toFixed(3)} %`).join('  ')} of the sample's places\n`);

/** Takes one literal out and puts it where it costs least. */
function replace(one: Placed): void {
  one.bucket = 0;
  let least = Number.POSITIVE_INFINITY;
  let best = { place: 0, bucket: 0 };
  for (const bucket of buckets) {
    const masks = masksOf(bucket);
    const before = passes(masks);
    for (let place = 0; place + FINGERPRINT_BYTES <= one.literal.bytes.length; place++) {
      const more = passes(widened(masks, spellings(one.literal, place))) - before;
      if (more < least) [least, best] = [more, { place, bucket }];
    }
  }
  Object.assign(one, best);
}

function masksOf(bucket: number): Masks {
  let masks = NOTHING;
  for (const one of placed) if (one.bucket === bucket) masks = widened(masks, spellings(one.literal, one.place));
  return masks;
}

function widened(masks: Masks, places: readonly (readonly number[])[]): Masks {
  return masks.map(({ low, high }, place) => {
    for (const byte of places[place] ?? []) {
      low |= 1 << (byte & 15);
      high |= 1 << (byte >> 4);
    }
    return { low, high };
  });
}

/** Places of the sample that these masks let pass, plus a little for each combination, met or not. */
function passes(masks: Masks): number {
  let count = 0;
  for (const gram of grams) if (masks.every((mask, place) => lets(mask, gram.bytes[place] ?? 0))) count += gram.count;
  const combinations = masks.reduce((product, { low, high }) => product * bits(low) * bits(high), 1);
  return count + combinations / 2 ** 16;
}

function lets({ low, high }: { low: number; high: number }, byte: number): boolean {
  return ((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) === 1;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function frequentGrams(texts: readonly string[]): Gram[] {
  const counts = new Map<number, number>();
  for (const bytes of texts.flatMap((text) => encodings(text, true))) {
    for (let at = 0; at + FINGERPRINT_BYTES <= bytes.length; at++) {
      const key = Buffer.from(bytes.buffer, bytes.byteOffset + at, FINGERPRINT_BYTES).readUInt32BE();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_GRAMS)
    .map(([key, count]) => ({ bytes: [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255], count }));
}
