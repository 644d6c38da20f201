export { DatasetPage } from './DatasetPage.tsx'
export { DatasetsPage } from './DatasetsPage.tsx'
export { ImportPage } from './import/ImportPage.tsx'
export { PersonDetails } from './PersonDetails.tsx'
