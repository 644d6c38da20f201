import type { Content } from '../../schema.ts'

export type ComposedArticle = {
  key: string
  articleSetId: string
  index: number
  title: string
  digest: string
  /** What the phone shows: the article's own cover or the new one. */
  coverUrl: string | null
  cover?: { mediaAssetId: string }
  /** The operator saw that it changed at WeChat and stays with this. */
  kept?: string
}

export type Faces = {
  /** Tells title and cover of an article that the stored content only names. */
  describe: (articleSetId: string, index: number) => Pick<ComposedArticle, 'title' | 'digest' | 'coverUrl'>
  coverUrl: (mediaAssetId: string) => string
}

type Articles = Extract<Content, { kind: 'articles' }>

/** Stored articles as the composer holds them. */
export const composedOf = ({ articles }: Articles, { describe, coverUrl }: Faces): ComposedArticle[] =>
  articles.map((choice, place) => ({
    ...describe(choice.articleSetId, choice.index),
    ...choice,
    ...(choice.cover && { coverUrl: coverUrl(choice.cover.mediaAssetId) }),
    key: `${place}:${choice.articleSetId}:${choice.index}`,
  }))

/** The articles of the composer as they are stored. */
export const articlesContent = (articles: readonly ComposedArticle[]): Articles => ({
  kind: 'articles',
  articles: articles.map(({ articleSetId, index, cover, kept }) => ({
    articleSetId,
    index,
    ...(cover && { cover }),
    ...(kept !== undefined && { kept }),
  })),
})
