import type { FleetResponse, StoredEvent, SummaryResponse } from '../../src/contracts/collector-api.ts';
import type { Device } from '../../src/contracts/device.ts';
import { type EventBody, type FileDecision, GENESIS_HASH, type VolumeFacts } from '../../src/contracts/event.ts';
import type { Finding } from '../../src/contracts/finding.ts';

/** A small, believable organisation: what a console shows of it. Plain data, so that browser and Node tests share it. */

const POLICY = { name: 'appi-personal-data', version: 12 };
const KEY = 'appi-personal-data';

const stick = (over: Partial<Device>): Device => ({
  id: 'usb:1-2',
  bus: 'usb',
  classes: ['storage'],
  vendorId: '056e',
  productId: '6057',
  vendorName: 'ELECOM',
  productName: 'MF-ENU3A',
  serial: '0702418F9A21',
  ...over,
});

const volumeOn = (device: Device, label: string): VolumeFacts => ({
  id: 'linux:8:17',
  filesystem: 'exfat',
  label,
  uuid: '4A21-00BC',
  bytesTotal: 31_457_280_000,
  bus: 'usb',
  device,
});

const ELECOM = volumeOn(stick({}), '営業資料');
const BUFFALO = volumeOn(
  stick({ id: 'usb:1-4', vendorId: '0411', productId: '02a1', vendorName: 'BUFFALO', productName: 'RUF3-K', serial: 'B7700A1E44' }),
  'BACKUP',
);
const { serial: _none, ...NAMELESS } = stick({ vendorName: 'Generic', productName: 'Flash Disk', vendorId: 'ffff', productId: '1201' });
const UNNAMED = volumeOn(NAMELESS, '');

const finding = (detector: string, count: number, distinct: number, samples: string[], more: Partial<Finding> = {}): Finding => ({
  detector,
  confidence: 'high',
  count,
  distinct,
  samples,
  where: [{ sheet: '顧客一覧', cell: 'D2' }],
  reasons: ['check-digit', 'column-header'],
  ...more,
});

const MY_NUMBER = finding('jp.my-number', 1204, 1198, ['1234********', '8801********', '4410********']);
const PHONE = finding('jp.phone', 1187, 1171, ['090-****-**18', '03-****-**55'], { reasons: ['format', 'column-header'] });
const FEW_PHONES = finding('jp.phone', 3, 3, ['090-****-**18'], { confidence: 'medium', reasons: ['format'], where: [{ page: 1 }] });
const EMAIL = finding('email', 411, 398, ['t***@example.co.jp'], { confidence: 'medium', reasons: ['format'] });
const CARD = finding('credit-card', 24, 24, ['4980 **** **** **12'], {
  where: [{ page: 3 }, { page: 4 }],
  reasons: ['check-digit', 'context-word'],
});
const AWS = finding('secret.aws', 1, 1, ['AKIA************7Q'], {
  where: [{ part: 'deploy/.env', line: 4 }],
  reasons: ['format', 'context-word'],
});

const MESSAGES = {
  encrypt: {
    ja: '個人情報が含まれるため、会社のPCでだけ開ける形に暗号化しました。社外に渡す場合は情報システム部に申請してください。',
    en: 'This file holds personal data, so it was encrypted: company PCs open it as usual. To hand it outside, ask the IT desk.',
  },
  block: {
    ja: 'マイナンバーを含むファイルは持ち出せません。原本は失われておらず、隔離領域から戻せます。',
    en: 'Files with My Numbers must not leave. Your original is safe and can be restored from quarantine.',
  },
};

interface Draft {
  /** Minutes before `now`. */
  readonly ago: number;
  readonly host: string;
  readonly body: EventBody;
}

type FileType = 'file.encrypted' | 'file.blocked' | 'file.held' | 'file.allowed' | 'file.recorded' | 'file.warned';

interface FileDraft {
  readonly path: string;
  readonly user: string;
  readonly bytes?: number;
  readonly kind?: string;
  readonly volume?: VolumeFacts;
  readonly findings?: Finding[];
  readonly persons?: number | readonly [number, number];
  readonly rule?: string;
  readonly severity?: EventBody['severity'];
  readonly unreadable?: FileDecision['unreadable'];
}

const ID = '01976f3a-0000-7000-8000-';
const HEX = (seed: number): string => (seed * 2_654_435_761).toString(16).padStart(8, '0').repeat(8).slice(0, 64);

const ACTIONS = {
  'file.encrypted': 'encrypt',
  'file.blocked': 'block',
  'file.held': 'justify',
  'file.allowed': 'allow',
  'file.recorded': 'record',
  'file.warned': 'warn',
} as const;

