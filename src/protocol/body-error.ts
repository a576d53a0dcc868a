/** A body that is not even fastjson's JSON, or has the wrong shape. Thrown inside the codecs only; outside it is a returned value. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}
