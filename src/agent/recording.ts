import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Effect } from '../contracts/effect.ts';
import { agentInput, type AgentInput } from '../contracts/input.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { GuardChoice } from '../contracts/policy.ts';
import { initialState } from '../core/state.ts';
import { step } from '../core/step.ts';

export const INPUTS_FILE = 'inputs.ndjson';
export const EFFECTS_FILE = 'effects.ndjson';

/**
 * Writes down what came in and what core made of it, one line each, for `sekisho agent replay`. Holds no contents.
 * Effects are canonical JSON: a parsed input has its keys in the schema's order, and that order reaches the effects.
 */
export class Recording {
  readonly #inputs: WriteStream;
  readonly #effects: WriteStream;

  constructor(folder: string) {
    this.#inputs = createWriteStream(join(folder, INPUTS_FILE), { mode: 0o600 });
    this.#effects = createWriteStream(join(folder, EFFECTS_FILE), { mode: 0o600 });
  }

  readonly observe = (input: AgentInput, effects: readonly Effect[]): void => {
    this.#inputs.write(`${JSON.stringify(input)}\n`);
    this.#effects.write(`${canonicalJson(effects)}\n`);
  };

  async close(): Promise<void> {
    await Promise.all([this.#inputs, this.#effects].map((stream) => new Promise<void>((resolve) => stream.end(() => resolve()))));
  }
}

export interface Replay {
  readonly inputs: number;
  /** The first line, counted from 1, whose effects are not byte for byte the recorded ones. */
  readonly differsAt: number | null;
}

/**
 * Runs recorded inputs through core again. `show` gets each line of effects; with `against`, they are compared.
 * @throws ZodError when a line is no input of this version.
 */
export async function replay(
  inputsFile: string,
  guardChoice: GuardChoice,
  show: (effects: string) => void,
  against?: string,
): Promise<Replay> {
  const recorded = against === undefined ? null : linesOf(against);
  let state = initialState(guardChoice);
  let inputs = 0;
  let differsAt: number | null = null;
  for await (const line of linesOf(inputsFile)) {
    const result = step(state, agentInput.parse(JSON.parse(line)));
    state = result.state;
    inputs += 1;
    const effects = canonicalJson(result.effects);
    show(effects);
    const expected = await recorded?.next();
    if (expected !== undefined && expected.value !== effects) differsAt ??= inputs;
  }
  return { inputs, differsAt };
}

async function* linesOf(path: string): AsyncGenerator<string, undefined> {
  const file = await open(path);
  try {
    for await (const line of createInterface({ input: file.createReadStream({ autoClose: false }), crlfDelay: Infinity })) {
      if (line !== '') yield line;
    }
  } finally {
    await file.close();
  }
  return undefined;
}
