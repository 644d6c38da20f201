import {
  keepPreviousData,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback } from 'react'
import type { Endpoint, ResponseOf } from '../kernel/endpoint.ts'
import { call, type InputOf } from './api.ts'
import { useErrorText } from './ui/error-text.ts'

const keyOf = (endpoint: Endpoint, input?: { params?: unknown; query?: unknown }) =>
  input === undefined
    ? (['api', endpoint.path] as const)
    : (['api', endpoint.path, input.params ?? null, input.query ?? null] as const)

type QueryOptions<R> = {
  enabled?: boolean
  /** Shows the answer of the filter before while the next one is under way. */
  keepPrevious?: boolean
  /** Milliseconds between looks, or false for none; may depend on what was last seen. */
  every?: number | false | ((data: R | undefined) => number | false)
  staleMs?: number
}

/** The answer of a GET endpoint, cached by its parameters. */
export function useEndpoint<E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  options: QueryOptions<ResponseOf<E>> = {},
): UseQueryResult<ResponseOf<E>> {
  const { every } = options
  return useQuery<ResponseOf<E>>({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ signal }) => call(endpoint, input, signal),
    enabled: options.enabled ?? true,
    ...(options.staleMs !== undefined && { staleTime: options.staleMs }),
    ...(options.keepPrevious === true && { placeholderData: keepPreviousData as never }),
    ...(every !== undefined && {
      refetchInterval:
        typeof every === 'function' ? (query) => every(query.state.data as ResponseOf<E> | undefined) : every,
    }),
  })
}

type PageOf<T> = { items: T[]; nextCursor: string | null }
type ItemOf<E> = ResponseOf<E> extends { items: (infer T)[] } ? T : never

/** A key-paged list: all pages read so far as one, and how to read on. */
export function useCursorList<E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  options: { every?: number | false; enabled?: boolean } = {},
) {
  const query = useInfiniteQuery({
    queryKey: [...keyOf(endpoint, input), 'pages'],
    queryFn: ({ signal, pageParam }) => {
      const { query: filter } = input as { query?: object }
      const paged = { ...input, query: { ...filter, ...(pageParam !== null && { cursor: pageParam }) } }
      return call(endpoint, paged as unknown as InputOf<E>, signal) as Promise<PageOf<ItemOf<E>>>
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    ...(options.every !== undefined && { refetchInterval: options.every }),
  })
  return {
    items: query.data?.pages.flatMap((page) => page.items) ?? [],
    firstPage: query.data?.pages[0] as ResponseOf<E> | undefined,
    isLoading: query.isPending,
    isStale: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  }
}
export type CursorList<T> = Omit<ReturnType<typeof useCursorList>, 'items' | 'firstPage'> & { items: T[] }

type MutationOptions<E> = {
  /** Lists and details that this call changes; all their cached answers are read again. */
  invalidates?: readonly Endpoint[]
  /** Said briefly when it worked. */
  success?: string
  /** The caller shows the error itself. */
  quiet?: boolean
  onSuccess?(output: ResponseOf<E>): void
}

/** Calls an endpoint on demand. Errors are told in the operator's language unless the caller does it (`quiet`). */
export function useEndpointMutation<E extends Endpoint>(endpoint: E, options: MutationOptions<E> = {}) {
  const client = useQueryClient()
  const { message } = App.useApp()
  const tell = useTellError()
  return useMutation<ResponseOf<E>, Error, InputOf<E>>({
    mutationFn: (input) => call(endpoint, input),
    onSuccess: async (output) => {
      if (options.success !== undefined) void message.success(options.success)
      options.onSuccess?.(output)
      await Promise.all(
        (options.invalidates ?? []).map((one) => client.invalidateQueries({ queryKey: keyOf(one) })),
      )
    },
    onError: (error) => {
      if (options.quiet !== true) tell(error)
    },
  })
}

/** Shows an error as a notification with its advice. */
export function useTellError(): (error: unknown) => void {
  const { notification } = App.useApp()
  const describe = useErrorText()
  return useCallback(
    (error) => {
      const { title, advice } = describe(error)
      notification.error({ title, description: advice, duration: 8 })
    },
    [notification, describe],
  )
}

/** Reads everything of these endpoints again. */
export function useInvalidate(): (...endpoints: readonly Endpoint[]) => void {
  const client = useQueryClient()
  return useCallback(
    (...endpoints) => {
      for (const one of endpoints) void client.invalidateQueries({ queryKey: keyOf(one) })
    },
    [client],
  )
}
