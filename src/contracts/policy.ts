import { z } from 'zod';
import { bus, deviceClass } from './device.ts';
import { confidence, unreadableReason } from './finding.ts';
import { ageRecipient, count, instant, localizedText, severity, sha256Hex, slug } from './ids.ts';
import { action } from './verdict.ts';

/** `30s`, `5m`, `8h`, `14d`. */
export const duration = z.string().regex(/^[1-9][0-9]{0,5}(?:ms|s|m|h|d)$/, 'a duration such as 30s, 5m, 8h or 14d');
/** `512KiB`, `20MiB`, `2GiB`, or a plain number of bytes. */
export const size = z.union([count, z.string().regex(/^[1-9][0-9]{0,8}(?:B|KiB|MiB|GiB)$/, 'a size such as 512KiB, 20MiB or 2GiB')]);

/** `*` and `?` only; matched without regard to case. */
const glob = z.string().min(1).max(256);
const usbId = z.string().regex(/^[0-9a-f]{4}$/, 'four lower-case hex digits, e.g. 0781');

/** `fuse`: files are judged before a byte reaches the medium, where the PC can; `watch`: after they were written. */
export const guardMode = z.enum(['fuse', 'watch']);
export type GuardMode = z.infer<typeof guardMode>;

/** `policy`: as the policy says; else what an agent is told, or all that it can. */
export const guardChoice = z.enum(['fuse', 'watch', 'policy']);
export type GuardChoice = z.infer<typeof guardChoice>;

/** What a device rule does with a volume on the device. */
export const deviceAction = z.enum(['block', 'read-only', 'guard', 'allow']);
export type DeviceAction = z.infer<typeof deviceAction>;

/** `09:00`, 24 hours. */
const clockTime = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day such as 09:00');
/** From `from` up to `to`, past midnight when `to` is not later. */
const timeWindow = z.strictObject({
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .max(7)
    .optional(),
  from: clockTime,
  to: clockTime,
  /** IANA name; the PC's own setting is its user's to change. */
  zone: z.string().regex(/^[A-Za-z0-9_+/-]{1,64}$/, 'a time zone such as Asia/Tokyo'),
});
export type TimeWindow = z.infer<typeof timeWindow>;
const addressRange = z.string().regex(/^[0-9A-Fa-f.:]{2,45}\/[0-9]{1,3}$/, 'an address range such as 10.20.0.0/16');
const serialRange = z.strictObject({ from: z.string().min(1).max(256), to: z.string().min(1).max(256) });
export type SerialRange = z.infer<typeof serialRange>;

const whoWhere = { users: z.array(glob).min(1).max(1000).optional(), hosts: z.array(glob).min(1).max(1000).optional() };

export const deviceRule = z.strictObject({
  id: slug,
  title: localizedText.optional(),
  when: z.strictObject({
    bus: z.array(bus).min(1).optional(),
    class: z.array(deviceClass).min(1).optional(),
    'vendor-id': z.array(usbId).min(1).max(1000).optional(),
    'product-id': z.array(usbId).min(1).max(1000).optional(),
    /** Serials, exact or with `*`. */
    serial: z.array(glob).min(1).max(10_000).optional(),
    /** Serials between two of the same length, both included, compared character by character. */
    'serial-range': z.array(serialRange).min(1).max(1000).optional(),
    'has-serial': z.boolean().optional(),
    filesystem: z.array(z.string().min(1).max(32)).min(1).max(32).optional(),
    /** The medium carries a record that this organisation signed for it. */
    enrolled: z.boolean().optional(),
    /** Plugged in before the agent started, or later. */
    'present-at-start': z.boolean().optional(),
    time: z.array(timeWindow).min(1).max(32).optional(),
    /** The PC has an address in one of these ranges. */
    networks: z.array(addressRange).min(1).max(64).optional(),
    ...whoWhere,
  }),
  action: deviceAction,
});
export type DeviceRule = z.infer<typeof deviceRule>;

