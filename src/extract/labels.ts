import type { DocumentLabel } from '../contracts/finding.ts';

/** Microsoft Purview writes a label as key-value pairs in the metadata of a file ("Label metadata", MIP SDK documentation). */
const PURVIEW_PROPERTY = /MSIP_Label_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})_(\w+)$/i;
const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** Properties by which other programs and people classify documents. */
const CLASSIFICATION =
  /^(?:classification|sensitivity|confidentiality|security ?classification|機密区分|機密性|秘密区分|取扱区分|文書区分)$/i;
const MOST_LABELS = 16;
const LONGEST_NAME = 256;

interface PurviewLabel {
  name: string;
  enabled: boolean;
}

/** Gathers the classification labels that the metadata of a file, and of what lies in it, name. */
export class LabelReader {
  readonly #purview = new Map<string, PurviewLabel>();
  readonly #others = new Map<string, DocumentLabel>();

  /** A named property of a document; all but labels are let be. */
  property(name: string, value: string): void {
    const [, id, attribute] = PURVIEW_PROPERTY.exec(name) ?? [];
    if (id !== undefined && attribute !== undefined) {
      const label = this.#label(id);
      if (label === undefined) return;
      // A reader of XMP gives names in small letters.
      const key = attribute.toLowerCase();
      if (key === 'name') label.name = value.trim().slice(0, LONGEST_NAME);
      // An empty value and no value at all both stand in files of older clients, for a label that is set.
      else if (key === 'enabled') label.enabled = !/^(?:false|0)$/i.test(value.trim());
    } else if (CLASSIFICATION.test(name) && value.trim() !== '' && this.#others.size < MOST_LABELS) {
      const label = { scheme: 'property', id: name.slice(0, LONGEST_NAME), name: value.trim().slice(0, LONGEST_NAME) } as const;
      this.#others.set(`${label.id}\0${label.name}`, label);
    }
  }

  /** A `label` element of LabelInfo ([MS-OFFCRYPTO] 2.6.4.4): it has no name. */
  labelInfo(id: string, enabled: string, removed: string): void {
    const guid = GUID.exec(id)?.[0];
    const label = guid === undefined ? undefined : this.#label(guid);
    if (label !== undefined) label.enabled = /^(?:1|true)$/.test(enabled) && !/^(?:1|true)$/.test(removed);
  }

  finish(): DocumentLabel[] {
    const purview = [...this.#purview].flatMap(([id, { name, enabled }]) => (enabled ? [{ scheme: 'purview', id, name } as const] : []));
    return [...purview, ...this.#others.values()].slice(0, MOST_LABELS);
  }

  #label(id: string): PurviewLabel | undefined {
    const key = id.toLowerCase();
    const known = this.#purview.get(key);
    if (known !== undefined || this.#purview.size >= MOST_LABELS) return known;
    const label = { name: '', enabled: true };
    this.#purview.set(key, label);
    return label;
  }
}
