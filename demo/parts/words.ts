import type { Connection, NodeStatus, RunStatus, Step } from 'use-workflow-stream'
import type { IconName } from './Icon.tsx'

/** How a state looks: a word, a picture, and a tone that CSS turns into a colour. */
export interface Look {
  readonly word: string
  readonly icon: IconName
  readonly tone: 'quiet' | 'running' | 'completed' | 'failed' | 'paused' | 'stopped'
}

export const runLooks: Readonly<Record<RunStatus, Look>> = {
  idle: { word: 'Ready', icon: 'ring', tone: 'quiet' },
  submitting: { word: 'Submitting', icon: 'spinner', tone: 'running' },
  pending: { word: 'Queued', icon: 'clock', tone: 'running' },
  executing: { word: 'Running', icon: 'spinner', tone: 'running' },
  paused: { word: 'Paused', icon: 'pause', tone: 'paused' },
  completed: { word: 'Completed', icon: 'check', tone: 'completed' },
  failed: { word: 'Failed', icon: 'cross', tone: 'failed' },
  error: { word: 'Error', icon: 'alert', tone: 'failed' },
  stopped: { word: 'Stopped', icon: 'stop', tone: 'stopped' },
}

export const stoppingLook: Look = { word: 'Stopping…', icon: 'spinner', tone: 'stopped' }

export const readingLook: Look = { word: 'Reading the run', icon: 'spinner', tone: 'running' }

export const unreadLook: Look = { word: 'Not read', icon: 'ring', tone: 'quiet' }

export const connectionLooks: Readonly<Record<Connection, Look>> = {
  closed: { word: 'Not connected', icon: 'unplugged', tone: 'quiet' },
  connecting: { word: 'Connecting', icon: 'spinner', tone: 'running' },
  open: { word: 'Live', icon: 'open', tone: 'completed' },
  polling: { word: 'Polling', icon: 'read', tone: 'running' },
  recovering: { word: 'Recovering', icon: 'spinner', tone: 'paused' },
  offline: { word: 'Offline', icon: 'offline', tone: 'paused' },
  lost: { word: 'Connection lost', icon: 'alert', tone: 'failed' },
}

export const nodeLooks: Readonly<Record<NodeStatus | 'pending' | 'unseen', Look>> = {
  pending: { word: 'Pending', icon: 'dashed', tone: 'quiet' },
  running: { word: 'Running', icon: 'spinner', tone: 'running' },
  completed: { word: 'Completed', icon: 'check', tone: 'completed' },
  failed: { word: 'Failed', icon: 'cross', tone: 'failed' },
  paused: { word: 'Waiting', icon: 'pause', tone: 'paused' },
  stopped: { word: 'Stopped', icon: 'stop', tone: 'stopped' },
  skipped: { word: 'Skipped', icon: 'skip', tone: 'quiet' },
  unseen: { word: 'Not seen', icon: 'dashed', tone: 'quiet' },
}

export const stepLooks: Readonly<Record<Step['status'], Look>> = {
  running: { word: 'Running', icon: 'spinner', tone: 'running' },
  completed: { word: 'Completed', icon: 'check', tone: 'completed' },
  failed: { word: 'Failed', icon: 'cross', tone: 'failed' },
  stopped: { word: 'Stopped', icon: 'stop', tone: 'stopped' },
  unanswered: { word: 'No answer', icon: 'skip', tone: 'stopped' },
}
