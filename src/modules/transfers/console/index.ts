export { ExportPeopleButton } from './exports/ExportPeopleButton.tsx'
export { ImportPeopleButton } from './imports/ImportPeopleButton.tsx'
export { ImportPeoplePage } from './imports/ImportPeoplePage.tsx'
