/**
 * A page for a sandboxed frame around an article's body. The frame runs no scripts; WeChat keeps image addresses in
 * `data-src`, which without its script would stay empty.
 */
export const articleDocument = (html: string): string => `<!doctype html><meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<style>
body { margin: 0; padding: 16px; background: #fff; color: #222; font: 16px/1.7 -apple-system, "PingFang SC", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere }
img { max-width: 100%; height: auto } table { max-width: 100% }
</style>${html.replace(/(<img\b[^>]*?)\sdata-src=/gi, (whole, before: string) => (/\ssrc=/i.test(before) ? whole : `${before} src=`))}`
