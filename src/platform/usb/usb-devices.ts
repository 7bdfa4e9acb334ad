import type { Device } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { DeviceChange, DeviceSource } from '../../core/ports.ts';
import { classesOf, type UsbInterfaceClass } from './usb-classes.ts';

const MAX_TEXT = 256;

/** What the `usb` package tells of a device without opening it. */
export interface UsbDescription {
  readonly bus: string;
  readonly ports: readonly number[];
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceClass: number;
  readonly manufacturerName?: string | null | undefined;
  readonly productName?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly configurations?: readonly {
    readonly interfaces: readonly {
      readonly alternates: readonly {
        readonly interfaceClass: number;
        readonly interfaceSubclass: number;
        readonly interfaceProtocol: number;
      }[];
    }[];
  }[];
}

export interface UsbDevicesOptions {
  /** Says whether there is a bus at all. The package tells of a missing one by a rejection that nobody can catch. */
  readonly probe: () => boolean;
  /** Reads more of a device from the OS, by its name on the bus, e.g. `1-4.2`; null when the OS does not know it. */
  readonly enrich?: (name: string) => Device | null;
}

/** USB devices by the `usb` package: present ones first, then connect and disconnect events of the OS. */
export class UsbDevices implements DeviceSource {
  readonly #options: UsbDevicesOptions;
  readonly #attached = new Set<string>();
  #stopListening: (() => void) | null = null;

  constructor(options: UsbDevicesOptions) {
    this.#options = options;
  }

  async start(report: (change: DeviceChange) => void): Promise<Result<void, Failure>> {
    if (!this.#options.probe()) return err(unavailable());
    try {
      const { WebUSB } = await import('usb');
      const bus = new WebUSB({ allowAllDevices: true });
      const attach = (description: UsbDescription, presentAtStart: boolean): void => {
        const device = this.#describe(description);
        if (isRootHub(description) || this.#attached.has(device.id)) return;
        this.#attached.add(device.id);
        report({ kind: 'attached', device, presentAtStart });
      };
      const detach = (description: UsbDescription): void => {
        const deviceId = `usb:${nameOnBus(description)}`;
        if (this.#attached.delete(deviceId)) report({ kind: 'detached', deviceId });
      };
      const connected = (event: Event): void => withDevice(event, (description) => attach(description, false));
      const disconnected = (event: Event): void => withDevice(event, detach);
      bus.addEventListener('connect', connected);
      bus.addEventListener('disconnect', disconnected);
      this.#stopListening = () => {
        bus.removeEventListener('connect', connected);
        bus.removeEventListener('disconnect', disconnected);
      };
      for (const description of await bus.getDevices()) attach(description, true);
      return ok(undefined);
    } catch (cause) {
      await this.stop();
      return err(unavailable(cause));
    }
  }

  stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#attached.clear();
    return Promise.resolve();
  }

  #describe(description: UsbDescription): Device {
    return this.#options.enrich?.(nameOnBus(description)) ?? describeUsb(description);
  }
}

function unavailable(cause?: unknown): Failure {
  return failure('DLP_USB_UNAVAILABLE', 'This system shows no USB bus (as in a container): devices are not seen, volumes still are.', {
    cause,
  });
}

/** `usb` 3 wraps the device in its event; anything else is not one of its events. */
function withDevice(event: Event, use: (description: UsbDescription) => void): void {
  const device: unknown = Reflect.get(event, 'device');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package's own class, behind an untyped event
  if (typeof device === 'object' && device !== null && 'vendorId' in device) use(device as UsbDescription);
}

/** The Linux kernel's name: bus number, dash, ports on the way. On other systems the same form, of their own bus names. */
export function nameOnBus({ bus, ports }: Pick<UsbDescription, 'bus' | 'ports'>): string {
  const busName = /^0*(\d+)$/.exec(bus)?.[1] ?? bus;
  return (ports.length === 0 ? busName : `${busName}-${ports.join('.')}`).slice(0, 200);
}

/** The host controller itself, not something anybody plugged in. */
const isRootHub = ({ ports }: UsbDescription): boolean => ports.length === 0;

/** A device from the package's own fields alone. */
export function describeUsb(description: UsbDescription): Device {
  const { manufacturerName, productName, serialNumber } = description;
  return {
    id: `usb:${nameOnBus(description)}`,
    bus: 'usb',
    classes: classesOf(description.deviceClass, interfacesOf(description), usbId(description.vendorId)),
    vendorId: usbId(description.vendorId),
    productId: usbId(description.productId),
    ...text('vendorName', manufacturerName),
    ...text('productName', productName),
    ...text('serial', serialNumber),
  };
}

function interfacesOf({ configurations = [] }: UsbDescription): UsbInterfaceClass[] {
  return configurations
    .flatMap((configuration) => configuration.interfaces)
    .flatMap((each) => each.alternates)
    .map((each) => ({ classCode: each.interfaceClass, subclass: each.interfaceSubclass, protocol: each.interfaceProtocol }));
}

const usbId = (id: number): string => id.toString(16).padStart(4, '0');

function text<K extends string>(key: K, value: string | null | undefined): { [P in K]?: string } {
  const kept = (value ?? '').trim().slice(0, MAX_TEXT).toWellFormed();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens to string
  return kept === '' ? {} : ({ [key]: kept } as { [P in K]: string });
}
