import { expect, test } from 'vitest'
import { parseCallbackBody } from './callback-xml.ts'

test('CDATA, plain text, blanks, empty and repeated elements are read alike', () => {
  const body = `\ufeff <?xml version="1.0"?><xml>
    <A><![CDATA[ 1 <b> ]]></A><B>a &amp; b &#x4f60;</B><C></C><D/><Id>24000000000000001</Id>
    <List><Item>1</Item><Item>2</Item></List><Empty> <Inner/> </Empty></xml>`
  expect(parseCallbackBody(body)).toEqual({
    A: ' 1 <b> ',
    B: expect.stringContaining('a & b'),
    C: '',
    D: '',
    Id: '24000000000000001',
    List: { Item: ['1', '2'] },
    Empty: { Inner: '' },
  })
})

test('a fan may write about XML', () => {
  const words = '<!DOCTYPE html><!ENTITY a "b"><a href="x">'
  expect(parseCallbackBody(`<xml><Content><![CDATA[${words}]]></Content></xml>`)).toEqual({ Content: words })
})

test('a JSON push is read into the same shape', () => {
  expect(parseCallbackBody(' {"MsgId":24000000000000001,"List":[{"A":1}],"None":null}')).toEqual({
    MsgId: '24000000000000001',
    List: [{ A: '1' }],
    None: '',
  })
})

const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><C>&b;</C></xml>`
test.each([
  ['an XML bomb', bomb],
  ['a document type in other letters', '<!doctype x SYSTEM "file:///etc/passwd"><xml/>'],
  ['an entity', '<xml><!ENTITY a "b"></xml>'],
  ['a document type behind a comment', '<xml><!-- <![CDATA[ --><!DOCTYPE a><!-- ]]> --></xml>'],
  ['a document type behind an attribute', '<xml a="><![CDATA["><!DOCTYPE a>]]></xml>'],
  ['a document type behind an instruction', '<xml><?a ><![CDATA[ ?><!DOCTYPE a>]]></xml>'],
  ['no XML', 'hello'],
  ['nothing', ''],
  ['an unclosed element', '<xml><A>'],
  ['a tower of elements', `<xml>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</xml>`],
  ['broken JSON', '{"a":'],
  ['another root', '<html><a>1</a></html>'],
])('issue 7: %s is refused', (_name, body) => {
  expect(() => parseCallbackBody(body)).toThrow(expect.objectContaining({ reason: 'callback_xml_invalid' }))
})

test('no name reaches the prototype', () => {
  const refusedOrHarmless = () =>
    parseCallbackBody('<xml><__proto__><polluted>1</polluted></__proto__></xml>')
  try {
    refusedOrHarmless()
  } catch {}
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
