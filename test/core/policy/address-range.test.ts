import { isIPv4, isIPv6, BlockList } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, isInAddressRange } from '../../../src/core/policy/address-range.ts';

describe('address ranges', () => {
  test.each([
    ['10.20.0.0/16', '10.20.255.1', true],
    ['10.20.0.0/16', '10.21.0.1', false],
    ['10.20.30.40/32', '10.20.30.40', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['2001:db8::/32', '2001:db8:1::5', true],
    ['2001:db8::/32', '2001:db9::5', false],
    ['fe80::/10', 'febf::1', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.9.8.7', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', false],
    ['10.0.0.0/33', '10.0.0.1', false],
    ['10.0.0/8', '10.0.0.1', false],
    ['10.0.0.0', '10.0.0.0', false],
    ['2001:db8::1::/32', '2001:db8::1', false],
  ])('%s and %s: %s', (range, address, expected) => expect(isInAddressRange(range, address)).toBe(expected));

  test('an address is one exactly when Node says so', () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.'), maxLength: 20 }));
    fc.assert(
      fc.property(text, (address) => {
        expect(addressBytes(address) !== null).toBe(isIPv4(address) || isIPv6(address));
      }),
    );
  });

  test('a range holds what Node holds to be in it', () => {
    const kinds = fc.oneof(
      fc.tuple(fc.constant('ipv4' as const), fc.ipV4(), fc.ipV4(), fc.nat(32)),
      fc.tuple(fc.constant('ipv6' as const), fc.ipV6(), fc.ipV6(), fc.nat(128)),
    );
    fc.assert(
      fc.property(kinds, ([kind, network, address, bits]) => {
        const list = new BlockList();
        list.addSubnet(network, bits, kind);
        expect(isInAddressRange(`${network}/${bits}`, address)).toBe(list.check(address, kind));
      }),
    );
  });
});
