import path from 'node:path'

/** For processes that tests start: TypeScript is read once by the first of them, not anew by each. */
export const COMPILED = { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, '../../.artefacts/compiled') }
