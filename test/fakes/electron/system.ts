import { EventEmitter } from 'node:events';
import type { NotificationConstructorOptions } from 'electron';
import { recorder } from './recorder.ts';
import { strict } from './strict.ts';

export class FakeNotification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  static isSupported(): boolean {
    return true;
  }

  constructor(options: NotificationConstructorOptions) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    recorder.notifications.push({ title: this.title, body: this.body, click: () => this.emit('click') });
  }
}

export const shell = strict(
  {
    openExternal: (url: string): Promise<void> => {
      recorder.opened.push(url);
      return Promise.resolve();
    },
  },
  'shell',
);

export const dialog = strict(
  {
    showErrorBox: (title: string, content: string): void => {
      recorder.errorBoxes.push({ title, content });
    },
  },
  'dialog',
);

export class FakePowerMonitor extends EventEmitter {
  idleSeconds = 0;

  getSystemIdleTime(): number {
    return this.idleSeconds;
  }
}

export const powerMonitor = new FakePowerMonitor();
