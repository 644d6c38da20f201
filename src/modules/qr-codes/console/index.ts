export { QrCodePage } from './QrCodePage.tsx'
export { QrCodesPage } from './QrCodesPage.tsx'
