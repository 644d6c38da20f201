import { type LinkInText, writeLink } from '../../../messages/console/index.ts'

/** A link in the text of a mass send, which holds no placeholders: signs that end a tag become entities. */
export const writeMassLink = ({ href, label, appId, path }: LinkInText): string =>
  writeLink({ href: quoted(href), label: quoted(label), appId: quoted(appId), path: quoted(path) })

const ENTITIES: Record<string, string> = { '"': '&quot;', '<': '&lt;', '>': '&gt;' }
const quoted = (text: string): string => text.replace(/["<>]/g, (sign) => ENTITIES[sign] ?? sign)
