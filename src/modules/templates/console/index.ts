export { TemplateCard } from './TemplateCard.tsx'
export { TemplateState } from './TemplateState.tsx'
export { TemplatesPage } from './TemplatesPage.tsx'
