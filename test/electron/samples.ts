import { v7 } from 'uuid';
import type { FileDecision } from '../../src/contracts/event.ts';
import { type AgentStatus, agentStatus, type Notification, notification, type OwnEvent, ownEvent } from '../../src/contracts/ipc.ts';

/** What an agent would say: one PC, one stick, a few files. Each is parsed by its contract. */

const VOLUME = {
  id: 'linux:8:17',
  filesystem: 'exfat',
  label: '営業部USB',
  uuid: '6A1F-22C0',
  bytesTotal: 31_914_983_424,
  bus: 'usb',
  device: {
    id: 'usb:1-4',
    bus: 'usb',
    classes: ['storage'],
    vendorId: '0951',
    productId: '1666',
    vendorName: 'Kingston',
    productName: 'DataTraveler 3.0',
    serial: '60A44C413FAE',
  },
} as const;

export const sampleStatus = (change: Partial<AgentStatus> = {}): AgentStatus =>
  agentStatus.parse({
    version: '0.1.0',
    agent: 'pc-0412',
    host: 'PC-0412',
    started: '2026-11-22T00:01:12.000Z',
    policy: { name: 'appi-personal-data', version: 7 },
    policyTitle: { ja: '個人情報の持ち出し', en: 'Personal data under APPI' },
    collector: { enrolled: true, url: 'https://dlp.example.co.jp', lastContact: '2026-11-22T04:11:40.000Z', spooled: 0 },
    volumes: [
      {
        volume: { ...VOLUME, mountPoint: '/media/sato/営業部USB', readOnly: false, removable: true },
        treatment: 'guard',
        guard: 'fuse',
        state: 'ready',
      },
      {
        volume: {
          id: 'linux:8:33',
          mountPoint: '/media/sato/NO NAME',
          filesystem: 'vfat',
          bytesTotal: 7_864_320_000,
          readOnly: false,
          bus: 'usb',
          removable: true,
        },
        treatment: 'block',
        guard: null,
        state: 'none',
      },
    ],
    screenLock: { afterMillis: 300_000, warnMillis: 30_000 },
    gaps: ['media-transfer-devices', 'raw-device-writes'],
    ...change,
  });

const decision = (path: string, action: FileDecision['verdict']['action'], change: Partial<FileDecision> = {}): FileDecision => ({
  actor: { name: 'sato', basis: 'session' },
  file: { path, bytes: 48_231, sha256: 'a'.repeat(64) },
  volume: { ...VOLUME, device: { ...VOLUME.device, classes: ['storage'] } },
  type: 'xlsx',
  findings: [
    {
      detector: 'jp.my-number',
      confidence: 'high',
      count: 214,
      distinct: 210,
      samples: ['1234********'],
      where: [{ sheet: '社員', cell: 'C2' }],
      reasons: ['check-digit'],
    },
    { detector: 'jp.phone', confidence: 'medium', count: 214, distinct: 198, samples: [], where: [], reasons: [] },
  ],
  persons: { from: 208, to: 210 },
  unreadable: [],
  verdict: { action, rule: 'my-number', severity: 'high' },
  policy: { name: 'appi-personal-data', version: 7 },
  guard: 'fuse',
  present: false,
  ...change,
});

export const HOLD_ID = '0198d3c4-6a4e-7b52-9d0e-2f4c8a1b7e10';

const at = (minute: number): { id: string; time: string } => {
  const time = Date.parse('2026-11-22T04:00:00.000Z') + minute * 60_000;
  return { id: v7({ msecs: time }), time: new Date(time).toISOString() };
};

export const sampleEvents = (): OwnEvent[] =>
  [
    { ...at(1), body: { type: 'volume.mounted', severity: 'info', data: { volume: VOLUME, treatment: 'guard' } } },
    {
      ...at(2),
      body: {
        type: 'file.recorded',
        severity: 'info',
        data: decision('議事録_11月.docx', 'record', {
          findings: [],
          persons: { from: 0, to: 0 },
          verdict: { action: 'record', severity: 'info' },
        }),
      },
    },
    {
      ...at(3),
      body: {
        type: 'file.encrypted',
        severity: 'high',
        data: { ...decision('人事/社員名簿2026.xlsx', 'encrypt'), storedAs: '人事/社員名簿2026.xlsx.age' },
      },
    },
    {
      ...at(5),
      body: {
        type: 'file.held',
        severity: 'medium',
        data: {
          ...decision('見積/顧客一覧.csv', 'justify', {
            type: 'text',
            findings: [],
            persons: { from: 41, to: 41 },
            verdict: {
              action: 'justify',
              rule: 'customer-list',
              severity: 'medium',
              message: { ja: '顧客の連絡先が含まれています。', en: 'It holds customers’ contact data.' },
            },
          }),
          holdId: HOLD_ID,
        },
      },
    },
    {
      ...at(7),
      body: {
        type: 'file.blocked',
        severity: 'high',
        data: {
          ...decision('id_rsa', 'block', {
            type: 'text',
            findings: [
              { detector: 'secret.private-key', confidence: 'high', count: 1, distinct: 1, samples: [], where: [], reasons: ['structure'] },
            ],
            persons: { from: 0, to: 0 },
            verdict: { action: 'block', rule: 'keys', severity: 'high' },
          }),
          quarantineId: '0198d3c4-6a4e-7b52-9d0e-2f4c8a1b7e11',
        },
      },
    },
  ]
    .map((event) => ownEvent.parse(event))
    .toReversed();

export const encryptedNotice = (): Notification =>
  notification.parse({ ...at(9), action: 'encrypt', file: '社員名簿2026.xlsx', volume: '営業部USB', rule: 'my-number' });

export const heldNotice = (): Notification =>
  notification.parse({
    ...at(10),
    action: 'justify',
    file: '顧客一覧.csv',
    volume: '営業部USB',
    rule: 'customer-list',
    message: { ja: '顧客の連絡先が含まれています。', en: 'It holds customers’ contact data.' },
    holdId: HOLD_ID,
  });