const detectorCondition = z.strictObject({
  detector: z.union([slug, z.array(slug).min(1).max(64)]),
  /** Compared with the number of distinct values. */
  'at-least': z.int().min(1).optional(),
  confidence: confidence.optional(),
});

/** Every condition named must hold; inside a list one is enough. */
export const fileCondition = z.strictObject({
  findings: z.array(detectorCondition).min(1).max(64).optional(),
  /** `certain` compares with the lower bound of the count: addresses of e-mail alone may all be one person's. */
  persons: z.strictObject({ 'at-least': z.int().min(1), certain: z.boolean().optional() }).optional(),
  unreadable: z.union([z.literal(true), z.array(unreadableReason).min(1)]).optional(),
  type: z.array(z.string().min(1).max(32)).min(1).max(64).optional(),
  /** The name or the id of a classification label in the file's metadata. */
  label: z.array(glob).min(1).max(1000).optional(),
  name: z.array(glob).min(1).max(1000).optional(),
  size: z.strictObject({ 'at-least': size.optional(), 'at-most': size.optional() }).optional(),
  bus: z.array(bus).min(1).optional(),
  serial: z.array(glob).min(1).max(10_000).optional(),
  ...whoWhere,
});
export type FileCondition = z.infer<typeof fileCondition>;

export const fileRule = z.strictObject({
  id: slug,
  title: localizedText.optional(),
  /** The rule holds when any of these does. */
  when: z.array(fileCondition).min(1).max(64),
  /** The rule's exceptions: it does not hold, whatever `when` says, when any of these does. */
  unless: z.array(fileCondition).min(1).max(64).optional(),
  action,
  severity: severity.optional(),
  /** Shown to the person whose file it is: what happened and what to do next. */
  message: localizedText.optional(),
});
export type FileRule = z.infer<typeof fileRule>;

const limits = z.strictObject({
  'max-bytes': size.default('1GiB'),
  'max-time': duration.default('30s'),
  'max-depth': z.int().min(1).max(32).default(5),
  'max-entries': z.int().min(1).max(1_000_000).default(10_000),
  'max-ratio': z.int().min(2).max(100_000).default(200),
  'max-expanded-bytes': size.default('2GiB'),
  'max-memory': size.default('512MiB'),
  /** Text in pictures is read too, where the recognizer is installed beside the product. */
  ocr: z.boolean().default(false),
});

const keywordList = z.strictObject({
  id: slug,
  words: z.array(z.string().min(2).max(128)).min(1).max(20_000),
  /** `ink` is not found in `link`: a word's Latin, digit or katakana ends must be ends in the text too. */
  'whole-words': z.boolean().default(false),
});

/** What a match of a pattern must pass, by its digits alone (`mod-97`: its letters and digits). */
export const patternValidator = z.enum(['luhn', 'my-number', 'corporate-number', 'drivers-license', 'mod-97']);
export type PatternValidator = z.infer<typeof patternValidator>;

export const customPattern = z.strictObject({
  id: slug,
  regex: z.string().min(1).max(1000),
  'ignore-case': z.boolean().default(false),
  validator: patternValidator.optional(),
  /** With context words a match counts as `high` only when one of them stands within `near` characters, else as `low`. */
  context: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
  near: z.int().min(1).max(1000).default(300),
});
export type CustomPattern = z.infer<typeof customPattern>;

const indexFile = {
  id: slug,
  /** Beside the policy, for the commands that read one; agents find it by its SHA-256. */
  file: z.string().regex(/^(?!\.)[^/\\\0]{1,255}$/, 'the name of a file in the folder of the policy'),
  sha256: sha256Hex,
};

export const ownDataIndex = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exact-data'),
    ...indexFile,
    /** SipHash key of the index, as `sekisho edm build` keeps it. */
    key: z.string().regex(/^[0-9a-f]{32}$/, 'a key of 32 lower-case hex digits, as edm build prints it'),
    /** How many other columns of the same row must stand near the primary value. */
    columns: z.int().min(0).max(15).default(1),
    /** Characters to each side; in tables the row. */
    near: z.int().min(10).max(1000).default(200),
  }),
  z.strictObject({
    kind: z.literal('fingerprint'),
    ...indexFile,
    /** Part of a passage that makes it count. */
    share: z.number().min(0.05).max(1).default(0.5),
    /** So many of its characters count too, whatever part of a passage they are. */
    'shared-length': z.int().min(25).max(10_000).default(150),
  }),
]);
export type OwnDataIndex = z.infer<typeof ownDataIndex>;

