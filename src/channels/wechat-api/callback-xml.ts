import { XMLParser } from 'fast-xml-parser'
import { invalid } from '../../kernel/errors.ts'
import { parseBigJson } from '../../wechat/big-json.ts'
import type { XmlTree, XmlValue } from '../../wechat/payloads/callbacks/callback.ts'

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  // A message may begin or end with a blank.
  trimValues: false,
  cdataPropName: false,
})

/**
 * Reads the body of a callback: every leaf a string, repeated elements an array. The size is the server's to bound.
 * Throws `invalid` with reason `callback_xml_invalid`, also for anything that declares entities or a document type.
 */
export function parseCallbackBody(body: string): XmlTree {
  const text = body.replace(/^\ufeff/, '').trimStart()
  try {
    if (text.startsWith('{')) return asTree(parseBigJson(text))
    if (isPlainXml(text)) return asTree(parser.parse(text, true)?.xml)
  } catch (cause) {
    throw invalid('callback_xml_invalid', 'the body can’t be read', { cause: String((cause as Error).name) })
  }
  throw invalid('callback_xml_invalid', 'the body is neither plain XML nor JSON')
}

/**
 * The platform writes elements, text and CDATA. Document types, entities, comments, attributes and instructions are
 * refused wherever a parser could see them; inside CDATA they are only a fan's words.
 */
function isPlainXml(text: string): boolean {
  const bare = text.replace(/^<\?xml[^?<>]*\?>/, '').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
  return /^\s*</.test(bare) && !/<[!?]|<[^>]*[="']/.test(bare)
}

function asTree(node: unknown): XmlTree {
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    throw new SyntaxError('no root element')
  return treeOf(node)
}

/** White space between elements is left out; numbers of JSON bodies become the strings they are in XML. */
function treeOf(node: object): XmlTree {
  const entries = Object.entries(node).filter(([name]) => name !== '#text')
  return Object.fromEntries(entries.map(([name, value]) => [name, leafOrTree(value)]))
}

function leafOrTree(value: unknown): XmlValue {
  if (Array.isArray(value)) return value.map(leafOrTree)
  if (typeof value === 'object' && value !== null) {
    const tree = treeOf(value)
    // An element that holds only white space is an empty one.
    return Object.keys(tree).length > 0 ? tree : ''
  }
  return value === null || value === undefined ? '' : String(value)
}
