import { z } from 'zod';
import { bus, deviceClass } from '../contracts/device.ts';
import { confidence, unreadableReason, type Inspection } from '../contracts/finding.ts';
import { count, slug } from '../contracts/ids.ts';
import { deviceAction } from '../contracts/policy.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { action } from '../contracts/verdict.ts';
import type { Volume } from '../contracts/volume.ts';
import { parseYamlAs } from './parse-policy.ts';
import type { PolicyProblem } from './problem.ts';

const name = z.string().min(1).max(256);

/** Where to; a USB stick with a serial when the case does not say. `serial: null` is a device that has none. */
const caseVolume = z.strictObject({
  bus: bus.default('usb'),
  filesystem: z.string().min(1).max(64).default('exfat'),
  class: z.array(deviceClass).default(['storage']),
  'vendor-id': z.string().optional(),
  'product-id': z.string().optional(),
  serial: z.string().min(1).max(256).nullable().default('CASE-SERIAL-1'),
});

const circumstances = {
  title: z.string().min(1).max(200),
  volume: caseVolume.prefault({}),
  user: name.default('someone'),
  host: name.default('pc-01'),
};

const fileCase = z.strictObject({
  ...circumstances,
  file: z.strictObject({
    path: z.string().min(1).max(4096),
    bytes: count.default(10_000),
    type: z.string().min(1).max(32).default('text'),
  }),
  findings: z
    .array(z.strictObject({ detector: slug, distinct: z.int().min(1).default(1), confidence: confidence.default('high') }))
    .default([]),
  /** Distinct people; a bare number is exact. */
  persons: z.union([count, z.strictObject({ from: count, to: count })]).default(0),
  /** Names of classification labels in the file's metadata. */
  labels: z.array(z.string().min(1).max(256)).max(16).default([]),
  unreadable: z.array(unreadableReason).default([]),
  /** `rule: null`: no rule matches, the policy's default speaks. */
  expect: z.strictObject({ action, rule: slug.nullable() }),
});

const volumeCase = z.strictObject({
  ...circumstances,
  expect: z.strictObject({ treatment: z.enum([...deviceAction.options, 'ignore']), rule: slug.nullable() }),
});

export const policyCases = z.strictObject({
  format: z.literal('sekisho-policy-cases/1'),
  files: z.array(fileCase).max(10_000).default([]),
  volumes: z.array(volumeCase).max(10_000).default([]),
});
export type PolicyCases = z.infer<typeof policyCases>;
export type FileCase = PolicyCases['files'][number];
export type VolumeCase = PolicyCases['volumes'][number];

/** Reads the example cases of a policy: what must be decided about which file. docs/spec/policy.md section 9. */
export function parseCases(source: string): Result<PolicyCases, PolicyProblem[]> {
  const read = parseYamlAs(policyCases, source);
  return read.ok ? ok(read.value.value) : err(read.error);
}

/** The inspection a case describes, as if a file had given it. */
export function inspectionOf({ file, findings, persons, labels, unreadable }: FileCase): Inspection {
  return {
    type: file.type,
    bytes: file.bytes,
    findings: findings.map((finding) => ({ ...finding, count: finding.distinct, samples: [], where: [], reasons: [] })),
    persons: typeof persons === 'number' ? { from: persons, to: persons } : persons,
    labels: labels.map((label) => ({ scheme: 'property', id: 'label', name: label })),
    unreadable: unreadable.map((reason) => ({ reason })),
    millis: 0,
  };
}

export function volumeOf({ volume }: FileCase | VolumeCase): Volume {
  return {
    id: 'case',
    mountPoint: '/case',
    filesystem: volume.filesystem,
    readOnly: false,
    bus: volume.bus,
    removable: true,
    device: {
      id: 'case',
      bus: volume.bus,
      classes: volume.class,
      ...(volume['vendor-id'] === undefined ? {} : { vendorId: volume['vendor-id'] }),
      ...(volume['product-id'] === undefined ? {} : { productId: volume['product-id'] }),
      ...(volume.serial === null ? {} : { serial: volume.serial }),
    },
  };
}
