import { dirname, relative, resolve, sep } from 'node:path';
import { FREE_FOLDERS, LAYERS, PRIVATE_FOLDERS, type Layer } from '../layers.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Why `specifier` may not be imported from `file` (absolute path), or null when it may. */
export function forbiddenImport(file: string, specifier: string): string | null {
  const from = relative(ROOT, file).split(sep).join('/');
  const layer = layerOf(from);
  if (layer === null) return null;
  return specifier.startsWith('.') ? forbiddenFile(from, layer, specifier) : forbiddenPackage(layer, specifier);
}

/** A source file in no known folder, or null when it has its place. */
export function misplaced(path: string): string | null {
  const top = path.split('/')[0] ?? '';
  if (!path.includes('/') || FREE_FOLDERS.includes(top) || layerOf(path) !== null) return null;
  return `${path} lies in no known folder; scripts/layers.ts lists them and docs/architecture.md says what each is for`;
}

function layerOf(path: string): Layer | null {
  const owners = LAYERS.filter((layer) => path.startsWith(`${layer.folder}/`));
  return owners.toSorted((a, b) => b.folder.length - a.folder.length)[0] ?? null;
}

function forbiddenFile(from: string, layer: Layer, specifier: string): string | null {
  const target = relative(ROOT, resolve(ROOT, dirname(from), specifier))
    .split(sep)
    .join('/');
  const owner = layerOf(target);
  if (owner === null) return `${layer.folder} may not import ${target}: it lies outside the layers`;
  if (owner.folder === layer.folder) return null;
  const secret = PRIVATE_FOLDERS.find((folder) => folder.folder === owner.folder);
  if (secret !== undefined && !secret.importers.includes(layer.folder))
    return `${owner.folder} is reached through src/platform/index.ts only`;
  return layer.layers.includes(owner.folder) ? null : `${layer.folder} may not import ${owner.folder}`;
}

function forbiddenPackage(layer: Layer, specifier: string): string | null {
  const name = specifier.startsWith('node:') ? 'node:*' : packageName(specifier);
  const allowed = layer.packages.some((entry) => entry === name || (entry.endsWith('/*') && name.startsWith(entry.slice(0, -1))));
  return allowed ? null : `${layer.folder} may not import ${specifier}`;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
