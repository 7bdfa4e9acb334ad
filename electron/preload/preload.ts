import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_KEY, callChannel, type CallName, eventChannel, type EventName, type SekishoBridge } from '../ipc/names.ts';

/**
 * The only code that sees both Electron and a window. Each function has its channel fixed here: a window that is taken over
 * can call what it could call before, and nothing else. The event object is not handed on, for it leads back to ipcRenderer.
 */
const call =
  (name: CallName) =>
  (params: unknown): Promise<unknown> =>
    ipcRenderer.invoke(callChannel(name), params);

const listen =
  (name: EventName) =>
  (listener: (data: unknown) => void): (() => void) => {
    const forward = (_event: unknown, data: unknown): void => listener(data);
    ipcRenderer.on(eventChannel(name), forward);
    return () => {
      ipcRenderer.off(eventChannel(name), forward);
    };
  };

const bridge: SekishoBridge = {
  getState: call('getState'),
  listEvents: call('listEvents'),
  justifyFile: call('justifyFile'),
  postponeQuestions: call('postponeQuestions'),
  setLanguage: call('setLanguage'),
  openHelp: call('openHelp'),
  onStateChanged: listen('stateChanged'),
  onEventRecorded: listen('eventRecorded'),
  onRecordsStale: listen('recordsStale'),
  onPageRequested: listen('pageRequested'),
};

contextBridge.exposeInMainWorld(BRIDGE_KEY, bridge);
