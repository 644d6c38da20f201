export { createLocalFiles } from './local.ts'
export type { FileSource, Files, StoredFile } from './port.ts'
