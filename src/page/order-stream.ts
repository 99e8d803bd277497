/** An order as the operations of the desk select it. Prices and volumes are decimal text, times ISO text. */
export interface DeskOrder {
  /** Names it whatever is learned of it later. */
  readonly id: string;
  /** The venue's; the clientOrderId until the venue's is known. */
  readonly orderId: string;
  readonly clientOrderId: string | null;
  readonly symbol: string | null;
  readonly instrumentId: string;
  readonly side: string;
  readonly type: string | null;
  readonly timeInForce: string | null;
  readonly status: string;
  readonly statusMessage: string | null;
  readonly price: string | null;
  readonly volume: string | null;
  readonly filledVolume: string | null;
  readonly averagePrice: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

export interface DeskFill {
  readonly price: string;
  readonly volume: string;
  readonly fee: string | null;
  readonly feeCurrency: string | null;
}

export type OrderStreamItem =
  | {
      readonly __typename: 'OrderEvent';
      readonly cursor: string;
      readonly eventId: string;
      readonly seq: number;
      readonly kind: string;
      readonly at: string;
      readonly order: DeskOrder;
      readonly fill: DeskFill | null;
    }
  | { readonly __typename: 'OrderSnapshot'; readonly cursor: string; readonly orders: readonly DeskOrder[] }
  | { readonly __typename: 'StreamGap'; readonly reason: string };

export const ORDER_FIELDS = `fragment OrderFields on Order {
  id orderId clientOrderId symbol instrumentId side type timeInForce status statusMessage
  price volume filledVolume averagePrice createdAt updatedAt
}`;

export const ORDER_EVENTS = `subscription OrderEvents($accountCookie: String!, $after: Cursor) {
  orderEvents(accountCookie: $accountCookie, after: $after, startAt: SNAPSHOT) {
    __typename
    ... on OrderEvent {
      cursor eventId seq kind at
      order { ...OrderFields }
      fill { price volume fee feeCurrency }
    }
    ... on OrderSnapshot { cursor orders { ...OrderFields } }
    ... on StreamGap { reason }
  }
}
${ORDER_FIELDS}`;

export const CANCEL_ORDER = `mutation CancelOrder($input: CancelOrderInput!) {
  cancelOrder(input: $input) {
    __typename
    ... on Order { ...OrderFields }
    ... on OrderRejected { code message venueCode }
    ... on NotFound { code message }
  }
}
${ORDER_FIELDS}`;

export const PLACE_ORDER = `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order { ...OrderFields }
    ... on OrderRejected { code message venueCode }
  }
}
${ORDER_FIELDS}`;

/** Why an order was not placed or not cancelled. */
export interface OrderRefusal {
  readonly __typename: 'OrderRejected' | 'NotFound';
  readonly code: string;
  readonly message: string;
  readonly venueCode?: string | null;
}

export type OrderAnswer = ({ readonly __typename: 'Order' } & DeskOrder) | OrderRefusal;

/** A refusal in one line: what is wrong, and in brackets the code, and the venue's own where it gave one. */
export function refusalText({ code, message, venueCode }: OrderRefusal): string {
  return `${message} (${code}${venueCode ? `, the venue's code ${venueCode}` : ''})`;
}
