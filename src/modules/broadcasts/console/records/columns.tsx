import { type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import type { ArticleResult } from '../../schema/figures.ts'

const KEYS = ['readers', 'readRate', 'readOriginal', 'favourites', 'shares', 'likes', 'comments'] as const
type Key = (typeof KEYS)[number]

/** The figures of an article, as columns of any table whose rows have one. */
export function useFigureColumns<T>(
  articleOf: (row: T) => ArticleResult | undefined,
  { without, commentsOf }: { without?: Key; commentsOf?: (row: T) => string } = {},
): TableColumnsType<T> {
  const { t } = useTranslation()
  const format = useFormat()
  const column = (key: Key): TableColumnsType<T>[number] => ({
    key,
    width: key === 'readOriginal' ? 88 : key === 'readRate' ? 76 : 64,
    align: 'right',
    title: (
      <Tooltip title={t(`massRecords.${key}Hint`)}>
        <span className="w-stat-hinted">{t(`massRecords.${key}`)}</span>
      </Tooltip>
    ),
    render: (_, row) => {
      const figures = articleOf(row)?.figures
      if (!figures) return <span className="w-faint">—</span>
      if (key === 'readRate') return figures.readRate === null ? '—' : format.percent(figures.readRate)
      if (key === 'comments' && commentsOf !== undefined && figures.comments > 0)
        return (
          <Link to={commentsOf(row)} onClick={(event) => event.stopPropagation()}>
            {format.number(figures.comments)}
          </Link>
        )
      if (key !== 'readers' || figures.messageReaders === null) return format.number(figures[key])
      return (
        <Tooltip title={t('massRecords.messageReaders', { number: format.number(figures.messageReaders) })}>
          <span>{format.number(figures.readers)}</span>
        </Tooltip>
      )
    },
  })
  return KEYS.filter((key) => key !== without).map(column)
}
