import type { Device } from '../../src/contracts/device.ts';
import { failure, type Failure } from '../../src/contracts/errors.ts';
import { err, ok, type Result } from '../../src/contracts/result.ts';
import type { DeviceChange, DeviceSource } from '../../src/core/ports.ts';

/** A memory stick as the bus shows one; tests change what they care about. */
export function fakeStick(change: Partial<Device> = {}): Device {
  return {
    id: 'usb:1-1',
    bus: 'usb',
    classes: ['storage'],
    vendorId: '0781',
    productId: '5581',
    vendorName: 'SanDisk',
    productName: 'Ultra',
    serial: '4C530001230415120045',
    ...change,
  };
}

/** A USB bus whose devices come and go as a test says. */
export class FakeUsb implements DeviceSource {
  readonly #plugged = new Map<string, Device>();
  readonly #available: boolean;
  #report: ((change: DeviceChange) => void) | null = null;

  constructor(options: { readonly present?: readonly Device[]; readonly available?: boolean } = {}) {
    this.#available = options.available ?? true;
    for (const device of options.present ?? []) this.#plugged.set(device.id, device);
  }

  plug(device: Device): void {
    if (this.#plugged.has(device.id)) throw new Error(`${device.id} is plugged in already`);
    this.#plugged.set(device.id, device);
    this.#report?.({ kind: 'attached', device, presentAtStart: false });
  }

  unplug(deviceId: string): void {
    if (!this.#plugged.delete(deviceId)) throw new Error(`${deviceId} is not plugged in`);
    this.#report?.({ kind: 'detached', deviceId });
  }

  start(report: (change: DeviceChange) => void): Promise<Result<void, Failure>> {
    if (!this.#available) return Promise.resolve(err(failure('DLP_USB_UNAVAILABLE', 'This test has no USB bus.')));
    this.#report = report;
    for (const device of this.#plugged.values()) report({ kind: 'attached', device, presentAtStart: true });
    return Promise.resolve(ok(undefined));
  }

  stop(): Promise<void> {
    this.#report = null;
    return Promise.resolve();
  }
}
