export { AccountPage } from './AccountPage.tsx'
export { AccountsPage } from './AccountsPage.tsx'
export { BindAccountPage } from './BindAccountPage.tsx'
