export * from './schema/endpoints.ts'
export * from './schema/figures.ts'
export * from './schema/records.ts'
export * from './schema/shapes.ts'
