import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Device } from '../../../src/contracts/device.ts';
import { setDeviceAccess } from '../../../src/platform/linux/device-access.ts';
import { fakeStick } from '../../fakes/fake-usb.ts';

let root: string;
let devices: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-sysfs-'));
  devices = join(root, 'devices');
  mkdirSync(devices);
  writeFileSync(join(root, 'drivers_probe'), '');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plug(name: string, deviceClass: string, ...interfaceClasses: string[]): void {
  const identity = { idVendor: '0781', idProduct: '5581', serial: stick.serial ?? '' };
  write(name, { ...identity, bDeviceClass: deviceClass, authorized: '1', bConfigurationValue: '1' });
  plugInterfaces(name, ...interfaceClasses);
}

function plugInterfaces(name: string, ...interfaceClasses: string[]): void {
  for (const [index, kind] of interfaceClasses.entries()) write(`${name}:1.${index}`, { bInterfaceClass: kind, authorized: '1' });
}

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(join(devices, folder));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(devices, folder, name), `${text}\n`);
}

const where = () => ({ devices, denied: join(root, 'denied') });
const authorized = (name: string): string => readFileSync(join(devices, name, 'authorized'), 'utf8').trim();
const stick = fakeStick({ id: 'usb:1-4.2' });
const keyboard = { ...stick, classes: ['hid', 'storage'] } satisfies Device;

describe('taking a device out of use', () => {
  test('the whole device, and back again', async () => {
    plug('1-4.2', '00', '08');
    plug('1-4', '09', '09');
    expect(await setDeviceAccess(stick, 'denied', where())).toEqual({ ok: true, value: undefined });
    expect([authorized('1-4.2'), authorized('1-4')]).toEqual(['0', '1']);
    await setDeviceAccess(stick, 'granted', where());
    expect([authorized('1-4.2'), authorized('1-4.2:1.0')]).toEqual(['1', '1']);
  });

  test('a keyboard with a disk inside keeps its keys', async () => {
    plug('1-4.2', '00', '03', '08');
    await setDeviceAccess(keyboard, 'denied', where());
    expect([authorized('1-4.2'), authorized('1-4.2:1.0'), authorized('1-4.2:1.1')]).toEqual(['1', '1', '0']);
    await setDeviceAccess(keyboard, 'granted', where());
    expect(authorized('1-4.2:1.1')).toBe('1');
    expect(readFileSync(join(root, 'drivers_probe'), 'utf8')).toBe('1-4.2:1.1');
  });

  test('a keyboard with a disk inside, told of before the kernel has made its interfaces', async () => {
    plug('1-4.2', '00');
    writeFileSync(join(devices, '1-4.2/bConfigurationValue'), '\n');
    const denied = setDeviceAccess(keyboard, 'denied', where());
    await vi.waitFor(() => expect(readdirSync(join(root, 'denied'))).toEqual(['1-4.2']));
    plugInterfaces('1-4.2', '03', '08');
    writeFileSync(join(devices, '1-4.2/bConfigurationValue'), '1\n');
    await denied;
    expect([authorized('1-4.2'), authorized('1-4.2:1.0'), authorized('1-4.2:1.1')]).toEqual(['1', '1', '0']);
  });

  test('another device that has come to the port by then is left alone', async () => {
    plug('1-4.2', '00', '08');
    for (const change of [{ vendorId: '0951' }, { productId: '1666' }, { serial: 'ANOTHER' }])
      await setDeviceAccess({ ...stick, ...change }, 'denied', where());
    expect(authorized('1-4.2')).toBe('1');
  });

  test('orders for one port are carried out one after the other', async () => {
    plug('1-4.2', '00', '08');
    await Promise.all([setDeviceAccess(stick, 'denied', where()), setDeviceAccess(stick, 'granted', where())]);
    expect(authorized('1-4.2')).toBe('1');
    await Promise.all([setDeviceAccess(stick, 'granted', where()), setDeviceAccess(stick, 'denied', where())]);
    expect(authorized('1-4.2')).toBe('0');
  });

  test('what others denied, or another device at the port, is not given back', async () => {
    plug('1-4.2', '00', '08');
    writeFileSync(join(devices, '1-4.2/authorized'), '0\n');
    await setDeviceAccess(stick, 'granted', where());
    expect(authorized('1-4.2')).toBe('0');
    await setDeviceAccess(stick, 'denied', where());
    await setDeviceAccess({ ...stick, serial: 'ANOTHER' }, 'granted', where());
    expect(authorized('1-4.2')).toBe('0');
    await setDeviceAccess(stick, 'granted', where());
    expect(authorized('1-4.2')).toBe('1');
  });

  test('what is gone already is denied', async () => {
    expect(await setDeviceAccess(stick, 'denied', where())).toEqual({ ok: true, value: undefined });
  });

  test.each(['usb:../1-4', 'block:nvme0n1', 'usb:1'])('%s names no device of the bus', async (id) => {
    mkdirSync(join(root, '1-4'));
    writeFileSync(join(root, '1-4/idVendor'), '1');
    expect(await setDeviceAccess(fakeStick({ id }), 'denied', where())).toEqual({ ok: true, value: undefined });
  });

  test('a kernel that refuses is told of', async () => {
    plug('1-4.2', '00', '08');
    rmSync(join(devices, '1-4.2/authorized'));
    mkdirSync(join(devices, '1-4.2/authorized'));
    expect(await setDeviceAccess(stick, 'denied', where())).toMatchObject({ ok: false, error: { code: 'DLP_DEVICE_DENY' } });
  });
});
