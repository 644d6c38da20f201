import { useEndpoint } from '../../../console/hooks.ts'
import { listOwnTagsEndpoint, type OwnTag, type TagGroup } from '../schema.ts'

const NONE: { groups: TagGroup[]; items: OwnTag[] } = { groups: [], items: [] }

/** The own tags in their groups, for pickers: `options` are grouped as Ant Design's Select wants them. */
export function useOwnTags() {
  const query = useEndpoint(listOwnTagsEndpoint, {}, { staleMs: 30_000 })
  const { groups, items } = query.data ?? NONE
  const optionsOf = (tags: readonly OwnTag[]) => tags.map((tag) => ({ value: tag.id, label: tag.name }))
  const grouped = groups
    .map((group) => ({
      label: group.name,
      title: group.name,
      options: optionsOf(items.filter((tag) => tag.groupId === group.id)),
    }))
    .filter(({ options }) => options.length > 0)
  const loose = optionsOf(items.filter((tag) => tag.groupId === null))
  return { query, groups, items, options: [...grouped, ...loose] }
}
