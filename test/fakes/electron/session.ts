import type { CustomScheme } from 'electron';
import { app } from './app.ts';
import { recorder } from './recorder.ts';
import { toElectronUrl } from './scheme-url.ts';
import { strict } from './strict.ts';

type BeforeRequest = (details: { readonly url: string }, answer: (response: { readonly cancel?: boolean }) => void) => void;
type SchemeHandler = (request: Request) => Response | Promise<Response>;
type PermissionRequest = (contents: object, permission: string, answer: (granted: boolean) => void) => void;

/** The default session. Permissions that nobody decides about are granted, as Electron does. */
class FakeSession {
  #permissionRequest: PermissionRequest | null = null;
  #permissionCheck: (() => boolean) | null = null;
  #devicePermission: (() => boolean) | null = null;
  #beforeRequest: BeforeRequest | null = null;

  readonly webRequest = strict(
    {
      onBeforeRequest: (listener: BeforeRequest): void => {
        this.#beforeRequest = listener;
      },
    },
    'session.webRequest',
  );

  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.#permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: () => boolean): void {
    this.#permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.#devicePermission = handler;
  }

  /** What the app answers to a page that asks for `permission`, in each of the three ways to ask. */
  askFor(permission: string): { request: boolean; check: boolean; device: boolean } {
    let request = true;
    this.#permissionRequest?.({}, permission, (granted) => {
      request = granted;
    });
    return { request, check: this.#permissionCheck?.() ?? true, device: this.#devicePermission?.() ?? true };
  }

  isCancelled(url: string): boolean {
    let cancelled = false;
    this.#beforeRequest?.({ url }, (response) => {
      cancelled = response.cancel === true;
    });
    return cancelled;
  }
}

export const defaultSession = new FakeSession();
export const session = strict({ defaultSession: strict(defaultSession, 'session') }, 'session');

class FakeProtocol {
  readonly #privileged = new Map<string, CustomScheme>();
  readonly #handlers = new Map<string, SchemeHandler>();

  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const scheme of schemes) this.#privileged.set(scheme.scheme, scheme);
  }

  handle(scheme: string, handler: SchemeHandler): void {
    if (this.#privileged.get(scheme)?.privileges?.standard !== true)
      recorder.unexpected.push(`the scheme ${scheme} is not standard: its pages have no origin`);
    this.#handlers.set(scheme, handler);
  }

  /** Answers a request of a page, whose addresses are those of scheme-url.ts. Null: cancelled, or nobody serves it. */
  async answer(pageUrl: string): Promise<Response | null> {
    const url = toElectronUrl(pageUrl);
    if (defaultSession.isCancelled(url)) {
      recorder.cancelledRequests.push(url);
      return null;
    }
    const handler = this.#handlers.get(new URL(url).protocol.slice(0, -1));
    return handler === undefined ? null : handler(new Request(url));
  }
}

export const fakeProtocol = new FakeProtocol();
export const protocol = strict(fakeProtocol, 'protocol');