/** A policy as an admin writes it, in YAML. Grammar and meaning: docs/spec/policy.md. */
export const policy = z.strictObject({
  format: z.literal('sekisho-policy/1'),
  name: slug,
  title: localizedText,
  description: localizedText.optional(),
  volumes: z
    .strictObject({
      /** Which volumes count as removable, by bus. */
      removable: z.array(bus).min(1).default(['usb', 'sd', 'thunderbolt', 'firewire', 'optical', 'unknown']),
      /** Loop devices and plain folders, as used for practice and tests. */
      'include-virtual': z.boolean().default(false),
      /** Files already on a volume when it is inserted are inspected too. */
      'inspect-present-files': z.boolean().default(true),
      'guard-mode': guardMode.default('fuse'),
    })
    .prefault({}),
  devices: z
    .strictObject({
      default: deviceAction.default('guard'),
      /** In place of `default` for what was plugged in before the agent started. */
      'default-present-at-start': deviceAction.optional(),
      rules: z.array(deviceRule).max(1000).default([]),
    })
    .prefault({}),
  /** Encrypt for the guests of an enrolled medium too, where its record names them. docs/spec/media.md section 4. */
  'guest-reading': z.boolean().default(false),
  inspection: limits.prefault({}),
  /** Own words, reported as `custom.<id>`; matched as plain text after NFKC, without regard to case. */
  keywords: z.array(keywordList).max(100).default([]),
  /** Own regular expressions, reported as `custom.<id>`. docs/spec/own-data.md section 2. */
  patterns: z.array(customPattern).max(100).default([]),
  /** Indexes of own data, reported as `custom.<id>`. The signature of the release covers them by their SHA-256. */
  'own-data': z.array(ownDataIndex).max(32).default([]),
  rules: z.array(fileRule).max(1000),
  /** For a file that no rule matches. */
  default: action.default('record'),
  'screen-lock': z.strictObject({ after: duration, warn: duration.default('30s') }).optional(),
  spool: z.strictObject({ 'max-size': size.default('256MiB') }).prefault({}),
  quarantine: z.strictObject({ keep: duration.default('90d'), 'max-size': size.default('4GiB') }).prefault({}),
});
export type Policy = z.infer<typeof policy>;
export type PolicyInput = z.input<typeof policy>;

/**
 * What is signed: a policy's own text with what its release adds. The payload of the DSSE envelope, as JSON.
 * The text is carried whole, comments too, so that what an admin signed is what an auditor reads.
 */
export const policyRelease = z.strictObject({
  format: z.literal('sekisho-policy-release/1'),
  name: slug,
  /** Only ever grows within an organisation; an agent refuses a lower or repeated number with other content. */
  version: z.int().min(1),
  issued: instant,
  notBefore: instant,
  expires: instant,
  /** Everything the agents encrypt can be opened by each of these. */
  recipients: z.array(ageRecipient).min(1).max(32),
  source: z.string().max(4_194_304),
});
export type PolicyRelease = z.infer<typeof policyRelease>;

export const POLICY_RELEASE_TYPE = 'application/vnd.sekisho.policy-release+json';

const base64 = z.base64();

/** DSSE v1.0 envelope (secure-systems-lab/dsse, protocol.md). */
export const dsseEnvelope = z.strictObject({
  payloadType: z.string().min(1).max(256),
  payload: base64.max(8_388_608),
  signatures: z
    .array(z.strictObject({ keyid: z.string().max(128), sig: base64.max(1024) }))
    .min(1)
    .max(8),
});
export type DsseEnvelope = z.infer<typeof dsseEnvelope>;
