export { AuditPage } from './AuditPage.tsx'
export { AuditTrail } from './AuditTrail.tsx'
