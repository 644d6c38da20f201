export { ContactTimeline } from './ContactTimeline.tsx'
export { FanTimeline } from './FanTimeline.tsx'
export { RecentEvents } from './RecentEvents.tsx'
export { EventsPage } from './registry/EventsPage.tsx'
