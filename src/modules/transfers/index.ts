export { countExports, voidExports } from './exports/store.ts'
export type { PeopleImport } from './schema.ts'
