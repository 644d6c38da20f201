export * from './schema/endpoints.ts'
export * from './schema/plan.ts'
export * from './schema/shapes.ts'
export * from './schema/views.ts'
