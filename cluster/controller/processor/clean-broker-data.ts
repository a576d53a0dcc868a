import { ResponseCode } from '../../../src/protocol/codes.ts';
import { cleanBrokerData } from '../../../src/protocol/command/clean-broker-data.ts';
import type { Processor } from '../controller-parts.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** CLEAN_BROKER_DATA: an operator makes the controllers forget brokers that are gone for good. */
export const cleanBrokerDataProcessor: Processor = (dispatcher, { agreement, live, platform }) => {
  dispatcher.registerTyped(cleanBrokerData, (context, request) => {
    const { brokerName, brokerControllerIdsToClean: text = '', isCleanLivingBroker } = request;
    const brokerIds = text.trim() === '' ? undefined : text.split(';').map(Number);
    if (brokerIds?.some((id) => !Number.isSafeInteger(id))) {
      const why = `brokerControllerIdsToClean=${text}: it must be broker ids separated by ";", such as 1;2`;
      context.reply(ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA, why);
      return;
    }
    const living = live.of(brokerName, platform.clock.monotonicMs()).map(({ brokerId }) => brokerId);
    const alive = isCleanLivingBroker ? [] : living;
    agreement.execute({ kind: 'clean-broker-data', brokerName, brokerIds, alive }, (outcome) => {
      if (typeof outcome === 'string') replyNotAgreed(context, outcome);
      else context.reply(outcome.code, outcome.remark);
    });
  });
};
