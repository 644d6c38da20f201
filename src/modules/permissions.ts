/** 角色: who may do what, readable at a glance. Every route names one of these, or `public` / `signed-in`. */
const ALL = ['administrator', 'operator', 'approver', 'analyst'] as const
const WRITERS = ['administrator', 'operator'] as const

export const PERMISSIONS = {
  'accounts:read': ALL,
  'accounts:manage': ['administrator'],
  'contacts:read': ALL,
  'contacts:sync': WRITERS,
  'contacts:write': WRITERS,
  'contacts:export': WRITERS,
  'contacts:erase': ['administrator'],
  'attributes:manage': WRITERS,
  'tags:write': WRITERS,
  'sources:read': ALL,
  'sources:manage': ['administrator'],
  'events:read': ALL,
  'events:manage': WRITERS,
  'datasets:read': ALL,
  'datasets:manage': ['administrator'],
  'datasets:write': WRITERS,
  'segments:read': ALL,
  'segments:write': WRITERS,
  'contents:read': ALL,
  'contents:write': WRITERS,
  'contents:publish': WRITERS,
  'templates:read': ALL,
  'templates:manage': WRITERS,
  'activities:read': ALL,
  'activities:manage': WRITERS,
  'limits:read': ALL,
  'limits:manage': ['administrator'],
  'suppressions:write': WRITERS,
  'campaigns:read': ALL,
  'campaigns:write': WRITERS,
  'campaigns:send': WRITERS,
  'replies:read': ALL,
  'replies:write': WRITERS,
  'recalls:read': ALL,
  'recalls:write': WRITERS,
  'backtests:read': ALL,
  'backtests:run': WRITERS,
  'broadcasts:read': ALL,
  'broadcasts:write': WRITERS,
  'broadcasts:send': WRITERS,
  'menus:read': ALL,
  'menus:write': WRITERS,
  'menus:publish': WRITERS,
  'qr-codes:read': ALL,
  'qr-codes:write': WRITERS,
  'audit:read': ['administrator', 'approver'],
  'operators:manage': ['administrator'],
  'sandbox:control': WRITERS,
  'installation:manage': ['administrator'],
  'metrics:read': ['administrator', 'analyst'],
} as const satisfies Record<string, readonly (typeof ALL)[number][]>

export type Permission = keyof typeof PERMISSIONS

export const permissionsOf = (role: string): Permission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => isAllowed(role, permission))

/** An unknown permission is nobody's. */
export const isAllowed = (role: string, permission: string): boolean =>
  (PERMISSIONS[permission as Permission] as readonly string[] | undefined)?.includes(role) ?? false
