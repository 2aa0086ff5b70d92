// The header with the address of the other end of a connection, set by lib/launch/answer.ts on every request: what
// limits are counted by. x-forwarded-for would not do, because a visitor can write anything there.
export const peerHeader = "x-rankloop-peer";
