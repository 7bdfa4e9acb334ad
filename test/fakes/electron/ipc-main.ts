import { EventEmitter } from 'node:events';

export interface FakeInvokeEvent {
  readonly sender: object;
  readonly senderFrame: { readonly url: string; readonly origin: string; readonly parent: null } | null;
}
export type InvokeHandler = (event: FakeInvokeEvent, ...parameters: unknown[]) => unknown;

export class FakeIpcMain extends EventEmitter {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** What ipcRenderer.invoke does here. Errors carry Electron's own wording. */
  async invoke(channel: string, event: FakeInvokeEvent, parameters: readonly unknown[]): Promise<unknown> {
    try {
      const handler = this.#handlers.get(channel);
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      return await handler(event, ...parameters);
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`, { cause: error });
    }
  }
}

export const ipcMain = new FakeIpcMain();
