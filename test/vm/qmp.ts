import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface QmpMessage {
  readonly QMP?: unknown;
  readonly event?: string;
  readonly data?: { readonly device?: string };
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** QEMU's control protocol (QEMU Machine Protocol, docs/interop/qmp-spec): commands in order, events whenever. */
export class Qmp {
  readonly #socket: Socket;
  readonly #answers: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  #waiting: { test: (message: QmpMessage) => boolean; resolve: () => void }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#take(JSON.parse(line) as QmpMessage));
  }

  static async connect(socket: Socket): Promise<Qmp> {
    const qmp = new Qmp(socket);
    await qmp.call('qmp_capabilities');
    return qmp;
  }

  /** Rejects with QEMU's own words. */
  call(execute: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute, arguments: values })}\n`);
    });
  }

  event(name: string, device?: string): Promise<void> {
    return new Promise((resolve) => {
      const test = (message: QmpMessage): boolean => message.event === name && (device === undefined || message.data?.device === device);
      this.#waiting.push({ test, resolve });
    });
  }

  #take(message: QmpMessage): void {
    if (message.QMP !== undefined) return;
    if (message.event !== undefined) {
      const told = this.#waiting.filter(({ test }) => test(message));
      this.#waiting = this.#waiting.filter((each) => !told.includes(each));
      for (const { resolve } of told) resolve();
      return;
    }
    const answer = this.#answers.shift();
    if (message.error !== undefined) answer?.reject(new Error(message.error.desc));
    else answer?.resolve(message.return);
  }
}
