/**
 * Stands in the bundle for the Convex client's authentication: visitors prove who they are by an argument of each
 * call, so that the client never has a token to renew. The methods are those that the client calls without one.
 */
export class AuthenticationManager {
  onTransition(): void {
    /* there is no token that a transition could confirm */
  }

  onAuthError(): void {
    /* the server refuses no token when it got none */
  }

  stop(): void {
    /* nothing runs */
  }
}
