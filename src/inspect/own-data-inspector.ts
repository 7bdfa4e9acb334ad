import type { Inspection } from '../contracts/finding.ts';
import type { FileStamp, InspectionRequest, Inspector } from '../core/ports.ts';
import { IndexFiles, type IndexPath } from './index-files.ts';
import { packOwnData } from './packed-own-data.ts';

/** Sees to it that the indexes a policy names are in memory before a file is compared with them. */
export class OwnDataInspector implements Inspector {
  readonly #inner: Inspector;
  readonly #files: IndexFiles;

  constructor(inner: Inspector, path: IndexPath) {
    this.#inner = inner;
    this.#files = new IndexFiles(path);
  }

  inspect(request: InspectionRequest & { readonly stamp: FileStamp }): Promise<Inspection | null>;
  inspect(request: InspectionRequest): Promise<Inspection>;
  async inspect(request: InspectionRequest & { readonly stamp?: FileStamp }): Promise<Inspection | null> {
    if (request.ownData.indexes.length > 0) packOwnData(request.ownData, await this.#files.load(request.ownData));
    return this.#inner.inspect(request);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
