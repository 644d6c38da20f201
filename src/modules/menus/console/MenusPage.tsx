import { CloudUploadOutlined, ImportOutlined, MoreOutlined } from '@ant-design/icons'
import { Alert, App, Button, Dropdown, Tag } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation, useTellError } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import { useUnsavedGuard } from '../../../console/use-unsaved-guard.ts'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { BrokenAlert } from '../../contents/console/index.ts'
import { useLinkedMiniPrograms } from '../../mini-programs/console/index.ts'
import { checkMenus, keyOf, leavesOf } from '../rules.ts'
import { getMenusEndpoint, lookAtMenusEndpoint, type MenusView, saveMenusEndpoint } from '../schema.ts'
import { newButton, newMenu } from './draft.ts'
import { ImportDialog } from './ImportDialog.tsx'
import { MenuEditor } from './MenuEditor.tsx'
import { MenuFigures } from './MenuFigures.tsx'
import { Publications } from './Publications.tsx'
import { PublishDrawer } from './PublishDrawer.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { TryMenu } from './TryMenu.tsx'
import { useDraft } from './use-draft.ts'

const REFRESHED = [getMenusEndpoint]

/** 自定义菜单 of an account: edited on a phone, compared with what is live, published, counted. */
export function MenusPage() {
  const accountId = useAccountId()
  const query = useEndpoint(getMenusEndpoint, { params: { accountId } })
  return <Loaded query={query}>{(view) => <Menus key={accountId} view={view} />}</Loaded>
}

function Menus({ view }: { view: MenusView }) {
  const { t } = useTranslation()
  const { message, notification } = App.useApp()
  const describe = useErrorText()
  const accountId = useAccountId()
  const mayWrite = useCan('menus:write')
  const mayPublish = useCan('menus:publish')
  const draft = useDraft(view)
  const [dialog, setDialog] = useState<'publish' | 'import' | 'remove' | 'try' | null>(null)
  const { run, isOpen, follow } = useRun('menus.publish', REFRESHED)
  useUnsavedGuard(draft.isDirty, useRef(false))
  useFirstLook(view)
  const save = useEndpointMutation(saveMenusEndpoint, {
    invalidates: REFRESHED,
    quiet: true,
    onSuccess: () => {
      draft.settle()
      void message.success(t('menus.saved'))
    },
  })
  const tell = useTellError()
  const saveNow = () =>
    save.mutate(
      { params: { accountId }, body: { revision: draft.revision, menus: draft.menus } },
      {
        onError: (error) => {
          const button = error instanceof ApiError ? error.detail['button'] : undefined
          if (typeof button !== 'string') return tell(error)
          const { title, advice } = describe(error)
          notification.error({
            title: t('menus.answerRefused', { button }),
            description: advice === undefined ? title : `${title} ${advice}`,
            duration: 8,
          })
        },
      },
    )
  const typed = useProblems(draft.menus)
  // the server also knows what became of material and articles
  const problems = draft.isDirty ? typed : view.problems
  const start = () => draft.edit([newMenu(t('menus.defaultName'), null, [newButton(t('menus.newButton'))])])
  const importButton = (
    <Button icon={<ImportOutlined />} disabled={!mayWrite} onClick={() => setDialog('import')}>
      {t('menus.import')}
    </Button>
  )
  const actions = (
    <>
      {importButton}
      <Button disabled={!mayWrite || !draft.isDirty} loading={save.isPending} onClick={saveNow}>
        {t('common.save')}
      </Button>
      <Button
        type="primary"
        icon={<CloudUploadOutlined />}
        disabled={!mayPublish || draft.isDirty || isOpen || view.revision === 0}
        onClick={() => setDialog('publish')}
      >
        {t('menus.publish')}
      </Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'try', label: t('menus.try'), disabled: view.live === null },
            {
              key: 'remove',
              danger: true,
              label: t('menus.remove'),
              disabled: !mayPublish || view.live === null,
            },
          ],
          onClick: ({ key }) => setDialog(key === 'try' ? 'try' : 'remove'),
        }}
      >
        <Button aria-label={t('common.more')} icon={<MoreOutlined />} />
      </Dropdown>
    </>
  )
  const editor =
    draft.menus.length === 0 ? (
      <div className="w-table-panel">
        <EmptyState
          title={t('menus.empty')}
          hint={t('menus.emptyHint')}
          action={
            <div className="w-row">
              {importButton}
              <Button type="primary" disabled={!mayWrite} onClick={start}>
                {t('menus.start')}
              </Button>
            </div>
          }
        />
      </div>
    ) : (
      <MenuEditor
        menus={draft.menus}
        problems={problems}
        answerProblems={view.answerProblems}
        readOnly={!mayWrite}
        onChange={draft.edit}
      />
    )
  return (
    <>
      <PageHeader
        title={t('menus.title')}
        sub={<Standing view={view} isDirty={draft.isDirty} />}
        actions={actions}
      />
      {(isOpen || run?.state === 'failed') && <RunProgress run={run} />}
      <BrokenAlert accountId={accountId} match={({ kind }) => kind === 'live-menu'} />
      {view.answerProblems.length > 0 && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 12 }}
          title={t('menus.brokenAnswers', { names: brokenNames(view, t('menus.comma')) })}
        />
      )}
      {!mayWrite && <Alert type="info" showIcon style={{ marginBottom: 12 }} title={t('menus.readOnly')} />}
      <UrlTabs
        items={[
          { key: 'edit', label: t('menus.tab.edit'), children: editor },
          { key: 'figures', label: t('menus.tab.figures'), children: <MenuFigures view={view} /> },
          { key: 'publications', label: t('menus.tab.publications'), children: <Publications /> },
        ]}
        destroyOnHidden
      />
      <PublishDrawer
        open={dialog === 'publish'}
        onClose={() => setDialog(null)}
        onStarted={() => {
          setDialog(null)
          follow()
        }}
      />
      <ImportDialog
        open={dialog === 'import'}
        replaces={draft.menus.length > 0}
        onClose={() => setDialog(null)}
        onImport={(menus) => {
          draft.edit(menus)
          setDialog(null)
        }}
      />
      <TryMenu open={dialog === 'try'} onClose={() => setDialog(null)} />
      <RemoveDialog
        open={dialog === 'remove'}
        view={view}
        onClose={() => setDialog(null)}
        onStarted={() => {
          setDialog(null)
          follow()
        }}
      />
    </>
  )
}

