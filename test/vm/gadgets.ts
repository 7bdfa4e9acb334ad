import type { Machine } from './machine.ts';

/** What a gadget can do; `storage` has a disk with this label, without partitions. */
export type GadgetFunction = 'keyboard' | 'printer' | 'network' | { readonly storage: string };

export interface GadgetPlan {
  /** Vendor and product, e.g. `0781:5581`. */
  readonly ids: string;
  readonly serial?: string;
  readonly functions: readonly GadgetFunction[];
}

const PORTS = 8;

/** USB devices of any identity, made in the guest by its own kernel: QEMU's have ids of QEMU's. See guest/gadget.sh. */
export class Gadgets {
  readonly #machine: Machine;

  private constructor(machine: Machine) {
    this.#machine = machine;
  }

  static async start(machine: Machine): Promise<Gadgets> {
    await machine.run(`modprobe dummy_hcd num=${PORTS} && modprobe libcomposite && mount -t configfs configfs /sys/kernel/config`);
    return new Gadgets(machine);
  }

  /** Resolves when the guest's kernel has seen the device. The name is its product name too. */
  async plug(name: string, port: number, { ids, serial = '', functions }: GadgetPlan): Promise<void> {
    const words: string[] = [];
    for (const each of functions) {
      if (typeof each === 'string') words.push(each);
      else words.push(`storage=${await this.#disk(each.storage)}`);
    }
    await this.#machine.run(`bash /product/guest/gadget.sh plug ${name} ${port} ${ids.replace(':', ' ')} '${serial}' ${words.join(' ')}`);
    await this.#machine.until(`test "$(cat ${this.folder(port)}/product)" = ${name}`);
  }

  async unplug(name: string): Promise<void> {
    await this.#machine.run(`bash /product/guest/gadget.sh unplug ${name}`);
  }

  /** Its folder in sysfs, as a pattern of the shell. */
  folder(port: number): string {
    return `/sys/devices/platform/dummy_hcd.${port}/usb*/[0-9]*-1`;
  }

  /** A file of the guest's, made once: a device may come back as another with the same contents. */
  async #disk(label: string): Promise<string> {
    const file = `/root/${label}.img`;
    await this.#machine.run(`test -e ${file} || { truncate -s 8M ${file} && mkfs.vfat -n ${label} ${file}; }`);
    return file;
  }
}
