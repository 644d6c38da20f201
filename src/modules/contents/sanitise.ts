import sanitizeHtml from 'sanitize-html'

const TEXT_TAGS = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'section', 'article', 'div', 'span', 'br', 'hr', 'blockquote'],
  ...['pre', 'code', 'strong', 'b', 'em', 'i', 'u', 's', 'del', 'ins', 'sub', 'sup', 'small', 'big', 'mark'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'figure', 'figcaption', 'center', 'font'],
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'caption', 'colgroup', 'col'],
]

/** What articles are laid out with; nothing that positions an element over the page or fetches anything. */
const STYLES = [
  ...['color', 'background-color', 'background', 'opacity', 'text-align', 'text-indent', 'text-decoration'],
  ...[
    'font-size',
    'font-weight',
    'font-style',
    'font-family',
    'line-height',
    'letter-spacing',
    'white-space',
  ],
  ...['word-break', 'word-wrap', 'overflow-wrap', 'vertical-align', 'display', 'box-sizing', 'box-shadow'],
  ...['width', 'max-width', 'min-width', 'height', 'max-height', 'min-height', 'overflow', 'float', 'clear'],
  ...['margin', 'margin-top', 'margin-right', 'margin-bottom', 'margin-left'],
  ...['padding', 'padding-top', 'padding-right', 'padding-bottom', 'padding-left'],
  ...[
    'border',
    'border-top',
    'border-right',
    'border-bottom',
    'border-left',
    'border-radius',
    'border-color',
  ],
  ...['border-style', 'border-width', 'border-collapse', 'border-spacing', 'list-style', 'list-style-type'],
  ...['flex', 'flex-direction', 'flex-flow', 'flex-wrap', 'justify-content', 'align-items', 'align-self'],
]
const HARMLESS_VALUE = /^(?!.*(?:url|image|expression|attr|element|src)\s*\()[^<>\\{}@]*$/i

/**
 * An article's body with only what text, tables and pictures need: scripts, handlers, frames, forms, media and
 * whatever is not in the list are dropped, with the content of the first. Pictures come over http(s) only; the
 * platform's `data-src` becomes `src`. Links open a new page that knows nothing of ours.
 */
export const sanitise = (html: string): string =>
  sanitizeHtml(html, {
    allowedTags: [...TEXT_TAGS, 'a', 'img'],
    allowedAttributes: {
      '*': ['style', 'align', 'dir', 'lang'],
      a: ['href', 'target', 'rel', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height', 'referrerpolicy'],
      font: ['color', 'size'],
      td: ['colspan', 'rowspan', 'width', 'valign'],
      th: ['colspan', 'rowspan', 'width', 'valign'],
      col: ['span', 'width'],
      ol: ['start', 'type'],
    },
    allowedStyles: { '*': Object.fromEntries(STYLES.map((name) => [name, [HARMLESS_VALUE]])) },
    allowedSchemes: ['http', 'https'],
    allowedSchemesAppliedToAttributes: ['href', 'src'],
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: 100,
    transformTags: {
      a: (_tag, { href = '', title = '' }) => ({
        tagName: 'a',
        attribs: { href, ...(title && { title }), target: '_blank', rel: 'noopener noreferrer nofollow' },
      }),
      img: (_tag, { 'data-src': lazy, src, ...attribs }) => ({
        tagName: 'img',
        // WeChat's picture hosts refuse readers who come from elsewhere.
        attribs: { ...attribs, src: lazy ?? src ?? '', referrerpolicy: 'no-referrer' },
      }),
    },
  })