/** Buttons whose answer can't be given as it was saved. */
function brokenNames({ menus, answerProblems }: MenusView, comma: string): string {
  const keys = new Set(answerProblems.map(({ key }) => key))
  const names = leavesOf(menus).flatMap(({ button }) => (keys.has(keyOf(button)) ? [button.name] : []))
  return [...new Set(names)].join(comma)
}

/** How what is edited stands to what WeChat shows, in one line. */
function Standing({ view, isDirty }: { view: MenusView; isDirty: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const changes = view.changes.length
  return (
    <span className="w-row" style={{ flexWrap: 'wrap' }}>
      {isDirty && <Tag color="orange">{t('common.unsaved')}</Tag>}
      {view.revision > 0 && !isDirty && (
        <Tag color={changes === 0 ? 'green' : 'blue'}>
          {changes === 0 ? t('menus.same') : t('menus.unpublished', { changes })}
        </Tag>
      )}
      {view.liveAt !== null && <span>{t('menus.lookedAt', { at: format.instant(view.liveAt) })}</span>}
    </span>
  )
}

/** Who opens the page for the first time sees what WeChat has without asking for it. */
function useFirstLook({ liveAt }: MenusView): void {
  const accountId = useAccountId()
  const { mutate } = useEndpointMutation(lookAtMenusEndpoint, { invalidates: REFRESHED, quiet: true })
  const never = liveAt === null
  useEffect(() => {
    if (never) mutate({ params: { accountId } })
  }, [never, mutate, accountId])
}

/** What the server will refuse to publish, said while it is typed. */
function useProblems(menus: MenusView['menus']) {
  const linked = useLinkedMiniPrograms(useAccountId()).data?.items
  const { query, items } = useWechatTags()
  const tagsKnown = query.data !== undefined
  return useMemo(
    () =>
      menus.length === 0
        ? []
        : checkMenus(menus, {
            ...(linked && { linkedAppIds: linked.map(({ appid }) => appid) }),
            ...(tagsKnown && { tagIds: items.map(({ tagId }) => tagId) }),
          }),
    [menus, linked, items, tagsKnown],
  )
}
