import type { FakeBrowserWindow } from './browser-window.ts';
import type { FakeMenu } from './menu.ts';

/** What the app under test did that a person would see, and what it did that Electron would have complained about. */
export interface Recorder {
  readonly windows: FakeBrowserWindow[];
  readonly notifications: { title: string; body: string; click: () => void }[];
  readonly opened: string[];
  readonly errorBoxes: { title: string; content: string }[];
  readonly blockedNavigations: string[];
  readonly deniedWindows: string[];
  readonly cancelledRequests: string[];
  /** Must stay empty. */
  readonly unexpected: string[];
  tray: { toolTip: string; menu: FakeMenu | null; image: string } | null;
}

export const recorder: Recorder = {
  windows: [],
  notifications: [],
  opened: [],
  errorBoxes: [],
  blockedNavigations: [],
  deniedWindows: [],
  cancelledRequests: [],
  unexpected: [],
  tray: null,
};
