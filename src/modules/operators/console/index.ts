export { MembersPage } from './MembersPage.tsx'
export { ProfilePage } from './ProfilePage.tsx'
export { SetupPage } from './SetupPage.tsx'
export { SignInPage } from './SignInPage.tsx'
