import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Built before `npm start`, `npm run demo` and `npm test`: what is practised is what is installed. */
const PROGRAM = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the product, as a person would type it, and waits for its end. */
export async function sekisho(args: readonly string[], stdin = ''): Promise<Finished> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(stdin);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
}

/** Like `sekisho`, for commands that must work: throws with what the command said. */
export async function must(args: readonly string[], stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await sekisho(args, stdin);
  if (code !== 0) throw new Error(`sekisho ${args.join(' ')}\nended with ${code}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

const serving = new Set<ChildProcess>();
// Whatever ends this process, a service that it started does not outlive it.
process.on('exit', () => {
  for (const child of serving) child.kill();
});

/** A command that serves until it is stopped. */
export class Service {
  readonly name: string;
  readonly ready: Readonly<Record<string, unknown>>;
  readonly #child: ChildProcess;
  #stopping = false;

  private constructor(name: string, child: ChildProcess, ready: Readonly<Record<string, unknown>>, ended: (name: string) => void) {
    this.name = name;
    this.#child = child;
    this.ready = ready;
    child.once('exit', () => {
      if (!this.#stopping) ended(name);
    });
  }

  /** Starts it and waits for its ready line, a JSON object; `ended` is called when it ends without being asked. */
  static async start(name: string, args: readonly string[], ended: (name: string) => void = () => undefined): Promise<Service> {
    // A group of its own: Ctrl-C is for whoever started the service, who then stops it in good order.
    const detached = process.platform !== 'win32';
    const child = spawn(process.execPath, [PROGRAM, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], detached });
    serving.add(child);
    child.once('exit', () => serving.delete(child));
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => null)]);
    if (first === null) throw new Error(`${name} did not start: ${said.join('').trim()}`);
    const ready = JSON.parse(String(first[0])) as Record<string, unknown>;
    if (ready['ready'] !== true) throw new Error(`${name} did not start: ${JSON.stringify(ready['error'] ?? ready)}`);
    return new Service(name, child, ready, ended);
  }

  text(key: string): string {
    const value = this.ready[key];
    if (typeof value !== 'string') throw new Error(`${this.name} did not say its ${key}`);
    return value;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
