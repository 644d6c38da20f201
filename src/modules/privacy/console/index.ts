export { EraseButton } from './EraseButton.tsx'
export { PrivacyPage } from './PrivacyPage.tsx'
export { ReceiptPage } from './ReceiptPage.tsx'
