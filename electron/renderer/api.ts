import { type CallParams, type CallResult, electronCalls, electronEvents, type EventData } from '../ipc/calls.ts';
import type { CallName, EventName, ListenerName, SekishoBridge } from '../ipc/names.ts';

declare global {
  interface Window {
    readonly sekisho: SekishoBridge;
  }
}

const LISTENERS: Readonly<Record<EventName, ListenerName>> = {
  stateChanged: 'onStateChanged',
  eventRecorded: 'onEventRecorded',
  recordsStale: 'onRecordsStale',
  pageRequested: 'onPageRequested',
};

/** Asks the main process. The answer is parsed here: after an update the two halves may be of different builds for a moment. */
export async function call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  // The row of `name` parses it; TypeScript does not follow an index by a type parameter.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return electronCalls[name].result.parse(await window.sekisho[name](params)) as CallResult<N>;
}

/** Hears one kind of event; gives back how to stop. */
export function listen<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return window.sekisho[LISTENERS[name]]((data) => listener(electronEvents[name].parse(data) as EventData<N>));
}
