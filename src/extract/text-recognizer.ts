import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';

/**
 * Reads text in pictures with tesseract.js, which is no dependency: who wants it installs it beside the product, with the
 * data of the languages (docs/formats.md). Nothing is fetched when it runs. It is a thread of its own under this one.
 */
interface TextRecognizer {
  /** Takes a file of a type that Leptonica reads. Rejects on damage. */
  recognize(picture: Uint8Array): Promise<{ readonly data: { readonly text: string } }>;
  terminate(): Promise<unknown>;
  readonly worker: Worker;
}

interface Tesseract {
  createWorker(languages: string, engine: number, options: Readonly<Record<string, unknown>>): Promise<TextRecognizer>;
}

const LANGUAGES = ['jpn', 'eng'] as const;
/** The network of the language alone, without the older engine. */
const NEURAL_ENGINE = 1;
/** Integer models: a sixth of the size of the others, faster, and better with Japanese beside digits. */
const MODELS = '4.0.0_best_int';

let running: Promise<TextRecognizer | undefined> | undefined;

/** Text of one picture; undefined where the recognizer is not installed. Rejects on damage, and when `millis` have passed with `undefined` as the reason. */
export async function recognizeText(picture: Uint8Array, millis: number): Promise<string | undefined> {
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => ended.reject(undefined), millis);
  const starting = (running ??= start());
  let recognizer: TextRecognizer | undefined;
  const fail = (error: unknown) => ended.reject(error);
  try {
    recognizer = await Promise.race([starting, ended.promise]);
    if (recognizer === undefined) return undefined;
    recognizer.worker.ref();
    recognizer.worker.once('error', fail);
    const { data } = await Promise.race([recognizer.recognize(picture), ended.promise]);
    return data.text;
  } catch (error) {
    // What a hostile picture has left behind in it must not read the next one.
    running = undefined;
    void starting.then((failed) => failed?.terminate()).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
    recognizer?.worker.off('error', fail);
    recognizer?.worker.unref();
  }
}

async function start(): Promise<TextRecognizer | undefined> {
  const require = createRequire(import.meta.url);
  let tesseract: Tesseract;
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-ocr-'));
  try {
    try {
      const loaded: Tesseract = require('tesseract.js');
      tesseract = loaded;
      // It looks for all languages in one folder.
      for (const language of LANGUAGES) {
        const data = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
        symlinkSync(join(data, MODELS, `${language}.traineddata.gz`), join(folder, `${language}.traineddata.gz`));
      }
    } catch {
      return undefined;
    }
    return await tesseract.createWorker(LANGUAGES.join('+'), NEURAL_ENGINE, {
      langPath: folder,
      cacheMethod: 'none',
      gzip: true,
      // Without one it throws where nobody catches.
      errorHandler: () => {},
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
