export { LinksTable } from './LinksTable.tsx'
