export { formatOf, readTable, type TableFile, type TableFormat } from './read.ts'
export { safeCell } from './safe-cell.ts'
