import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { AccountScope, HomeRedirect } from './shell/AccountScope.tsx'
import { CrashPage, MissingPage } from './shell/CrashPage.tsx'
import { Shell } from './shell/Shell.tsx'
import { LoadingState } from './ui/states.tsx'

type Pages = Record<string, React.ComponentType>
/** A page that is loaded when it is first opened; one bundle per module. */
const page = (path: string, load: () => Promise<unknown>, name: string): RouteObject => ({
  path,
  lazy: async () => {
    const Component = ((await load()) as Pages)[name]
    if (Component === undefined) throw new Error(`no page ${name}`)
    return { Component }
  },
})

const accounts = () => import('../modules/accounts/console/index.ts')
const activities = () => import('../modules/activities/console/index.ts')
const audit = () => import('../modules/audit/console/index.ts')
const autoReplies = () => import('../modules/auto-replies/console/index.ts')
const backtests = () => import('../modules/backtests/console/index.ts')
const broadcasts = () => import('../modules/broadcasts/console/index.ts')
const campaigns = () => import('../modules/campaigns/console/index.ts')
const campaign = () => import('./campaign/index.ts')
const contacts = () => import('../modules/contacts/console/index.ts')
const consents = () => import('../modules/consents/console/index.ts')
const contents = () => import('../modules/contents/console/index.ts')
const menus = () => import('../modules/menus/console/index.ts')
const messages = () => import('../modules/messages/console/index.ts')
const miniPrograms = () => import('../modules/mini-programs/console/index.ts')
const deliveries = () => import('../modules/deliveries/console/index.ts')
const datasets = () => import('../modules/datasets/console/index.ts')
const ingest = () => import('../modules/ingest/console/index.ts')
const privacy = () => import('../modules/privacy/console/index.ts')
const recalls = () => import('../modules/recalls/console/index.ts')
const recall = () => import('./recall/index.ts')
const operators = () => import('../modules/operators/console/index.ts')
const qrCodes = () => import('../modules/qr-codes/console/index.ts')
const segments = () => import('../modules/segments/console/index.ts')
const sources = () => import('../modules/sources/console/index.ts')
const transfers = () => import('../modules/transfers/console/index.ts')
const templates = () => import('../modules/templates/console/index.ts')
const tags = () => import('../modules/tags/console/index.ts')
const customer = () => import('./customer/index.ts')
const segment = () => import('./segment/index.ts')
const fan = () => import('./fan/index.ts')
const overview = () => import('./overview/index.ts')
const api = () => import('./api-page/index.ts')

export const router = createBrowserRouter([
  {
    errorElement: <CrashPage />,
    hydrateFallbackElement: <LoadingState />,
    children: [
      page('/setup', operators, 'SetupPage'),
      page('/sign-in', operators, 'SignInPage'),
      {
        path: '/',
        element: <Shell />,
        errorElement: <CrashPage />,
        children: [
          { index: true, element: <HomeRedirect /> },
          {
            path: 'accounts/:accountId',
            element: <AccountScope />,
            errorElement: <CrashPage />,
            children: [
              { index: true, element: <Navigate to="overview" replace /> },
              page('overview', overview, 'OverviewPage'),
              page('broadcasts', broadcasts, 'BroadcastsPage'),
              page('broadcasts/new', broadcasts, 'BroadcastEditPage'),
              page('broadcasts/outside', broadcasts, 'OutsideSendsPage'),
              page('broadcasts/:broadcastId', broadcasts, 'BroadcastPage'),
              page('broadcasts/:broadcastId/edit', broadcasts, 'BroadcastEditPage'),
              page('budget', broadcasts, 'BudgetPage'),
              page('campaigns', campaigns, 'CampaignsPage'),
              page('campaigns/new', campaign, 'CampaignEditWithBacktest'),
              page('campaigns/:campaignId', campaign, 'CampaignWithBacktest'),
              page('campaigns/:campaignId/edit', campaign, 'CampaignEditWithBacktest'),
              page('qr-codes', qrCodes, 'QrCodesPage'),
              page('qr-codes/:qrCodeId', qrCodes, 'QrCodePage'),
              page('replies', autoReplies, 'RepliesPage'),
              page('replies/new', autoReplies, 'RuleEditPage'),
              page('replies/:replyRuleId/edit', autoReplies, 'RuleEditPage'),
              page('recalls', recalls, 'RecallsPage'),
              page('recalls/new', recall, 'RecallEditWithBacktest'),
              page('recalls/:recallId', recall, 'RecallWithBacktest'),
              page('recalls/:recallId/edit', recall, 'RecallEditWithBacktest'),
              page('backtests', backtests, 'BacktestsPage'),
              page('backtests/:backtestId', backtests, 'BacktestPage'),
              page('fans', contacts, 'FansPage'),
              page('fans/:fanId', fan, 'FanPage'),
              page('tags', tags, 'TagsPage'),
              page('lists', contacts, 'FanListsPage'),
              page('lists/:listId', contacts, 'FanListPage'),
              page('materials', contents, 'MaterialsPage'),
              page('articles', contents, 'ArticlesRedirect'),
              page('images', contents, 'ImagesRedirect'),
              page('menus', menus, 'MenusPage'),
              page('templates', templates, 'TemplatesPage'),
              page('subscriptions', consents, 'SubscriptionsPage'),
            ],
          },
          page('records', broadcasts, 'RecordsPage'),
          page('tags', tags, 'OwnTagsPage'),
          page('customers', customer, 'CustomersPage'),
          page('customers/reviews', contacts, 'ReviewsPage'),
          page('customers/import', transfers, 'ImportPeoplePage'),
          page('customers/:contactId', customer, 'CustomerPage'),
          page('events', ingest, 'EventsPage'),
          page('datasets', datasets, 'DatasetsPage'),
          page('datasets/:key', datasets, 'DatasetPage'),
          page('datasets/:key/import', datasets, 'ImportPage'),
          page('segments', segments, 'SegmentsPage'),
          page('segments/new', segments, 'SegmentEditPage'),
          page('segments/compare', segments, 'ComparePage'),
          page('segments/:segmentId', segment, 'SegmentWithExport'),
          page('segments/:segmentId/edit', segments, 'SegmentEditPage'),
          page('settings/accounts', accounts, 'AccountsPage'),
          page('settings/accounts/new', accounts, 'BindAccountPage'),
          page('settings/accounts/:accountId', accounts, 'AccountPage'),
          page('settings/mini-programs', miniPrograms, 'MiniProgramsPage'),
          page('settings/limits', deliveries, 'LimitsPage'),
          page('settings/attributes', contacts, 'AttributesPage'),
          page('settings/activities', activities, 'ActivitiesPage'),
          page('settings/activities/:activityId', activities, 'ActivityPage'),
          page('settings/sources', sources, 'SourcesPage'),
          page('settings/sources/:sourceId', sources, 'SourcePage'),
          page('settings/message-checks', messages, 'LintRulesPage'),
          page('settings/privacy', privacy, 'PrivacyPage'),
          page('settings/privacy/:erasureId', privacy, 'ReceiptPage'),
          page('settings/members', operators, 'MembersPage'),
          page('settings/audit', audit, 'AuditPage'),
          page('settings/api', api, 'ApiPage'),
          page('profile', operators, 'ProfilePage'),
          { path: '*', element: <MissingPage /> },
        ],
      },
    ],
  },
])
