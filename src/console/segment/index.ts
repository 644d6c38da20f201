export { SegmentWithExport } from './SegmentWithExport.tsx'
