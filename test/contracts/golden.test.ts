import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as api from '../../src/contracts/collector-api.ts';
import { agentEvent, eventBody } from '../../src/contracts/event.ts';
import { ipcMethods } from '../../src/contracts/ipc.ts';

// What was once sent must be understood for ever: these files change only with a new protocol number.

type Json = Record<string, unknown>;

function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'));
}

/** Every object in the value, so that each can be given a field too many. */
function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Json, ...inside];
}

/** In how many places a field too many goes through. */
function acceptsUnknown(schema: z.ZodType, value: Json): number {
  return objectsIn(value).filter((_object, index) => {
    const copy = structuredClone(value);
    const target = objectsIn(copy)[index];
    if (target !== undefined) target['unexpected'] = 1;
    return schema.safeParse(copy).success;
  }).length;
}

describe('events', () => {
  const events = golden('events-1') as (Json & { body: { type: string } })[];

  test('there is one of each type', () => {
    const known = eventBody.options.map((option) => option.shape.type.value);
    expect(events.map(({ body }) => body.type).toSorted()).toEqual(known.toSorted());
  });

  test.each(events.map((event) => [event.body.type, event] as const))(
    '%s parses to itself and refuses a field too many',
    (_type, event) => {
      expect(agentEvent.parse(event)).toEqual(event);
      expect(acceptsUnknown(agentEvent, event)).toBe(0);
    },
  );
});

describe('collector API', () => {
  const messages = golden('collector-api-1') as Record<string, Json>;
  const schemas = api as unknown as Record<string, z.ZodType>;

  test.each(Object.entries(messages))('%s parses to itself and refuses a field too many', (name, message) => {
    const schema = schemas[name] as z.ZodType;
    expect(schema.parse(message)).toEqual(message);
    expect(acceptsUnknown(schema, message)).toBe(0);
  });
});

describe('local socket', () => {
  const calls = golden('ipc-1') as Record<keyof typeof ipcMethods, { params: Json; result: Json }>;

  test('every method has its golden call', () => {
    expect(Object.keys(calls).toSorted()).toEqual(Object.keys(ipcMethods).toSorted());
  });

  test.each(Object.entries(calls))('%s', (name, { params, result }) => {
    const method = ipcMethods[name as keyof typeof ipcMethods];
    expect(method.params.parse(params)).toEqual(params);
    expect(method.result.parse(result)).toEqual(result);
    expect(acceptsUnknown(method.params, params)).toBe(0);
  });
});
