/** A small writer for the callbacks' XML: order and CDATA are as in the platform's own samples. */
export type Node = string

export const escapeText = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** `<Name>value</Name>` */
export const node = (name: string, value: string | number | bigint): Node =>
  `<${name}>${escapeText(String(value))}</${name}>`

/** `<Name><![CDATA[value]]></Name>` */
export const cdata = (name: string, value: string): Node =>
  `<${name}><![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`

export const list = (name: string, children: readonly Node[]): Node =>
  `<${name}>${children.join('')}</${name}>`
