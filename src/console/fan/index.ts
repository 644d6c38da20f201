export { FanPage } from './FanPage.tsx'
