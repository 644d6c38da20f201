import { encode } from 'uqr'

/** 二维码 (ISO/IEC 18004): four modules of nothing around it, else readers miss it on dark ground. */
const QUIET = 4
/** Of the code's width: with its white border the logo hides a tenth of the modules; level H mends three tenths. */
const LOGO_SHARE = 0.22
const LOGO_BORDER = 1

/** A code as modules: `size` of them a side, quiet zone included; `logo` is the square that a logo takes. */
export type Layout = {
  size: number
  dark(x: number, y: number): boolean
  logo: { from: number; size: number }
}

export function layoutOf(text: string, hasLogo: boolean): Layout {
  const { data, size: inner } = encode(text, { ecc: 'H', boostEcc: true, border: 0 })
  const odd = Math.floor((inner * LOGO_SHARE - 1) / 2) * 2 + 1
  const logo = { from: QUIET + (inner - odd) / 2, size: odd }
  const hidden = (at: number) => at >= logo.from - LOGO_BORDER && at < logo.from + logo.size + LOGO_BORDER
  return {
    size: inner + 2 * QUIET,
    dark: (x, y) => !(hasLogo && hidden(x) && hidden(y)) && data[y - QUIET]?.[x - QUIET] === true,
    logo,
  }
}
