import type { Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { readXml } from './xml-events.ts';

/** Any XML: character data and attribute values, a line each. */
export async function extractXml(level: Level, content: Content): Promise<void> {
  const { emit, budget } = level.extraction;
  const say = (text: string): void => {
    if (text.trim() !== '') emit({ kind: 'text', text, place: placeOf(level) });
  };
  const { wellFormed } = await readXml(
    content.chunks(),
    {
      open: (name, attributes) => {
        for (const [key, value] of Object.entries(attributes)) say(`${name} ${key}: ${value}`);
      },
      text: say,
    },
    budget,
  );
  if (!wellFormed) level.extraction.report('corrupt', level.part);
}
