export * from './schema/content.ts'
export * from './schema/endpoints.ts'
export * from './schema/resolved.ts'
export * from './schema/variables.ts'
