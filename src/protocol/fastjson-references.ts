import { BodyError } from './body-error.ts';
import type { FastjsonObject, FastjsonValue } from './fastjson.ts';

/**
 * Replaces every `{"$ref":"$.path"}` in `root` by the value at that path, in place. Parent references (`..` and `@`), which only
 * cyclic objects need, are refused.
 */
export function resolveReferences(root: FastjsonValue): FastjsonValue {
  visit(root, root);
  return root;
}

function visit(value: FastjsonValue, root: FastjsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  const members = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, member] of members) {
    const path = referencePath(member);
    if (path === undefined) visit(member, root);
    else (value as FastjsonObject)[key] = lookUp(root, path);
  }
}

function referencePath(value: FastjsonValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const path = value['$ref'];
  return typeof path === 'string' && Object.keys(value).length === 1 ? path : undefined;
}

/** The value at a path such as `$.a.b[0]`; a backslash quotes the next character of a name. */
function lookUp(root: FastjsonValue, path: string): FastjsonValue {
  if (!path.startsWith('$')) throw new BodyError(`the reference ${path} is not supported`);
  let value: FastjsonValue | undefined = root;
  for (const step of path.slice(1).match(/\.(?:\\.|[^.[\\])+|\[\d+\]|./gs) ?? []) {
    const name = step.startsWith('[') ? step.slice(1, -1) : step.slice(1).replace(/\\(.)/gs, '$1');
    const isObject: boolean = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    value = isObject ? (value as FastjsonObject)[name] : undefined;
  }
  if (value === undefined || referencePath(value) !== undefined)
    throw new BodyError(`the reference ${path} leads nowhere`);
  return value;
}
