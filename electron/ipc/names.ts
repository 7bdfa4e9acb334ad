/**
 * What the windows may ask of the tray's main process, and what it tells them. Names only: the preload script carries
 * them without the schemas, which stand in calls.ts under the same keys. docs/spec/tray.md section 3.
 */
export const CALL_NAMES = ['getState', 'listEvents', 'justifyFile', 'postponeQuestions', 'setLanguage', 'openHelp'] as const;
export type CallName = (typeof CALL_NAMES)[number];

export const EVENT_NAMES = ['stateChanged', 'eventRecorded', 'recordsStale', 'pageRequested'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** The one global that the preload script puts into a window. */
export const BRIDGE_KEY = 'sekisho';

export type CallChannel<N extends CallName = CallName> = `sekisho:call:${N}`;
export type EventChannel<N extends EventName = EventName> = `sekisho:event:${N}`;

export const callChannel = <N extends CallName>(name: N): CallChannel<N> => `sekisho:call:${name}`;
export const eventChannel = <N extends EventName>(name: N): EventChannel<N> => `sekisho:event:${name}`;

/** `eventRecorded` is heard by `onEventRecorded`. */
export type ListenerName<N extends EventName = EventName> = `on${Capitalize<N>}`;

/** `window.sekisho`. Untyped on purpose: both ends parse what comes through with the schemas of calls.ts. */
export type SekishoBridge = {
  readonly [N in CallName]: (params: unknown) => Promise<unknown>;
} & { readonly [L in ListenerName]: (listener: (data: unknown) => void) => () => void };
