/** Keys of RocketMQ's NettyServerConfig that mean nothing here: thread pools and socket buffers. Name server and controller show them with its defaults. */
export const ignoredServerKeys: Readonly<Record<string, string>> = {
  enableShutdownGracefully: 'false',
  rocketmqHome: '',
  serverAsyncSemaphoreValue: '64',
  serverCallbackExecutorThreads: '0',
  serverNettyWorkerGroupEnable: 'true',
  serverOnewaySemaphoreValue: '256',
  serverPooledByteBufAllocatorEnable: 'true',
  serverSelectorThreads: '3',
  serverSocketBacklog: '1024',
  serverSocketRcvBufSize: '0',
  serverSocketSndBufSize: '0',
  serverWorkerThreads: '8',
  shutdownWaitTimeSeconds: '30',
  useEpollNativeSelector: 'false',
  writeBufferHighWaterMark: '0',
  writeBufferLowWaterMark: '0',
};
