/** Names that runtimes and test tools look for on any object. */
const LOOKED_FOR = new Set(['then', 'toJSON', 'default', '__esModule', 'asymmetricMatch', 'nodeType', 'constructor', '$$typeof']);

/** Reading what the fake lacks is an error with the name in it, never a silent undefined that makes a test pass. */
export function strict<T extends object>(target: T, name: string): T {
  return new Proxy(target, {
    get(object, key) {
      if (key in object || typeof key === 'symbol' || LOOKED_FOR.has(key)) {
        const value: unknown = Reflect.get(object, key, object);
        return typeof value === 'function' ? (value.bind(object) as unknown) : value;
      }
      throw new Error(`the fake Electron has no ${name}.${key}`);
    },
  });
}
