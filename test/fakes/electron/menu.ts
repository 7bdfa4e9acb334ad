import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions } from 'electron';
import { app } from './app.ts';
import { recorder } from './recorder.ts';

export class FakeMenuItem {
  readonly id: string | undefined;
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly submenu: FakeMenu | undefined;
  readonly #click: (() => void) | undefined;

  constructor(options: MenuItemConstructorOptions) {
    if (options.label === undefined && options.role === undefined && options.type !== 'separator')
      throw new TypeError('a menu item needs a label, a role or to be a separator');
    this.id = options.id;
    this.label = options.label ?? options.role ?? '';
    this.type = options.type ?? (options.submenu === undefined ? 'normal' : 'submenu');
    this.enabled = options.enabled ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(options.submenu) ? FakeMenu.buildFromTemplate(options.submenu) : undefined;
    this.#click = options.click as (() => void) | undefined;
  }

  click(): void {
    if (!this.enabled) throw new Error(`the menu item "${this.label}" is disabled`);
    this.#click?.();
  }
}

export class FakeMenu {
  readonly items: FakeMenuItem[] = [];
  static #applicationMenu: FakeMenu | null = null;

  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): FakeMenu {
    const menu = new FakeMenu();
    menu.items.push(...template.map((options) => new FakeMenuItem(options)));
    return menu;
  }

  static setApplicationMenu(menu: FakeMenu | null): void {
    FakeMenu.#applicationMenu = menu;
  }

  static getApplicationMenu(): FakeMenu | null {
    return FakeMenu.#applicationMenu;
  }

  getMenuItemById(id: string): FakeMenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

class FakeImage {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  isEmpty(): boolean {
    const PNG = 0x89504e47;
    return !existsSync(this.path) || readFileSync(this.path).readUInt32BE(0) !== PNG;
  }
}

export const nativeImage = { createFromPath: (path: string): FakeImage => new FakeImage(path) };

export class FakeTray extends EventEmitter {
  constructor(image: FakeImage) {
    super();
    if (!app.isReady()) throw new Error('Cannot create Tray before app is ready');
    recorder.tray = { toolTip: '', menu: null, image: '' };
    this.setImage(image);
  }

  setImage(image: FakeImage): void {
    if (image.isEmpty()) recorder.unexpected.push(`the tray image ${image.path} is empty`);
    if (recorder.tray !== null) recorder.tray.image = basename(image.path);
  }

  setToolTip(text: string): void {
    if (recorder.tray !== null) recorder.tray.toolTip = text;
  }

  setContextMenu(menu: FakeMenu): void {
    if (recorder.tray !== null) recorder.tray.menu = menu;
  }
}
