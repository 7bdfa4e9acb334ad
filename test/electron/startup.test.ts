import { describe, expect, it } from 'vitest';
import { isPrivileged, refusalToStart } from '../../electron/main/startup.ts';

const facts = { privileged: false, packaged: true, arguments: [] as string[] };

describe('refusalToStart', () => {
  it('lets an ordinary start pass', () => {
    expect(refusalToStart(facts)).toBeNull();
    expect(refusalToStart({ ...facts, arguments: ['--show', '--inspection', '/home/sato/--inspect'] })).toBeNull();
  });

  it('refuses root before anything else', () => {
    expect(refusalToStart({ privileged: true, packaged: false, arguments: ['--inspect'] })).toBe('privileged');
  });

  it.each([
    '--inspect',
    '--inspect=9229',
    '--inspect-brk',
    '-inspect',
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--js-flags=--allow-natives-syntax',
  ])('refuses %s when packaged', (argument) => {
    expect(refusalToStart({ ...facts, arguments: ['x', argument] })).toBe('debugging');
    expect(refusalToStart({ ...facts, packaged: false, arguments: ['x', argument] })).toBeNull();
  });

  it.each(['--no-sandbox', '--disable-web-security', '--disable-setuid-sandbox'])('refuses %s when packaged', (argument) => {
    expect(refusalToStart({ ...facts, arguments: [argument] })).toBe('no-sandbox');
  });
});

describe('isPrivileged', () => {
  it('says of this process what the kernel says', async () => {
    expect(await isPrivileged()).toBe(process.geteuid?.() === 0);
  });
});