function decisionOf(type: FileType, draft: FileDraft): FileDecision {
  const {
    path,
    user,
    bytes = 48_213,
    kind = 'xlsx',
    volume = ELECOM,
    findings = [],
    persons = 0,
    rule,
    severity = 'info',
    unreadable = [],
  } = draft;
  const [from, to] = typeof persons === 'number' ? [persons, persons] : persons;
  const action = ACTIONS[type];
  const message = action === 'encrypt' || action === 'block' ? { message: MESSAGES[action] } : {};
  return {
    actor: { name: user, basis: 'session' },
    file: { path, bytes, sha256: HEX(bytes), modified: '2026-11-20T04:12:33.000Z' },
    volume,
    type: kind,
    findings,
    persons: { from, to },
    unreadable,
    verdict: { action, severity, ...(rule === undefined ? {} : { rule }), ...message },
    policy: POLICY,
    guard: 'watch',
    present: false,
    exposureMillis: 214,
  };
}

function fileBody(type: FileType, draft: FileDraft): EventBody {
  const severity = draft.severity ?? 'info';
  const data = decisionOf(type, draft);
  if (type === 'file.encrypted') return { type, severity, data: { ...data, storedAs: `${draft.path}.age` } };
  if (type === 'file.blocked') return { type, severity, data: { ...data, quarantineId: `${ID}00000000a001` } };
  if (type === 'file.held') return { type, severity, data: { ...data, holdId: `${ID}00000000b001` } };
  return { type, severity, data };
}

export const file = (type: FileType, ago: number, host: string, draft: FileDraft): Draft => ({ ago, host, body: fileBody(type, draft) });

const other = (ago: number, host: string, body: EventBody): Draft => ({ ago, host, body });

const DRAFTS: readonly Draft[] = [
  file('file.encrypted', 2, 'eigyo-pc-014', {
    path: '2026年度/顧客一覧_関東.xlsx',
    user: '佐藤 美咲',
    bytes: 1_842_331,
    findings: [PHONE, EMAIL],
    persons: [1171, 1240],
    rule: 'personal-data-many',
    severity: 'medium',
  }),
  file('file.blocked', 6, 'jinji-pc-003', {
    path: '年末調整/扶養控除申告書_2026.xlsx',
    user: '田中 健一',
    bytes: 912_004,
    volume: BUFFALO,
    findings: [MY_NUMBER, PHONE],
    persons: 1198,
    rule: 'my-number',
    severity: 'high',
  }),
  file('file.held', 19, 'kaihatsu-pc-022', {
    path: 'release/deploy-bundle.zip',
    user: 'a.suzuki',
    kind: 'zip',
    bytes: 8_411_200,
    findings: [AWS],
    rule: 'secrets-need-a-reason',
    severity: 'medium',
  }),
  file('file.allowed', 24, 'eigyo-pc-014', { path: '会社案内_2026.pdf', user: '佐藤 美咲', kind: 'pdf', bytes: 6_201_220 }),
  other(27, 'eigyo-pc-014', {
    type: 'volume.mounted',
    severity: 'info',
    data: { volume: ELECOM, treatment: 'guard', rule: 'company-sticks' },
  }),
  other(27, 'eigyo-pc-014', { type: 'device.attached', severity: 'info', data: { device: stick({}), presentAtStart: false } }),
  file('file.encrypted', 48, 'keiri-pc-007', {
    path: '決済/カード控え_11月.pdf',
    user: '渡辺 修',
    kind: 'pdf',
    bytes: 402_113,
    volume: BUFFALO,
    findings: [CARD],
    persons: 24,
    rule: 'card-numbers',
    severity: 'high',
  }),
  other(55, 'soumu-pc-001', {
    type: 'file.enforcement-failed',
    severity: 'high',
    data: {
      ...decisionOf('file.encrypted', {
        path: '契約書/2026-118_秘密保持.docx',
        user: '山本 由香',
        kind: 'docx',
        volume: UNNAMED,
        severity: 'high',
        rule: 'confidential',
        findings: [finding('keyword.confidential', 3, 1, ['社外秘'], { where: [{ page: 1 }], reasons: ['label'] })],
      }),
      code: 'DLP_FILE_NO_SPACE',
      reason: 'the medium has 1.2 MiB left, the encrypted file needs 4.0 MiB',
    },
  }),
  file('file.encrypted', 71, 'kaihatsu-pc-022', {
    path: 'archive/old-backup.7z',
    user: 'a.suzuki',
    kind: 'unknown',
    bytes: 54_001_332,
    unreadable: ['encrypted'],
    rule: 'unreadable-is-encrypted',
    severity: 'low',
  }),
  other(84, 'jinji-pc-003', {
    type: 'screen.locked',
    severity: 'info',
    data: { session: 'c2', actor: { name: '田中 健一', basis: 'session' }, idleMillis: 600_000, policy: POLICY },
  }),
  file('file.warned', 96, 'eigyo-pc-009', {
    path: '打ち合わせメモ.docx',
    user: '小林 大輔',
    kind: 'docx',
    bytes: 31_220,
    findings: [FEW_PHONES],
    persons: 3,
    rule: 'few-persons',
    severity: 'low',
  }),
  file('file.recorded', 112, 'eigyo-pc-009', { path: '見積_A社_rev3.xlsx', user: '小林 大輔', bytes: 22_410 }),
  other(130, 'kaihatsu-pc-022', {
    type: 'policy.applied',
    severity: 'info',
    data: { policy: POLICY, previous: { ...POLICY, version: 11 } },
  }),
  other(131, 'soumu-pc-001', {
    type: 'policy.refused',
    severity: 'high',
    data: { code: 'DLP_POLICY_SIGNATURE', reason: 'signature by an unknown key', kept: POLICY },
  }),
  other(150, 'keiri-pc-007', {
    type: 'agent.started',
    severity: 'info',
    data: { version: '0.1.0', os: 'Windows 11 24H2', mode: 'service' },
  }),
  file('file.blocked', 190, 'eigyo-pc-009', {
    path: '名簿/全社員_連絡先\\u{202E}fdp.xlsx',
    user: '小林 大輔',
    findings: [finding('jp.my-number', 402, 402, ['7702********']), FEW_PHONES],
    persons: [402, 417],
    rule: 'my-number',
    severity: 'high',
  }),
];

