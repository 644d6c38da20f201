export * from './schema/endpoints.ts'
export * from './schema/shapes.ts'
