import { Tabs } from 'antd'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'

type Props = {
  items: readonly { key: string; label: ReactNode; children: ReactNode }[]
  /** Other filters of the page are forgotten when another tab is opened. */
  alone?: boolean
  destroyOnHidden?: boolean
}

/** Tabs whose open one stands in the address as `tab`; the first where it names none of them. */
export function UrlTabs({ items, alone = false, destroyOnHidden = false }: Props) {
  const [search, setSearch] = useSearchParams()
  const first = items[0]?.key
  const open = items.find(({ key }) => key === search.get('tab'))?.key ?? first
  const turn = (tab: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(alone ? undefined : before)
        if (tab === first) next.delete('tab')
        else next.set('tab', tab)
        return next
      },
      { replace: true },
    )
  return <Tabs activeKey={open} onChange={turn} items={[...items]} destroyOnHidden={destroyOnHidden} />
}