/** Quiet older days, so that a long list has something to scroll through. */
function older(count: number): Draft[] {
  const people = ['佐藤 美咲', '小林 大輔', '渡辺 修', 'a.suzuki', '山本 由香'];
  const hosts = ['eigyo-pc-014', 'eigyo-pc-009', 'keiri-pc-007', 'kaihatsu-pc-022', 'soumu-pc-001'];
  const types = ['file.allowed', 'file.encrypted', 'file.recorded', 'file.allowed', 'file.warned'] as const;
  return Array.from({ length: count }, (_, index) => {
    const type = types[index % types.length] ?? 'file.allowed';
    const found =
      type === 'file.encrypted'
        ? {
            findings: [finding('jp.phone', 40 + index, 40 + index, ['080-****-**07'])],
            persons: 40 + index,
            rule: 'personal-data',
            severity: 'low' as const,
          }
        : {};
    return file(type, 240 + index * 37, hosts[index % hosts.length] ?? 'pc', {
      path: `資料/第${index + 1}回_議事録.docx`,
      user: people[index % people.length] ?? 'user',
      kind: 'docx',
      bytes: 20_000 + index * 911,
      ...found,
    });
  });
}

export function storedEvents(now: number, olderCount = 240): StoredEvent[] {
  const drafts = [...DRAFTS, ...older(olderCount)];
  return drafts.map((draft, index) => stored(draft, now, drafts.length - index));
}

/** @param number the event's number in its chain; also makes its id. */
export function stored(draft: Draft, now: number, number: number): StoredEvent {
  const time = new Date(now - draft.ago * 60_000).toISOString();
  return {
    received: new Date(now - draft.ago * 60_000 + 900).toISOString(),
    event: {
      format: 'sekisho-event/1',
      id: `${ID}${number.toString(16).padStart(12, '0')}`,
      agent: draft.host,
      sequence: number,
      time,
      host: draft.host,
      body: draft.body,
      previousHash: number === 1 ? GENESIS_HASH : HEX(number - 1),
      hash: HEX(number),
    },
  };
}

export function summary(): SummaryResponse {
  return { total: 18_244, agents: 6, last24h: { encrypted: 37, blocked: 4, held: 3, allowed: 212, failed: 1, persons: 5129 } };
}

export function fleet(now: number): FleetResponse {
  const minutes = (ago: number): string => new Date(now - ago * 60_000).toISOString();
  const agent = (
    host: string,
    os: string,
    ago: number | null,
    over: Partial<FleetResponse['agents'][number]> = {},
  ): FleetResponse['agents'][number] => ({
    agent: host,
    host,
    os,
    version: '0.1.0',
    enrolled: '2026-04-01T00:00:00.000Z',
    lastSeen: ago === null ? null : minutes(ago),
    policy: POLICY,
    drift: false,
    revoked: false,
    storedThrough: 3000 + host.length * 97,
    guards: [],
    ...over,
  });
  return {
    policy: { name: KEY, version: 12 },
    agents: [
      agent('eigyo-pc-014', 'Windows 11 24H2', 0.4, { guards: [{ volume: '営業資料', mode: 'watch', state: 'ready' }] }),
      agent('eigyo-pc-009', 'Windows 11 24H2', 3),
      agent('jinji-pc-003', 'Windows 11 23H2', 1, { guards: [{ volume: 'BACKUP', mode: 'watch', state: 'ready' }] }),
      agent('keiri-pc-007', 'Windows 11 24H2', 8, { policy: { name: KEY, version: 11 }, drift: true }),
      agent('kaihatsu-pc-022', 'Ubuntu 24.04', 2),
      agent('soumu-pc-001', 'Debian 13', 60 * 26, { guards: [{ volume: 'linux:8:33', mode: 'fuse', state: 'failed' }] }),
      agent('kyusha-pc-002', 'Windows 10 22H2', null, { revoked: true, policy: null }),
    ],
  };
}
