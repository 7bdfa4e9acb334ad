/**
 * Two scripts that every page gets at document start. One runs in the page's own world and builds what contextBridge exposed;
 * the other runs in a real isolated world of Chromium, has the only IPC binding and runs the app's preload script. They talk
 * through synchronous DOM events of a random name. Both are sent as source text: they use nothing from outside themselves.
 *
 * Of contextBridge: one flat object of functions. Of values: what JSON carries, and functions as arguments or results.
 */

interface Detail {
  readonly detail: string;
}
interface PageGlobals {
  readonly document: {
    addEventListener(type: string, listener: (event: Detail) => void): void;
    dispatchEvent(event: object): boolean;
  };
  readonly CustomEvent: new (type: string, init: Detail) => object;
  readonly top: unknown;
  [key: string]: unknown;
}
type Argument = { readonly value: unknown } | { readonly callback: number };
type Reply =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'promise'; readonly id: number }
  | { readonly kind: 'function'; readonly id: number }
  | { readonly kind: 'error'; readonly message: string };

/** In the page's world. */
function buildBridge(page: PageGlobals, token: string): void {
  if (page.top !== page) return;
  const document = page.document;
  const callbacks: ((...values: unknown[]) => void)[] = [];
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let reply: Reply | null = null;

  const send = (message: object): void => {
    document.dispatchEvent(new page.CustomEvent(`${token}-call`, { detail: JSON.stringify(message) }));
  };
  const pack = (value: unknown): Argument => {
    if (typeof value !== 'function') return { value };
    const known = callbacks.indexOf(value as (...values: unknown[]) => void);
    return { callback: known === -1 ? callbacks.push(value as (...values: unknown[]) => void) - 1 : known };
  };
  const caller =
    (target: string | number) =>
    (...parameters: unknown[]): unknown => {
      if (parameters.some((value) => typeof value === 'symbol')) throw new Error('An object could not be cloned.');
      reply = null;
      send({ target, arguments: parameters.map(pack) });
      return unpack(reply);
    };
  const unpack = (answer: Reply | null): unknown => {
    if (answer === null) throw new Error('the preload world is gone');
    if (answer.kind === 'error') throw new Error(answer.message);
    if (answer.kind === 'function') return caller(answer.id);
    if (answer.kind === 'value') return answer.value;
    return new Promise((resolve, reject) => promises.set(answer.id, { resolve, reject }));
  };

  document.addEventListener(`${token}-expose`, ({ detail }) => {
    const { key, names } = JSON.parse(detail) as { key: string; names: string[] };
    const bridge = Object.freeze(Object.fromEntries(names.map((name) => [name, caller(name)])));
    Object.defineProperty(page, key, { value: bridge, writable: false, configurable: false, enumerable: true });
  });
  document.addEventListener(`${token}-reply`, ({ detail }) => {
    reply = JSON.parse(detail) as Reply;
  });
  document.addEventListener(`${token}-settle`, ({ detail }) => {
    const { id, value, error } = JSON.parse(detail) as { id: number; value?: unknown; error?: string };
    const promise = promises.get(id);
    promises.delete(id);
    if (error === undefined) promise?.resolve(value);
    else promise?.reject(new Error(error));
  });
  document.addEventListener(`${token}-callback`, ({ detail }) => {
    const { callback, values } = JSON.parse(detail) as { callback: number; values: unknown[] };
    callbacks[callback]?.(...values);
  });
}

type Preload = (require: (name: string) => unknown, module: object, exports: object) => void;

/** In the isolated world. */
function runPreload(page: PageGlobals, token: string, preload: Preload): void {
  if (page.top !== page) return;
  const document = page.document;
  const post = page['__fakeElectronIpc'] as (message: string) => void;
  delete page['__fakeElectronIpc'];
  const exposed = new Map<string, (...values: unknown[]) => unknown>();
  const returned: ((...values: unknown[]) => unknown)[] = [];
  const proxies = new Map<number, (...values: unknown[]) => void>();
  const listeners = new Map<string, Set<(event: object, ...values: unknown[]) => void>>();
  const invocations = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;

  const say = (kind: string, message: object): void => {
    document.dispatchEvent(new page.CustomEvent(`${token}-${kind}`, { detail: JSON.stringify(message) }));
  };
  const unpack = (argument: Argument): unknown => {
    if (!('callback' in argument)) return argument.value;
    const { callback } = argument;
    const proxy = proxies.get(callback) ?? ((...values: unknown[]) => say('callback', { callback, values }));
    proxies.set(callback, proxy);
    return proxy;
  };
  const replyTo = (result: unknown): Reply => {
    if (typeof result === 'function') return { kind: 'function', id: returned.push(result as () => unknown) - 1 };
    if (!(result instanceof Promise)) return { kind: 'value', value: result };
    lastId += 1;
    const id = lastId;
    result.then(
      (value) => say('settle', { id, value }),
      (error: unknown) => say('settle', { id, error: error instanceof Error ? error.message : String(error) }),
    );
    return { kind: 'promise', id };
  };

  document.addEventListener(`${token}-call`, ({ detail }) => {
    const call = JSON.parse(detail) as { target: string | number; arguments: Argument[] };
    const target = typeof call.target === 'number' ? returned[call.target] : exposed.get(call.target);
    try {
      say('reply', replyTo(target?.(...call.arguments.map(unpack))));
    } catch (error) {
      say('reply', { kind: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  });

  const ipcRenderer = {
    invoke: (channel: string, ...values: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        lastId += 1;
        invocations.set(lastId, { resolve, reject });
        post(JSON.stringify({ id: lastId, channel, values }));
      }),
    on: (channel: string, listener: (event: object, ...values: unknown[]) => void): void => {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
    },
    off: (channel: string, listener: (event: object, ...values: unknown[]) => void): void => {
      listeners.get(channel)?.delete(listener);
    },
  };
  const contextBridge = {
    exposeInMainWorld: (key: string, api: Readonly<Record<string, unknown>>): void => {
      for (const [name, member] of Object.entries(api)) {
        if (typeof member !== 'function') throw new Error(`the fake contextBridge carries functions only, not ${key}.${name}`);
        exposed.set(name, member as (...values: unknown[]) => unknown);
      }
      say('expose', { key, names: Object.keys(api) });
    },
  };
  page['__fakeElectronDeliver'] = (text: string): void => {
    const message = JSON.parse(text) as { id?: number; value?: unknown; error?: string; channel?: string; values?: unknown[] };
    if (message.channel !== undefined) {
      for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer }, ...(message.values ?? []));
      return;
    }
    const invocation = invocations.get(message.id ?? 0);
    invocations.delete(message.id ?? 0);
    if (message.error === undefined) invocation?.resolve(message.value);
    else invocation?.reject(new Error(message.error));
  };
  // A sandboxed preload script may require Electron's renderer half and nothing else.
  const require = (name: string): unknown => {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
}

export const bridgeSource = (token: string): string => `(${buildBridge.toString()})(globalThis, ${JSON.stringify(token)})`;

export const preloadSource = (token: string, preload: string): string =>
  `(${runPreload.toString()})(globalThis, ${JSON.stringify(token)}, function (require, module, exports) {\n${preload}\n})`;
