import * as fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeviceChange } from '../../src/core/ports.ts';
import { interfaceClasses } from '../../src/platform/linux/sysfs-usb.ts';
import { classesOf } from '../../src/platform/usb/usb-classes.ts';
import { nameOnBus, type UsbDescription, UsbDevices } from '../../src/platform/usb/usb-devices.ts';

const bus = vi.hoisted(() => ({ target: new EventTarget(), present: [] as unknown[], listeners: 0 }));
vi.mock('usb', () => ({
  WebUSB: class {
    addEventListener(type: string, listener: (event: Event) => void): void {
      bus.listeners += 1;
      bus.target.addEventListener(type, listener);
    }
    removeEventListener(type: string, listener: (event: Event) => void): void {
      bus.listeners -= 1;
      bus.target.removeEventListener(type, listener);
    }
    getDevices(): Promise<unknown[]> {
      return Promise.resolve(bus.present);
    }
  },
}));

const stick = (change: Partial<UsbDescription> = {}): UsbDescription => ({
  bus: '001',
  ports: [4, 2],
  vendorId: 0x781,
  productId: 0x5581,
  deviceClass: 0,
  manufacturerName: 'SanDisk',
  productName: '  Ultra\n',
  serialNumber: '4C53',
  configurations: [{ interfaces: [{ alternates: [{ interfaceClass: 8, interfaceSubclass: 6, interfaceProtocol: 80 }] }] }],
  ...change,
});
const happen = (type: 'connect' | 'disconnect', device: UsbDescription): void => {
  bus.target.dispatchEvent(Object.assign(new Event(type), { device }));
};

describe('USB devices', () => {
  let changes: DeviceChange[];
  let source: UsbDevices;

  beforeEach(() => {
    bus.target = new EventTarget();
    bus.present = [];
    bus.listeners = 0;
    changes = [];
    source = new UsbDevices({ probe: () => true });
  });

  test('present ones are told first, then those that come and go', async () => {
    bus.present = [stick()];
    expect(await source.start((change) => changes.push(change))).toEqual({ ok: true, value: undefined });
    happen('connect', stick({ ports: [3], serialNumber: null }));
    happen('disconnect', stick());
    expect(changes).toEqual([
      {
        kind: 'attached',
        presentAtStart: true,
        device: {
          id: 'usb:1-4.2',
          bus: 'usb',
          classes: ['storage'],
          vendorId: '0781',
          productId: '5581',
          vendorName: 'SanDisk',
          productName: 'Ultra',
          serial: '4C53',
        },
      },
      { kind: 'attached', presentAtStart: false, device: expect.not.objectContaining({ serial: expect.anything() as unknown }) as unknown },
      { kind: 'detached', deviceId: 'usb:1-4.2' },
    ]);
  });

  test('one that is both present and told of is told once; controllers and strangers never', async () => {
    bus.present = [stick(), stick(), stick({ ports: [] })];
    await source.start((change) => changes.push(change));
    happen('connect', stick());
    happen('disconnect', stick({ ports: [9] }));
    expect(changes).toHaveLength(1);
  });

  test('nothing is told after the end', async () => {
    await source.start((change) => changes.push(change));
    await source.stop();
    happen('connect', stick());
    expect(changes).toEqual([]);
    expect(bus.listeners).toBe(0);
  });

  test('without a bus the package is not touched, and that is said', async () => {
    const none = new UsbDevices({ probe: () => false });
    expect(await none.start(() => undefined)).toMatchObject({ ok: false, error: { code: 'DLP_USB_UNAVAILABLE' } });
    expect(bus.listeners).toBe(0);
  });
});

test("the kernel's name of a device", () => {
  expect(nameOnBus({ bus: '002', ports: [1] })).toBe('2-1');
  expect(nameOnBus({ bus: 'pci-0', ports: [1, 2, 3] })).toBe('pci-0-1.2.3');
});

describe('classes', () => {
  const of = (...triples: [number, number, number][]): string[] =>
    classesOf(
      0,
      triples.map(([classCode, subclass, protocol]) => ({ classCode, subclass, protocol })),
    );

  test.each([
    ['a stick', [[8, 6, 0x50]], ['storage']],
    [
      'a keyboard with a stick in it',
      [
        [3, 1, 1],
        [8, 6, 0x50],
      ],
      ['hid', 'storage'],
    ],
    ['a phone (MTP and PTP look alike)', [[6, 1, 1]], ['image', 'media-transfer']],
    [
      'a network adapter (NCM)',
      [
        [2, 0x0d, 0],
        [0x0a, 0, 1],
      ],
      ['network'],
    ],
    [
      'a phone that tethers (RNDIS)',
      [
        [0xe0, 1, 3],
        [0x0a, 0, 0],
      ],
      ['network'],
    ],
    ['a serial adapter', [[0xff, 0, 0]], ['other']],
    ['nothing', [], ['other']],
  ] as [string, [number, number, number][], string[]][])('%s', (_name, triples, expected) => {
    expect(of(...triples)).toEqual(expected);
  });

  test('a hub says so by its own class', () => {
    expect(classesOf(9, [{ classCode: 9, subclass: 0, protocol: 0 }])).toEqual(['hub']);
  });
});

describe('raw descriptors', () => {
  const DEVICE = [18, 1, 0, 2, 0, 0, 0, 64, 0x81, 0x07, 0x81, 0x55, 0, 1, 1, 2, 3, 1];
  const CONFIGURATION = [9, 2, 32, 0, 1, 1, 0, 0x80, 50];
  const INTERFACE = [9, 4, 0, 0, 2, 8, 6, 0x50, 0];
  const ENDPOINT = [7, 5, 0x81, 2, 0, 2, 0];

  test('give the interfaces', () => {
    expect(interfaceClasses(Uint8Array.from([...DEVICE, ...CONFIGURATION, ...INTERFACE, ...ENDPOINT]))).toEqual([
      { classCode: 8, subclass: 6, protocol: 80 },
    ]);
  });

  test('with lengths of zero or beyond the end stop the walk, and no bytes throw', () => {
    expect(interfaceClasses(Uint8Array.from([0, 4, ...INTERFACE]))).toEqual([]);
    expect(interfaceClasses(Uint8Array.from([...INTERFACE, 200, 4, 1]))).toHaveLength(1);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void interfaceClasses(bytes)));
  });
});
