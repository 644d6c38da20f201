export { FanTimeline } from './FanTimeline.tsx'
export { RecentEvents } from './RecentEvents.tsx'
