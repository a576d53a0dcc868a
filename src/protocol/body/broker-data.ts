import { defaulted, flag, numberMap, object, optional, text, type ValueOf } from '../body-codec.ts';

/** The addresses of one broker name: `ip:port` by broker id, 0 being the master. */
export const brokerData = object({
  cluster: text,
  brokerName: text,
  brokerAddrs: numberMap(text),
  enableActingMaster: defaulted(flag, false),
  zoneName: optional(text),
});

export type BrokerData = ValueOf<typeof brokerData>;
