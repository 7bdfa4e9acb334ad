import { relative, resolve, sep } from 'node:path';
import { forbiddenImport, misplaced } from './import-rule.ts';

interface Context {
  readonly filename: string;
  report(problem: { node: object; message: string }): void;
}
interface Importing {
  readonly source: { readonly value?: unknown } | null;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** The import rules of scripts/layers.ts as lint errors; type-only imports count too. */
const layers = {
  create(context: Context) {
    const check = (node: Importing & object): void => {
      if (typeof node.source?.value !== 'string') return;
      const message = forbiddenImport(context.filename, node.source.value);
      if (message !== null) context.report({ node, message });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

/** A file outside every known folder is an error: there is no unclassified code. */
const placed = {
  create(context: Context) {
    return {
      Program(node: object): void {
        const message = misplaced(relative(ROOT, context.filename).split(sep).join('/'));
        if (message !== null) context.report({ node, message });
      },
    };
  },
};

// oxlint reads a plugin from the module's default export.
export default { meta: { name: 'sekisho' }, rules: { layers, placed } };
